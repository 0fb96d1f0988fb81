"""What is laid over a PDF page: filled-in fields, notes and comments, and places marked for removal."""

import re
from collections.abc import Callable, Iterator
from ctypes import byref, create_string_buffer
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.protocol import clean
from ingest.readers.pdf_text import Placer

MOST_ANNOTATIONS = 5000
_LONGEST = 20_000
_NOTES = frozenset(
    {
        pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE, pdfium.FPDF_ANNOT_SQUIGGLY, pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_CIRCLE, pdfium.FPDF_ANNOT_LINE, pdfium.FPDF_ANNOT_POLYGON,
        pdfium.FPDF_ANNOT_POLYLINE, pdfium.FPDF_ANNOT_INK, pdfium.FPDF_ANNOT_CARET,
    }
)  # fmt: skip
_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_TEXTS = {
    pdfium.FPDF_FORMFIELD_TEXTFIELD: "text",
    pdfium.FPDF_FORMFIELD_COMBOBOX: "choice",
    pdfium.FPDF_FORMFIELD_LISTBOX: "choice",
    pdfium.FPDF_FORMFIELD_CHECKBOX: "tick",
    pdfium.FPDF_FORMFIELD_RADIOBUTTON: "radio",
    pdfium.FPDF_FORMFIELD_SIGNATURE: "signature",
}
# Names that forms programs give to the levels above a field.
_LEVELS = re.compile(r"(form|page|subform|topmostsubform|area|group|body|root)\d*|#.*", re.IGNORECASE)

Edges = tuple[float, float, float, float]


@dataclass(frozen=True)
class Field:
    """A place of a form field on the page. `kind` is "text", "choice", "tick", "radio" or "signature".

    `value` is what was filled in ("" for nothing; for radio buttons what this one stands for); `edges` are
    left, top,
    right and bottom as shown.
    """

    kind: str
    name: str
    title: str
    value: str
    is_on: bool
    is_hidden: bool
    edges: Edges


@dataclass(frozen=True)
class Note:
    """A remark laid over the page, who made it, and whether it is written on the page itself."""

    text: str
    author: str
    is_written: bool
    is_hidden: bool
    edges: Edges


@dataclass
class Overlay:
    """All that is laid over one page. `handled` are the numbers of the annotations that need not be drawn
    any more;
    `is_drawn` whether others with a look of their own (stamps) remain.
    """

    fields: list[Field] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    redactions: list[Edges] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)
    is_drawn: bool = False
    is_cut: bool = False


def overlay_of(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, plain: pypdfium2.PdfPage) -> Overlay:
    """Fields, notes and redactions of one page, at most MOST_ANNOTATIONS of them.

    `plain` is the same page of a document whose forms were not made ready, which leaves its fields as they
    are in the file.
    """
    found = Overlay()
    place = Placer(page)
    form = document.formenv.raw if document.formenv is not None else None
    total = pdfium.FPDFPage_GetAnnotCount(page.raw)
    found.is_cut = total > MOST_ANNOTATIONS
    for index in range(min(total, MOST_ANNOTATIONS)):
        handle = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not handle:
            continue
        try:
            count = len(found.fields)
            _take(found, index, handle, form, place)
            if len(found.fields) > count and found.fields[-1].kind in ("tick", "radio"):
                last = found.fields[-1]
                found.fields[-1] = replace(last, is_on=last.is_on or _is_on_by_value(plain, index))
        finally:
            pdfium.FPDFPage_CloseAnnot(handle)
    return found


def _take(found: Overlay, index: int, handle: Any, form: Any, place: Placer) -> None:
    kind = pdfium.FPDFAnnot_GetSubtype(handle)
    rectangle = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(handle, byref(rectangle)):
        return
    edges = place.edges(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
    is_hidden = bool(pdfium.FPDFAnnot_GetFlags(handle) & _UNSEEN)
    if kind == pdfium.FPDF_ANNOT_WIDGET and form is not None:
        read = _field(handle, form, edges, is_hidden)
        if read is None:
            # A button to press: what is written on it is part of the page.
            found.is_drawn = True
        else:
            found.handled.append(index)
            found.fields.append(read)
    elif kind == pdfium.FPDF_ANNOT_REDACT:
        found.handled.append(index)
        found.redactions.append(edges)
    elif kind in _NOTES and (text := _flat(_entry(handle, b"Contents"))):
        is_written = kind == pdfium.FPDF_ANNOT_FREETEXT
        if is_written:
            found.handled.append(index)
        found.notes.append(Note(text, _flat(_entry(handle, b"T"))[:80], is_written, is_hidden, edges))
    elif kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
        found.is_drawn = True


def _is_on_by_value(page: pypdfium2.PdfPage, index: int) -> bool:
    """Whether a box that has no look of its own, by which pdfium goes, is ticked by its value."""
    handle = pdfium.FPDFPage_GetAnnot(page.raw, index)
    if not handle:
        return False
    try:
        if pdfium.FPDFAnnot_HasKey(handle, b"AP"):
            return False
        return any(_entry(handle, key) not in ("", "Off") for key in (b"V", b"AS"))
    finally:
        pdfium.FPDFPage_CloseAnnot(handle)


def _field(handle: Any, form: Any, edges: Edges, is_hidden: bool) -> Field | None:
    kind = _TEXTS.get(pdfium.FPDFAnnot_GetFormFieldType(form, handle), "")
    if not kind:
        return None
    flags = pdfium.FPDFAnnot_GetFormFieldFlags(form, handle)
    if kind == "text" and flags & pdfium.FPDF_FORMFLAG_TEXT_PASSWORD:
        return None
    value = _flat(
        _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, handle, buffer, size))
    )
    is_on = False
    if kind == "choice":
        value = ", ".join(_chosen(handle, form)) or value
    elif kind in ("tick", "radio"):
        is_on = bool(pdfium.FPDFAnnot_IsChecked(form, handle))
        value = _flat(
            _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldExportValue(form, handle, buffer, size))
        )
    elif kind == "signature":
        value = "signed" if pdfium.FPDFAnnot_HasKey(handle, b"V") else ""
    return Field(
        kind,
        _flat(_string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldName(form, handle, buffer, size))),
        _flat(
            _string(
                lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, handle, buffer, size)
            )
        ),
        value,
        is_on,
        is_hidden,
        edges,
    )


def _chosen(handle: Any, form: Any) -> Iterator[str]:
    for index in range(min(500, max(0, pdfium.FPDFAnnot_GetOptionCount(form, handle)))):
        if pdfium.FPDFAnnot_IsOptionSelected(form, handle, index):
            label = _flat(_string(_option(handle, form, index)))
            if label:
                yield label


def _option(handle: Any, form: Any, index: int) -> Callable[[Any, int], int]:
    return lambda buffer, size: int(pdfium.FPDFAnnot_GetOptionLabel(form, handle, index, buffer, size))


def _entry(handle: Any, key: bytes) -> str:
    return _string(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(handle, key, buffer, size))


def _string(ask: Callable[[Any, int], int]) -> str:
    """A text that pdfium writes as UTF-16 with a zero at its end; asked for its length first."""
    size = int(ask(None, 0))
    if not 2 < size <= _LONGEST * 2:
        return ""
    buffer = create_string_buffer(size)
    ask(pdfium.cast(buffer, pdfium.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[:size].decode("utf-16-le", "replace").rstrip("\x00")


def _flat(text: str) -> str:
    return " ".join(clean(text).split())


def spoken_name(name: str) -> str:
    """A field's own name with those of its parents, as words: "owner.firstName[0]" is "owner first name"."""
    levels = [re.sub(r"\[\d+\]", "", level) for level in name.split(".")]
    kept = [level for level in levels[:-1] if level and not _LEVELS.fullmatch(level)] + levels[-1:]
    words = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", level).replace("_", " ") for level in kept)
    return " ".join(words.split())
