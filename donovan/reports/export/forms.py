"""The forms that a report may be written in, and the one way to write it.

write(content, "docx") -> ExportedFile(name with the marking, media type, bytes with the marking)
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from donovan.library.originals import outgoing_name
from donovan.reports.content import ReportContent
from donovan.reports.errors import ReportError
from donovan.reports.export import data_csv, docx, html, json, markdown, pdf
from donovan.reports.export.text import clean


@dataclass(frozen=True)
class Form:
    """One form: its key in addresses and file names, its name and what it is good for, and its media type."""

    key: str
    title: str
    purpose: str
    media_type: str
    write: Callable[[ReportContent], bytes]


@dataclass(frozen=True)
class ExportedFile:
    name: str
    media_type: str
    data: bytes


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS = {
    form.key: form
    for form in (
        Form("docx", "Word", "to send or to go on writing; footnotes are real", _WORD, docx.write),
        Form("pdf", "PDF", "to send or to print as it is", "application/pdf", pdf.write),
        Form("html", "Web page", "one file for any browser", "text/html; charset=utf-8", html.write),
        Form("md", "Markdown", "plain text with footnotes", "text/markdown; charset=utf-8", markdown.write),
        Form("json", "JSON", "everything, for programs", "application/json", json.write),
        Form("csv", "Data (CSV)", "every row of the tables", "text/csv; charset=utf-8", data_csv.write),
    )
}
ENDINGS = ", ".join(f".{key}" for key in FORMS)


def form_named(key: str) -> Form:
    """The form behind a key. Raises ReportError with the list of keys."""
    form = FORMS.get(key.lower())
    if form is None:
        raise ReportError(f"“{key[:20]}” is not a form of a report. Use one of: {', '.join(FORMS)}.")
    return form


def form_of_file(name: str) -> Form:
    """The form that the ending of a file name asks for. Raises ReportError with the list of endings.

    .htm, .markdown and .zip (the data of several tables) are understood too.
    """
    ending = PurePath(name).suffix.lower().lstrip(".")
    key = {"htm": "html", "markdown": "md", "zip": "csv"}.get(ending, ending)
    if key not in FORMS:
        shown = f"“.{ending[:20]}”" if ending else "no ending"
        raise ReportError(
            f"The name of the file has {shown}, which is no form of a report. Use one of: {ENDINGS}."
        )
    return FORMS[key]


def write(content: ReportContent, key: str) -> ExportedFile:
    """The report in one form, named by its portion mark and title.

    Raises ReportError or Refused with a sentence when it cannot be written.
    """
    form = form_named(key)
    data = form.write(content)
    is_archive = data.startswith(b"PK") and form.key == "csv"
    ending, media_type = ("zip", "application/zip") if is_archive else (form.key, form.media_type)
    # A title may hold a slash or a dot, and neither ends the name.
    title = clean(content.title).replace("/", "-").replace("\\", "-") or "Report"
    name = outgoing_name(
        f"{title[:120].rstrip('. ')}.{ending}", clean(content.portion) or f"({clean(content.banner)})"
    )
    return ExportedFile(name, media_type, data)
