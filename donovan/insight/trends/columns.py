"""Measures of a table's column over time, computed exactly by the engine of tables."""

from datetime import date

from donovan.insight.errors import InsightError
from donovan.insight.tables.engine import Session, open_session, quoted
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_table
from donovan.insight.trends.measures import HOW_TITLES, Measure
from donovan.insight.trends.periods import Interval
from donovan.insight.trends.tally import ALL, Tally
from retrieval.scope import AccessScope

TIMES = ("date", "datetime")
NUMBERS = ("integer", "decimal")
MOST_CELLS = 50_000
MOST_ROWS_BEHIND = 200
_VIEW = "t"


def time_columns(table: DataTable) -> list[dict[str, str]]:
    return [column for column in table.columns if column["type"] in TIMES]


def number_columns(table: DataTable) -> list[dict[str, str]]:
    return [column for column in table.columns if column["type"] in NUMBERS]


def group_columns(table: DataTable) -> list[dict[str, str]]:
    return [column for column in table.columns if column["type"] in ("text", "boolean")]


def tally_column(
    scope: AccessScope,
    measure: Measure,
    interval: Interval,
    *,
    group: str | None,
    start: date | None,
    end: date | None,
) -> Tally:
    """The measure of a table in the scope by period and group.

    Raises NotFoundHere for a table that may not be read, InsightError for columns that do not fit.
    """
    table = readable_table(scope, measure.table)
    condition, parameters = _condition(table, measure, start, end)
    time = quoted(_time(table, measure)["name"])
    part = quoted(_column(table, group)["name"]) if group else "NULL"
    value = _value(table, measure)
    sql = (
        f"SELECT CAST(date_trunc('{interval}', {time}) AS DATE) AS period, CAST({part} AS VARCHAR) AS part, "
        f"{value} AS amount, count(*) AS items FROM {_VIEW} WHERE {condition} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    with open_session({_VIEW: table}) as session:
        found = session.query(sql, parameters, limit=MOST_CELLS)
        undated = _undated(session, table, time)
    if found.total > MOST_CELLS:
        raise InsightError(
            "There are too many periods and groups to draw. Choose longer periods or no groups."
        )
    tally = Tally(title=title_of(table, measure), unit=_unit(table, measure), undated=undated)
    for period, name, amount, items in found.rows:
        # A period whose cells are all empty has rows and no value: it stays a gap.
        if isinstance(period, date) and amount is not None:
            told = ALL if not group else "(empty)" if name is None else str(name)
            tally.add(told, period, float(str(amount)), int(str(items)))
    if found.rows:
        tally.labels.add(table.document.label)
    if table.total_rows:
        tally.notices.append(
            f"{len(table.total_rows)} row{'s' if len(table.total_rows) > 1 else ''} of sums in the table "
            "are left out."
        )
    if table.hidden_rows:
        tally.notices.append("Rows that are hidden in the file are left out.")
    misfits = sum(
        int(column.get("misfits", 0))
        for column in table.columns
        if column["name"] in (measure.value, measure.time)
    )
    if misfits:
        tally.notices.append(f"{misfits} cells hold no value of their column's type and are left out.")
    return tally


def rows_behind(
    scope: AccessScope, measure: Measure, *, group: str | None, part: str, start: date, end: date
) -> tuple[DataTable, list[str], list[tuple[object, ...]], int]:
    """The table, its titles, its rows in these days and this group (`_row` first), and how many there are."""
    table = readable_table(scope, measure.table)
    condition, parameters = _condition(table, measure, start, end)
    if group:
        column = quoted(_column(table, group)["name"])
        condition += f" AND CAST({column} AS VARCHAR) IS NOT DISTINCT FROM ?"
        parameters.append(None if part == "(empty)" else part)
    names = ", ".join(quoted(column["name"]) for column in table.columns)
    with open_session({_VIEW: table}) as session:
        found = session.query(
            f"SELECT _row, {names} FROM {_VIEW} WHERE {condition} ORDER BY _row", parameters, MOST_ROWS_BEHIND
        )
    return table, ["Row", *(column["title"] for column in table.columns)], found.rows, found.total


def title_of(table: DataTable, measure: Measure) -> str:
    if measure.how == "count":
        return f"Rows of {table.name}"
    return (
        f"{HOW_TITLES[measure.how].capitalize()} of {_column(table, measure.value)['title']} in {table.name}"
    )


def _unit(table: DataTable, measure: Measure) -> str:
    return "rows" if measure.how == "count" else str(_column(table, measure.value).get("unit") or "")


def _value(table: DataTable, measure: Measure) -> str:
    if measure.how == "count":
        return "count(*)"
    column = _column(table, measure.value)
    if column["type"] not in NUMBERS:
        raise InsightError(
            f"“{column['title']}” holds no numbers. Choose a column of numbers, or count the rows."
        )
    function = {"mean": "avg"}.get(measure.how, measure.how)
    return f"{function}({quoted(column['name'])})"


def _condition(
    table: DataTable, measure: Measure, start: date | None, end: date | None
) -> tuple[str, list[object]]:
    time = quoted(_time(table, measure)["name"])
    parts, parameters = [f"{time} IS NOT NULL"], list[object]()
    if start is not None:
        parts.append(f"CAST({time} AS DATE) >= CAST(? AS DATE)")
        parameters.append(start.isoformat())
    if end is not None:
        parts.append(f"CAST({time} AS DATE) <= CAST(? AS DATE)")
        parameters.append(end.isoformat())
    return " AND ".join(parts) + _left_out(table), parameters


def _left_out(table: DataTable) -> str:
    """The condition, behind others, that leaves out sums and what the file hides."""
    made = ""
    if table.total_rows:
        made += f" AND _row NOT IN ({', '.join(str(int(row)) for row in table.total_rows)})"
    if table.hidden_rows:
        made += f" AND NOT {quoted(table.hidden_rows)}"
    return made


def _undated(session: Session, table: DataTable, time: str) -> int:
    (row,) = session.query(f"SELECT count(*) FROM {_VIEW} WHERE {time} IS NULL{_left_out(table)}").rows
    return int(str(row[0]))


def _time(table: DataTable, measure: Measure) -> dict[str, str]:
    columns = time_columns(table)
    if not columns:
        raise InsightError(
            f"“{table.name}” has no column of dates or times, so it cannot be laid out in time."
        )
    if not measure.time:
        return columns[0]
    column = _column(table, measure.time)
    if column["type"] not in TIMES:
        raise InsightError(f"“{column['title']}” holds no dates or times. Choose a column that does.")
    return column


def _column(table: DataTable, name: str | None) -> dict[str, str]:
    column = table.column(name or "")
    if column is None:
        raise InsightError("The table has no such column. Choose one of those listed.")
    return column
