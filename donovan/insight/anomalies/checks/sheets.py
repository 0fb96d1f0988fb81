"""A table as the checks see it: columns of typed values beside the raw text of each cell.

A cell that does not fit the type of its column has the value None and keeps its raw text; an empty cell has
an empty raw text.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from donovan.insight.anomalies.checks.phrases import words_in

NUMBERS = ("integer", "decimal")
MOMENTS = ("date", "datetime", "time")
MINUTES_OF_DAY = 24 * 60

# The word for a total in the languages that come in. A row is a total only if its figures also say so.
_TOTAL_WORDS = words_in(
    "total totals sum subtotal grand overall all gesamt summe insgesamt totale totaal suma razem ogółem "
    "celkem spolu ukupno sveukupno skupaj toplam genel итого всего усього разом المجموع الإجمالي مجموع "
    "کل 合计 总计 合計 합계"
)
_EMPTY_WORDS = frozenset(
    {"", "-", "--", "–", "—", ".", "?", "n/a", "na", "n.a.", "nil", "null", "none", "nan", "unknown", "tbd"}
)


@dataclass(frozen=True)
class Column:
    """One column. `values` and `raws` run along the rows of its sheet."""

    name: str
    title: str
    type: str
    unit: str
    values: Sequence[Any]
    raws: Sequence[str]

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def is_moment(self) -> bool:
        return self.type in MOMENTS

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of title and unit in small letters, for the few lexicons there are."""
        apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", f"{self.title} {self.unit}")
        return frozenset(word for word in re.split(r"[\W_]+", fold(apart)) if word)

    @cached_property
    def numbers(self) -> list[float | None]:
        """Values on a line: numbers as they are, days for dates, minutes for times; None elsewhere."""
        return [position(value) for value in self.values]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text occurs, empty cells left out."""
        return Counter(raw for raw in self.raws if not is_blank(raw))


@dataclass(frozen=True)
class Sheet:
    """One table. `rows` are row numbers as a spreadsheet shows them; `key` is what findings refer to.
    `summed` are rows that were recognised as totals when the table was read.
    """

    key: str
    name: str
    columns: Sequence[Column]
    rows: Sequence[int]
    dated: date | None = None
    summed: frozenset[int] = frozenset()
    notes: list[str] = field(default_factory=list, compare=False)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @cached_property
    def numeric(self) -> list[Column]:
        return [column for column in self.columns if column.is_number]

    @cached_property
    def moments(self) -> list[Column]:
        return [column for column in self.columns if column.is_moment]

    @cached_property
    def texts(self) -> list[Column]:
        return [column for column in self.columns if column.type in ("text", "boolean")]

    @cached_property
    def totals(self) -> list[int]:
        """Places of rows that sum up others."""
        return [place for place in range(len(self)) if self._is_total(place)]

    @cached_property
    def body(self) -> list[int]:
        """Places of the ordinary rows: no totals, no remarks below the table, no empty lines."""
        left_out = set(self.totals)
        least = max(1, (len(self.columns) + 2) // 3) if len(self.columns) > 2 else 1
        return [
            place
            for place in range(len(self))
            if place not in left_out
            and sum(not is_blank(column.raws[place]) for column in self.columns) >= least
        ]

    def _is_total(self, place: int) -> bool:
        if self.rows[place] in self.summed:
            return True
        labels = [column.raws[place] for column in self.texts if column.raws[place].strip()]
        if not labels or len(labels) > max(2, len(self.texts) // 2):
            return False
        first = set(re.split(r"[\W_]+", fold(labels[0])))
        return bool(first & _TOTAL_WORDS) and any(
            column.numbers[place] is not None for column in self.numeric
        )

    def filled(self, column: Column) -> Iterator[tuple[int, Any]]:
        """Place and value of every cell of the ordinary rows that has one."""
        for place in self.body:
            if column.values[place] is not None:
                yield place, column.values[place]


def fold(text: str) -> str:
    """Small letters without the differences that do not matter in a comparison."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def is_blank(raw: str) -> bool:
    """Whether a cell holds nothing, or only a sign for nothing."""
    return len(raw) < 9 and fold(raw) in _EMPTY_WORDS


def position(value: Any) -> float | None:
    """Where a value lies on a line: numbers as they are, days for dates, minutes for times of day."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=None)
        return moment.toordinal() + (moment - datetime.combine(moment.date(), time())).total_seconds() / 86400
    if isinstance(value, date):
        return float(value.toordinal())
    if isinstance(value, time):
        return value.hour * 60 + value.minute + value.second / 60
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
