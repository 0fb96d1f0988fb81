"""What was to be expected at each moment, and how far the series lay from it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import median_filter
from scipy.stats import norm
from statsmodels.tsa.seasonal import STL

from donovan.insight.anomalies.detectors.character import Character
from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.robust import spread

_LONGEST_STL: Final = 6000
_WINDOW: Final = 51
_TAIL: Final = 0.99


@dataclass(frozen=True)
class Usual:
    """expected: one for each slot. season: its part that recurs, 0 without one. scale: one standard deviation
    of what is left, on which its middle and its outer hundredth agree, so that heavy tails count.
    """

    expected: Floats
    season: Floats
    scale: float
    name: str
    why: str


def usual_of(known: Floats, character: Character) -> Usual:
    """STL (Cleveland et al. 1990, robust) for a series with a season; for a very long one the median of each
    place in the cycle; without a season the rolling median.
    """
    period = character.period
    season = np.zeros(len(known))
    if period and len(known) <= _LONGEST_STL:
        jump = max(period // 10, 1)
        parts = STL(
            known,
            period=period,
            seasonal=_odd(max(7, len(known) // period)),
            robust=True,
            seasonal_jump=1,
            trend_jump=jump,
            low_pass_jump=jump,
        ).fit(inner_iter=1, outer_iter=5)
        season = np.asarray(parts.seasonal)
        expected = season + _rolling_median(known - season, max(_WINDOW, period))
        name = "STL"
        why = f"The series repeats every {period} points (autocorrelation {character.strength:.2f})."
    elif period:
        for place in range(period):
            season[place::period] = np.median(known[place::period])
        season -= season.mean()
        expected = season + _rolling_median(known - season, max(_WINDOW, period))
        name = "median of each place in the cycle"
        why = f"The series repeats every {period} points, and is long."
    else:
        expected = _rolling_median(known, _WINDOW)
        name = "rolling median"
        why = "No cycle was found."
    rest = known - expected
    # In a short series the outer three values, which may be the very anomaly, are not the tail.
    share = min(_TAIL, 1.0 - 3.0 / len(rest))
    tail = float(np.quantile(np.abs(rest), share)) / float(norm.ppf((1.0 + share) / 2.0))
    scale = max(spread(rest), tail)
    return Usual(expected, season, scale, name, why)


def _rolling_median(values: Floats, width: int) -> Floats:
    width = _odd(min(width, max(len(values) // 3, 3)))
    # A wide median is taken of every few values: exact enough for a level, and many times faster.
    stride = max(width // 101, 1)
    smooth = median_filter(values[::stride], size=_odd(width // stride), mode="nearest")
    level: Floats = np.interp(np.arange(len(values)), np.arange(0, len(values), stride), smooth)
    return level


def _odd(number: int) -> int:
    return number if number % 2 else number + 1
