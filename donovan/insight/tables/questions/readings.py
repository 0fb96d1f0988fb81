"""What was understood of a question, as plain data: what is computed, over which rows, by which groups."""

from dataclasses import dataclass

from donovan.insight.tables.shaping import Condition

AGGREGATES = {
    "count": "number of rows",
    "distinct": "number of different values",
    "sum": "total",
    "avg": "average",
    "median": "median",
    "min": "lowest",
    "max": "highest",
    "range": "range",
    "stddev": "standard deviation",
}
INTERVALS = ("day", "week", "month", "year")


@dataclass(frozen=True)
class Measure:
    """One figure of a set of rows; "count" has no column."""

    function: str
    column: str = ""


@dataclass(frozen=True)
class Group:
    """Rows that go together: the same value, or the same day, week, month or year."""

    column: str
    interval: str = ""


@dataclass(frozen=True)
class Side:
    """One of two things that are compared: its own conditions, its own measure if they differ, and its
    name."""

    name: str
    conditions: tuple[Condition, ...] = ()
    measure: Measure | None = None


@dataclass(frozen=True)
class Join:
    """Rows of a second table whose `column` equals the first table's `on`; of each at most one."""

    view: str
    on: str
    column: str


@dataclass(frozen=True)
class Reading:
    """One way to understand a question.

    kind: "measure" (one figure), "groups" (a figure for each group), "rank" (the groups or rows at one end),
    "rows" (rows as they are), "values" (different values of a column), "cells" (the value of a cell),
    "exists",
    "share", "ratio", "difference", "having" (groups whose figure meets a condition), "having count".
    `limit` and `descending` say how many of a ranking and from which end; `rank` asks for one place only.
    """

    kind: str
    view: str
    measure: Measure = Measure("count")
    conditions: tuple[Condition, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    whole: tuple[Condition, ...] = ()
    having: Condition | None = None
    limit: int = 0
    rank: int = 0
    is_descending: bool = True
    join: Join | None = None
    note: str = ""
