"""Kappas and alpha of labels, in a process of their own that knows nothing of the database.

measures(votes) -> dict        run in a subprocess by `agreement`
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from donovan.insight.first_use import OnFirstUse
from ingest.work.subprocesses import serve

pandas = OnFirstUse("pandas")
metrics = OnFirstUse("sklearn.metrics")
inter_rater = OnFirstUse("statsmodels.stats.inter_rater")
crowd_data = OnFirstUse("crowdkit.metrics.data")

LEAST_IN_COMMON = 5


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


def _krippendorff(by_item: dict[str, dict[str, str]]) -> float | None:
    rows = [
        (item, person, answer)
        for item, said in by_item.items()
        if len(said) > 1
        for person, answer in said.items()
    ]
    if len({item for item, _, _ in rows}) < LEAST_IN_COMMON or len({answer for _, _, answer in rows}) < 2:
        return None
    frame = pandas.DataFrame(rows, columns=["task", "worker", "label"])
    return float(crowd_data.alpha_krippendorff(frame))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    return measures([(str(item), str(person), str(answer)) for item, person, answer in request["votes"]])


if __name__ == "__main__":
    serve(_answer)
