"""Figures with their uncertainty: means of item scores, with 95 % intervals.

Intervals are percentile bootstrap intervals over items (Efron & Tibshirani 1993, chapter 13): the items are
drawn again with replacement, `RESAMPLES` times, always from the same seed, so that the same scores give the
same interval. Where all items have the same score of 0 or 1, drawing them again can show no doubt; there the
interval is the exact one-sided bound for no failure (or success) in n trials, 1 - 0.05 ** (1 / n), which is
below 3 / n.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

RESAMPLES: Final = 2000
SEED: Final = 20261
_CELLS: Final = 4_000_000

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """The mean of `n` scores, and its 95 % interval. All are shares from 0 to 1."""

    mean: float
    low: float
    high: float
    n: int

    def as_json(self) -> dict[str, float | int]:
        return {
            "mean": round(self.mean, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "n": self.n,
        }


def resampled_means(values: Sequence[float] | Vector, *, seed: int = SEED) -> Vector:
    """The means of `RESAMPLES` draws with replacement of as many values as there are, shape (RESAMPLES,)."""
    scores = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    at_once = max(1, _CELLS // max(len(scores), 1))
    means = []
    for start in range(0, RESAMPLES, at_once):
        draws = random.integers(len(scores), size=(min(at_once, RESAMPLES - start), len(scores)))
        means.append(scores[draws].mean(axis=1))
    return np.concatenate(means)


def figure(values: Sequence[float]) -> Figure:
    """The figure of at least one score. Raises ValueError for none."""
    if not values:
        raise ValueError("There is no figure of nothing.")
    count = len(values)
    mean = float(np.mean(values))
    if min(values) == max(values):
        bound = 1.0 - 0.05 ** (1.0 / count)
        if mean == 1.0:
            return Figure(1.0, 1.0 - bound, 1.0, count)
        if mean == 0.0:
            return Figure(0.0, 0.0, bound, count)
    low, high = np.quantile(resampled_means(values), [0.025, 0.975])
    return Figure(mean, float(low), float(high), count)


Scored = tuple[str, float, Mapping[str, str]]
"""A metric, a score and the slices it is in, by dimension."""


def figures_of(scores: Iterable[Scored]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures by metric over all scores, and by dimension, value and metric over each slice."""
    overall: dict[str, list[float]] = {}
    sliced: dict[str, dict[str, dict[str, list[float]]]] = {}
    for metric, score, slices in scores:
        overall.setdefault(metric, []).append(score)
        for dimension, value in slices.items():
            if value:
                by_metric = sliced.setdefault(dimension, {}).setdefault(value, {})
                by_metric.setdefault(metric, []).append(score)
    return (
        {metric: figure(values).as_json() for metric, values in overall.items()},
        {
            dimension: {
                value: {metric: figure(scores).as_json() for metric, scores in by_metric.items()}
                for value, by_metric in sorted(by_value.items())
            }
            for dimension, by_value in sorted(sliced.items())
        },
    )
