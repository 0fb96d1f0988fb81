"""One point of a trend."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TrendPoint:
    """One period of one group, from `start` to `end` (inclusive).

    `value` is None where nothing was measured. `expected`, `low` and `high` are None while there is too
    little past; `probability` is that of a value so far from the expected one by chance. `items` counts the
    documents or rows behind the value. A period that is not over yet (`is_open`) is not judged.
    """

    group: str
    start: date
    end: date
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    probability: float | None
    items: int
    is_odd: bool
    is_open: bool
