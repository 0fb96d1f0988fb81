"""What a file is, by its content; the extension only decides where the content leaves a choice.

Runs inside the sandbox. The order is: signatures of known formats (with puremagic for what is not read
here, so that
the sentence can name it), then archives by what they hold, then text by its look.
"""

import re
import zipfile
from pathlib import Path

import puremagic

from ingest import identify_office
from ingest.encodings import decode, looks_like_text
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Identified

HEAD_BYTES = 64 * 1024

# kind: (name for people, media type)
KINDS: dict[str, tuple[str, str]] = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("Word (DOCX)", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": (
        "PowerPoint (PPTX)",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "odt": ("OpenDocument text (ODT)", "application/vnd.oasis.opendocument.text"),
    "ods": ("OpenDocument table (ODS)", "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": ("OpenDocument slides (ODP)", "application/vnd.oasis.opendocument.presentation"),
    **identify_office.KINDS,
    "rtf": ("RTF", "application/rtf"),
    "epub": ("EPUB", "application/epub+zip"),
    "csv": ("CSV", "text/csv"),
    "text": ("plain text", "text/plain"),
    "markdown": ("Markdown", "text/markdown"),
    "html": ("HTML", "text/html"),
    "json": ("JSON", "application/json"),
    "xml": ("XML", "application/xml"),
    "kml": ("map (KML)", "application/vnd.google-earth.kml+xml"),
    "kmz": ("map (KMZ)", "application/vnd.google-earth.kmz"),
    "gpx": ("track (GPX)", "application/gpx+xml"),
    "ics": ("calendar (ICS)", "text/calendar"),
    "vcf": ("contacts (VCF)", "text/vcard"),
    "mail": ("mail (EML)", "message/rfc822"),
    "msg": ("Outlook mail (MSG)", "application/vnd.ms-outlook"),
    "mbox": ("mailbox (MBOX)", "application/mbox"),
    "pst": ("Outlook folders (PST, OST)", "application/vnd.ms-outlook-pst"),
    "zip": ("ZIP archive", "application/zip"),
    "tar": ("TAR archive", "application/x-tar"),
    "gz": ("GZIP archive", "application/gzip"),
    "bz2": ("BZIP2 archive", "application/x-bzip2"),
    "xz": ("XZ archive", "application/x-xz"),
    "7z": ("7-Zip archive", "application/x-7z-compressed"),
    "cab": ("Cabinet archive (CAB)", "application/vnd.ms-cab-compressed"),
    "lzh": ("LZH archive", "application/x-lzh-compressed"),
    "iso": ("ISO image of a disc", "application/x-iso9660-image"),
    "png": ("PNG image", "image/png"),
    "jpeg": ("JPEG image", "image/jpeg"),
    "tiff": ("TIFF image", "image/tiff"),
    "bmp": ("BMP image", "image/bmp"),
    "gif": ("GIF image", "image/gif"),
    "webp": ("WebP image", "image/webp"),
    "jp2": ("JPEG 2000 image", "image/jp2"),
    "heic": ("HEIC image", "image/heic"),
    "avif": ("AVIF image", "image/avif"),
    "pnm": ("PNM image", "image/x-portable-anymap"),
    "psd": ("Photoshop image", "image/vnd.adobe.photoshop"),
    "djvu": ("DjVu", "image/vnd.djvu"),
}
IMAGES = frozenset({"png", "jpeg", "tiff", "bmp", "gif", "webp", "jp2", "heic", "avif", "pnm", "psd"})
MAILS = frozenset({"mail", "msg"})
ARCHIVES = frozenset({"zip", "tar", "gz", "bz2", "xz"})
UNPACKED = frozenset({"7z", "cab", "lzh", "iso"})
CONTAINERS = ARCHIVES | UNPACKED | {"mbox", "pst"}
"""Files that hold other files and no text of their own."""

_EXTENSIONS: dict[str, str] = {
    **{kind: kind for kind in KINDS},
    **identify_office.EXTENSIONS,
    "txt": "text", "log": "text", "md": "markdown", "htm": "html", "xhtml": "html", "eml": "mail",
    "tsv": "csv", "jpg": "jpeg", "tif": "tiff", "docm": "docx", "xlsm": "xlsx", "mime": "mail",
    "pptm": "pptx", "ppsx": "pptx", "ott": "odt", "ots": "ods", "otp": "odp",
    "jsonl": "json", "ndjson": "json", "geojson": "json", "rss": "xml", "atom": "xml", "xsd": "xml",
    "j2k": "jp2", "jpx": "jp2", "jpf": "jp2", "j2c": "jp2", "heif": "heic", "hif": "heic", "djv": "djvu",
    "pbm": "pnm", "pgm": "pnm", "ppm": "pnm", "jfif": "jpeg", "jpe": "jpeg",
    "ical": "ics", "ifb": "ics", "vcs": "ics", "vcard": "vcf",
    "mbx": "mbox", "tgz": "gz", "tbz": "bz2", "tbz2": "bz2", "txz": "xz",
    "lha": "lzh", "ost": "pst",
}  # fmt: skip

_SLIDES = "Open it in a PowerPoint of 97 to 2003, save it as PPT and hand that in."
_UNPACK = "Unpack it and hand in the files that it holds."
_PRINT = "Open it in the program it was made with, export it as PDF and hand that in."
_OFFICE_TOOL = "Open it in LibreOffice, save it as DOCX, XLSX or PDF and hand that in."

# Extensions of what is recognised and not read: (name for people, advice).
UNSUPPORTED: dict[str, tuple[str, str]] = {
    "ppt4": ("PowerPoint 3 and 4", _SLIDES), "rft": ("IBM DisplayWrite", _PRINT),
    "rar": ("RAR archive", _UNPACK), "ps": ("PostScript", _PRINT),
    "eps": ("PostScript", _PRINT), "xps": ("XPS", _PRINT),
    "svg": ("SVG drawing", _PRINT),
    "vsdx": ("Visio", _PRINT), "mpp": ("Project", _PRINT),
    "exe": ("Program", "Programs are never read."), "dll": ("Program", "Programs are never read."),
    "mp3": ("Sound", "Hand in a written transcript."), "wav": ("Sound", "Hand in a written transcript."),
    "mp4": ("Video", "Hand in a written transcript."), "avi": ("Video", "Hand in a written transcript."),
}  # fmt: skip

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"), (b"MM\x00+", "tiff"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"), (b"\xff\x4f\xff\x51", "jp2"), (b"AT&TFORM", "djvu"),
    (b"8BPS\x00\x01", "psd"),
    (b"{\\rtf", "rtf"), (b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"!BDN", "pst"),
)  # fmt: skip
_UNSUPPORTED_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x05\xe1\x03\x00\x00", "rft"),
    (b"Rar!\x1a\x07", "rar"),
    (b"%!PS", "ps"), (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
)  # fmt: skip
_PACKED = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"})
_PARTS = ("[Content_Types].xml", "docProps/", "_rels/", "META-INF/", "customXml/")
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
}
_PNM = re.compile(rb"P[4-6]\s(?:#[^\n]{0,200}\n){0,20}\s{0,9}\d{1,6}\s{1,9}\d{1,6}\s")
_PDF_WITHIN = 1024
_DISC_AT = 32769
_FIRST_ZIPS = frozenset({"sxw", "sxc", "sxi"})
_MAIL_HEADERS = {
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "return-path", "mime-version",
    "delivered-to", "reply-to", "content-type", "x-original-to", "content-transfer-encoding", "in-reply-to",
    "references", "sender", "x-mailer",
}  # fmt: skip
_HEADER_LINE = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):")
_FROM_LINE = re.compile(rb"From [^\r\n]{1,400}\r?\n(?:>?From |[A-Za-z][A-Za-z0-9-]{0,60}:)")
_AFTER_GAP = re.compile(rb"\n\r?\nFrom ")
_HTML = re.compile(r"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_TAGS = re.compile(
    r"<(p|div|table|span|h[1-6]|ul|ol|br|title|a|tr|td|li|pre|b|i|em|strong)\b[^>]*>", re.IGNORECASE
)
_ALIKE = frozenset({"xml", "html", "kml", "gpx"})
_CARDS = (("BEGIN:VCALENDAR", "ics"), ("BEGIN:VCARD", "vcf"))
_MARKUP = frozenset({"xml", "kml", "gpx"})
_JSON = re.compile(r'\{\s*"[^"\n]{0,200}"\s*:|\[\s*(?:\{\s*["}]|\[\s*["\d])')
_JSON_VALUE = re.compile(r'[\[{"\d-]')
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]{0,60})[\s/>]")
_MARKDOWN = re.compile(r"^(#{1,6} \S|```|\|.+\|.+\|?$|[-*] \S|> \S|\d+\. \S)", re.MULTILINE)


def identify(path: Path, name: str) -> Identified:
    """Recognise the file at `path`, handed in as `name`.

    Raises IngestError: "empty", "encrypted" (password-protected office files), "damaged", "unsupported"
    (naming the
    format and what to convert it to), "unknown" (neither text nor a known format).
    """
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n"):
        raise failure("empty")
    kind = _by_content(path, head, extension)
    label, media_type = KINDS[kind]
    named = _EXTENSIONS.get(extension)
    if named is None and extension in UNSUPPORTED:
        return Identified(
            media_type, kind, notice("mislabelled", named=UNSUPPORTED[extension][0], found=label)
        )
    if (
        named is None
        or named == kind
        or {named, kind} <= {"text", "markdown", "csv"}
        or {named, kind} <= _ALIKE
    ):
        return Identified(media_type, kind)
    return Identified(media_type, kind, notice("mislabelled", named=KINDS[named][0], found=label))


def _by_content(path: Path, head: bytes, extension: str) -> str:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[4:8] == b"ftyp" and (of_brand := _BRANDS.get(head[8:12])):
        return of_brand
    if _PNM.match(head):
        return "pnm"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM") and int.from_bytes(head[2:6], "little") in {path.stat().st_size, 0}:
        return "bmp"
    # Readers of the format accept rubbish before the header, so mail gateways and scanners leave it there.
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith(identify_office.OLE):
        return _ole(path, extension)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archive(path, extension)
    if head[257:262] == b"ustar" or (extension == "tar" and _is_old_tar(head)):
        return "tar"
    if head[2:5] in {b"-lh", b"-lz"} and head[6:7] == b"-":
        return "lzh"
    if head[_DISC_AT : _DISC_AT + 5] == b"CD001":
        return "iso"
    if old := identify_office.by_signature(head):
        return old
    for signature, unsupported in _UNSUPPORTED_SIGNATURES:
        if head.startswith(signature):
            raise _unsupported(unsupported)
    if extension == "pdf":
        # Without a proper header the reader may still find its way, if anything in it looks like a PDF.
        if b"%PDF" in head or b" obj" in head:
            return "pdf"
        if not (looks_like_text(head) and _HTML.search(decode(head)[0][:4000])):
            raise failure("damaged", kind="PDF")
    if not looks_like_text(head):
        if _EXTENSIONS.get(extension) == "csv" and _has_stray_zeros(head):
            return "csv"
        raise _binary(path, head, extension)
    if _FROM_LINE.match(head.lstrip(b"\xef\xbb\xbf\r\n\t ")) and _is_mailbox(path, extension):
        return "mbox"
    return _text_kind(head, extension)


def _is_old_tar(head: bytes) -> bool:
    """Whether the first block has the sum that a TAR without a signature carries."""
    try:
        said = int(head[148:156].strip(b"\x00 ") or b"x", 8)
    except ValueError:
        return False
    return said == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _is_mailbox(path: Path, extension: str) -> bool:
    """Whether a file that begins like a mailbox holds more than one mail, or is called one."""
    if _EXTENSIONS.get(extension) == "mbox":
        return True
    content = path.read_bytes()
    return any(_FROM_LINE.match(content, found.end() - 5) for found in _AFTER_GAP.finditer(content))


def _has_stray_zeros(head: bytes) -> bool:
    """Whether these bytes are text but for a few zero bytes, as machines that log to CSV leave behind."""
    return head.count(0) <= len(head) * 0.1 and looks_like_text(head.replace(b"\x00", b""))


def _unsupported(extension: str) -> IngestError:
    kind, advice = UNSUPPORTED[extension]
    return failure("unsupported", kind=kind, advice=advice)


def _ole(path: Path, extension: str) -> str:
    """Which of the old Office formats this is."""
    found = identify_office.by_streams(path)
    if found in KINDS:
        return found
    if found:
        raise _unsupported(found)
    if extension in UNSUPPORTED:
        raise _unsupported(extension)
    raise failure("unsupported", kind="Old Office", advice=_OFFICE_TOOL)


def _archive(path: Path, extension: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            declared = (
                archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
            )
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        named = _EXTENSIONS.get(extension)
        raise failure("damaged", kind=KINDS[named][0] if named else "ZIP archive") from error
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsb" if "xl/workbook.bin" in names else "xlsx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    for marker, found in (("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp")):
        if declared.startswith(f"application/vnd.oasis.opendocument.{marker}"):
            return found
    if old := identify_office.by_declared(declared):
        return old
    named = _EXTENSIONS.get(extension)
    if named in _FIRST_ZIPS and {"content.xml", "META-INF/manifest.xml"} <= names:
        # The first of them named no media type.
        return named
    if declared.startswith("application/epub"):
        return "epub"
    if extension in UNSUPPORTED:
        raise _unsupported(extension)
    named = _EXTENSIONS.get(extension, "")
    if named in _PACKED and any(name.startswith(_PARTS) for name in names):
        # Parts of an office file, and not the one that says what it holds.
        raise failure("damaged", kind=KINDS[named][0])
    if "doc.kml" in names or (extension == "kmz" and any(name.lower().endswith(".kml") for name in names)):
        return "kmz"
    return "zip"


def _binary(path: Path, head: bytes, extension: str) -> IngestError:
    try:
        found = puremagic.from_string(head, filename=None).lstrip(".").lower()
    except (puremagic.PureError, ValueError):
        found = ""
    for candidate in (extension, found):
        if candidate in UNSUPPORTED:
            return _unsupported(candidate)
    named = _EXTENSIONS.get(extension)
    return failure("damaged", kind=KINDS[named][0]) if named and named != "text" else failure("unknown")


def _text_kind(head: bytes, extension: str) -> str:
    text, _ = decode(head)
    named = _EXTENSIONS.get(extension)
    if _is_mail(head, named == "mail"):
        return "mail"
    start = text.lstrip("\ufeff \t\r\n")[:4000]
    if _HTML.search(start) and start.startswith("<") and _root_of(start) in {"", "html"}:
        return "html"
    if structured := _structured_kind(start, named):
        return structured
    if named == "html":
        return "html" if _TAGS.search(text) or not text.strip() else "text"
    if named in {"csv", "markdown", "text"}:
        return named
    if (
        named is None
        and extension == ""
        and len(_MARKDOWN.findall(text[:8000])) >= 3
        and re.search(r"^#{1,6} \S", text)
    ):
        return "markdown"
    return "text"


def _structured_kind(start: str, named: str | None) -> str:
    """Which format of records or markup a text begins as, "" where it is none. What is called a plain text
    stays one.
    """
    for opening, kind in _CARDS:
        if start[:40].upper().startswith(opening):
            return kind
    if named in {"csv", "markdown", "text"}:
        return ""
    if named == "json":
        return "json" if _JSON_VALUE.match(start) else ""
    if _JSON.match(start):
        return "json"
    if not start.startswith("<") or (named == "html" and not start.startswith("<?xml")):
        return ""
    root = _root_of(start) or (named in _MARKUP and bool(_ROOT.search(start)) and "xml")
    return root if root in {"kml", "gpx"} else "xml" if root else ""


def _root_of(start: str) -> str:
    """The name of the first element of XML that says that it is some, or that names a map; else ""."""
    root = _ROOT.search(start)
    name = root[1].rpartition(":")[2].lower() if root else ""
    return name if start.startswith("<?xml") or name in {"kml", "gpx"} else ""


def _is_mail(head: bytes, is_named_so: bool) -> bool:
    """Whether the first lines are mail headers: two known ones, or one where the name says mail."""
    known: set[str] = set()
    text_head = head
    if b"\x00" in head:
        text_head = decode(head)[0].encode("utf-8", "replace")
    for line in text_head.lstrip(b"\xef\xbb\xbf\r\n\t ").splitlines()[:60]:
        if not line.strip():
            break
        if line.startswith((b"From ", b">From ", b" ", b"\t")):
            continue
        match = _HEADER_LINE.match(line)
        if not match:
            if is_named_so:
                continue
            break
        header = match.group(1).decode().lower()
        if header in _MAIL_HEADERS:
            known.add(header)
    if is_named_so:
        return bool(known)
    return len(known) >= 3 and bool(known & {"from", "to", "subject", "message-id", "received"})
