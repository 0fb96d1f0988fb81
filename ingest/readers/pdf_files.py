"""Files inside a PDF: members of a portfolio, attachments of the document, and files pinned to a page."""

import hashlib
from collections.abc import Callable, Iterator
from ctypes import byref, c_ulong, create_string_buffer
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest import limits
from ingest.errors import notice
from ingest.protocol import Attachment, Event, Notice, clean
from ingest.readers.pdf_annotations import MOST_ANNOTATIONS
from ingest.sandbox_child import Job

_LONGEST_NAME = 4000


def files_in(job: Job, document: pypdfium2.PdfDocument) -> Iterator[Event]:
    """Each file once, under the name that the PDF gives it, and a notice where some were left out."""
    saver = _Saver(job)
    for handle in _handles(document, saver):
        found = saver.save(handle)
        if found is not None:
            yield found
    if saver.left:
        if job.may_hold_attachments:
            reason = "they are empty, damaged, too large or too many"
        else:
            reason = f"they lie more than {limits.ATTACHMENT_DEPTH} files deep"
        yield Notice("attachments-skipped", notice("attachments-skipped", count=saver.left, reason=reason))


def _handles(document: pypdfium2.PdfDocument, saver: "_Saver") -> Iterator[Any]:
    count = max(0, pdfium.FPDFDoc_GetAttachmentCount(document.raw))
    saver.left += max(0, count - limits.ATTACHMENTS * 2)
    for index in range(min(count, limits.ATTACHMENTS * 2)):
        yield pdfium.FPDFDoc_GetAttachment(document.raw, index)
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            continue
        try:
            for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), MOST_ANNOTATIONS)):
                handle = pdfium.FPDFPage_GetAnnot(page.raw, index)
                if not handle:
                    continue
                try:
                    if pdfium.FPDFAnnot_GetSubtype(handle) == pdfium.FPDF_ANNOT_FILEATTACHMENT:
                        yield pdfium.FPDFAnnot_GetFileAttachment(handle)
                finally:
                    pdfium.FPDFPage_CloseAnnot(handle)
        finally:
            page.close()


class _Saver:
    """Writes files to the output folder; `left` counts those that were not."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.left = 0
        self.kept = 0
        self.bytes = 0
        self.seen: set[tuple[str, bytes]] = set()

    def save(self, handle: Any) -> Attachment | None:
        """The file as an event; None when it was there already or is left out."""
        full = self.kept >= limits.ATTACHMENTS or self.bytes >= limits.ATTACHMENTS_BYTES
        if not handle or not self.job.may_hold_attachments or full:
            self.left += 1
            return None
        content = _content(handle)
        if not content.strip():
            self.left += 1
            return None
        name = _name(handle) or f"attachment-{self.kept + 1}"
        key = (name, hashlib.sha256(content).digest())
        if key in self.seen:
            return None
        self.seen.add(key)
        self.kept += 1
        self.bytes += len(content)
        file = f"attachment{self.kept:03d}"
        (self.job.out / file).write_bytes(content)
        return Attachment(file, name)


def _content(handle: Any) -> bytes:
    """The bytes of a file; empty where it is missing, damaged or too large."""
    size = c_ulong()
    if not pdfium.FPDFAttachment_GetFile(handle, None, 0, byref(size)):
        return b""
    if not 0 < size.value <= limits.ATTACHMENT_BYTES:
        return b""
    buffer = create_string_buffer(size.value)
    if not pdfium.FPDFAttachment_GetFile(handle, buffer, size.value, byref(size)):
        return b""
    return buffer.raw


def _name(handle: Any) -> str:
    return _text(lambda buffer, size: int(pdfium.FPDFAttachment_GetName(handle, buffer, size)))


def _text(ask: Callable[[Any, int], int]) -> str:
    size = ask(None, 0)
    if not 2 < size <= _LONGEST_NAME:
        return ""
    buffer = create_string_buffer(size)
    ask(pdfium.cast(buffer, pdfium.POINTER(pdfium.FPDF_WCHAR)), size)
    return " ".join(clean(buffer.raw[:size].decode("utf-16-le", "replace").rstrip("\x00")).split())[:400]
