"""Tails and quantiles of the few distributions that the baselines need, without a large library."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_MANY = 3000.0
_STEPS = 4001


@dataclass(frozen=True)
class CountDistribution:
    """A count with this mean and variance: negative binomial, or Poisson when the variance is no more.

    Above a mean of 3000 the normal distribution stands for both.
    """

    mean: float
    variance: float

    def tail(self, value: float) -> float:
        """The probability of a count so far out or farther, on the side of the mean on which `value` lies."""
        if self.mean > _MANY:
            spread = math.sqrt(max(self.variance, self.mean))
            return _normal_tail((abs(value - self.mean) - 0.5) / spread)
        chances = self._chances()
        if value > self.mean:
            return float(max(1.0 - chances[: math.ceil(value)].sum(), 0.0))
        return float(chances[: math.floor(value) + 1].sum())

    def interval(self, share: float) -> tuple[float, float]:
        """The narrowest whole numbers between which at least `share` of such counts lie, tails alike."""
        tail = (1 - share) / 2
        if self.mean > _MANY:
            reach = _normal_quantile(1 - tail) * math.sqrt(max(self.variance, self.mean))
            return max(math.floor(self.mean - reach), 0.0), float(math.ceil(self.mean + reach))
        summed = np.cumsum(self._chances())
        low = int(np.searchsorted(summed, tail, side="right"))
        high = int(np.searchsorted(summed, 1 - tail, side="left"))
        return float(low), float(min(high, len(summed) - 1))

    def _chances(self) -> np.ndarray:
        return _chances(round(self.mean, 9), round(self.variance, 9))


@lru_cache(maxsize=4096)
def _chances(mean: float, variance: float) -> np.ndarray:
    """The probability of each count from 0 to far beyond the mean."""
    if mean <= 0:
        return np.array([1.0])
    reach = int(mean + 12 * math.sqrt(max(variance, mean)) + 30)
    counts = np.arange(reach + 1)
    if variance <= mean * (1 + 1e-9):
        steps = np.log(mean) - np.log(np.maximum(counts, 1))
        first = -mean
    else:
        size = mean * mean / (variance - mean)
        share = mean / variance
        steps = np.log(np.maximum(size + counts - 1, 1e-300) / np.maximum(counts, 1)) + math.log1p(-share)
        first = size * math.log(share)
    steps[0] = first
    return np.asarray(np.exp(np.cumsum(steps)))


def student_tail(distance: float, freedom: int) -> float:
    """The probability that a value of Student's distribution lies at least so far from 0, on either side."""
    if freedom < 1 or not math.isfinite(distance):
        return 1.0 if freedom < 1 else 0.0
    # With t = sqrt(v) tan(a) the density becomes cos(a)**(v-1), which is easily summed.
    return _share_beyond(round(math.atan(abs(distance) / math.sqrt(freedom)), 9), freedom)


@lru_cache(maxsize=4096)
def _share_beyond(angle: float, freedom: int) -> float:
    outer = np.linspace(angle, math.pi / 2, _STEPS)
    whole = np.linspace(0.0, math.pi / 2, _STEPS)
    beyond = np.trapezoid(np.cos(outer) ** (freedom - 1), outer)
    return float(min(beyond / np.trapezoid(np.cos(whole) ** (freedom - 1), whole), 1.0))


@lru_cache(maxsize=512)
def student_reach(share: float, freedom: int) -> float:
    """The distance from 0 within which `share` of Student's distribution lies."""
    low, high = 0.0, 1e4
    for _ in range(60):
        middle = (low + high) / 2
        if student_tail(middle, freedom) > 1 - share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _normal_tail(distance: float) -> float:
    return 0.5 * math.erfc(distance / math.sqrt(2))


def two_sided_normal(distance: float) -> float:
    """The probability that a standard normal value lies at least so far from 0, on either side."""
    return math.erfc(abs(distance) / math.sqrt(2))


def _normal_quantile(share: float) -> float:
    low, high = -10.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        if 1 - _normal_tail(middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
