"""Filters, sorting and place of a grid as its address says them, and addresses made of conditions.

c=consumer&o=is&v=Camp+Lipa     one filter; repeated for more. Several values stand apart by " | ".
sort=litres&turn=desc           instead of the order of the source
start=101                       the first row number shown (in the order of the source)
page=3                          the page (when sorted otherwise)
row=7&column=litres             the cell that is cited
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from donovan.insight.tables.shaping import OPERATORS, WITHOUT_VALUE, Condition

DIVIDER = " | "
MOST_FILTERS = 12
ROWS_ON_A_PAGE = 100
COLUMNS_ON_A_PAGE = 40
LONGEST_VALUE = 500
_TEXTUAL = frozenset({"contains", "not contains", "starts", "ends"})
ROW_COLUMN = {"name": "_row", "title": "Row", "type": "integer"}


@dataclass(frozen=True)
class Place:
    """What part of a table is asked for. What cannot be read becomes a sentence in `problems`."""

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    is_descending: bool = False
    start: int = 0
    before: int = 0
    page: int = 1
    row: int = 0
    column: str = ""
    first_column: int = 0
    problems: tuple[str, ...] = ()

    @classmethod
    def from_address(cls, asked: QueryDict, columns: Sequence[Mapping[str, Any]]) -> "Place":
        known = {column["name"]: column for column in (*columns, ROW_COLUMN)}
        problems: list[str] = []
        conditions = []
        given = zip(asked.getlist("c"), asked.getlist("o"), asked.getlist("v"), strict=False)
        for name, operator, value in list(given)[:MOST_FILTERS]:
            if not name or not operator:
                continue
            if name not in known or operator not in OPERATORS:
                problems.append(
                    f"There is no column “{name[:60]}” or no such comparison; that filter is left out."
                )
                continue
            made = condition_of(known[name], operator, value, problems)
            if made is not None:
                conditions.append(made)
        sort = asked.get("sort", "")
        names = [one["name"] for one in columns]
        column = _named(asked.get("column", ""), columns)
        shown = _number(asked.get("cols"))
        if column in names:
            shown = names.index(column) // COLUMNS_ON_A_PAGE * COLUMNS_ON_A_PAGE
        return cls(
            conditions=tuple(conditions),
            sort=sort if sort in known else "",
            is_descending=asked.get("turn") == "desc",
            start=_number(asked.get("start")),
            before=_number(asked.get("before")),
            page=max(_number(asked.get("page")), 1),
            row=_number(asked.get("row")),
            column=column if column in known else "",
            first_column=min(shown, max(len(columns) - 1, 0)),
            problems=tuple(problems),
        )

    def address(self, **changes: object) -> str:
        """The query string of this place with changes; start, page and row only where given."""
        query = filter_query(self.conditions)
        if self.sort:
            query["sort"] = self.sort
            if self.is_descending:
                query["turn"] = "desc"
        if self.first_column:
            query["cols"] = str(self.first_column)
        for name, value in changes.items():
            query[name] = str(value)
        for name in [name for name, value in changes.items() if value == ""]:
            query.pop(name, None)
        return query.urlencode()


def _named(column: str, columns: Sequence[Mapping[str, Any]]) -> str:
    """The name of a column that is given by its name or by its title."""
    if any(one["name"] == column for one in columns):
        return column
    return next((str(one["name"]) for one in columns if one.get("title") == column), column)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else 0


def condition_of(
    column: Mapping[str, Any], operator: str, text: str, problems: list[str]
) -> Condition | None:
    """A filter as a condition; None, with a sentence in `problems`, when its value does not fit the
    column."""
    title, kind = str(column.get("title") or column["name"]), str(column["type"])
    if operator in WITHOUT_VALUE:
        return Condition(str(column["name"]), operator, (), kind)
    text = text.strip()[:LONGEST_VALUE]
    if not text:
        problems.append(f"The filter on {title} has no value and is left out.")
        return None
    if operator in _TEXTUAL:
        return Condition(str(column["name"]), operator, (text,), kind)
    parts = text.split(DIVIDER) if operator in ("in", "not in", "between") else [text]
    if operator == "between" and len(parts) != 2:
        problems.append(f"“Lies between” needs two values for {title}, as in “10 | 20”.")
        return None
    values = tuple(value_of(part.strip(), kind) for part in parts)
    if any(value is None for value in values):
        problems.append(f"“{text[:60]}” is no {_form(kind)}; the filter on {title} is left out.")
        return None
    return Condition(str(column["name"]), operator, values, kind)


def value_of(text: str, kind: str) -> Any:
    """A text as a value of a column's type; None when it is none."""
    try:
        if kind in ("integer", "decimal"):
            number = Decimal(text.replace(",", "").replace(" ", ""))
            return number if number.is_finite() else None
        if kind == "date":
            return parse_date(text)
        if kind == "datetime":
            moment = parse_datetime(text)
            day = parse_date(text) if moment is None else None
            return (
                moment.replace(tzinfo=None)
                if moment
                else datetime(day.year, day.month, day.day)
                if day
                else None
            )
        if kind == "time":
            return parse_time(text)
    except (ValueError, InvalidOperation):
        return None
    if kind == "boolean":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower())
    return text


def _form(kind: str) -> str:
    return {
        "integer": "number",
        "decimal": "number such as 12.5",
        "date": "date such as 2026-05-31",
        "datetime": "moment such as 2026-05-31 14:00",
        "time": "time such as 14:00",
        "boolean": "yes or no",
    }.get(kind, "text")


def filter_query(conditions: Sequence[Condition]) -> QueryDict:
    query = QueryDict(mutable=True)
    for condition in conditions:
        query.appendlist("c", condition.column)
        query.appendlist("o", condition.operator)
        query.appendlist("v", DIVIDER.join(_written(value) for value in condition.values))
    return query


def filter_address(conditions: Sequence[Condition]) -> str:
    """The query string of a grid that shows the rows which meet the conditions; empty where none can say
    it."""
    written = [_written(value) for condition in conditions for value in condition.values]
    is_divisible = not any(DIVIDER in text for text in written)
    is_short = len(conditions) <= MOST_FILTERS and sum(map(len, written)) < 1500
    return filter_query(conditions).urlencode() if is_divisible and is_short else ""


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
