"""DOCX through python-docx: headings, paragraphs and tables in the order of the document, headers and footers
once.
"""

import re
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest import limits
from ingest.errors import failure
from ingest.headings import heading_level
from ingest.protocol import Begun, Event, clean
from ingest.readers import archive
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_HEADING_STYLE = re.compile(
    r"^(?:heading|überschrift|titre|título|titolo|заголовок|naslov)\s*(\d)", re.IGNORECASE
)
_WRAPPERS = {qn("w:sdt"), qn("w:ins"), qn("w:sdtContent"), qn("w:customXml"), qn("w:smartTag")}
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
    pages = paginate(_blocks(document))
    yield Begun(
        len(pages),
        title=clean(facts.title or "")[:500],
        date=str(facts.modified or facts.created or "")[:40],
        metadata={
            name: clean(value)[:500]
            for name, value in (
                ("Author", facts.author),
                ("Subject", facts.subject),
                ("Keywords", facts.keywords),
            )
            if value
        },
    )
    yield from pages


def _blocks(document: WordDocument) -> Iterator[Block]:
    """Headers first, then the body in order, then notes and footers: nothing written is left out."""
    edges = _edges(document)
    for text in edges[0]:
        yield Block("paragraph", text)
    yield from _body(document, document.element.body, 0)
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


def _body(document: WordDocument, parent: object, depth: int) -> Iterator[Block]:
    for element in parent.iterchildren():  # type: ignore[attr-defined]
        if element.tag == qn("w:p"):
            yield from _paragraph(Paragraph(element, document))
        elif element.tag == qn("w:tbl"):
            yield from blocks_of(_table_rows(Table(element, document)))
        elif element.tag in _WRAPPERS and depth < limits.MARKUP_DEPTH:
            yield from _body(document, element, depth + 1)


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


def text_of(element: object) -> str:
    """The visible text of one paragraph: deleted text left out, tabs and breaks kept, a page break as a form
    feed.
    """
    parts: list[str] = []
    for node in element.iter():  # type: ignore[attr-defined]
        if node.tag == qn("w:t"):
            if not _is_in_text_box(node, element):
                parts.append(node.text or "")
        elif node.tag == qn("w:tab") and node.getparent().tag == qn("w:r"):
            parts.append("\t")
        elif node.tag == qn("w:br"):
            parts.append("\f" if node.get(qn("w:type")) == "page" else "\n")
        elif node.tag == qn("w:cr"):
            parts.append("\n")
        elif node.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif node.tag == qn("w:lastRenderedPageBreak"):
            parts.append("\f")
        elif node.tag == qn("w:pageBreakBefore") and node.get(qn("w:val")) not in {"0", "false"}:
            parts.insert(0, "\f")
    return re.sub(r"\f[\s\f]*\f", "\f", "".join(parts))


def _is_in_text_box(node: object, element: object) -> bool:
    for above in node.iterancestors():  # type: ignore[attr-defined]
        if above is element:
            return False
        if above.tag == qn("w:txbxContent"):
            return True
    return False


def _level(paragraph: Paragraph, text: str) -> int:
    """1 to 9 for a heading by its style, or by its look where everything is in one style; 0 for other
    paragraphs.
    """
    try:
        style = paragraph.style.name or "" if paragraph.style is not None else ""
    except (KeyError, AttributeError):
        style = ""
    if style.lower() in {"title", "titel", "titre"}:
        return 1
    match = _HEADING_STYLE.match(style)
    if match:
        return max(1, int(match[1]))
    if _LIST_STYLE.search(style):
        return 0
    return heading_level(text)


def _table_rows(table: Table) -> Iterator[list[str]]:
    """Rows of cells; a cell that spans columns is given once, and tables inside cells become part of the
    cell.
    """
    for row in table._tbl.tr_lst[: limits.ROWS]:
        cells: list[str] = []
        for cell in row.tc_lst[: limits.COLUMNS]:
            lines = [text_of(p).replace("\f", " ") for p in cell.iter(qn("w:p"))]
            cells.append(tidy(" ".join(line for line in lines if line.strip())))
            cells.extend("" for _ in range(max(0, min(limits.COLUMNS, cell.grid_span) - 1)))
        if any(cells):
            yield cells


def _notes(document: WordDocument) -> Iterator[Block]:
    """Footnotes and endnotes, which python-docx leaves unread."""
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        blob = relation.target_part.blob
        root = parse_xml(blob)
        for note in root.iterchildren():
            if note.get(qn("w:type")) in {"separator", "continuationSeparator"}:
                continue
            text = " ".join(text_of(p) for p in note.iter(qn("w:p"))).replace("\f", " ").strip()
            if text:
                yield Block("paragraph", text)
