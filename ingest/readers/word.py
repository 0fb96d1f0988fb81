"""DOCX through python-docx: headings, paragraphs and tables in the order of the document, headers and footers
once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from ingest import limits
from ingest.errors import failure
from ingest.headings import heading_level
from ingest.protocol import Begun, Event, clean
from ingest.readers import archive
from ingest.readers.embedded import attached
from ingest.readers.pagination import Block, paginate
from ingest.readers.pictures import HEAD, MOST, Pictures
from ingest.readers.rows import blocks_of, tidy
from ingest.readers.word_text import cells_of, paragraphs_of, rows_of, text_of
from ingest.sandbox_child import Job

_HEADING_STYLE = re.compile(
    r"^(?:heading|überschrift|titre|título|titolo|заголовок|naslov)\s*(\d)", re.IGNORECASE
)
_WRAPPERS = {qn("w:sdt"), qn("w:ins"), qn("w:sdtContent"), qn("w:customXml"), qn("w:smartTag")}
_SHOWS = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
)
_MOST_LABELS = 20
_TITLE_STYLES = frozenset({"title", "titel", "titre", "título", "titolo", "tytuł", "заголовок"})
_NEAR_THE_TOP = 40
_LIST_STYLE = re.compile(r"list|bullet", re.IGNORECASE)


def read(job: Job) -> Iterator[Event]:
    """Yield the text of a Word file as pages, cut at its own page breaks where it has them.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large", "unsafe-content".
    """
    archive.check(job.path, "Word (DOCX)")
    try:
        document = docx.Document(str(job.path))
    except (OpcError, BadZipFile, KeyError, ValueError) as error:
        raise failure("damaged", kind="Word (DOCX)") from error
    facts = document.core_properties
    pictures = Pictures()
    # How many pages there are is known only with what the pictures say.
    yield from pictures.read(islice(_picture_parts(document), MOST), job.workers)
    pages = paginate(_blocks(document, pictures))
    yield Begun(
        len(pages),
        title=(_titled(document) or clean(facts.title or ""))[:500],
        date=str(facts.modified or facts.created or "")[:40],
        metadata={
            name: clean(value)[:500]
            for name, value in (
                ("Author", facts.author),
                ("Subject", facts.subject),
                ("Keywords", facts.keywords),
            )
            if value
        }
        | _labels(document),
    )
    yield from pages
    yield from attached(job, _embedded(document))


def _blocks(document: WordDocument, pictures: Pictures) -> Iterator[Block]:
    """Headers first, then the body in order, then notes and footers: nothing written is left out."""
    edges = _edges(document)
    for text in edges[0]:
        yield Block("paragraph", text)
    beside = _Beside(document, pictures, _comments(document))
    yield from _body(beside, document.element.body, 0)
    yield from _notes(document)
    for text in edges[1]:
        yield Block("paragraph", text)


def _edges(document: WordDocument) -> tuple[list[str], list[str]]:
    """The distinct texts of all headers and of all footers."""
    headers: dict[str, None] = {}
    footers: dict[str, None] = {}
    for section in document.sections:
        for found, parts in (
            (headers, (section.first_page_header, section.header, section.even_page_header)),
            (footers, (section.first_page_footer, section.footer, section.even_page_footer)),
        ):
            for part in parts:
                if part.is_linked_to_previous:
                    continue
                lines = [tidy(paragraph.text) for paragraph in part.paragraphs]
                lines += [
                    tidy(cell.text) for table in part.tables for row in table.rows for cell in row.cells
                ]
                text = "\n".join(dict.fromkeys(line for line in lines if line))
                if text:
                    found[text] = None
    return list(headers), list(footers)


@dataclass(frozen=True)
class _Beside:
    """What stands in other parts of the file than its words."""

    document: WordDocument
    pictures: Pictures
    comments: dict[str, str]

    def blocks(self, element: Any) -> Iterator[Block]:
        """What the pictures of a paragraph or table say, and what was remarked on it, behind it."""
        for shown in element.iter(*_SHOWS):
            text = self.pictures.text_of(_picture(self.document, shown))
            if text:
                yield Block("paragraph", HEAD)
                yield from (Block("paragraph", part) for part in text.split("\n\n"))
        for mark in element.iter(qn("w:commentReference")):
            remark = self.comments.get(str(mark.get(qn("w:id"))))
            if remark:
                yield Block("paragraph", remark)


def _body(beside: _Beside, parent: Any, depth: int) -> Iterator[Block]:
    for element in parent.iterchildren():
        if element.tag == qn("w:p"):
            yield from _paragraph(Paragraph(element, beside.document))
            yield from beside.blocks(element)
        elif element.tag == qn("w:tbl"):
            yield from blocks_of(_table_rows(element))
            yield from beside.blocks(element)
        elif element.tag in _WRAPPERS and depth < limits.MARKUP_DEPTH:
            yield from _body(beside, element, depth + 1)


def _paragraph(paragraph: Paragraph) -> Iterator[Block]:
    """A paragraph, with what is in its text boxes after it; page breaks in it begin a new page."""
    text = text_of(paragraph._p)
    level = _level(paragraph, text)
    parts = text.split("\f")
    for index, part in enumerate(parts):
        if index:
            yield Block("break")
        if not part.strip():
            continue
        if level:
            yield Block("heading", tidy(part), level)
        else:
            yield Block("paragraph", part)
    for box in paragraph._p.iter(qn("w:txbxContent")):
        # Word keeps each text box twice, once for old programs.
        if any(above.tag.endswith("}Fallback") for above in box.iterancestors()):
            continue
        inside = "\n".join(
            line for p in box.iter(qn("w:p")) if (line := text_of(p).replace("\f", " ").strip())
        )
        if inside:
            yield Block("paragraph", inside)


def _titled(document: WordDocument) -> str:
    """What stands near its beginning in the style of titles; the properties may be those of a template."""
    for paragraph in islice(document.paragraphs, _NEAR_THE_TOP):
        if _style_of(paragraph).lower() in _TITLE_STYLES and (words := tidy(clean(paragraph.text))):
            return words
    return ""


def _style_of(paragraph: Paragraph) -> str:
    try:
        return paragraph.style.name or "" if paragraph.style is not None else ""
    except (KeyError, AttributeError):
        return ""


def _level(paragraph: Paragraph, text: str) -> int:
    """1 to 9 for a heading by its style, or by its look where everything is in one style; 0 for other
    paragraphs.
    """
    style = _style_of(paragraph)
    if style.lower() in _TITLE_STYLES:
        return 1
    match = _HEADING_STYLE.match(style)
    if match:
        return max(1, int(match[1]))
    if _LIST_STYLE.search(style):
        return 0
    return heading_level(text)


def _table_rows(table: Any) -> Iterator[list[str]]:
    """Rows of cells; a cell that spans columns is given once, and tables inside cells become part of the
    cell.
    """
    for row in islice(rows_of(table), limits.ROWS):
        cells: list[str] = []
        for cell in islice(cells_of(row), limits.COLUMNS):
            lines = [text_of(p).replace("\f", " ") for p in paragraphs_of(cell)]
            cells.append(tidy(" ".join(line for line in lines if line.strip())))
            cells.extend("" for _ in range(max(0, min(limits.COLUMNS, cell.grid_span) - 1)))
        if any(cells):
            yield cells


def _notes(document: WordDocument) -> Iterator[Block]:
    """Footnotes and endnotes, which python-docx leaves unread."""
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = parse_xml(relation.target_part.blob)
        for note in root.iterchildren():
            if note.get(qn("w:type")) in {"separator", "continuationSeparator"}:
                continue
            text = " ".join(text_of(p) for p in note.iter(qn("w:p"))).replace("\f", " ").strip()
            if text:
                yield Block("paragraph", text)


def _comments(document: WordDocument) -> dict[str, str]:
    """What was remarked in the margin, with who did, by the number that its place in the text bears."""
    found: dict[str, str] = {}
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/comments"):
            continue
        for comment in parse_xml(relation.target_part.blob).iter(qn("w:comment")):
            lines = [text_of(p).replace("\f", " ").strip() for p in comment.iter(qn("w:p"))]
            text = " ".join(line for line in lines if line)
            author = tidy(comment.get(qn("w:author")) or "")
            if text:
                found[str(comment.get(qn("w:id")))] = f"Comment by {author}: {text}" if author else text
    return found


def _picture_parts(document: WordDocument) -> Iterator[bytes]:
    """The bytes of each picture that the body shows."""
    for element in document.element.body.iter(*_SHOWS):
        content = _picture(document, element)
        if content:
            yield content


def _picture(document: WordDocument, element: Any) -> bytes:
    key = element.get(qn("r:embed")) or element.get(qn("r:id")) or ""
    relation = document.part.rels.get(key)
    if relation is None or relation.is_external:
        return b""
    return bytes(relation.target_part.blob)


def _labels(document: WordDocument) -> dict[str, str]:
    """The sensitivity labels that office programs keep among a file's own properties."""
    found: dict[str, str] = {}
    for relation in document.part.package.rels.values():
        if relation.is_external or not relation.reltype.endswith("/custom-properties"):
            continue
        for kept in parse_xml(relation.target_part.blob).iterchildren():
            name, value = kept.get("name") or "", "".join(kept.itertext()).strip()
            if name.startswith("MSIP_Label_") and len(found) < _MOST_LABELS:
                found[clean(name)[:60]] = clean(value)[:200]
    return found


def _embedded(document: WordDocument) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file inside the file."""
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/package", "/oleObject", "/aFChunk")):
            continue
        yield str(relation.target_part.partname).rsplit("/", 1)[-1], bytes(relation.target_part.blob)
