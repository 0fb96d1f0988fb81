"""One screen of a table: a hundred rows and forty columns of it, at any place, with its cells as they
stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from donovan.insight.tables.engine import Session
from donovan.insight.tables.filtering import COLUMNS_ON_A_PAGE, ROWS_ON_A_PAGE, Place
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.reading import raw_texts
from donovan.insight.tables.shaping import Condition, identifier, where_sql

LONGEST_CELL = 240
MOST_PAGES_AWAY = 1_000_000


@dataclass(frozen=True)
class Cell:
    """What a cell shows. `misfit` is the text of a cell that is no value of its column's type."""

    text: str
    is_number: bool = False
    is_missing: bool = False
    misfit: str = ""
    is_cited: bool = False
    is_cut: bool = False


@dataclass(frozen=True)
class GridRow:
    number: int
    cells: list[Cell]
    is_cited: bool = False


@dataclass(frozen=True)
class Grid:
    """The rows shown, and where one can go from here: query strings, empty where there is nowhere."""

    columns: Sequence[dict[str, Any]]
    rows: list[GridRow]
    total: int
    sql: str
    previous: str = ""
    following: str = ""
    columns_before: str = ""
    columns_after: str = ""
    note: str = ""


def grid_of(session: Session, view: str, table: DataTable, place: Place) -> Grid:
    """The part of the table that `place` asks for."""
    columns = table.columns[place.first_column : place.first_column + COLUMNS_ON_A_PAGE]
    total = _total(session, view, table, place)
    order = _order(place)
    conditions, note = _window(session, view, place)
    names = ", ".join(["_row", *(identifier(column["name"]) for column in columns)])
    offset = (place.page - 1) * ROWS_ON_A_PAGE if place.sort else 0
    is_backwards = bool(place.before) and not place.sort
    turned = "_row DESC" if is_backwards else order
    base = f"SELECT {names} FROM {identifier(view)}"
    sql = f"{base}{where_sql(conditions)} ORDER BY {turned} LIMIT {ROWS_ON_A_PAGE + 1}"
    found = session.query(f"{sql} OFFSET {offset}" if offset else sql, limit=ROWS_ON_A_PAGE + 1)
    rows = [tuple(row) for row in found.rows]
    has_more = len(rows) > ROWS_ON_A_PAGE
    rows = rows[:ROWS_ON_A_PAGE]
    rows = rows[::-1] if is_backwards else rows
    numbers = [int(str(row[0])) for row in rows]
    raw = raw_texts(session, view, numbers, [column["name"] for column in columns])
    return Grid(
        columns=columns,
        rows=[
            _row(row, columns, raw.get(number, ()), place) for row, number in zip(rows, numbers, strict=True)
        ],
        total=total,
        sql=f"SELECT * FROM {identifier(view)}{where_sql(place.conditions)} ORDER BY {order}",
        note=note,
        **_ways(session, view, place, numbers, has_more),
        columns_before=_across(place, -COLUMNS_ON_A_PAGE, len(table.columns)),
        columns_after=_across(place, COLUMNS_ON_A_PAGE, len(table.columns)),
    )


def _order(place: Place) -> str:
    if not place.sort or place.sort == "_row":
        return "_row DESC" if place.sort and place.is_descending else "_row"
    return f"{identifier(place.sort)} {'DESC' if place.is_descending else 'ASC'} NULLS LAST, _row"


def _total(session: Session, view: str, table: DataTable, place: Place) -> int:
    if not place.conditions:
        return int(table.row_count)
    counted = session.query(f"SELECT COUNT(*) FROM {identifier(view)}{where_sql(place.conditions)}")
    return int(str(counted.rows[0][0]))


def _window(session: Session, view: str, place: Place) -> tuple[tuple[Condition, ...], str]:
    """The conditions with the one that begins the page, and what to say when the cited row is not there."""
    conditions = place.conditions
    if place.sort:
        return conditions, ""
    if place.before:
        return (*conditions, Condition("_row", "less", (place.before,), "integer")), ""
    start, note = place.start, ""
    if place.row:
        is_there = session.query(
            f"SELECT COUNT(*) FROM {identifier(view)}"
            f"{where_sql((*conditions, Condition('_row', 'is', (place.row,), 'integer')))}"
        ).rows[0][0]
        note = "" if is_there else f"Row {place.row} is not among these rows; the nearest ones are shown."
        # A few rows before the cited one, so that it stands among its neighbours.
        start = max(place.row - 5, 0)
    if start:
        conditions = (*conditions, Condition("_row", "at least", (start,), "integer"))
    return conditions, note


def _ways(
    session: Session, view: str, place: Place, numbers: Sequence[int], has_more: bool
) -> dict[str, str]:
    if place.sort:
        following = place.address(page=place.page + 1) if has_more and place.page < MOST_PAGES_AWAY else ""
        return {
            "previous": place.address(page=place.page - 1) if place.page > 1 else "",
            "following": following,
        }
    if not numbers:
        return {"previous": place.address() if place.start or place.row else "", "following": ""}
    earlier = (*place.conditions, Condition("_row", "less", (numbers[0],), "integer"))
    later = (*place.conditions, Condition("_row", "more", (numbers[-1],), "integer"))

    def are_there(conditions: tuple[Condition, ...]) -> bool:
        asked = f"SELECT 1 FROM {identifier(view)}{where_sql(conditions)} LIMIT 1"
        return bool(session.query(asked).rows)

    return {
        "previous": place.address(before=numbers[0]) if are_there(earlier) else "",
        "following": place.address(start=numbers[-1] + 1) if has_more or are_there(later) else "",
    }


def _across(place: Place, step: int, count: int) -> str:
    at = place.first_column + step
    if at >= count or (step < 0 and place.first_column == 0):
        return ""
    where = {"row": place.row} if place.row else {"start": place.start} if place.start else {}
    return place.address(cols=max(at, 0), **where)


def _row(
    row: tuple[Any, ...], columns: Sequence[dict[str, Any]], raw: tuple[Any, ...], place: Place
) -> GridRow:
    number = int(row[0])
    cells = []
    for index, column in enumerate(columns):
        is_cited = number == place.row and column["name"] == place.column
        text = raw[index] if index < len(raw) else None
        cells.append(_cell(row[index + 1], str(column["type"]), text, is_cited))
    return GridRow(number, cells, number == place.row)


def _cell(value: Any, kind: str, raw: Any, is_cited: bool) -> Cell:
    if value is None:
        misfit = str(raw).strip() if raw is not None else ""
        is_number = kind in ("integer", "decimal")
        return Cell(_cut(misfit), is_number, is_missing=not misfit, misfit=misfit, is_cited=is_cited)
    text = cell_text(value)
    return Cell(
        _cut(text), kind in ("integer", "decimal"), is_cited=is_cited, is_cut=len(text) > LONGEST_CELL
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def cell_text(value: Any) -> str:
    """A typed value as the grid shows it: ISO dates, decimals to their last digit, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.6g}" if value != int(value) or abs(value) >= 1e15 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
