"""PDF through pypdfium2: the text in the file with word boxes, a picture of each page, and OCR where text is
lacking.
"""

import contextlib
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Begun, Event, NeedsOcr, Notice, PageRead, clean
from ingest.readers.pdf_text import is_usable, read_text
from ingest.readers.scans import PageImage, is_blank, read_scans, save_view
from ingest.sandbox_child import Job

VIEW_DPI = 130
OCR_DPI = 300
_TAIL_BYTES = 2048
# A page whose picture covers at least this share of it, with hardly any text, is a scan with a stamp or a
# footer.
_SCAN_COVER = 0.5
_FEW_CHARACTERS = 200
_WANTED_FACTS = ("Author", "Subject", "Keywords", "Creator", "Producer")


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a PDF, those with usable text first, then those that have to be read from their
    picture.

    Raises IngestError "encrypted", "damaged", "too-many-pages".
    """
    document = _open(job)
    count = len(document)
    if count > limits.PAGES:
        raise failure("too-many-pages", count=count, limit=limits.PAGES)
    if count == 0:
        raise failure("damaged", kind="PDF")
    facts = document.get_metadata_dict(skip_empty=True)
    yield Begun(
        count,
        title=clean(facts.get("Title", ""))[:500],
        date=clean(facts.get("CreationDate", ""))[:40],
        metadata={name: clean(facts[name])[:500] for name in _WANTED_FACTS if name in facts},
    )
    waiting: list[tuple[int, PageRead | None]] = []
    unreadable: list[int] = []
    for index in range(count):
        read_page, is_wanting = _digital(job, document, index)
        if read_page is not None and read_page.unreadable:
            unreadable.append(index + 1)
        if is_wanting:
            waiting.append((index, read_page))
        elif read_page is not None:
            yield read_page
    if len(unreadable) == count:
        raise failure("damaged", kind="PDF")
    if waiting:
        yield NeedsOcr(len(waiting))
        for scanned in read_scans(job, _pictures(document, waiting)):
            if scanned.unreadable:
                unreadable.append(scanned.number)
            yield scanned
    yield from _notices(job, unreadable)


def _notices(job: Job, unreadable: list[int]) -> Iterator[Notice]:
    if unreadable:
        yield Notice("unreadable-pages", notice("unreadable-pages", pages=named_pages(sorted(unreadable))))
    with job.path.open("rb") as stream:
        stream.seek(max(0, job.path.stat().st_size - _TAIL_BYTES))
        if b"%%EOF" not in stream.read():
            yield Notice("repaired", notice("repaired"))


def named_pages(numbers: list[int]) -> str:
    """ "Page 3" or "Pages 3, 5 and 9", at most ten of them by number."""
    if len(numbers) == 1:
        return f"Page {numbers[0]}"
    if len(numbers) > 10:
        return f"{len(numbers)} pages ({numbers[0]} to {numbers[-1]})"
    return "Pages " + ", ".join(str(number) for number in numbers[:-1]) + f" and {numbers[-1]}"


def _open(job: Job) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(job.path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise failure("encrypted") from error
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_SECURITY:
            raise failure("encrypted") from error
        raise failure("damaged", kind="PDF") from error
    with contextlib.suppress(pypdfium2.PdfiumError):
        document.init_forms()
    return document


def _digital(job: Job, document: pypdfium2.PdfDocument, index: int) -> tuple[PageRead | None, bool]:
    """The page as the file itself holds it, and whether it has to be read from its picture."""
    number = index + 1
    try:
        page = _loaded(document, index)
    except pypdfium2.PdfiumError:
        return PageRead(number, "", "none", unreadable=True), False
    try:
        text, words, headings = read_text(page)
        view = _render(page, VIEW_DPI)
        file, width, height = save_view(view, job.out, number)
        read_page = PageRead(number, text, "digital" if text else "none", None, file, width, height,
                             words=words, headings=headings)  # fmt: skip
        if is_usable(text):
            is_wanting = len(text) < _FEW_CHARACTERS and _picture_cover(page) >= _SCAN_COVER
        else:
            is_wanting = not is_blank(view)
            if not is_wanting:
                read_page = PageRead(number, "", "none", None, file, width, height)
        return read_page, is_wanting
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return PageRead(number, "", "none", unreadable=True), False
    finally:
        page.close()


def _loaded(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """The page with what was filled into its form made part of it, so that it is read like any other text."""
    page = document[index]
    if document.formenv is None:
        return page
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return document[index]


def _render(page: pypdfium2.PdfPage, dpi: int) -> Image.Image:
    """A picture of the page, smaller than asked where it would grow beyond the pixels allowed."""
    width, height = (max(1.0, side) for side in page.get_size())
    most = limits.VIEW_PIXELS if dpi == VIEW_DPI else 5000
    scale = min(dpi / 72, most / max(width, height))
    colour = dpi == VIEW_DPI
    bitmap = page.render(scale=scale, grayscale=not colour, may_draw_forms=True)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("RGB" if colour else "L")


def _picture_cover(page: pypdfium2.PdfPage) -> float:
    """The largest share of the page that one picture in it covers."""
    width, height = page.get_size()
    best = 0.0
    for count, found in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if count > 200:
            break
        with contextlib.suppress(pypdfium2.PdfiumError):
            left, bottom, right, top = found.get_bounds()
            best = max(best, abs((right - left) * (top - bottom)) / max(1.0, width * height))
    return best


def _pictures(
    document: pypdfium2.PdfDocument, waiting: list[tuple[int, PageRead | None]]
) -> Iterator[PageImage]:
    for index, digital in waiting:
        page = _loaded(document, index)
        try:
            yield PageImage(
                index + 1,
                _render(page, OCR_DPI),
                digital=digital if digital and is_usable(digital.text) else None,
            )
        except (pypdfium2.PdfiumError, IngestError, MemoryError):
            yield PageImage(index + 1, Image.new("L", (10, 10), 255), digital=digital)
        finally:
            page.close()
