"""PPTX through python-pptx: each slide begins a page; title, text in reading order, tables, the figures of
charts, the words of pictures, and what the speaker noted.
"""

import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zipfile import BadZipFile

import pptx
from lxml import etree
from pptx.exc import PackageNotFoundError, PythonPptxError

from ingest import limits
from ingest.errors import failure
from ingest.protocol import Begun, Event, clean
from ingest.readers import archive
from ingest.readers.embedded import attached
from ingest.readers.pagination import Block, paginate
from ingest.readers.pictures import HEAD, MOST, Pictures
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_KIND = "PowerPoint (PPTX)"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_GROUP = "{http://schemas.openxmlformats.org/presentationml/2006/main}grpSp"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEPTH = 20
_LINE = 200_000
"""Shapes whose tops lie within this many units (about half a centimetre) stand in one line."""


def read(job: Job) -> Iterator[Event]:
    """Yield the slides as pages. Raises IngestError "damaged", "encrypted", "unpacks-too-large"."""
    archive.check(job.path, _KIND)
    try:
        deck = pptx.Presentation(str(job.path))
        slides = list(islice(deck.slides, limits.PAGES))
    except (PackageNotFoundError, PythonPptxError, BadZipFile, KeyError, ValueError) as error:
        raise failure("damaged", kind=_KIND) from error
    pictures = Pictures()
    yield from pictures.read(islice(_pictures(slides), MOST), job.workers)
    # What every slide of a kind bears, such as a banner, stands once, on the page of the first.
    framing = [Block("paragraph", text) for text in _frame_texts(slides)]
    blocks: list[Block] = []
    for slide in slides:
        blocks.append(Block("break"))
        blocks.extend(framing)
        framing = []
        blocks.extend(_slide(slide, pictures))
    pages = paginate(blocks)
    facts = deck.core_properties
    yield Begun(
        len(pages),
        title=clean(facts.title or "")[:500],
        date=str(facts.modified or facts.created or "")[:40],
        metadata={"Author": clean(facts.author)[:500]} if facts.author else {},
    )
    yield from pages
    yield from attached(job, _embedded(slides))


def _frame_texts(slides: list[Any]) -> Iterator[str]:
    """The texts of masters and layouts in use that are no place to type into, each once."""
    seen: set[str] = set()
    for slide in slides:
        for frame in (slide.slide_layout.slide_master, slide.slide_layout):
            for shape in frame.shapes:
                if shape.is_placeholder or not shape.has_text_frame:
                    continue
                text = tidy(shape.text_frame.text)
                if text and text not in seen:
                    seen.add(text)
                    yield text


def _slide(slide: Any, pictures: Pictures) -> Iterator[Block]:
    if slide._element.get("show") == "0":
        yield Block("paragraph", "[hidden slide]")
    title = slide.shapes.title
    if title is not None and title.has_text_frame and title.text_frame.text.strip():
        yield Block("heading", tidy(title.text_frame.text), 1)
    others = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    yield from _shapes(others, slide, pictures, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        noted = slide.notes_slide.notes_text_frame.text.strip()
        if noted:
            yield Block("paragraph", f"Speaker's notes: {noted}")
    for relation in slide.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/comments"):
            yield from _remarks(relation.target_part.blob)


def _shapes(shapes: list[Any], slide: Any, pictures: Pictures, depth: int) -> Iterator[Block]:
    for shape in sorted(shapes, key=_place):
        if shape._element.tag == _GROUP:
            if depth >= _DEPTH:
                continue
            yield from _shapes(list(shape.shapes), slide, pictures, depth + 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            rows = ([tidy(cell.text) for cell in row.cells] for row in shape.table.rows)
            yield from blocks_of(islice(rows, limits.ROWS))
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield from _chart(shape.chart)
        elif shape.has_text_frame:
            yield from _text(shape.text_frame)
        elif content := _content(shape):
            text = pictures.text_of(content)
            if text:
                yield Block("paragraph", HEAD)
                yield from (Block("paragraph", part) for part in text.split("\n\n"))
        else:
            yield from _diagram(shape, slide)


def _place(shape: Any) -> tuple[int, int]:
    return (shape.top or 0) // _LINE, shape.left or 0


def _text(frame: Any) -> Iterator[Block]:
    """The paragraphs of a frame; those that are points of a list stay together."""
    lines = [tidy(paragraph.text.replace("\v", " ")) for paragraph in frame.paragraphs]
    text = "\n".join(line for line in lines if line)
    if text:
        yield Block("paragraph", text)


def _chart(chart: Any) -> Iterator[Block]:
    """A chart as the table that it draws: what is kept beside the drawing of each of its series.

    Read from the markup, where every kind of chart has its points alike.
    """
    if chart.has_title and chart.chart_title.has_text_frame:
        yield from _text(chart.chart_title.text_frame)
    series = list(islice(chart._chartSpace.iter(f"{_CHART}ser"), limits.COLUMNS - 1))
    names = [tidy(" ".join(_points(one.find(f"{_CHART}tx")).values())) for one in series]
    categories: dict[int, str] = {}
    values: list[dict[int, str]] = []
    for one in series:
        parts = {part.tag.removeprefix(_CHART): part for part in one if isinstance(part.tag, str)}
        categories = {**_points(parts.get("cat", parts.get("xVal"))), **categories}
        values.append(_points(parts.get("val", parts.get("yVal"))))
    numbers = sorted({number for one in values for number in one} | {*categories})[: limits.ROWS]
    if numbers:
        rows = [["Category", *names]]
        for number in numbers:
            rows.append([categories.get(number, str(number + 1)), *(one.get(number, "") for one in values)])
        yield from blocks_of(rows)


def _points(part: Any) -> dict[int, str]:
    """The points that stand in a part of a chart, by their number."""
    found: dict[int, str] = {}
    for point in part.iter(f"{_CHART}pt") if part is not None else ():
        number, value = str(point.get("idx")), point.findtext(f"{_CHART}v") or ""
        if number.isdigit() and len(number) < 8 and len(found) < limits.ROWS:
            found[int(number)] = tidy(value)
    return found


def _diagram(shape: Any, slide: Any) -> Iterator[Block]:
    """The words of a drawn diagram (SmartArt), which lie in a part of their own."""
    for element in shape._element.iter():
        key = element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm")
        relation = slide.part.rels.get(key) if key else None
        if relation is None or relation.is_external:
            continue
        root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
        for paragraph in root.iter(f"{_DRAWN}p"):
            text = tidy("".join(part.text or "" for part in paragraph.iter(f"{_DRAWN}t")))
            if text:
                yield Block("paragraph", text)


def _remarks(content: bytes) -> Iterator[Block]:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    for remark in root:
        text = tidy(" ".join(part.strip() for part in remark.itertext() if part.strip()))
        if text:
            yield Block("paragraph", f"Comment: {text}")


def _pictures(slides: list[Any]) -> Iterator[bytes]:
    for slide in slides:
        yield from _in_shapes(list(slide.shapes), 0)


def _in_shapes(shapes: list[Any], depth: int) -> Iterator[bytes]:
    for shape in shapes:
        if shape._element.tag == _GROUP:
            yield from _in_shapes(list(shape.shapes), depth + 1) if depth < _DEPTH else ()
        elif content := _content(shape):
            yield content


def _content(shape: Any) -> bytes:
    try:
        return bytes(shape.image.blob)
    except (AttributeError, KeyError, ValueError):
        return b""


def _embedded(slides: list[Any]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file inside the file, but for the numbers behind charts, which are shown."""
    for slide in slides:
        for relation in slide.part.rels.values():
            if not relation.is_external and relation.reltype.endswith(("/package", "/oleObject")):
                part = relation.target_part
                yield posixpath.basename(str(part.partname)), bytes(part.blob)
