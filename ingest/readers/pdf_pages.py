"""One PDF page: its words in reading order with fields and notes among them, what it does not show, and
which of its pictures have to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ingest import limits
from ingest.layout import Line, Word
from ingest.layout_columns import reading_order
from ingest.layout_numbers import without_line_numbers
from ingest.ocr import OcrPage
from ingest.ocr_images import turn
from ingest.protocol import PageRead
from ingest.readers.page_text import PageText
from ingest.readers.pdf_annotations import Edges, Overlay, overlay_of, spoken_name
from ingest.readers.pdf_fields import FieldPlacer
from ingest.readers.pdf_objects import drawn_on, is_in, picture_areas, seen_words
from ingest.readers.pdf_regions import Reading, Region, is_layer_better, without_covered, words_of
from ingest.readers.pdf_text import PdfWord, Placer, is_usable, read_words
from ingest.readers.scans import headings_in, is_blank, save_view
from ingest.sandbox_child import Job

# One picture that covers so much of a page is read with the whole page, which also finds out how it lies.
_WHOLE = 0.5
_MOST_REGIONS = 16
_MARGIN = 3.0
HIDDEN = "Not shown on the page:"
REMOVED = "Marked for removal on the page:"


@dataclass
class Content:
    """What a page holds before its pictures are read."""

    number: int
    width: float
    height: float
    printed: list[Word] = field(default_factory=list)
    upright: list[Word] = field(default_factory=list)
    layer: list[Word] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    overlay: Overlay = field(default_factory=Overlay)
    view: tuple[str, int, int] = ("", 0, 0)
    regions: list[Region] = field(default_factory=list)
    given: list[Line] | None = None


def content_of(
    job: Job, shown: pypdfium2.PdfDocument, plain: pypdfium2.PdfDocument, index: int, view: Image.Image
) -> Content:
    """All that the file says about a page; `shown` draws its forms, `plain` is taken apart.

    Raises pypdfium2.PdfiumError, ValueError or OSError when the page cannot be read.
    """
    page, bare = shown[index], plain[index]
    try:
        overlay = overlay_of(shown, page, bare)
    finally:
        page.close()
        bare.close()
    page = _bare(plain, index, overlay)
    try:
        place = Placer(page)
        content = Content(index + 1, place.width, place.height, overlay=overlay)
        content.view = save_view(view, job.out, index + 1)
        drawn = drawn_on(page)
        words = read_words(page, drawn.orders)
        seen = seen_words(words, drawn, view, place, overlay.redactions)
        areas = picture_areas(drawn, place.width, place.height)
    finally:
        page.close()
    if not is_usable(" ".join(item.word.text for item in (*seen.shown, *seen.layer))):
        seen.shown.clear()
        seen.layer.clear()
    level = sum(item.is_level for item in seen.shown)
    is_turned = level < 0.5 * len(seen.shown)
    printed = [item.word for item in seen.shown if item.is_level != is_turned]
    content.upright = [item.word for item in seen.shown if item.is_level == is_turned]
    if is_turned:
        content.given = _as_given(printed)
    content.layer = [item.word for item in seen.layer]
    content.hidden = _told(seen.hidden)
    content.removed = _told(seen.removed)
    for item in overlay.fields:
        if item.is_hidden and item.value and item.kind in ("text", "choice"):
            content.hidden.append(f"{item.title or spoken_name(item.name)}: {item.value}")
    content.hidden.extend(note.text for note in overlay.notes if note.is_hidden)
    content.printed = printed
    content.regions = _regions(content, areas, view)
    return content


def _with_overlay(content: Content, printed: Sequence[Word]) -> list[Word]:
    """The printed words with fields and notes among them."""
    placer = FieldPlacer(printed, content.overlay.fields, content.width)
    placer.place()
    placer.add_notes(content.overlay.notes)
    return placer.words


def _bare(plain: pypdfium2.PdfDocument, index: int, overlay: Overlay) -> pypdfium2.PdfPage:
    """The page without what is read from its annotations, and with the look of the others (stamps) in it."""
    page = plain[index]
    if not overlay.is_drawn:
        return page
    for number in reversed(overlay.handled):
        pdfium.FPDFPage_RemoveAnnot(page.raw, number)
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return plain[index]


def _as_given(words: Sequence[Word]) -> list[Line]:
    """The lines of a page that is written from the side, in the order of the file."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and lines[-1][-1].line == word.line:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [Line(tuple(line), False) for line in lines]


def _told(words: Sequence[PdfWord]) -> list[str]:
    return [item.word.text for item in words]


def _regions(content: Content, areas: Sequence[Edges], view: Image.Image) -> list[Region]:
    """The parts of the page to read by OCR: pictures that its text does not cover, or all of it."""
    width, height = content.width, content.height
    grey = np.array(view.convert("L"))
    across, down = grey.shape[1] / width, grey.shape[0] / height
    covered = [
        (word.left, word.top, word.right, word.bottom) for word in (*content.printed, *content.upright)
    ]
    covered += [item.edges for item in content.overlay.fields if not item.is_hidden]
    covered += [note.edges for note in content.overlay.notes if not note.is_hidden]
    for left, top, right, bottom in covered:
        rows = slice(max(0, int(top * down) - 2), max(0, int(bottom * down) + 3))
        columns = slice(max(0, int(left * across) - 2), max(0, int(right * across) + 3))
        part = grey[rows, columns]
        if part.size:
            part[...] = int(part.max()) if int(np.median(part)) > 127 else int(np.median(part))
    if not content.printed and not content.upright and not content.layer:
        return [] if is_blank(Image.fromarray(grey)) else [Region()]
    found: list[Region] = []
    for left, top, right, bottom in areas:
        part = grey[int(top * down) : int(bottom * down) + 1, int(left * across) : int(right * across) + 1]
        if not part.size or is_blank(Image.fromarray(part)):
            continue
        if (right - left) * (bottom - top) >= _WHOLE * width * height:
            return [Region()]
        found.append(
            Region(
                max(0.0, (left - _MARGIN) / width), max(0.0, (top - _MARGIN) / height),
                min(1.0, (right + _MARGIN) / width), min(1.0, (bottom + _MARGIN) / height),
            )
        )  # fmt: skip
    return found if len(found) <= _MOST_REGIONS else [Region()]


def written(
    content: Content, lines: Sequence[Line], source: str, confidence: float | None = None
) -> PageRead:
    """The page as it is kept, with what it does not show at its end."""
    page = PageText(content.width, content.height)
    page.add(lines)
    if content.upright:
        page.add(_as_given(content.upright))
    shown = page.length
    for head, texts in ((HIDDEN, content.hidden), (REMOVED, content.removed)):
        if texts:
            page.say(f"{head} {' '.join(texts)}"[: limits.PAGE_CHARACTERS // 40])
    text = page.text
    name, width, height = content.view
    return PageRead(
        content.number, text, source if text else "none", confidence, name, width, height,
        words=tuple(page.words), headings=tuple(page.headings), hidden=len(text) - shown,
    )  # fmt: skip


def digital(content: Content) -> PageRead:
    """The page as the file itself says it; its text layer where it has one counts as shown."""
    if content.given is not None and not content.layer and not content.overlay.fields:
        return written(content, content.given, "digital")
    return written(content, _lines(content, [*content.printed, *content.layer]), "digital")


def _lines(content: Content, printed: Sequence[Word]) -> list[Line]:
    return reading_order(_with_overlay(content, without_line_numbers(printed)))


def merged(job: Job, content: Content, image: Image.Image, readings: Sequence[Reading]) -> PageRead:
    """The page with what was read in its pictures. `image` is the picture that was read."""
    only = readings[0].page if len(readings) == 1 and readings[0].region.is_whole else None
    has_words = bool(content.printed or content.upright or content.layer or _has_overlay(content))
    if not has_words and len(readings) == 1 and readings[0].region.is_whole:
        return _scan(job, content, image, readings[0])
    if only is not None and only.turned:
        return _turned(job, content, image, readings[0])
    words, read = list(content.printed), list[Word]()
    line = max((w.line for w in (*content.printed, *content.layer)), default=0) + 1
    layer_left = list(content.layer)
    for reading in readings:
        fresh = words_of(reading, content.width, content.height, line)
        line += len(fresh) + 1
        inside = [word for word in layer_left if _is_inside(reading.region, word, content)]
        layer_left = [word for word in layer_left if not _is_inside(reading.region, word, content)]
        fresh = without_covered(fresh, _taken(content), content.width, content.height)
        if inside and is_layer_better(inside, fresh, reading.page):
            words.extend(inside)
        else:
            read.extend(fresh)
    words.extend(layer_left)
    if only is not None and read and not words and not content.upright and not _has_overlay(content):
        return _scan(job, content, image, readings[0])
    letters = sum(len(word.text) for word in read)
    is_mostly_read = letters > sum(len(word.text) for word in words)
    confidence = mean(word.confidence for word in read) if is_mostly_read else None
    source = "ocr" if is_mostly_read else "digital"
    page = written(content, _lines(content, [*words, *read]), source, confidence)
    return replace(page, unreadable=not page.text and any(reading.failed for reading in readings))


def _has_overlay(content: Content) -> bool:
    return bool(content.overlay.fields or content.overlay.notes)


def _taken(content: Content) -> list[Word]:
    """What OCR need not read again: words of the file, and what fields and notes hold."""
    held = [
        item.edges
        for item in content.overlay.fields
        if not item.is_hidden and (item.value or item.kind in ("tick", "radio"))
    ]
    held += [note.edges for note in content.overlay.notes if note.is_written and not note.is_hidden]
    return [*content.printed, *content.upright, *(Word("", *edges, line=0) for edges in held)]


def _is_inside(region: Region, word: Word, content: Content) -> bool:
    area = (
        region.left * content.width, region.top * content.height,
        region.right * content.width, region.bottom * content.height,
    )  # fmt: skip
    return is_in(area, (word.left + word.right) / 2, (word.top + word.bottom) / 2)


def _scan(job: Job, content: Content, image: Image.Image, reading: Reading) -> PageRead:
    """A page that is nothing but its picture, as Tesseract read it."""
    page = reading.page
    if page is None or not page.text:
        empty = written(content, [], "none")
        return replace(empty, unreadable=reading.failed)
    view = save_view(turn(image, page.turned), job.out, content.number) if page.turned else content.view
    kept = written(replace(content, view=view), [], "ocr", page.confidence)
    text = page.text[: limits.PAGE_CHARACTERS - len(kept.text) - 2]
    words = tuple(word for word in page.words[: limits.PAGE_WORDS] if word.end <= len(text))
    rest = f"\n\n{kept.text}" if kept.text else ""
    hidden = kept.hidden + (2 if kept.hidden else 0)
    return replace(kept, text=text + rest, words=words, headings=tuple(headings_in(text)), source="ocr",
                   confidence=page.confidence, hidden=hidden)  # fmt: skip


def _turned(job: Job, content: Content, image: Image.Image, reading: Reading) -> PageRead:
    """A scan that lies on its side, with a few words of the file itself, which follow without a place."""
    page = reading.page
    own = sum(len(word.text) for word in (*content.printed, *content.upright))
    if page is None or own > len(page.text):
        return digital(content)
    if content.layer and is_layer_better(content.layer, _loose(page), page):
        return digital(content)
    scan = _scan(job, replace(content, upright=[], hidden=[], removed=[]), image, reading)
    rest = written(content, _lines(content, content.printed), "digital")
    # The picture shows them too, and mostly they were read there.
    read = _letters_of(scan.text)
    shown, hidden = rest.text[: len(rest.text) - rest.hidden], rest.text[len(rest.text) - rest.hidden :]
    lines = [line for line in shown.splitlines() if _letters_of(line) and _letters_of(line) not in read]
    text = "\n\n".join(part for part in (scan.text, "\n".join(lines), hidden) if part)
    return replace(scan, text=text, hidden=rest.hidden)


def _letters_of(text: str) -> str:
    """The letters and figures of a text, to be compared."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _loose(page: OcrPage) -> list[Word]:
    """The words of a reading without their places, to be compared."""
    return [
        Word(page.text[box.start : box.end], 0, 0, 0, 0, 0, confidence=box.confidence, is_read=True)
        for box in page.words
    ]
