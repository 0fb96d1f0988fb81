"""Conditions and expressions of SQL from checked parts: names that exist, operators that are listed,
literals.

Forms and questions both build their queries from these, so nothing that a person or a document wrote reaches
SQL other than as a quoted name or a literal.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

COMPARISONS = {"is": "=", "is not": "<>", "less": "<", "at most": "<=", "more": ">", "at least": ">="}
OPERATORS = {
    "is": "is",
    "is not": "is not",
    "contains": "contains",
    "not contains": "does not contain",
    "starts": "starts with",
    "ends": "ends with",
    "less": "is less than, or before",
    "at most": "is at most, or no later than",
    "more": "is more than, or after",
    "at least": "is at least, or no earlier than",
    "between": "lies between (both included)",
    "in": "is one of",
    "not in": "is none of",
    "missing": "is missing",
    "present": "is there",
}
WITHOUT_VALUE = frozenset({"missing", "present"})
NUMBERS = frozenset({"integer", "decimal"})
DATES = frozenset({"date", "datetime"})
_TEXT_FUNCTIONS = {
    "contains": "contains",
    "not contains": "contains",
    "starts": "starts_with",
    "ends": "ends_with",
}


@dataclass(frozen=True)
class Condition:
    """One condition on one column. `values` are of the column's type: one, two for "between",
    several for "in".

    `view` names the table in a join. With `keeps_missing` a negative condition also lets missing values
    through.
    """

    column: str
    operator: str
    values: tuple[Any, ...] = ()
    type: str = "text"
    view: str = ""
    keeps_missing: bool = False

    @property
    def sql(self) -> str:
        return condition_sql(self)


def identifier(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as SQL writes it. Raises TypeError for what is no plain value."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.replace(tzinfo=None).isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, time):
        return f"TIME '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"{type(value).__name__} is no value of a table")


def column_sql(column: str, view: str = "") -> str:
    return f"{identifier(view)}.{identifier(column)}" if view else identifier(column)


def condition_sql(condition: Condition) -> str:
    """The condition as SQL. Raises KeyError for an operator that is not listed."""
    name = column_sql(condition.column, condition.view)
    made = _bare(condition, name)
    return f"({made} OR {name} IS NULL)" if condition.keeps_missing else made


def _bare(condition: Condition, name: str) -> str:
    operator, values = condition.operator, condition.values
    if operator == "missing":
        return f"{name} IS NULL"
    if operator == "present":
        return f"{name} IS NOT NULL"
    if operator == "between":
        return f"{name} BETWEEN {literal(values[0])} AND {literal(values[1])}"
    if operator in ("in", "not in"):
        listed = ", ".join(literal(value) for value in values)
        return f"{name} {'NOT IN' if operator == 'not in' else 'IN'} ({listed})"
    if operator in _TEXT_FUNCTIONS:
        text = f"lower(CAST({name} AS VARCHAR))"
        made = f"{_TEXT_FUNCTIONS[operator]}({text}, {literal(str(values[0]).lower())})"
        return f"NOT {made}" if operator.startswith("not") else made
    return f"{name} {COMPARISONS[operator]} {literal(values[0])}"


def where_sql(conditions: tuple[Condition, ...]) -> str:
    """` WHERE …`, or nothing without conditions."""
    return " WHERE " + " AND ".join(condition.sql for condition in conditions) if conditions else ""
