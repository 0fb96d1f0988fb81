"""Two runs of one suite side by side, item by item.

The difference of a metric is the mean over the items that both runs scored of (b - a). Its 95 % interval is a
paired bootstrap over items (Efron & Tibshirani 1993; Koehn 2004 for systems compared on the same sentences):
what both find hard or easy cancels out. Where there are several slices, each has a chance of looking worse by
luck; the p-values of one metric over the values of one dimension (all languages, say) are corrected together
by Holm's method (1979).

Better: the lower end of the interval of the difference over all items is above 0.

Worse beyond a margin: over all items, or in one slice, the difference is below -margin, and this is more than
noise:
  - over all items, the interval excludes 0;
  - in a slice of at least `FEWEST` items, Holm's corrected p-value is below 0.05.
So a language that got much worse is found though the mean hides it, a loss within the margin is let pass, and
a difference that a few items made by luck is not taken for a loss. A margin of 0 marks a promise: one item
that got worse is worse, whatever the interval.

A candidate that leaves out items that the other run scored in the suite's material is never called better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from .catalogue import metrics_of
from .errors import UnusableData
from .figures import RESAMPLES, resampled_means
from .models import ItemScore, SuiteRun

FEWEST: Final = 10
ALL: Final = ""
_SMALL: Final = 1e-9
_LEVEL: Final = 0.05


@dataclass(frozen=True)
class Difference:
    """b - a in one metric, over all items (dimension "") or one slice.

    `low` and `high` are the 95 % interval, `p` the two-sided p-value, corrected by Holm over the values of
    the dimension (over all items it is uncorrected); `better` and `worse` count items.
    """

    metric: str
    dimension: str
    value: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    p: float
    n: int
    better: int
    worse: int

    @property
    def is_overall(self) -> bool:
        return self.dimension == ALL

    @property
    def words(self) -> str:
        """Of what it is, in words."""
        return "all items" if self.is_overall else f"{self.dimension} {self.value}"

    def as_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric, "dimension": self.dimension, "value": self.value,
            "a": round(self.a, 4), "b": round(self.b, 4), "difference": round(self.mean, 4),
            "low": round(self.low, 4), "high": round(self.high, 4), "p": round(self.p, 5),
            "n": self.n, "better": self.better, "worse": self.worse,
        }  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """One item that both runs scored differently."""

    item: str
    metric: str
    a: float
    b: float

    @property
    def by(self) -> float:
        return self.b - self.a


@dataclass(frozen=True)
class Comparison:
    """Run `b` against run `a`: usually a candidate against what serves."""

    suite: str
    a: SuiteRun
    b: SuiteRun
    differences: tuple[Difference, ...]
    changed: tuple[Changed, ...]
    missing_in_b: tuple[str, ...]

    @property
    def metrics(self) -> list[str]:
        return [each.metric for each in self.differences if each.is_overall]

    def overall(self, metric: str) -> Difference | None:
        """The difference over all items; None when no item has this metric in both runs."""
        return next((each for each in self.differences if each.metric == metric and each.is_overall), None)

    def slices(self, metric: str) -> list[Difference]:
        return [each for each in self.differences if each.metric == metric and not each.is_overall]

    def better_items(self, metric: str) -> list[Changed]:
        """What got better, most first."""
        found = [each for each in self.changed if each.metric == metric and each.by > 0]
        return sorted(found, key=lambda each: (-each.by, each.item))

    def worse_items(self, metric: str) -> list[Changed]:
        """What got worse, most first."""
        found = [each for each in self.changed if each.metric == metric and each.by < 0]
        return sorted(found, key=lambda each: (each.by, each.item))

    def is_better(self, metric: str) -> bool:
        """Whether b is better by more than noise: the lower end of the interval is above 0."""
        overall = self.overall(metric)
        return overall is not None and overall.low > 0.0 and not self.missing_in_b

    def is_worse(self, metric: str, margin: float) -> bool:
        """Whether b is worse by more than `margin` and more than noise, over all or in one slice."""
        return bool(self.reasons_worse(metric, margin))

    def reasons_worse(self, metric: str, margin: float) -> list[str]:
        """A sentence for each way in which b is worse than a beyond the margin; none when it is not."""
        overall = self.overall(metric)
        if overall is None:
            return []
        title = metrics_of(self.suite)[metric].title if metric in metrics_of(self.suite) else metric
        if margin <= 0.0:
            if not overall.worse:
                return []
            which = ", ".join(each.item for each in self.worse_items(metric)[:3])
            return [f"{self.suite}, {title}: {overall.worse} of {overall.n} items got worse ({which})."]
        found = [each for each in (overall, *self.slices(metric)) if _is_loss(each, margin)]
        return [
            f"{self.suite}, {title}, {each.words}: {each.a:.3f} fell to {each.b:.3f} "
            f"({each.mean:+.3f}, 95 % interval {each.low:+.3f} to {each.high:+.3f}, {each.n} items); "
            f"{margin:g} may be lost."
            for each in found
        ]

    def reasons_refused(self, margins: Mapping[str, float]) -> list[str]:
        """All sentences over the metrics of `margins`, and one for items that b leaves out."""
        reasons = [
            sentence for metric, margin in margins.items() for sentence in self.reasons_worse(metric, margin)
        ]
        if self.missing_in_b:
            reasons.append(
                f"{self.suite}: {len(self.missing_in_b)} items that were scored before have no score now, "
                f"for example {self.missing_in_b[0]}."
            )
        return reasons

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "a": {"run": str(self.a.pk), "subject": self.a.subject.get("words", "")},
            "b": {"run": str(self.b.pk), "subject": self.b.subject.get("words", "")},
            "differences": [each.as_json() for each in self.differences],
            "better": {metric: self.is_better(metric) for metric in self.metrics},
            "missing": list(self.missing_in_b),
        }


def compare(run_a: SuiteRun, run_b: SuiteRun) -> Comparison:
    """`run_b` against `run_a`. Raises UnusableData for runs that are not done or not of the same items."""
    if run_a.suite != run_b.suite:
        raise UnusableData("Runs of two different suites cannot be compared. Choose two of the same suite.")
    for run in (run_a, run_b):
        if run.state != SuiteRun.State.DONE:
            raise UnusableData("A run can be compared once it is done.")
    if run_a.material != run_b.material:
        raise UnusableData(
            "The two runs asked different items, because the size, the data folder or the library of attacks "
            "was another. Run one of them again."
        )
    a, b = _scores(run_a), _scores(run_b)
    return compare_scores(run_a, run_b, a, b)


Scores = Mapping[tuple[str, str], tuple[float, Mapping[str, str]]]
"""(item, metric) -> score and slices."""


def compare_scores(run_a: SuiteRun, run_b: SuiteRun, a: Scores, b: Scores) -> Comparison:
    """The comparison of scores at hand; the runs give the suite and the names."""
    paired: dict[str, list[tuple[str, float, float, Mapping[str, str]]]] = {}
    for (item, metric), (before, slices) in a.items():
        if (item, metric) in b:
            paired.setdefault(metric, []).append((item, before, b[item, metric][0], slices))
    differences: list[Difference] = []
    for metric, rows in paired.items():
        differences.append(_difference(metric, ALL, "", [(x, y) for _, x, y, _ in rows]))
        for _, of_dimension in groupby(_of_slices(metric, rows), key=lambda each: each.dimension):
            differences += _holm(list(of_dimension))
    changed = tuple(
        Changed(item, metric, x, y)
        for metric, rows in paired.items()
        for item, x, y, _ in rows
        if abs(x - y) > _SMALL
    )
    scored_in_b = {item for item, _ in b}
    missing = sorted({item for item, _ in a} - scored_in_b)
    return Comparison(run_a.suite, run_a, run_b, tuple(differences), changed, tuple(missing))


def _scores(run: SuiteRun) -> dict[tuple[str, str], tuple[float, Mapping[str, str]]]:
    rows = ItemScore.objects.filter(run=run).values_list("item", "metric", "score", "slices")
    return {(item, metric): (score, slices) for item, metric, score, slices in rows}


def _of_slices(
    metric: str, rows: Sequence[tuple[str, float, float, Mapping[str, str]]]
) -> Iterable[Difference]:
    sliced: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for _, x, y, slices in rows:
        for dimension, value in slices.items():
            if value:
                sliced.setdefault((dimension, value), []).append((x, y))
    for (dimension, value), pairs in sorted(sliced.items()):
        yield _difference(metric, dimension, value, pairs)


def _difference(metric: str, dimension: str, value: str, pairs: Sequence[tuple[float, float]]) -> Difference:
    a, b = np.array(pairs, dtype=np.float64).T
    by = b - a
    means = resampled_means(by)
    low, high = np.quantile(means, [0.025, 0.975])
    # The share of draws on the other side of 0, one more than counted, so that no p-value is 0.
    tail = min(int((means <= 0).sum()), int((means >= 0).sum()))
    p = min(1.0, 2.0 * (tail + 1) / (RESAMPLES + 1))
    return Difference(
        metric, dimension, value, float(a.mean()), float(b.mean()), float(by.mean()), float(low), float(high),
        p, len(pairs), int((by > _SMALL).sum()), int((by < -_SMALL).sum()),
    )  # fmt: skip


def _holm(differences: Sequence[Difference]) -> list[Difference]:
    """The same with p-values corrected over all of them (Holm 1979), in the same order."""
    order = sorted(range(len(differences)), key=lambda index: differences[index].p)
    corrected = [0.0] * len(differences)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, differences[index].p * (len(order) - rank)))
        corrected[index] = highest
    return [Difference(**{**each.__dict__, "p": p}) for each, p in zip(differences, corrected, strict=True)]


def _is_loss(each: Difference, margin: float) -> bool:
    if each.mean >= -margin:
        return False
    if each.is_overall:
        return each.high < 0.0
    return each.n >= FEWEST and each.p < _LEVEL
