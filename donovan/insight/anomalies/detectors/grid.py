"""A series as given, laid on an even grid of time where it has one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from donovan.insight.errors import InsightError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_POINTS: Final = 1_000_000
_MOST_EMPTY: Final = 3
_EVEN_SHARE: Final = 0.8


@dataclass(frozen=True)
class Grid:
    """values: one for each slot, NaN where nothing was measured; the mean where several fall on one time.

    slot_of_point: for each point as given, its slot. point_of_slot: the first point of each slot, -1 without.
    seconds: the time of each slot. step: seconds from slot to slot; on an uneven grid the usual distance.
    is_even: slots are equally far apart; otherwise points are taken one after the other.
    """

    values: Floats
    seconds: Floats
    slot_of_point: Places
    point_of_slot: Places
    step: float
    is_even: bool

    def __len__(self) -> int:
        return len(self.values)


def read_seconds(times: Sequence[str | float]) -> Floats:
    """Times as seconds since 1970; without a zone they count as UTC. Raises InsightError for no time."""
    return np.array([_seconds(position, time) for position, time in enumerate(times)], dtype=np.float64)


def _seconds(position: int, time: str | float) -> float:
    if isinstance(time, str):
        try:
            moment = datetime.fromisoformat(time)
        except ValueError:
            moment = None
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    elif isinstance(time, int | float) and math.isfinite(time):
        return float(time)
    raise InsightError(
        f"Entry {position + 1} of the times is {time!r}, which is no date or time. Choose a column of dates."
    )


def read_values(values: Sequence[float | None]) -> Floats:
    """Numbers, NaN for null and for what is not finite. Raises InsightError for anything else."""
    try:
        read = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    except (TypeError, ValueError):
        raise InsightError("The values of a series must be numbers. Choose a column of numbers.") from None
    read[~np.isfinite(read)] = math.nan
    return read


def lay_on_grid(seconds: Floats, values: Floats) -> Grid:
    """Sort by time, and fill an even grid when most steps are alike and it would not be mostly empty."""
    order = np.argsort(seconds, kind="stable")
    distinct, slot_sorted = np.unique(seconds[order], return_inverse=True)
    steps = np.diff(distinct)
    step = float(np.median(steps)) if len(steps) else 0.0
    is_even = False
    if step > 0:
        whole = np.round(steps / step)
        near = np.abs(steps - whole * step) <= 0.1 * step
        slots = np.concatenate([[0], np.cumsum(np.maximum(whole, 1))]).astype(np.int64)
        is_even = bool(near.mean() >= _EVEN_SHARE and slots[-1] < _MOST_EMPTY * len(distinct))
    if not is_even:
        slots = np.arange(len(distinct), dtype=np.int64)
    length = int(slots[-1]) + 1
    slot_of_point = np.empty(len(seconds), dtype=np.int64)
    slot_of_point[order] = slots[slot_sorted]
    has_value = np.isfinite(values)
    sums = np.bincount(slot_of_point[has_value], values[has_value], length)
    counts = np.bincount(slot_of_point[has_value], minlength=length)
    with np.errstate(invalid="ignore", divide="ignore"):
        on_grid = np.where(counts > 0, sums / counts, math.nan)
    times = np.interp(np.arange(length), slots, distinct)
    point_of_slot = np.full(length, -1, dtype=np.int64)
    point_of_slot[slot_of_point[order[::-1]]] = order[::-1]
    return Grid(on_grid, times, slot_of_point, point_of_slot, step, is_even)
