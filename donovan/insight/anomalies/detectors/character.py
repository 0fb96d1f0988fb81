"""What kind of series it is: the choice of methods rests on this, and is told with it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from statsmodels.tsa.stattools import acf

from donovan.insight.anomalies.detectors.grid import Floats, Grid

_FEWEST_CYCLES: Final = 4
_SHORTEST_PERIOD: Final = 4
_LONGEST_PERIOD: Final = 5000
_STRONG: Final = 0.3
_DISCRETE: Final = 0.05


@dataclass(frozen=True)
class Character:
    """period: slots of one cycle, 0 without; strength: autocorrelation there, from 0 to 1.
    missing: share of slots without a value. repeats: share of values equal to the one before.
    """

    slots: int
    step: float
    is_even: bool
    period: int
    strength: float
    missing: float
    repeats: float
    is_discrete: bool


def known_values(grid: Grid) -> Floats:
    """The values with the holes bridged by straight lines."""
    has = np.flatnonzero(np.isfinite(grid.values))
    return np.interp(np.arange(len(grid)), has, grid.values[has])


def character_of(grid: Grid, asked_period: int = 0) -> Character:
    """The period is the highest peak of the autocorrelation of the series without its trend, if it recurs at
    twice the lag (the usual test of a correlogram); it is looked for on an even grid alone.
    """
    known = known_values(grid)
    period, strength = asked_period, 0.0
    if grid.is_even and not asked_period:
        period, strength = _period(known)
    steps = np.diff(grid.values)
    steps = steps[np.isfinite(steps)]
    present = grid.values[np.isfinite(grid.values)]
    return Character(
        slots=len(grid),
        step=grid.step,
        is_even=grid.is_even,
        period=period,
        strength=round(strength, 3),
        missing=round(1.0 - len(present) / len(grid), 4),
        repeats=round(float(np.mean(steps == 0)), 4) if len(steps) else 0.0,
        is_discrete=len(np.unique(present)) < max(_DISCRETE * len(present), 3),
    )


def _period(known: Floats) -> tuple[int, float]:
    longest = min(len(known) // _FEWEST_CYCLES, _LONGEST_PERIOD)
    if longest <= _SHORTEST_PERIOD:
        return 0, 0.0
    low, high = np.percentile(known, [1, 99])
    line = np.polynomial.Polynomial.fit(np.arange(len(known)), known, 1)
    level = np.clip(known, low, high) - line(np.arange(len(known)))
    if level.std() <= 1e-9 * max(abs(low), abs(high), 1e-9):
        return 0, 0.0
    correlation = acf(level, nlags=2 * longest, fft=True)
    fallen = np.flatnonzero(correlation < 0)
    if not len(fallen):
        return 0, 0.0
    first = max(int(fallen[0]), _SHORTEST_PERIOD)
    if first >= longest:
        return 0, 0.0
    lag = first + int(np.argmax(correlation[first : longest + 1]))
    is_peak = first < lag < longest and correlation[2 * lag] > _STRONG / 2
    strength = float(correlation[lag])
    return (lag, strength) if is_peak and strength >= _STRONG else (0, 0.0)
