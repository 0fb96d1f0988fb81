"""Rows of a table as lines that can be understood by themselves: `header: value | header: value`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from ingest.readers.pagination import Block
from ingest.table_heads import find_head, is_note, is_value

_LONGEST_CELL = 1000
_LONGEST_ROW = 5000


def tidy(cell: str) -> str:
    """A cell on one line, cut where it is absurdly long."""
    return " ".join(cell.split())[:_LONGEST_CELL]


@dataclass(frozen=True)
class Line:
    """One row of a table with its number in the source. `mark` is said of it ("[hidden row]"), `remarks` come
    behind it.
    """

    number: int
    cells: Sequence[str]
    mark: str = ""
    remarks: Sequence[str] = ()


def blocks_of(rows: Iterable[Sequence[str]], sample: int = 30) -> Iterator[Block]:
    """The rows of one table as blocks. What stands above the header row comes first, as it is."""
    yield from blocks_of_lines((Line(number, row) for number, row in enumerate(rows, 1)), sample=sample)


def blocks_of_lines(
    lines: Iterable[Line], column_marks: Mapping[int, str] | None = None, sample: int = 30
) -> Iterator[Block]:
    """The same of rows that know their numbers; `column_marks` are said of columns, by index."""
    iterator = iter(lines)
    first = list(islice(iterator, sample))
    filled = [line for line in first if any(line.cells)]
    width = max((len(line.cells) for line in filled), default=0)
    head = find_head([(line.number, line.cells) for line in filled], width)
    rows = filled[head.start : head.start + head.count] if head.count else []
    marks = column_marks or {}
    titles = [
        f"{title} {marks[at]}".strip() if at in marks else title for at, title in enumerate(head.titles)
    ]
    named = _Named(titles if rows else [], frozenset(tuple(row.cells) for row in rows))
    last = rows[-1].number if rows else 0
    for line in chain(first, iterator):
        yield from named.blocks(line, is_above=line.number <= last)


class _Named:
    """Rows under their titles."""

    def __init__(self, titles: Sequence[str], head: frozenset[tuple[str, ...]]) -> None:
        self._titles = titles
        self._head = head

    def blocks(self, line: Line, *, is_above: bool) -> Iterator[Block]:
        """A row as it is where it holds titles, a heading or a remark, else with the names of its columns."""
        cells = line.cells
        if is_above or not self._titles or tuple(cells) in self._head or self._is_remark(cells):
            made = _plain(cells)
        else:
            made = named_cells(cells, self._titles)
        parts = list(made)
        if parts and line.mark:
            parts[-1] = Block("row", f"{parts[-1].text} | {line.mark}")
        yield from parts
        for remark in line.remarks:
            yield Block("row", remark[:_LONGEST_ROW])

    def _is_remark(self, cells: Sequence[str]) -> bool:
        """Whether a row has one text for all its columns, or one cell that begins as a remark does."""
        filled = [cell for cell in cells if cell]
        if len(filled) > 1:
            return len(set(filled)) == 1 and len(filled) == len(self._titles) and not is_value(filled[0])
        return bool(filled) and len(self._titles) > 1 and is_note(filled[0])


def _plain(row: Sequence[str]) -> Iterator[Block]:
    # A merged cell fills its neighbours; said once it is enough.
    shown = [
        cell for at, cell in enumerate(row) if cell and (at == 0 or row[at - 1] != cell or is_value(cell))
    ]
    line = " | ".join(shown)
    if line:
        yield Block("row", line[:_LONGEST_ROW])


def named_cells(row: Sequence[str], header: Sequence[str]) -> Iterator[Block]:
    """The cells of a row, each behind the name of its column; empty ones are left out."""
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
