"""ODT, ODS and ODP (OASIS OpenDocument 1.3): the words of content.xml in their order, read with lxml.

Headings, paragraphs, table rows, notes and remarks; each sheet and each slide begins a page. What was deleted
under tracking lies apart in the file and is left out.
"""

import zipfile
from collections.abc import Iterator
from itertools import islice, repeat
from typing import Any

from lxml import etree

from ingest import limits
from ingest.errors import failure
from ingest.protocol import Begun, Event, clean
from ingest.readers import archive
from ingest.readers.pagination import Block, paginate
from ingest.readers.pictures import HEAD, MOST, Pictures
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT, _TABLE, _DRAW = f"{{{_ODF}:text:1.0}}", f"{{{_ODF}:table:1.0}}", f"{{{_ODF}:drawing:1.0}}"
_OFFICE, _PRESENTATION = f"{{{_ODF}:office:1.0}}", f"{{{_ODF}:presentation:1.0}}"
_STYLE = f"{{{_ODF}:style:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_GONE = {f"{_TEXT}tracked-changes", f"{_TABLE}tracked-changes"}
_EMPTY_ROWS = 2_000
_WIDEST = 64
"""A cell that repeats more often than this is filling, not content."""


def read(job: Job) -> Iterator[Event]:
    """Yield the document as pages. Raises IngestError "damaged", "encrypted", "unpacks-too-large"."""
    archive.check(job.path, "OpenDocument")
    pictures = Pictures()
    try:
        with zipfile.ZipFile(job.path) as parts:
            root = _tree(parts, "content.xml")
            edges = _edges(parts)
            facts = _tree(parts, "meta.xml") if "meta.xml" in parts.namelist() else None
            if "META-INF/manifest.xml" in parts.namelist() and b"encryption-data" in parts.read(
                "META-INF/manifest.xml"
            ):
                raise failure("encrypted")
            shown = _pictures(root, parts)
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise failure("damaged", kind="OpenDocument") from error
    yield from pictures.read(islice(shown.values(), MOST), job.workers)
    body = root.find(f"{_OFFICE}body")
    said = {name: pictures.text_of(content) for name, content in shown.items()}
    pages = paginate([*edges[0], *_blocks(body, said, 0), *edges[1]])
    yield Begun(
        len(pages),
        title=_fact(facts, f"{_DC}title"),
        date=_fact(facts, f"{_DC}date")[:40],
        metadata={"Author": author} if (author := _fact(facts, f"{_DC}creator")) else {},
    )
    yield from pages


def _edges(parts: zipfile.ZipFile) -> tuple[list[Block], list[Block]]:
    """The distinct texts of all page headers and of all footers, which lie with the styles of pages."""
    if "styles.xml" not in parts.namelist():
        return [], []
    root = _tree(parts, "styles.xml")
    found: tuple[list[Block], list[Block]] = ([], [])
    for blocks, names in zip(found, (("header", "header-left"), ("footer", "footer-left")), strict=True):
        texts = (
            tidy(_words(paragraph))
            for name in names
            for edge in root.iter(f"{_STYLE}{name}")
            for paragraph in edge.iter(f"{_TEXT}p")
        )
        blocks.extend(Block("paragraph", text) for text in dict.fromkeys(texts) if text)
    return found


def _tree(parts: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(parts.read(name), etree.XMLParser(resolve_entities=False, huge_tree=False))


def _fact(facts: Any, name: str) -> str:
    found = facts.find(f".//{name}") if facts is not None else None
    return clean("".join(found.itertext()))[:500] if found is not None else ""


def _pictures(root: Any, parts: zipfile.ZipFile) -> dict[str, bytes]:
    names = {str(image.get(f"{_XLINK}href")) for image in root.iter(f"{_DRAW}image")}
    return {name: parts.read(name) for name in sorted(names & {*parts.namelist()})}


def _blocks(parent: Any, pictures: dict[str, str], depth: int) -> Iterator[Block]:
    if parent is None or depth > limits.MARKUP_DEPTH:
        return
    for element in parent:
        tag = element.tag
        if tag in _GONE or not isinstance(tag, str):
            continue
        if tag == f"{_TEXT}h":
            level = str(element.get(f"{_TEXT}outline-level") or "1")
            yield Block("heading", tidy(_words(element)), int(level) if level.isdigit() else 1)
            yield from _inside(element, pictures, depth)
        elif tag == f"{_TEXT}p":
            text = _words(element).strip()
            if text:
                yield Block("paragraph", text)
            yield from _inside(element, pictures, depth)
        elif tag == f"{_TABLE}table":
            yield from _table(element)
        elif tag == f"{_DRAW}page":
            yield Block("break")
            yield from _blocks(element, pictures, depth + 1)
        elif tag == f"{_PRESENTATION}notes":
            noted = " ".join(tidy(_words(p)) for p in element.iter(f"{_TEXT}p"))
            if noted.strip():
                yield Block("paragraph", f"Speaker's notes: {noted.strip()}")
        elif tag == f"{_DRAW}image":
            yield from _picture(element, pictures)
        else:
            yield from _blocks(element, pictures, depth + 1)


def _inside(paragraph: Any, pictures: dict[str, str], depth: int) -> Iterator[Block]:
    """What hangs in a paragraph besides its words: frames, pictures, notes and remarks."""
    for element in paragraph.iter(f"{_DRAW}frame", f"{_TEXT}note", f"{_OFFICE}annotation"):
        if any(above.tag == f"{_DRAW}frame" for above in _between(element, paragraph)):
            continue
        if element.tag == f"{_DRAW}frame":
            yield from _blocks(element, pictures, depth + 1)
            continue
        text = " ".join(tidy(_words(p)) for p in element.iter(f"{_TEXT}p")).strip()
        if element.tag == f"{_OFFICE}annotation" and text:
            author = element.findtext(f"{_DC}creator") or ""
            text = f"Comment by {tidy(author)}: {text}" if author else f"Comment: {text}"
        if text:
            yield Block("paragraph", text)


def _between(element: Any, top: Any) -> Iterator[Any]:
    for above in element.iterancestors():
        if above is top:
            return
        yield above


def _picture(image: Any, pictures: dict[str, str]) -> Iterator[Block]:
    text = pictures.get(str(image.get(f"{_XLINK}href")), "")
    if text:
        yield Block("paragraph", HEAD)
        yield from (Block("paragraph", part) for part in text.split("\n\n"))


def _words(element: Any) -> str:
    """The words of a paragraph: spaces, tabs and breaks as they are meant, notes and frames left out."""
    parts = [element.text or ""]
    for child in element:
        tag = child.tag
        if tag == f"{_TEXT}s":
            count = str(child.get(f"{_TEXT}c") or "1")
            parts.append(" " * min(int(count) if count.isdigit() else 1, 80))
        elif tag == f"{_TEXT}tab":
            parts.append("\t")
        elif tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif isinstance(tag, str) and tag not in {
            f"{_TEXT}note",
            f"{_OFFICE}annotation",
            f"{_DRAW}frame",
            *_GONE,
        }:
            parts.append(_words(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _table(table: Any) -> Iterator[Block]:
    """A sheet (which begins a page and has a name), or a table among text."""
    if table.getparent().tag == f"{_OFFICE}spreadsheet":
        yield Block("break")
        yield Block("heading", tidy(str(table.get(f"{_TABLE}name") or "Sheet")))
        if table.get(f"{_TABLE}display") == "false":
            yield Block("paragraph", "[hidden sheet]")
    yield from blocks_of(islice(_rows(table), limits.ROWS))


def _rows(table: Any) -> Iterator[list[str]]:
    empty = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[str] = []
        for cell in row.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            if cell.getparent() is not row:
                continue
            text = tidy("\n".join(_words(p) for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h")))
            repeated = str(cell.get(f"{_TABLE}number-columns-repeated") or "1")
            count = int(repeated) if repeated.isdigit() and len(repeated) < 7 else 1
            cells.extend([text] * (count if count <= _WIDEST or text else 1))
            if len(cells) > limits.COLUMNS:
                break
        while cells and not cells[-1]:
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _EMPTY_ROWS:
            return
        if cells:
            again = str(row.get(f"{_TABLE}number-rows-repeated") or "1")
            times = int(again) if again.isdigit() and len(again) < 6 else 1
            yield from repeat(cells[: limits.COLUMNS], times)
