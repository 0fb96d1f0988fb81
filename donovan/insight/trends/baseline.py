"""What was to be expected of a value, from the values before it and from nothing else.

Counts follow Farrington and others, "A statistical algorithm for the early detection of outbreaks of
infectious disease" (JRSS A 159, 1996), with the quantiles of the negative binomial as in Noufaily and others
(2013): the expected count is the mean of the past, its variance the dispersion seen there plus that of the
mean itself.

Measures are compared with the median of the past, in units of the median absolute deviation, so that an odd
value in the past does not hide the next one (Rousseeuw and Croux 1993); the tail is Student's.

Days are compared with the same weekday where the past shows that weekdays differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from donovan.insight.trends.distributions import (
    CountDistribution,
    student_reach,
    student_tail,
    two_sided_normal,
)
from donovan.insight.trends.periods import Interval

SHARE = 0.95
ODD_BELOW = 0.01
WINDOW: dict[Interval, int] = {"day": 56, "week": 26, "month": 24}
LEAST: dict[Interval, int] = {"day": 7, "week": 5, "month": 5}
_DEVIATION_OF_NORMAL = 1.4826
_MEDIAN_COST = math.pi / 2
# The 99.9 % quantile of chi-square with six degrees of freedom: seven weekdays that are really alike pass it
# once in a thousand times.
_WEEKDAYS_DIFFER = 22.46
_WEEKS_FOR_WEEKDAYS = 4


@dataclass(frozen=True)
class Expectation:
    """The expected value, the interval that holds SHARE of such values, and how likely one so far out is.

    `probability` counts both sides and is None when the past never varied. `past` is how many values it
    rests on, `is_by_weekday` whether only the same weekday was compared.
    """

    expected: float
    low: float
    high: float
    probability: float | None
    past: int
    is_by_weekday: bool


def expect_count(
    value: float | None, past: Sequence[float], days: Sequence[date], day: date, interval: Interval
) -> Expectation | None:
    """What was to be expected of a count on `day`; None while there is too little past."""
    if len(past) < LEAST[interval]:
        return None
    values = np.asarray(past, dtype=float)
    mean = float(values.mean())
    is_by_weekday = interval == "day" and _weekdays_of_counts_differ(values, days, mean)
    fitted = np.full(len(values), mean)
    expected = mean
    if is_by_weekday:
        weekdays = np.array([one.weekday() for one in days])
        # Half an event is added everywhere, so that a weekday without events is rare and not impossible.
        shares = {k: (values[weekdays == k].sum() + 0.5) / ((weekdays == k).sum() + 0.5) for k in range(7)}
        fitted = np.array([shares[k] for k in weekdays])
        expected = float(shares[day.weekday()])
    # With nothing but zeros in the past, less than half an event in all is the best guess.
    expected = max(expected, 0.5 / (len(values) + 1))
    freedom = max(len(values) - (7 if is_by_weekday else 1), 1)
    dispersion = max(float((((values - fitted) ** 2) / np.maximum(fitted, 1e-9)).sum()) / freedom, 1.0)
    based_on = len(values) / 7 if is_by_weekday else len(values)
    distribution = CountDistribution(expected, dispersion * expected * (1 + 1 / based_on))
    low, high = distribution.interval(SHARE)
    chance = None if value is None else min(2 * distribution.tail(value), 1.0)
    return Expectation(expected, low, high, chance, len(values), is_by_weekday)


def _weekdays_of_counts_differ(values: np.ndarray, days: Sequence[date], mean: float) -> bool:
    if len(values) < 7 * _WEEKS_FOR_WEEKDAYS or mean <= 0:
        return False
    weekdays = np.array([one.weekday() for one in days])
    means = [values[weekdays == k].mean() for k in range(7)]
    sizes = [(weekdays == k).sum() for k in range(7)]
    within = sum(((values[weekdays == k] - means[k]) ** 2).sum() for k in range(7)) / max(len(values) - 7, 1)
    scatter = max(within / mean, 0.2)
    spread = sum(size * (one - mean) ** 2 for size, one in zip(sizes, means, strict=True)) / mean
    return bool(spread / scatter > _WEEKDAYS_DIFFER)


def expect_measure(
    value: float | None, past: Sequence[float], days: Sequence[date], day: date, interval: Interval
) -> Expectation | None:
    """What was to be expected of a measured value on `day`; None while there is too little past."""
    if len(past) < LEAST[interval]:
        return None
    values = np.asarray(past, dtype=float)
    expected = float(np.median(values))
    deviations = np.abs(values - expected)
    is_by_weekday = False
    compared = len(values)
    if interval == "day" and len(values) >= 7 * _WEEKS_FOR_WEEKDAYS:
        weekdays = np.array([one.weekday() for one in days])
        medians = {k: float(np.median(values[weekdays == k])) for k in range(7) if (weekdays == k).any()}
        own = np.abs(values - np.array([medians[k] for k in weekdays]))
        # Seven medians always fit more closely than one: it must be by far.
        if day.weekday() in medians and np.median(own) < 0.6 * np.median(deviations):
            is_by_weekday, expected, deviations = True, medians[day.weekday()], own
            compared = int((weekdays == day.weekday()).sum())
    freedom = max(len(values) - (7 if is_by_weekday else 1), 1)
    scale = _scale(deviations)
    if scale <= 1e-12 * max(abs(expected), 1e-300):
        is_same = value is not None and math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-12)
        chance = 1.0 if is_same else None
        return Expectation(expected, expected, expected, chance, len(values), is_by_weekday)
    scale *= math.sqrt(1 + _MEDIAN_COST / compared)
    reach = student_reach(SHARE, freedom) * scale
    chance = None if value is None else student_tail((value - expected) / scale, freedom)
    return Expectation(expected, expected - reach, expected + reach, chance, len(values), is_by_weekday)


def _scale(deviations: np.ndarray) -> float:
    """The spread of normal values that lie so far from their middle; the mean where half lie on it."""
    middle = float(np.median(deviations))
    if middle > 0:
        return middle * _DEVIATION_OF_NORMAL
    return float(deviations.mean()) * math.sqrt(math.pi / 2)


@dataclass(frozen=True)
class Direction:
    """Whether a series rises or falls over its whole length: the slope a period, and how likely by chance."""

    slope: float
    probability: float


def direction(values: Sequence[float | None]) -> Direction | None:
    """The test of Mann (1945) and Kendall with the slope of Theil and Sen (1968); None below eight values."""
    known = [(number, value) for number, value in enumerate(values) if value is not None][-400:]
    if len(known) < 8:
        return None
    places = np.array([number for number, _ in known], dtype=float)
    numbers = np.array([value for _, value in known], dtype=float)
    first, second = np.triu_indices(len(numbers), 1)
    rises = numbers[second] - numbers[first]
    score = float(np.sign(rises).sum())
    count = len(numbers)
    _, ties = np.unique(numbers, return_counts=True)
    variance = count * (count - 1) * (2 * count + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())
    if variance <= 0:
        return Direction(0.0, 1.0)
    distance = (abs(score) - 1) / math.sqrt(variance / 18) if score else 0.0
    slope = float(np.median(rises / (places[second] - places[first])))
    return Direction(slope, two_sided_normal(max(distance, 0.0)))
