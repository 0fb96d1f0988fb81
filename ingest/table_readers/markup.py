"""The tables of an HTML page. Cells that span rows or columns count for each of them; nested tables are read
by themselves.
"""

from collections.abc import Iterator

from bs4.element import Tag

from ingest import limits
from ingest.readers.html import parse
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table

_HIDDEN = ("script", "style", "template")


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of an HTML file; rows are numbered within their table."""
    yield from tables_in(parse(job.path.read_bytes()), Files(job.out))


def tables_in(soup: Tag, files: Files) -> Iterator[TableEvent]:
    """Each table that holds data: at least two rows and two columns."""
    for unwanted in soup.find_all(_HIDDEN):
        unwanted.decompose()
    count = 0
    for found in soup.find_all("table", limit=limits.TABLES):
        if found.find("table") is not None:
            continue
        rows = _rows(found)
        if len(rows) < 2 or max(len(cells) for _, cells in rows) < 2:
            continue
        count += 1
        yield from table(files, _name(found, count), rows, [], header_rows=_header_rows(found))


def _name(found: Tag, count: int) -> str:
    caption = found.find("caption")
    if caption is not None and tidy(caption.get_text(" ")):
        return tidy(caption.get_text(" "))
    before = found.find_previous(["h1", "h2", "h3", "h4", "h5", "h6"])
    return tidy(before.get_text(" ")) if before is not None else f"Table {count}"


def _header_rows(found: Tag) -> int:
    """Rows in the head of the table, or rows of header cells alone at its top; -1 where it does not say."""
    count = 0
    for row in found.find_all("tr", limit=20):
        is_head = row.parent is not None and row.parent.name == "thead"
        if not is_head and (row.find("td") is not None or row.find("th") is None):
            break
        count += 1
    return count or -1


def _rows(found: Tag) -> list[Row]:
    rows: list[Row] = []
    hanging: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(found.find_all("tr", limit=limits.ROWS), 1):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], limit=limits.TABLE_COLUMNS, recursive=False):
            _hang(cells, hanging)
            text = tidy(cell.get_text(" "))
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for _ in range(across):
                if down > 1:
                    hanging[len(cells)] = (down - 1, text)
                cells.append(text)
        _hang(cells, hanging)
        rows.append((number, cells[: limits.TABLE_COLUMNS]))
    return rows


def _hang(cells: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Fill the places that cells of rows above reach down to."""
    while len(cells) in hanging:
        left, text = hanging.pop(len(cells))
        if left > 1:
            hanging[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: Tag, name: str) -> int:
    try:
        return min(max(1, int(str(cell.get(name, "1")))), 200)
    except ValueError:
        return 1
