"""Rows of a table as lines that can be understood by themselves: `header: value | header: value`."""

from collections.abc import Iterable, Iterator, Sequence

from ingest.readers.pagination import Block

_LONGEST_CELL = 1000
_LONGEST_ROW = 5000
_LONGEST_HEADER = 80


def tidy(cell: str) -> str:
    """A cell on one line, cut where it is absurdly long."""
    return " ".join(cell.split())[:_LONGEST_CELL]


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row that names the columns among the first rows, or -1.

    Such a row has at least two cells, all of them short and none of them a number, and comes before one
    that is as wide
    or holds a number.
    """
    for index, row in enumerate(rows[:12]):
        filled = [cell for cell in row if cell]
        if len(filled) < 2 or len(filled) < 0.6 * _width(rows[index:]):
            continue
        if any(_is_number(cell) or len(cell) > _LONGEST_HEADER for cell in filled):
            return -1
        if len(set(filled)) < len(filled) * 0.7:
            return -1
        return index if index + 1 < len(rows) else -1
    return -1


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max((sum(bool(cell) for cell in row) for row in rows), default=0)


def _is_number(cell: str) -> bool:
    stripped = cell.strip("-+%$€£ ").replace(",", "").replace(".", "").replace(" ", "")
    return stripped.isdigit()


def blocks_of(rows: Iterable[Sequence[str]], sample: int = 30) -> Iterator[Block]:
    """The rows of one table as blocks. What stands above the header row comes first, as it is."""
    iterator = iter(rows)
    first: list[Sequence[str]] = []
    for row in iterator:
        first.append(row)
        if len(first) >= sample:
            break
    place = header_of(first)
    header = list(first[place]) if place >= 0 else []
    for row in first[: place + 1]:
        yield from _plain(row)
    for row in first[place + 1 :]:
        yield from _named(row, header)
    for row in iterator:
        yield from _named(row, header)


def _plain(row: Sequence[str]) -> Iterator[Block]:
    line = " | ".join(cell for cell in row if cell)
    if line:
        yield Block("row", line[:_LONGEST_ROW])


def _named(row: Sequence[str], header: Sequence[str]) -> Iterator[Block]:
    if not header:
        yield from _plain(row)
        return
    cells = []
    for index, cell in enumerate(row):
        if not cell:
            continue
        name = header[index] if index < len(header) else ""
        cells.append(f"{name}: {cell}" if name and name != cell else cell)
    line: list[str] = []
    length = 0
    for cell in cells:
        # A row too long for one page goes on in the next block; each cell keeps the name of its column.
        if line and length + len(cell) > _LONGEST_ROW:
            yield Block("row", " | ".join(line))
            line, length = [], 0
        line.append(cell)
        length += len(cell) + 3
    if line:
        yield Block("row", " | ".join(line))
