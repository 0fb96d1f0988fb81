"""What is known of the tables that a question is put to: their columns, units and values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from donovan.insight.tables.shaping import DATES, NUMBERS, identifier

MOST_VALUES = 4000
MOST_ROWS_COUNTED_EXACTLY = 400_000
_COUNTED_TOGETHER = 24
# A running total is not summed, and what is measured per something is not added up without being told to.
_RUNNING = ("so far", "cumulative", "running", "to date", "balance")
_NOT_ADDED = {
    "mg/l", "µg/l", "ug/l", "g/l", "ntu", "%", "percent", "°c", "c", "°f", "k", "km/h", "kn", "knots", "mph",
    "m/s", "°", "deg", "degrees", "hpa", "bar", "ph", "years", "year", "v", "hz", "rpm", "ratio", "db", "ppm",
}  # fmt: skip
_NOT_ADDED_WORDS = {
    "age", "temperature", "speed", "rate", "ratio", "percent", "percentage", "price", "latitude", "longitude",
    "lat", "lon", "long", "level", "pressure", "ph", "share", "average", "mean", "year", "minimum", "maximum",
    "score", "grade", "depth", "turbidity", "chlorine", "altitude", "height", "weight",
}  # fmt: skip
_KEY_WORDS = {
    "id",
    "no",
    "number",
    "code",
    "nr",
    "ref",
    "reference",
    "serial",
    "case",
    "voucher",
    "convoy",
    "key",
}


class Asked(Protocol):
    """What answers a query: a session of the engine."""

    def query(self, sql: str, parameters: Sequence[object] = (), limit: int = 1000) -> Any: ...


@dataclass(frozen=True)
class ColumnFacts:
    """One column. `values` holds its distinct texts when there are few enough to look words up in."""

    view: str
    name: str
    title: str
    type: str
    unit: str = ""
    scale: int | None = None
    values: tuple[str, ...] = ()
    is_complete: bool = False
    distinct: int = 0
    missing: int = 0
    low: Any = None
    high: Any = None
    rows: int = 0
    # The units of a text column whose numbers do not go together.
    mixed: str = ""
    is_hidden: bool = False

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_date(self) -> bool:
        return self.type in DATES

    @property
    def is_unique(self) -> bool:
        """Whether each row has its own value."""
        return self.rows > 0 and self.distinct == self.rows and self.missing == 0

    @property
    def is_key(self) -> bool:
        """Whether it names the rows rather than measures something."""
        if self.is_number:
            words = set(self.title.lower().replace("_", " ").split())
            is_counting = (
                self.type == "integer"
                and self.rows > 1
                and self.low is not None
                and self.high - self.low == self.rows - 1
            )
            return bool(words & _KEY_WORDS) or (self.is_unique and is_counting)
        return True

    @property
    def is_running(self) -> bool:
        spoken = self.title.lower().replace("_", " ")
        return any(word in spoken for word in _RUNNING)

    @property
    def is_additive(self) -> bool:
        """Whether adding its values up makes sense without being told to."""
        words = set(self.title.lower().replace("_", " ").split())
        is_measure = self.is_number and not self.is_key and not self.is_running
        return is_measure and self.unit.lower() not in _NOT_ADDED and not words & _NOT_ADDED_WORDS


@dataclass(frozen=True)
class TableFacts:
    """One table under the name of its view."""

    view: str
    title: str
    columns: tuple[ColumnFacts, ...]
    rows: int
    names: tuple[str, ...] = field(default=())
    total_rows: tuple[int, ...] = field(default=())
    # The column that marks rows which the file does not show; "" without any.
    hidden_rows: str = ""

    def column(self, name: str) -> ColumnFacts:
        return next(column for column in self.columns if column.name == name)


def facts_of(
    session: Asked,
    view: str,
    columns: Sequence[Mapping[str, str]],
    *,
    title: str,
    names: tuple[str, ...] = (),
    total_rows: tuple[int, ...] = (),
) -> TableFacts:
    """Read the facts of one view with a few queries.

    `names` are other names of the table: file, sheet. `total_rows` are rows that only sum up others.
    """
    rows = int(session.query(f"SELECT COUNT(*) FROM {identifier(view)}").rows[0][0])
    is_exact = rows <= MOST_ROWS_COUNTED_EXACTLY
    distinct = "COUNT(DISTINCT {0})" if is_exact else "approx_count_distinct({0})"
    found = []
    for start in range(0, len(columns), _COUNTED_TOGETHER):
        part = columns[start : start + _COUNTED_TOGETHER]
        asked = []
        for column in part:
            name = identifier(column["name"])
            asked += [distinct.format(name), f"COUNT(*) - COUNT({name})", f"any_value(typeof({name}))"]
            ordered = column["type"] in NUMBERS | DATES | {"time"}
            asked += [f"MIN({name})", f"MAX({name})"] if ordered else ["NULL", "NULL"]
        (row,) = session.query(f"SELECT {', '.join(asked)} FROM {identifier(view)}").rows
        for place, column in enumerate(part):
            found.append(_column(session, view, column, row[5 * place : 5 * place + 5], rows, is_exact))
    hidden = next((str(column["name"]) for column in columns if column.get("mark")), "")
    return TableFacts(view, title, tuple(found), rows, names, total_rows, hidden)


def _column(  # noqa: PLR0917
    session: Asked, view: str, column: Mapping[str, str], counted: Sequence[Any], rows: int, is_exact: bool
) -> ColumnFacts:
    distinct, missing, sql_type, low, high = counted
    values: tuple[str, ...] = ()
    is_complete = column["type"] == "text" and int(distinct) <= MOST_VALUES
    if is_complete:
        name = identifier(column["name"])
        listed = session.query(
            f"SELECT DISTINCT {name} FROM {identifier(view)} WHERE {name} IS NOT NULL ORDER BY 1",
            limit=MOST_VALUES + 1,
        )
        values = tuple(str(row[0]) for row in listed.rows)
    return ColumnFacts(
        view=view,
        name=column["name"],
        title=column.get("title") or column["name"],
        type=column["type"],
        unit=column.get("unit", ""),
        scale=_scale(str(sql_type or "")),
        values=values,
        is_complete=is_complete and len(values) <= MOST_VALUES,
        # An estimate never proves that values are unique.
        distinct=int(distinct) if is_exact else min(int(distinct), rows - 1),
        missing=int(missing),
        low=low,
        high=high,
        rows=rows,
        mixed=str(column.get("mixed", "")),
        is_hidden=bool(column.get("hidden")),
    )


def _scale(sql_type: str) -> int | None:
    """Digits after the point of a DECIMAL; None for other types."""
    if sql_type.startswith("DECIMAL("):
        return int(sql_type.rstrip(")").split(",")[1])
    return None
