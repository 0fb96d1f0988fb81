"""Rows that stand in a table and are no data: titles that are repeated further down, headings that span all
columns, and remarks below the last row. They are told, and the text of the document keeps them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from donovan.insight.tables.engine import ROW, Workshop, literal
from donovan.insight.tables.headers import Header
from donovan.insight.tables.raw_grids import Grid, Row
from ingest.identify_office import BECOME_TABLES
from ingest.table_heads import filled, is_note, is_value

_TAIL_ROWS = 60
_MOST_COLUMNS = 60
_MOST_TOLD = 20
_LONG_REMARK = 60
# In these a merged cell fills all the columns that it covers.
_MERGING = frozenset({"xlsx", "docx", "html"}) | BECOME_TABLES

_REPEATED = "Rows that repeat the titles: {count:,} (row {rows}). They are no data."
_HEADINGS = (
    "Rows with one text over all columns: {count:,} ({texts}). They head what follows and are no data."
)


@dataclass(frozen=True)
class Aside:
    """`condition` follows a WHERE over the raw rows; `notices` tell what it leaves out."""

    condition: str = ""
    notices: tuple[str, ...] = ()


def left_aside(workshop: Workshop, grid: Grid, header: Header) -> Aside:
    """What is no data among the rows of the view `grid`."""
    if grid.width < 2:
        return Aside()
    conditions: list[str] = []
    notices: list[str] = []
    for found, words in (
        (_repeated(header, grid.width), _REPEATED),
        (_headings(grid), _HEADINGS),
    ):
        if not found:
            continue
        rows = workshop.rows(
            f"SELECT count(*) OVER (), {ROW}, c0 FROM grid WHERE {found} ORDER BY {ROW} LIMIT {_MOST_TOLD}"
        )
        if rows:
            numbers = ", ".join(str(row[1]) for row in rows[:5])
            texts = "; ".join(f"row {row[1]}: {str(row[2])[:100]}" for row in rows)
            notices.append(words.format(count=int(str(rows[0][0])), rows=numbers, texts=texts)[:1000])
            conditions.append(f"NOT ({found})")
    remarks = _remarks(workshop, grid.width, conditions)
    if remarks:
        said = " / ".join(f"row {number}: {' '.join(filled((number, cells)))}" for number, cells in remarks)
        notices.append(f"Below the table stands: {said}"[:1000])
        conditions.append(f"{ROW} NOT IN ({', '.join(str(number) for number, _ in remarks)})")
    return Aside("".join(f" AND {condition}" for condition in conditions), tuple(notices))


def _cell(index: int) -> str:
    return f"trim(coalesce(c{index}, ''))"


def _repeated(header: Header, width: int) -> str:
    """The condition that a row is one of those that hold the titles."""
    width = min(width, _MOST_COLUMNS)
    made = []
    for cells in header.rows:
        if len(filled((0, cells[:width]))) < 2:
            continue
        texts = [cells[index].strip() if index < len(cells) else "" for index in range(width)]
        made.append(" AND ".join(f"{_cell(index)} = {literal(text)}" for index, text in enumerate(texts)))
    return " OR ".join(f"({one})" for one in made)


def _headings(grid: Grid) -> str:
    """The condition that one text, and no value, fills all columns."""
    if grid.kind not in _MERGING or not 3 <= grid.width <= _MOST_COLUMNS:
        return ""
    same = " AND ".join(f"{_cell(index)} = {_cell(0)}" for index in range(1, grid.width))
    return f"regexp_matches({_cell(0)}, '[^\\W\\d_]{{3}}') AND {same}"


def _remarks(workshop: Workshop, width: int, conditions: Sequence[str]) -> list[Row]:
    """The rows at the end of the table that hold one text each, from the first that is surely a remark."""
    width = min(width, _MOST_COLUMNS)
    cells = ", ".join(_cell(index) for index in range(width))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    found = workshop.rows(f"SELECT {ROW}, {cells} FROM grid{where} ORDER BY {ROW} DESC LIMIT {_TAIL_ROWS}")
    rows: list[Row] = [(int(str(row[0])), [str(cell) for cell in row[1:]]) for row in reversed(found)]
    first = len(rows)
    while first > 0 and _could_be_remark(rows[first - 1], width):
        first -= 1
    for at in range(max(first, 1), len(rows)):
        text = filled(rows[at])[0]
        has_gap = rows[at][0] - rows[at - 1][0] > 1
        if has_gap or is_note(text) or len(text) > _LONG_REMARK:
            return rows[at:]
    return []


def _could_be_remark(row: Row, width: int) -> bool:
    cells = filled(row)
    if len(cells) == 2 and width > 3:
        return cells[0].endswith(":") and not is_value(cells[1])
    return bool(cells) and len(set(cells)) == 1 and not is_value(cells[0])
