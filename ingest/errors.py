"""What can go wrong with a file, as typed codes, each with one plain sentence that says what to do."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # Refused at the door: nothing is kept.
    "empty": "The file is empty. Check that it was copied completely and hand it in again.",
    "too-large": "The file is larger than {limit}, the most this system reads. Split it and hand in the "
    "parts.",
    "not-stored": "The file could not be stored: {reason}. Nothing was kept; free some space and hand it in"
    " again.",
    "passwords": "At most {count} passwords are tried, each of at most {length} characters. Hand in fewer.",
    "already-there": "The same file is there already under that label. Remove one of the two first.",
    # Found out while reading: the document fails with this sentence.
    "encrypted": "The file is protected by a password. Save a copy without the password and hand that in; an "
    "archive can be handed in again together with its password.",
    "damaged": "The file is damaged or incomplete and could not be opened as {kind}. Get a fresh copy and "
    "hand it in again.",
    "unsupported": "{kind} files are not read here. {advice}",
    "unknown": "The content is of no known kind (it is neither text nor a known format). Convert it to PDF "
    "and hand that in.",
    "too-many-pages": "The file has {count} pages; at most {limit} are read. Split it and hand in the parts.",
    "too-many-pixels": "The image has {count} million pixels; at most {limit} million are read. Save it "
    "smaller and hand that in.",
    "too-much-text": "The file holds more text than is read from one file ({limit} million characters). "
    "Split it and hand in the parts.",
    "unpacks-too-large": "The file unpacks to more than it may ({reason}). Such files are refused because "
    "they can stop a machine.",
    "unsafe-content": "The file holds something that honest files do not ({reason}) and was not opened. Ask"
    " whoever sent it, or print it to PDF on another machine and hand that in.",
    "nested-too-deep": "The file lies more than {limit} attachments deep and was not opened. Take it out of"
    " its mail and hand it in by itself.",
    # Set aside until somebody who may has decided; the sentence is that of the check (`ingest.label_checks`).
    "label-in-doubt": "{sentence}",
    # The sandboxed reader did not survive: a second attempt follows, then quarantine.
    "too-slow": "Reading stopped because nothing was finished for {seconds} seconds. Retry when the machine"
    " is less busy, or print the file to a new PDF and hand that in.",
    "too-much-memory": "Reading stopped because the file needs more memory than one file may have. Split it"
    " or print it to a new PDF and hand that in.",
    "reader-crashed": "The reader broke on this file twice, so it was set aside. Print it to a new PDF and "
    "hand that in.",
    "bad-output": "The reader returned something it should not while reading this file, so the file was set"
    " aside. Have it examined before anybody opens it.",
    "interrupted": "The worker was stopped {count} times while reading this file, so it was set aside. "
    "Retry it.",
    # The machine, not the file.
    "sandbox-broken": "Files cannot be read safely on this machine, so reading has stopped: {reason}. "
    "Nothing is lost; an administrator must repair the sandbox, and reading goes on by "
    "itself.",
    "ocr-missing": "Text recognition is not installed on this machine (tesseract was not found). An "
    "administrator must install it.",
    "converter-missing": "LibreOffice is not installed on this machine, and {kind} files are read only "
    "through it. Ask the administrator to install it, then retry; or save the file in a newer format and "
    "hand that in.",
    "unpacker-missing": "7-Zip is not installed on this machine, and files of this kind ({kind}) are opened "
    "only with it. Ask the administrator to install it, then retry; or unpack the file and hand in what it "
    "holds.",
    "original-missing": "The original of this document is no longer in the store or has changed there. "
    "Restore it from a backup, or remove the document and hand the file in again.",
}

NOTICES: Mapping[str, str] = {
    "no-text": "No text was found in this file, so it cannot be searched. Its pages can still be looked at.",
    "unreadable-pages": "{pages} could not be read; the other pages were kept.",
    "repaired": "The file is damaged; what could be read was kept, and something may be missing at its end.",
    "breaks-off": "The file is damaged or breaks off at line {line}. What could be read was kept; something "
    "may be missing from there on.",
    "mislabelled": "The name says {named}, but the content is {found}; it was read as {found}.",
    "attachments-skipped": "Attachments left out: {count}, because {reason}.",
    "members-left-out": "Members of this file: {said}{reasons}.",
    "store-strays": "{count} items of this mail store lie in no folder: they were deleted, or damage tore "
    "them out. They were read too, under the paths “Orphaned” and “Recovered”.",
    "store-unsearched": "What was deleted from this mail store could not be looked for to its end.",
    "mail-sealed": "This mail, or a part of it, is encrypted: it can be read only with the key of an "
    "addressee. Have it decrypted in the mail program, save it as EML and hand that in.",
    "mail-part-broken": "A part of this mail is damaged and could not be opened; it is attached as it came.",
    "converted": "This is an older format ({kind}): it was read through a conversion by LibreOffice. Where "
    "layout matters, look at the original.",
    "pages-cut": "Only the first {count} pages were kept.",
    "rows-cut": "The text of the first {count} rows can be searched and cited; the table itself holds "
    "every row.",
    "parts-cut": "The text of the first {count} of {total} paragraphs and rows can be searched and cited; "
    "the original holds the rest, and so do the tables where it is rows.",
    "sheets-cut": "The text of the first rows of each sheet can be searched and cited; the tables hold "
    "every row.",
    "odd-lines": "Some lines are in another encoding than the rest, or have quotation marks that never "
    "close.",
    "values-missing": "Some cells hold formulas whose results were not saved; they are shown as formulas.",
    "hidden-cells": "This workbook hides sheets, rows or columns. Their text is here, marked as hidden; sums "
    "over its tables leave hidden rows out.",
    "parts-unread": "Remarks or drawings of a sheet are too large to read or damaged; look at them in the "
    "original.",
    "pictures-read": "Words were read by text recognition in {count} of the pictures in this file; they "
    "stand where the pictures do.",
    "pictures-unread": "{count} of the pictures in this file could not be read; look at them in the "
    "original.",
    "embedded-unread": "A file inside this file ({name}) was not read. Save it by itself and hand it in.",
    "hidden-words": "{pages}: the file holds {count} words that the page does not show (too pale, covered, "
    "beside the page, on a layer that is off, or in a hidden field). They are left out of the text, and so "
    "of searches and answers; what they begin with stands among the facts of the document.",
    "marked-for-removal": "{pages}: {count} words were marked for removal (redaction) but are still in the "
    "file. They are left out of the text, and so of searches and answers; what they begin with stands among "
    "the facts of the document.",
    "form-unread": "This is a form that is built from data in the file (XFA), and its content could not be "
    "read; its page only asks to wait. Print it to a new PDF and hand that in.",
    "form-from-data": "This is a form that is built from data in the file (XFA). What was filled in was "
    "read; its printed text was not.",
    "page-pictures-unread": "{pages}: a picture could not be read; what the page says in letters was kept.",
    "notes-cut": "{pages}: only the first {count} fields and notes were read.",
    "moving-picture": "This is a moving picture of {count} frames; {read} that show something else than the "
    "one before were read, each as a page.",
    "images-only-partly": "The end of the image is missing; what is there was kept.",
}

# After these a second attempt can help: a busy machine, a memory peak. All others say the same thing every
# time.
WORTH_A_SECOND_ATTEMPT = frozenset({"too-slow", "too-much-memory", "reader-crashed", "bad-output"})


class IngestError(Exception):
    """A file that cannot be taken in: `code` for programs, `sentence` for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def failure(code: str, **values: object) -> IngestError:
    """The error for `code` with its sentence filled in. Raises KeyError for a code that is not listed
    above.
    """
    return IngestError(code, SENTENCES[code].format(**values))


def notice(code: str, **values: object) -> str:
    """The sentence for something worth knowing about a file that was read. Raises KeyError for an unknown
    code.
    """
    return NOTICES[code].format(**values)
