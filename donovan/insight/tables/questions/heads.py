"""The kinds of question: what the head of a question, without its conditions and groups, asks for.

A head is matched as the string of its codes (see lexicon) from the first to the last; no part may be left
over.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.linking import Part
from donovan.insight.tables.questions.readings import Group, Measure, Reading
from donovan.insight.tables.shaping import Condition

MOST_LISTED = 200
IMPOSSIBLE = "impossible"
"""The kind of a reading that was understood and asks for what the column cannot give."""


@dataclass(frozen=True)
class Head:
    """What is left of a question."""

    codes: str
    parts: Sequence[Part]
    table: TableFacts

    @property
    def columns(self) -> list[ColumnFacts]:
        return [part.payload for part in self.parts if part.code == "C"]

    @property
    def functions(self) -> list[str]:
        return [part.payload for part in self.parts if part.code == "a"]

    def first(self, code: str) -> Part:
        return next(part for part in self.parts if part.code == code)

    def has(self, code: str) -> bool:
        return code in self.codes

    @property
    def additive(self) -> list[ColumnFacts]:
        return [column for column in self.table.columns if column.is_additive and not column.is_hidden]

    def with_rows(self) -> "Head":
        """The same where a column that names each row, as "flight no" does, stands for the rows."""
        parts = [
            replace(part, code="r")
            if part.code == "C" and part.payload.is_unique and part.payload.is_key
            else part
            for part in self.parts
        ]
        return Head("".join(part.code for part in parts).replace("W", "w"), parts, self.table)

    def reading(self, kind: str, measure: Measure | None = None, **more: object) -> Reading:
        return Reading(kind, self.table.view, measure or Measure("count"), **more)  # type: ignore[arg-type]


Readings = list[Reading]


def of_head(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """The readings of the first kind whose pattern the head has in full; none is a fine answer."""
    found: Readings = []
    for pattern, make in KINDS:
        if re.fullmatch(pattern, head.codes):
            found += make(head, conditions)
    return list(dict.fromkeys(found))


def _count(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    if head.functions and set(head.functions) != {"sum"}:
        return []
    return [head.reading("measure")]


def _conditioned_count(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    return [head.reading("measure")] if conditions else []


def _how_many(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`how many litres` adds up, `how many consumers` counts the different ones."""
    column = head.columns[0]
    if set(head.functions) - {"sum"}:
        return []
    if column.mixed:
        return [head.reading(IMPOSSIBLE, Measure("sum", column.name))]
    if column.is_additive:
        return [head.reading("measure", Measure("sum", column.name))]
    if column.is_running:
        return [head.reading("measure", Measure("max", column.name))]
    if (column.is_number and not column.is_key) or head.has("H"):
        return []
    if _leaves_out(conditions) and not column.is_unique:
        return []
    distinct = head.reading("measure", Measure("distinct", column.name))
    if column.is_unique or column.is_date:
        return [distinct]
    if head.functions:
        return []
    if _is_about_sums(head, column, conditions):
        return [distinct, head.reading("distinct of sums", columns=(column.name,))]
    return [distinct]


def _leaves_out(conditions: tuple[Condition, ...]) -> bool:
    return any(condition.operator in ("is not", "not in", "not contains") for condition in conditions)


def _is_about_sums(head: Head, column: ColumnFacts, conditions: tuple[Condition, ...]) -> bool:
    """Whether a comparison may be of one row or of all rows of a value together: only the data can tell."""
    measured = [condition for condition in conditions if condition.type in ("integer", "decimal")]
    if len(measured) != 1 or column.is_unique or column.is_date:
        return False
    is_open = measured[0].operator in ("more", "at least", "less", "at most")
    return is_open and head.table.column(measured[0].column).is_additive


def _distinct(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    return [head.reading("measure", Measure("distinct", head.columns[0].name))]


def _aggregate(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    column = head.columns[0]
    functions = set(head.functions)
    if len(functions) != 1:
        return []
    (function,) = functions
    if not column.is_number:
        return [head.reading(IMPOSSIBLE, Measure(function, column.name))]
    if function == "sum" and column.is_running:
        # A running total holds its total in its highest value; adding it up would count again and again.
        return [head.reading("measure", Measure("max", column.name))]
    if function == "sum" and column.is_key:
        return [head.reading(IMPOSSIBLE, Measure(function, column.name))]
    if head.has("h") and function != "sum":
        # "The average number of cases" over rows is the average of the column; over groups it is not.
        return [head.reading("measure", Measure(function, column.name))] if column.is_additive else []
    return [head.reading("measure", Measure(function, column.name))]


def _end(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """The highest, the lowest, the earliest, the latest value."""
    column = head.columns[0]
    direction, manner = head.first("x").payload
    is_time = column.is_date or column.type == "time"
    if (manner == "time") != is_time and not (is_time and manner == "high"):
        return []
    if head.has("n") and not is_time:
        return []
    if not is_time and not column.is_number:
        return []
    return [head.reading("measure", Measure("max" if direction == "desc" else "min", column.name))]


def _end_of_rows(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`when was the last record`."""
    direction, manner = head.first("x").payload
    dates = [column for column in head.table.columns if column.is_date]
    if manner != "time" or len(dates) != 1:
        return []
    return [head.reading("measure", Measure("max" if direction == "desc" else "min", dates[0].name))]


def _subjects(head: Head) -> list[ColumnFacts]:
    """What is ranked: the named column, or for `which day` and `when` the dates."""
    if head.has("n") or head.has("i"):
        dates = [column for column in head.table.columns if column.is_date]
        return dates if len(dates) == 1 else []
    return [head.columns[0]]


def _ranked(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """Which of the first column stands at one end of the second."""
    has_interval = head.has("n") or head.has("i")
    columns = head.columns if has_interval else head.columns[1:]
    place = head.first("#").payload if head.has("#") else 1
    interval = head.first("i").payload if head.has("i") else ""
    direction, manner = head.first("x").payload
    found: Readings = []
    for subject in _subjects(head):
        found += _ranking(head, subject, columns, direction == "desc", manner, 1, place, interval)
    return found


def _reversed(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`the highest litres belong to which consumer`."""
    direction, manner = head.first("x").payload
    measured, subject = head.columns
    return _ranking(head, subject, [measured], direction == "desc", manner, 1, 1, "")


def _top(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """The first so many of a ranking."""
    numbers = [int(part.payload) for part in head.parts if part.code == "N"]
    limit = numbers[0] if numbers else 1
    place = head.first("#").payload if head.has("#") else 1
    is_descending = not head.has("B")
    manner = "most"
    if head.has("x"):
        direction, manner = head.first("x").payload
        is_descending = direction == "desc"
    if not 1 <= limit <= MOST_LISTED or manner == "time":
        return []
    return _ranking(
        head, head.columns[0], head.columns[1:], is_descending, manner, limit, 0 if limit > 1 else place, ""
    )


def _top_rows(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """The rows at one end of a column."""
    numbers = [int(part.payload) for part in head.parts if part.code == "N"]
    limit = numbers[0] if numbers else 1
    column = head.columns[-1]
    if head.has("x") and head.first("x").payload[1] == "time":
        return []
    is_descending = not head.has("B") and (not head.has("x") or head.first("x").payload[0] == "desc")
    if not column.is_number or not 1 <= limit <= MOST_LISTED or head.functions:
        return []
    measure = Measure("value", column.name)
    return [head.reading("rank", measure, limit=limit, is_descending=is_descending)]


def _ranking(  # noqa: PLR0917
    head: Head,
    subject: ColumnFacts,
    measured: Sequence[ColumnFacts],
    is_descending: bool,
    manner: str,
    limit: int,
    place: int,
    interval: str,
) -> Readings:
    functions = head.functions
    if manner == "time" and not (measured and measured[0].is_date):
        return []

    def ranking(measure: Measure, *, over_rows: bool = False) -> Reading:
        if over_rows:
            columns: tuple[str, ...] = (subject.name,)
            return head.reading(
                "rank", measure, columns=columns, limit=limit, rank=place, is_descending=is_descending
            )
        is_whole_day = subject.type == "date" and interval == "day"
        groups = (Group(subject.name, "" if is_whole_day else interval),)
        return head.reading(
            "rank", measure, groups=groups, limit=limit, rank=place, is_descending=is_descending
        )

    if subject.is_number and not subject.is_key:
        return []
    if not measured:
        if head.has("r"):
            return [ranking(Measure("count"))] if not functions or functions == ["sum"] else []
        possible = head.additive
        is_implied = manner == "most" and len(possible) == 1 and not head.has("r")
        return [ranking(Measure("sum", possible[0].name))] if is_implied else []
    column = measured[0]
    if len(measured) != 1 or column.name == subject.name:
        return []
    if len(functions) == 1 and column.is_number:
        if functions[0] == "sum" and (column.is_running or column.is_key):
            return []
        return [ranking(Measure(functions[0], column.name))]
    if functions:
        return []
    if column.is_date:
        return [ranking(Measure("value", column.name), over_rows=True)] if manner in ("time", "high") else []
    if not column.is_number:
        # "Which route has the most convoys": how many different ones, the rows if each row is one.
        is_counted = manner == "most" or head.has("h")
        return [ranking(Measure("distinct", column.name))] if is_counted else []
    rows = ranking(Measure("value", column.name), over_rows=True)
    sums = ranking(Measure("sum", column.name))
    if column.is_key:
        return [ranking(Measure("distinct", column.name))] if manner == "most" else []
    if interval not in ("", "day"):
        return [sums] if column.is_additive else []
    if subject.is_unique or not column.is_additive:
        return [rows]
    return [sums] if manner == "most" and not interval else [rows, sums] if not interval else [sums]


def _mode(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    is_descending = head.first("y").payload == "desc"
    groups = (Group(head.columns[0].name),)
    return [
        head.reading("rank", Measure("count"), groups=groups, limit=1, rank=1, is_descending=is_descending)
    ]


def _rows(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    return [head.reading("rows")] if conditions or head.has("l") else []


def _listed(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`which consumers`: the different values; for a measure with conditions, the value of the cell."""
    columns = head.columns
    if len(columns) > 1:
        return [head.reading("rows", columns=tuple(column.name for column in columns))] if conditions else []
    column = columns[0]
    if column.is_number and not column.is_key:
        return [head.reading("cells", Measure("value", column.name))] if conditions else []
    if column.is_unique and conditions and not column.is_date:
        # Each row has its own: listing them is listing the rows.
        return [head.reading("rows")]
    if _leaves_out(conditions):
        # "Which consumers did not use petrol" is not who used something else; only "never" would be clear.
        return []
    is_about_sums = _is_about_sums(head, column, conditions)
    readings = [head.reading("values", columns=(column.name,))]
    if is_about_sums:
        readings.append(head.reading("values of sums", columns=(column.name,)))
    return readings


def _when(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`when was voucher F-4101 issued`: the dates of those rows."""
    dates = [column for column in head.table.columns if column.is_date]
    named = [column for column in head.columns if column.is_date or column.type == "time"] or dates
    if len(named) != 1 or not conditions or len(head.columns) > 1:
        return []
    return [head.reading("values", columns=(named[0].name,))]


def _exists(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    return [head.reading("exists")] if conditions else []


def _implied_sum(head: Head, conditions: tuple[Condition, ...]) -> Readings:
    """`how much diesel`: the only column that can be added up."""
    possible = head.additive
    if len(possible) != 1 or not conditions:
        return []
    return [head.reading("measure", Measure("sum", possible[0].name))]


KINDS: list[tuple[str, Callable[[Head, tuple[Condition, ...]], Readings]]] = [
    (r"[wl]*(?:h|ah?|lh)r|[wl]*T|[wl]*hr?a?", _count),
    (r"[wl]*h", _conditioned_count),
    (r"[wl]*H", _implied_sum),
    (r"[wl]*[hH]a?Ca?r?", _how_many),
    (r"[wl]*hdCr?|[wl]*hCd|[wl]*dhCr?", _distinct),
    (r"[wl]*a+[hH]?Cr?|[wl]*Ca+r?|[wl]*aa*[hH]C|[wl]*[hH]aC|[wl]*aCa", _aggregate),
    (r"[wln]*xCr?|l?Cx|[wl]*xhC", _end),
    (r"[wln]*xr", _end_of_rows),
    (r"[wl]+C#?xh?a?C?r?|[wl]*Cm?xa?C|[wl]+Ca?Cx|[wl]+Cxh?[aC]*r?", _ranked),
    (r"[wl]+i#?xh?a?Cr?|nxa?C|na?Cx|[wl]+ia?Cx|[wl]+ixh?r", _ranked),
    (r"[wl]*xC[wl]+C", _reversed),
    (r"[wl]*[PB]N?Cr?bh?a?[Cr]|[wl]*#?N?xN?Cbh?a?[Cr]|[wl]*NCm?xh?a?[Cr]", _top),
    (r"[wl]*[PB]N?Cbx?C|[wl]*[PB]N?Cm?xa?C", _top),
    (r"[wl]*[PB]N?r?b?C|[wl]*N?xN?rb?C|[wl]*Nrm?xC|[wl]*NxCr?|[wl]*xNCr?|[wl]+rm?xC", _top_rows),
    (r"[wl]*Cy|[wl]*yC|[wl]*Cmy", _mode),
    (r"[wl]*r|[wl]", _rows),
    (r"[wl]*d?C(?:&C)*r?|[wl]*Cd", _listed),
    (r"n[Cr]?", _when),
    (r"Er?|E[wl]*r|Ehr", _exists),
]  # fmt: skip
