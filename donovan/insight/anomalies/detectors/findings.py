"""What the detectors give back: plain data, ready for JSON, with the reason of each finding in words."""

from dataclasses import dataclass, field
from typing import Any, Literal

AlarmKind = Literal["spike", "level_shift", "season_broken", "gap", "stale", "change_point", "unusual_shape"]


@dataclass(frozen=True)
class Method:
    """A method with the reason why it was used, or why it was not."""

    name: str
    why: str


@dataclass(frozen=True)
class Baseline:
    """What was usual. `low` and `high` bound what was expected where the alarm lies, in units of the series;
    None where that makes no sense (a gap has no value).
    """

    text: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Alarm:
    """A stretch of a series that is unlike the rest.

    first, last, peak: positions in the series as it was given, from 0, both ends included.
    start, end: its times there, as given.
    score: robust standard deviations outside the usual; the same scale for every kind.
    observed: the value at the peak; None for a gap.
    """

    first: int
    last: int
    peak: int
    start: str | float
    end: str | float
    kind: AlarmKind
    score: float
    observed: float | None
    baseline: Baseline
    why: str
    method: str


@dataclass(frozen=True)
class SeriesAnomalies:
    """Of one series.

    scores: one for each point given, in robust standard deviations; None where the value is missing.
    character: what the choice of methods rests on (length, step, period, strengths, shares).
    """

    alarms: list[Alarm]
    scores: list[float | None]
    used: list[Method]
    left_out: list[Method]
    character: dict[str, Any]
    notices: list[str]
    specification: dict[str, Any]
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnReason:
    """How much a column adds to a row being unusual: `share` of all, from 0 to 1; `low` and `high` hold nine
    in ten of the column's values.
    """

    name: str
    share: float
    value: float | None
    low: float
    high: float
    median: float


@dataclass(frozen=True)
class RowOutlier:
    """row: position in the matrix as given, from 0. score: robust standard deviations above the middle."""

    row: int
    score: float
    columns: list[ColumnReason]
    why: str
    method: str


@dataclass(frozen=True)
class TableOutliers:
    """Of one table. scores: one for each row given, in robust standard deviations; higher is more unusual."""

    rows: list[RowOutlier]
    scores: list[float]
    used: list[Method]
    left_out: list[Method]
    columns_used: list[str]
    columns_left_out: list[Method]
    notices: list[str]
    specification: dict[str, Any]
    versions: dict[str, str] = field(default_factory=dict)
