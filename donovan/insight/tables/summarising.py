"""Grouping, pivoting and joining from the choices of a form: SQL, and for each line the rows behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict

from donovan.insight.errors import InsightError
from donovan.insight.tables.filtering import filter_address
from donovan.insight.tables.shaping import DATES, NUMBERS, Condition, identifier, literal, where_sql

# A view, its columns, and the one that must be equal.
Side = tuple[str, Sequence[Mapping[str, Any]], str]
FUNCTIONS = {
    "count": "number of rows",
    "sum": "total",
    "avg": "average",
    "median": "median",
    "min": "lowest",
    "max": "highest",
    "distinct": "number of different values",
}
INTERVALS = {"": "each value", "day": "day", "week": "week", "month": "month", "year": "year"}
MOST_PIVOT_COLUMNS = 24
MOST_LINES = 500
_SQL = {
    "count": "COUNT(*)",
    "sum": "SUM({0})",
    "avg": "AVG({0})",
    "median": "MEDIAN({0})",
    "min": "MIN({0})",
    "max": "MAX({0})",
    "distinct": "COUNT(DISTINCT {0})",
}


@dataclass(frozen=True)
class Summary:
    """One figure for each group, perhaps with the values of a further column across."""

    group: str
    interval: str = ""
    then: str = ""
    across: str = ""
    function: str = "count"
    measure: str = ""
    conditions: tuple[Condition, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(name for name in (self.group, self.then) if name)


def summary_of(
    asked: QueryDict, columns: Sequence[Mapping[str, Any]], conditions: tuple[Condition, ...]
) -> Summary:
    """The choices of the form. Raises InsightError with a sentence when they do not go together."""
    types = {str(column["name"]): str(column["type"]) for column in columns}
    group, then, across = (asked.get(name, "") for name in ("group", "then", "across"))
    function, measure, interval = (
        asked.get("function", "count"),
        asked.get("measure", ""),
        asked.get("interval", ""),
    )
    if group not in types:
        raise InsightError("Choose the column to group by.")
    if (then and then not in types) or (across and across not in types):
        raise InsightError("Choose columns of this table.")
    if len({name for name in (group, then, across) if name}) < sum(
        1 for name in (group, then, across) if name
    ):
        raise InsightError("Choose a different column for each place.")
    if function not in FUNCTIONS or interval not in INTERVALS:
        raise InsightError("Choose one of the figures and intervals that are offered.")
    if function != "count" and measure not in types:
        raise InsightError(f"Choose the column whose {FUNCTIONS[function]} is wanted.")
    if function in ("sum", "avg", "median") and types[measure] not in NUMBERS:
        raise InsightError(f"A {FUNCTIONS[function]} needs a column of numbers.")
    if interval and types[group] not in DATES:
        raise InsightError("Days, weeks, months and years need a column of dates to group by.")
    return Summary(
        group, interval, then, across, function, measure if function != "count" else "", conditions
    )


def summary_sql(summary: Summary, view: str, across_values: Sequence[Any] = ()) -> str:
    """The query. `across_values` are the values that become columns."""
    figure = _SQL[summary.function].format(identifier(summary.measure) if summary.measure else "*")
    keys = [f"{_key(name, summary)} AS {identifier(name)}" for name in summary.keys]
    figures = [f"{figure} AS {identifier(figure_name(summary))}"]
    if summary.across:
        figures = [
            f"{figure} FILTER (WHERE {identifier(summary.across)} = {literal(value)}) "
            f"AS {identifier(str(value)[:60])}"
            for value in across_values
        ] + [f"{figure} AS {identifier('all')}"]
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    return (
        f"SELECT {', '.join([*keys, *figures])} FROM {identifier(view)}{where_sql(summary.conditions)} "
        f"GROUP BY {places} ORDER BY {places}"
    )


def across_sql(summary: Summary, view: str) -> str:
    """The most frequent values of the column that goes across."""
    name = identifier(summary.across)
    known = where_sql((*summary.conditions, Condition(summary.across, "present")))
    return (
        f"SELECT {name} FROM {identifier(view)}{known} GROUP BY 1 "
        f"ORDER BY COUNT(*) DESC, 1 LIMIT {MOST_PIVOT_COLUMNS}"
    )


def figure_name(summary: Summary) -> str:
    return FUNCTIONS["count"] if not summary.measure else f"{FUNCTIONS[summary.function]} {summary.measure}"


def _key(name: str, summary: Summary) -> str:
    if summary.interval and name == summary.group:
        return f"CAST(date_trunc('{summary.interval}', {identifier(name)}) AS DATE)"
    return identifier(name)


def rows_behind(summary: Summary, line: Sequence[Any], types: Mapping[str, str]) -> str:
    """The address of the rows behind one line of a summary."""
    conditions = list(summary.conditions)
    for name, value in zip(summary.keys, line, strict=False):
        conditions += group_conditions(
            name, value, types[name], summary.interval if name == summary.group else ""
        )
    return filter_address(conditions)


def group_conditions(column: str, value: Any, kind: str, interval: str = "") -> list[Condition]:
    """The conditions that the rows of one group meet."""
    if value is None:
        return [Condition(column, "missing", (), kind)]
    if not interval:
        return [Condition(column, "is", (value,), kind)]
    after = _after(value, interval)
    first: Any = value
    if kind == "datetime":
        first, after = (
            datetime(value.year, value.month, value.day),
            datetime(after.year, after.month, after.day),
        )
    return [Condition(column, "at least", (first,), kind), Condition(column, "less", (after,), kind)]


def _after(start: date, interval: str) -> date:
    if interval == "year":
        return date(start.year + 1, 1, 1)
    if interval == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return start + timedelta(days=7 if interval == "week" else 1)


def join_sql(
    first: Side,
    second: Side,
    *,
    keeps_all: bool,
) -> str:
    """Rows of two tables with equal values, beside each other."""
    (view, columns, on), (other, others, equal) = first, second
    names = {str(column["name"]) for column in columns}
    if on not in names or equal not in {str(column["name"]) for column in others}:
        raise InsightError("Choose one column of each table: rows with equal values are put side by side.")
    shown = [f"a._row AS {identifier(f'row in {view}')}", f"b._row AS {identifier(f'row in {other}')}"]
    shown += [f"a.{identifier(str(column['name']))}" for column in columns]
    for column in others:
        name = str(column["name"])
        renamed = f" AS {identifier(f'{other}_{name}')}" if name in names else ""
        shown.append(f"b.{identifier(name)}{renamed}")
    kind = "LEFT JOIN" if keeps_all else "JOIN"
    return (
        f"SELECT {', '.join(shown)} FROM {identifier(view)} AS a {kind} {identifier(other)} AS b "
        f"ON {_equal(first, second)} ORDER BY a._row, b._row"
    )


def _equal(first: Side, second: Side) -> str:
    """Equal as they are when the types are the same, otherwise as trimmed text in small letters."""
    kinds = [
        next(str(column["type"]) for column in columns if column["name"] == name)
        for _, columns, name in (first, second)
    ]
    left, right = f"a.{identifier(first[2])}", f"b.{identifier(second[2])}"
    if (kinds[0] == kinds[1] and kinds[0] != "text") or set(kinds) <= NUMBERS:
        return f"{left} = {right}"
    return f"lower(trim(CAST({left} AS VARCHAR))) = lower(trim(CAST({right} AS VARCHAR)))"
