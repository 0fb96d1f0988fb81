"""The tables of a Word file, in order. A merged cell counts for all the places that it covers."""

from collections.abc import Iterator
from itertools import islice
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from ingest import limits
from ingest.errors import failure
from ingest.readers import archive
from ingest.readers.rows import tidy
from ingest.readers.word_text import cells_of, paragraphs_of, rows_of, text_of
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of a DOCX file; rows are numbered within their table. Raises IngestError "damaged"."""
    archive.check(job.path, "Word (DOCX)")
    try:
        document = docx.Document(str(job.path))
    except (OpcError, BadZipFile, KeyError, ValueError) as error:
        raise failure("damaged", kind="Word (DOCX)") from error
    files = Files(job.out)
    count = 0
    heading = ""
    for element in document.element.body.iter(qn("w:p"), qn("w:tbl")):
        if element.tag == qn("w:p"):
            inside = any(above.tag == qn("w:tbl") for above in element.iterancestors())
            text = "" if inside else tidy(text_of(element).replace("\f", " "))
            heading = text if text and len(text) <= 120 else heading
            continue
        rows = list(_rows(element))
        if len(rows) < 2 or max(len(cells) for _, cells in rows) < 2:
            continue
        count += 1
        yield from table(files, heading or f"Table {count}", rows, [], header_rows=_header_rows(element))
        heading = ""


def _header_rows(element: object) -> int:
    count = 0
    for row in rows_of(element):
        properties = row.find(qn("w:trPr"))
        if properties is None or properties.find(qn("w:tblHeader")) is None:
            break
        count += 1
    return count or -1


def _rows(element: object) -> Iterator[Row]:
    above: dict[int, str] = {}
    for number, row in enumerate(islice(rows_of(element), limits.ROWS), 1):
        cells: list[str] = []
        for cell in islice(cells_of(row), limits.TABLE_COLUMNS):
            lines = [text_of(paragraph).replace("\f", " ") for paragraph in paragraphs_of(cell)]
            text = tidy(" ".join(line for line in lines if line.strip()))
            if cell.vMerge == "continue":
                text = above.get(len(cells), "")
            for _ in range(min(max(1, cell.grid_span), 200)):
                above[len(cells)] = text
                cells.append(text)
        yield number, cells
