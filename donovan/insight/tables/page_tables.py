"""Tables on pages that only know words and where they stand: PDF and scans.

Words that stand closer than a column's gap form a cell. Lines with several cells that keep the same empty
strips between them form a table (the idea of the projection profile; Wang, Haralick and Phillips, 2001). A
line without a first cell goes on with the row above it. Modest on purpose: prose in columns is left alone.

A table that ends its page goes on where the next page begins with lines that fit its columns; the head that
is printed again there is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from ingest.models import Page, Word

# In heights of a line.
_CELL_GAP = 0.85
_LINE_GAP = 2.6
_MOST_COLUMNS = 40
# After so many lines a table has shown all its columns.
_SETTLED_ROWS = 4
_SHORT_CELL = 30
# So many lines may stand above or below a table that goes over the end of a page: its head and foot.
_EDGE_LINES = 2


@dataclass(frozen=True)
class _Cell:
    text: str
    left: float
    right: float


@dataclass
class _Line:
    """The cells of one line, from left to right, in heights of a line."""

    top: float
    bottom: float
    cells: list[_Cell] = field(default_factory=list)


@dataclass(frozen=True)
class PageTable:
    """`rows` from top to bottom, each as wide as the table.

    `columns` are the stretches of its columns as shares of the page. `goes_on` where these rows are the
    rest of the table before; `is_open` where the table ends its page and may go on.
    """

    rows: list[list[str]]
    columns: list[tuple[float, float]] = field(default_factory=list)
    goes_on: bool = False
    is_open: bool = False


def tables_on(page: Page, words: Sequence[Word], before: PageTable | None = None) -> Iterator[PageTable]:
    """The tables that the words of a page form, from top to bottom.

    `before` is the table that ended the page before, if one did.
    """
    lines, across = _lines(page, words)
    first = 0
    if before is not None:
        skipped, taken = _rest_of(before, lines, across)
        if taken:
            first = skipped + len(taken)
            rows = _filled(taken, [(left * across, right * across) for left, right in before.columns])
            rows = rows[1:] if _is_same_row(rows[0], before.rows[0]) else rows
            is_open = len(lines) - first <= _EDGE_LINES
            yield PageTable([before.rows[0], *rows], before.columns, True, is_open)
    for run in _runs(lines[first:]):
        found = _table(run)
        if found is not None:
            rows, columns, last = found
            shares = [(left / across, right / across) for left, right in columns]
            below = sum(line.top > last.top for line in lines)
            yield PageTable(rows, shares, is_open=below <= _EDGE_LINES)


def _rest_of(table: PageTable, lines: Sequence[_Line], across: float) -> tuple[int, list[_Line]]:
    """How many lines of a running head stand at the top of a page, and the lines after them that fit."""
    columns = [(left * across, right * across) for left, right in table.columns]
    for skipped in range(min(_EDGE_LINES, len(lines)) + 1):
        taken: list[_Line] = []
        for line in lines[skipped:]:
            near = not taken or line.top - taken[-1].bottom < _LINE_GAP
            if not near or not _fits_columns(line, columns):
                break
            taken.append(line)
        if not taken or len(taken[0].cells) < 2:
            continue
        [first] = _filled(taken[:1], columns)
        if _is_same_row(first, table.rows[0]) or not _is_other_head(first, table.rows):
            return skipped, taken
        return 0, []
    return 0, []


def _fits_columns(line: _Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether each cell of a line lies at one column of its own, and more than one does."""
    places = []
    for cell in line.cells:
        covered = [index for index, column in enumerate(columns) if _overlaps(cell, column)]
        if len(covered) != 1:
            return False
        places.append(covered[0])
    return len(set(places)) == len(places) and len(places) >= min(2, len(columns))


def _is_same_row(one: Sequence[str], other: Sequence[str]) -> bool:
    return [cell.casefold() for cell in one] == [cell.casefold() for cell in other]


def _is_other_head(row: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row is the head of another table: words where the columns of this one hold numbers."""
    body = rows[1:]
    numeric = [
        index
        for index in range(len(row))
        if body and sum(any(map(str.isdigit, other[index])) for other in body) >= 0.6 * len(body)
    ]
    filled = [index for index in numeric if row[index]]
    return bool(filled) and not any(any(map(str.isdigit, row[index])) for index in filled)


def _lines(page: Page, words: Sequence[Word]) -> tuple[list[_Line], float]:
    """The lines of a page from top to bottom, and how many heights of a line it is wide."""
    width, height = float(page.image_width or 1000), float(page.image_height or 1414)
    shown = [word for word in words if word.text.strip() and word.right > word.left]
    if len(shown) < 4:
        return [], 1.0
    unit = median((word.bottom - word.top) * height for word in shown)
    if unit <= 0:
        return [], 1.0
    rows: list[list[Word]] = []
    for word in sorted(shown, key=lambda item: item.top + item.bottom):
        middle = (word.top + word.bottom) / 2
        if rows and abs(middle - _middle(rows[-1])) * height < 0.5 * unit:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_line(row, width / unit, height / unit) for row in rows], width / unit


def _middle(row: Sequence[Word]) -> float:
    return sum(word.top + word.bottom for word in row) / (2 * len(row))


def _line(row: list[Word], across: float, down: float) -> _Line:
    line = _Line(min(word.top for word in row) * down, max(word.bottom for word in row) * down)
    for word in sorted(row, key=lambda item: item.left):
        left, right = word.left * across, word.right * across
        if line.cells and left - line.cells[-1].right < _CELL_GAP:
            last = line.cells[-1]
            line.cells[-1] = _Cell(f"{last.text} {word.text}", last.left, max(last.right, right))
        else:
            line.cells.append(_Cell(word.text, left, right))
    return line


def _runs(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Neighbouring lines that could be rows of one table."""
    run: list[_Line] = []
    for line in lines:
        is_near = bool(run) and line.top - run[-1].bottom < _LINE_GAP
        if run and is_near and _fits(run, line):
            run.append(line)
            continue
        if run:
            yield run
        run = [line] if 2 <= len(line.cells) <= _MOST_COLUMNS else []
    if run:
        yield run


def _fits(run: Sequence[_Line], line: _Line) -> bool:
    """Whether the line leaves at least two columns of the run apart, and lies within single columns."""
    columns = _columns(run)
    if len(line.cells) > _MOST_COLUMNS:
        return False
    for cell in line.cells:
        covered = sum(_overlaps(cell, column) for column in columns)
        if covered > 1 or (covered == 0 and len(run) >= _SETTLED_ROWS):
            return False
    if len(line.cells) == 1:
        return any(_overlaps(line.cells[0], column) for column in columns)
    return len(_columns([*run, line])) >= 2


def _columns(run: Iterable[_Line]) -> list[tuple[float, float]]:
    """The stretches that cells cover, seen from above: what lies between them is empty in every line."""
    spans = sorted((cell.left, cell.right) for line in run for cell in line.cells)
    joined: list[tuple[float, float]] = []
    for left, right in spans:
        if joined and left < joined[-1][1] + 0.2:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return joined


def _overlaps(cell: _Cell, column: tuple[float, float]) -> bool:
    return cell.left < column[1] and cell.right > column[0]


def _table(run: list[_Line]) -> tuple[list[list[str]], list[tuple[float, float]], _Line] | None:
    """The rows of a run, its columns and its last line; None where it is no table."""
    while run and len(run[-1].cells) < 2 and not _goes_on(run):
        run = run[:-1]
    columns = _columns(run)
    if len(columns) < 2 or len(run) < 2:
        return None
    rows = _filled(run, columns)
    return (rows, columns, run[-1]) if _is_data(rows) else None


def _filled(run: Sequence[_Line], columns: Sequence[tuple[float, float]]) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in run:
        cells = [""] * len(columns)
        for cell in line.cells:
            place = next(index for index, column in enumerate(columns) if _overlaps(cell, column))
            cells[place] = f"{cells[place]} {cell.text}".strip()
        if rows and not cells[0]:
            rows[-1] = [f"{above} {below}".strip() for above, below in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return rows


def _goes_on(run: Sequence[_Line]) -> bool:
    """Whether the last line, of one cell, is the rest of a cell that is not the first of its row."""
    columns = _columns(run)
    return bool(columns) and not _overlaps(run[-1].cells[0], columns[0])


def _is_data(rows: Sequence[Sequence[str]]) -> bool:
    """At least three rows, mostly filled, and no prose set in columns."""
    width = len(rows[0])
    if len(rows) < 3:
        return False
    full = sum(sum(bool(cell) for cell in row) >= max(2, 0.6 * width) for row in rows)
    if full < 0.6 * len(rows):
        return False
    # Prose is long in every column; a table has at least one of short cells.
    return min(median(len(row[index]) for row in rows) for index in range(width)) <= _SHORT_CELL
