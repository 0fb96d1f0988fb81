"""Kappas and alpha of labels, in a process of their own that knows nothing of the database.

measures(votes) -> dict        run in a subprocess by `agreement`
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from donovan.insight.first_use import OnFirstUse
from ingest.work.subprocesses import serve

metrics = OnFirstUse("sklearn.metrics")
inter_rater = OnFirstUse("statsmodels.stats.inter_rater")

LEAST_IN_COMMON = 5
RESAMPLES = 2_000


def measures(votes: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Kappas and alpha of (item, person, answer). Loads heavy libraries: call it in a subprocess."""
    by_item: dict[str, dict[str, str]] = defaultdict(dict)
    for item, person, answer in votes:
        by_item[item][person] = answer
    return {
        "pairs": _cohen(by_item),
        "fleiss": _fleiss(by_item),
        "krippendorff": _krippendorff(by_item),
    }


def _cohen(by_item: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    people = sorted({person for said in by_item.values() for person in said})
    found = []
    for one, other in combinations(people, 2):
        both = [(said[one], said[other]) for said in by_item.values() if one in said and other in said]
        if not both:
            continue
        firsts, seconds = zip(*both, strict=True)
        is_defined = len(both) >= LEAST_IN_COMMON and len({*firsts, *seconds}) > 1
        kappa = float(metrics.cohen_kappa_score(firsts, seconds)) if is_defined else None
        found.append(
            {
                "one": one,
                "other": other,
                "items": len(both),
                "same": sum(first == second for first, second in both) / len(both),
                "kappa": kappa,
            }
        )
    return found


def _fleiss(by_item: dict[str, dict[str, str]]) -> float | None:
    """Fleiss' kappa wants the same number of labels on every item: the number that most items have."""
    sizes = Counter(len(said) for said in by_item.values() if len(said) > 1)
    if not sizes:
        return None
    size = max(sizes, key=lambda one: (sizes[one] * one, one))
    chosen = [list(said.values()) for said in by_item.values() if len(said) == size]
    answers = sorted({answer for said in chosen for answer in said})
    if len(chosen) < LEAST_IN_COMMON or len(answers) < 2:
        return None
    table = [[said.count(answer) for answer in answers] for said in chosen]
    return float(inter_rater.fleiss_kappa(table))


def _krippendorff(by_item: dict[str, dict[str, str]]) -> dict[str, float] | None:
    """Alpha over all items with two labels or more, and its interval over items drawn again and again."""
    said = [Counter(answers.values()) for answers in by_item.values() if len(answers) > 1]
    answers = sorted({answer for counted in said for answer in counted})
    if len(said) < LEAST_IN_COMMON or len(answers) < 2:
        return None
    counts = np.array([[counted[answer] for answer in answers] for counted in said], dtype=np.float64)
    draws = np.random.default_rng(0).multinomial(len(said), np.full(len(said), 1 / len(said)), RESAMPLES)
    drawn = alphas(counts, draws)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return {
        "alpha": float(alphas(counts, np.ones((1, len(said))))[0]),
        "low": float(low),
        "high": float(high),
    }


def alphas(counts: Any, weights: Any) -> Any:
    """Krippendorff's alpha (nominal, 2004) of items with `counts` (items, answers), each taken as often as a
    row of `weights` (draws, items) says; shape (draws,). Not a number where only one answer is left.
    """
    each = counts.sum(axis=1)
    apart = (each**2 - (counts**2).sum(axis=1)) / (each - 1)
    total, by_answer = weights @ each, weights @ counts
    expected = (total**2 - (by_answer**2).sum(axis=1)) / (total - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (weights @ apart) / expected, np.nan)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    return measures([(str(item), str(person), str(answer)) for item, person, answer in request["votes"]])


if __name__ == "__main__":
    serve(_answer)
