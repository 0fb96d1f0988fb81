"""PDF through pypdfium2: the text in the file with word boxes, a picture of each page, and OCR where text is
lacking.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Begun, Event, NeedsOcr, Notice, PageRead, clean
from ingest.readers.pdf_annotations import MOST_ANNOTATIONS
from ingest.readers.pdf_files import files_in
from ingest.readers.pdf_mending import mended
from ingest.readers.pdf_pages import Content, content_of, digital, merged
from ingest.readers.pdf_regions import read_regions
from ingest.readers.pdf_xfa import filled_in, is_dynamic
from ingest.sandbox_child import Job

VIEW_DPI = 130
OCR_DPI = 300
_TAIL_BYTES = 2048
_FIRST_PAGES = 50
_WANTED_FACTS = ("Author", "Subject", "Keywords", "Creator", "Producer")


class _Found:
    """What is said about the pages of a file at its end."""

    def __init__(self) -> None:
        self.unreadable: list[int] = []
        self.pictures: list[int] = []
        self.cut: list[int] = []
        self.hidden: dict[int, int] = {}
        self.removed: dict[int, int] = {}

    def note(self, content: Content) -> None:
        """Remember what a page does not show."""
        for texts, counts in ((content.hidden, self.hidden), (content.removed, self.removed)):
            count = sum(len(text.split()) for text in texts)
            if count:
                counts[content.number] = count
        if content.overlay.is_cut:
            self.cut.append(content.number)


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a PDF, those with usable text first, then those that have to be read from their
    picture, then the files in it.

    Raises IngestError "encrypted", "damaged", "too-many-pages".
    """
    with tempfile.TemporaryDirectory() as folder:
        sound = _sound(job, Path(folder))
        yield from _read(sound)
        if sound is not job and not _is_cut(sound):
            yield Notice("repaired", notice("repaired"))


def _sound(job: Job, folder: Path) -> Job:
    """The job itself, or that of a mended copy where no page of the file can be opened."""
    try:
        with _open(job) as document:
            for index in range(min(len(document), _FIRST_PAGES)):
                with contextlib.suppress(pypdfium2.PdfiumError):
                    document[index].close()
                    return job
    except IngestError as error:
        if error.code != "damaged":
            raise
    repaired = mended(job.path.read_bytes())
    if repaired is None:
        return job
    copy = folder / "mended.pdf"
    copy.write_bytes(repaired)
    return replace(job, path=copy)


def _read(job: Job) -> Iterator[Event]:
    shown, plain = _open(job), _open(job)
    with contextlib.suppress(pypdfium2.PdfiumError):
        shown.init_forms()
    count = len(shown)
    if count > limits.PAGES:
        raise failure("too-many-pages", count=count, limit=limits.PAGES)
    if count == 0:
        raise failure("damaged", kind="PDF")
    facts = shown.get_metadata_dict(skip_empty=True)
    yield Begun(
        count,
        title=clean(facts.get("Title", ""))[:500],
        date=clean(facts.get("CreationDate", ""))[:40],
        metadata={name: clean(facts[name])[:500] for name in _WANTED_FACTS if name in facts},
    )
    found = _Found()
    waiting: list[Content] = []
    form = _form_of(shown)
    for index in range(count):
        page, content = _read_page(job, shown, plain, index, form)
        if content is not None and content.regions:
            waiting.append(content)
        else:
            yield page
        if page.unreadable:
            found.unreadable.append(page.number)
        if content is not None:
            found.note(content)
    if len(found.unreadable) == count:
        raise failure("damaged", kind="PDF")
    if waiting:
        yield NeedsOcr(len(waiting))
        yield from _read_pictures(job, shown, waiting, found)
    yield from files_in(job, shown)
    if form is not None:
        code = "form-from-data" if form else "form-unread"
        yield Notice(code, notice(code))
    yield from _notices(job, found)


def _form_of(document: pypdfium2.PdfDocument) -> list[str] | None:
    """What was filled into a form whose pages only ask to wait; None for any other file."""
    if not is_dynamic(document):
        return None
    for index in range(min(len(document), 20)):
        with contextlib.suppress(pypdfium2.PdfiumError):
            page = document[index]
            has_fields = any(
                pdfium.FPDFAnnot_GetSubtype(handle) == pdfium.FPDF_ANNOT_WIDGET
                for handle in _annotations(page)
            )
            page.close()
            if has_fields:
                return None
    return filled_in(document)


def _annotations(page: pypdfium2.PdfPage) -> Iterator[object]:
    for index in range(min(50, pdfium.FPDFPage_GetAnnotCount(page.raw))):
        handle = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if handle:
            try:
                yield handle
            finally:
                pdfium.FPDFPage_CloseAnnot(handle)


def _read_page(
    job: Job, shown: pypdfium2.PdfDocument, plain: pypdfium2.PdfDocument, index: int, form: list[str] | None
) -> tuple[PageRead, Content | None]:
    """The page as the file itself holds it, and its parts where it could be read."""
    number = index + 1
    try:
        view = _picture(shown, index, VIEW_DPI)
        content = content_of(job, shown, plain, index, view)
        if form is not None:
            # The page is no part of the document; its picture stays, so that it can be seen that it is not.
            file, width, height = content.view
            text = "\n".join(form)[: limits.PAGE_CHARACTERS] if index == 0 else ""
            source = "digital" if text else "none"
            return PageRead(number, text, source, None, file, width, height), None
        return digital(content), content
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return PageRead(number, "", "none", unreadable=True), None


def _read_pictures(
    job: Job, document: pypdfium2.PdfDocument, waiting: list[Content], found: _Found
) -> Iterator[PageRead]:
    pages = ((content.number, _large(document, content.number - 1), content.regions) for content in waiting)
    contents = iter(waiting)
    for _, image, readings in read_regions(job, pages):
        content = next(contents)
        page = merged(job, content, image, readings)
        if page.unreadable:
            found.unreadable.append(page.number)
        elif any(reading.failed for reading in readings):
            found.pictures.append(page.number)
        yield page


def _large(document: pypdfium2.PdfDocument, index: int) -> Image.Image:
    try:
        return _picture(document, index, OCR_DPI)
    except (pypdfium2.PdfiumError, MemoryError):
        return Image.new("L", (10, 10), 255)


def _notices(job: Job, found: _Found) -> Iterator[Notice]:
    if found.unreadable:
        pages = named_pages(sorted(found.unreadable))
        yield Notice("unreadable-pages", notice("unreadable-pages", pages=pages))
    if found.pictures:
        yield Notice(
            "page-pictures-unread", notice("page-pictures-unread", pages=named_pages(sorted(found.pictures)))
        )
    for code, counts in (("hidden-words", found.hidden), ("marked-for-removal", found.removed)):
        if counts:
            pages = named_pages(sorted(counts))
            yield Notice(code, notice(code, pages=pages, count=sum(counts.values())))
    if found.cut:
        yield Notice("notes-cut", notice("notes-cut", pages=named_pages(found.cut), count=MOST_ANNOTATIONS))
    if _is_cut(job):
        yield Notice("repaired", notice("repaired"))


def _is_cut(job: Job) -> bool:
    """Whether the file ends before its end."""
    with job.path.open("rb") as stream:
        stream.seek(max(0, job.path.stat().st_size - _TAIL_BYTES))
        return b"%%EOF" not in stream.read()


def named_pages(numbers: list[int]) -> str:
    """ "Page 3" or "Pages 3, 5 and 9", at most ten of them by number."""
    if len(numbers) == 1:
        return f"Page {numbers[0]}"
    if len(numbers) > 10:
        return f"{len(numbers)} pages ({numbers[0]} to {numbers[-1]})"
    return "Pages " + ", ".join(str(number) for number in numbers[:-1]) + f" and {numbers[-1]}"


def _open(job: Job) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(job.path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise failure("encrypted") from error
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_SECURITY:
            raise failure("encrypted") from error
        raise failure("damaged", kind="PDF") from error


def _picture(document: pypdfium2.PdfDocument, index: int, dpi: int) -> Image.Image:
    """A picture of a page, smaller than asked where it would grow beyond the pixels allowed."""
    page = document[index]
    try:
        width, height = (max(1.0, side) for side in page.get_size())
        most = limits.VIEW_PIXELS if dpi == VIEW_DPI else 5000
        scale = min(dpi / 72, most / max(width, height))
        colour = dpi == VIEW_DPI
        bitmap = page.render(scale=scale, grayscale=not colour, may_draw_forms=True)
        picture: Image.Image = bitmap.to_pil()
        return picture.convert("RGB" if colour else "L")
    finally:
        page.close()
