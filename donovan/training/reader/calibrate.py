"""Weights, chances and thresholds of the reader, all from calibration sets: none is set by hand.

Spans: a logistic regression joins the reader's score with what else is known of a span. Which features
count is not chosen; a feature that could only count the wrong way round is kept at nothing. Thresholds:

answered    from this chance on, that one of the statements shown holds the answer, no more than WRONG of all
            questions are answered wrongly
nothing     below this chance of the best span, fewer than NOTHING of the questions had their answer in reach
supported   from this chance on no more than PASSED of the statements that are not borne out pass
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from donovan.assistant.evidence import FEATURES, GATHERING, chance_of_any, needed, sureness
from donovan.training.reader.asking import Asked

WRONG = 0.15
NOTHING = 0.05
PASSED = 0.02
STRENGTH = 1.0
EACH_SET = 1.0

_FOR = frozenset({"score", "above", "subject", "asked", "expected_value"})
"""Features that may only speak for a span; the others only against it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Joined:
    """The weights of the features and the bias."""

    weights: Mapping[str, float]

    def chances(self, item: Asked) -> Floats:
        if not item.features:
            return np.zeros(0)
        total = np.full(len(item.features), self.weights["bias"])
        for name in FEATURES:
            total += self.weights.get(name, 0.0) * np.array([row[name] for row in item.features])
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(total, -60, 60))))


def join(asked: Sequence[Asked]) -> Joined:
    """Fit the weights on every span of the questions; each set counts the same, whatever its size."""
    kept = [item for item in asked if item.features and item.of_groups == 1]
    sizes: dict[str, int] = {}
    for item in kept:
        sizes[item.source] = sizes.get(item.source, 0) + 1
    rows, right, share = [], [], []
    for item in kept:
        for features, is_right in zip(item.features, item.right, strict=True):
            rows.append([max(-40.0, features[name]) for name in FEATURES])
            right.append(is_right and item.is_answerable)
            share.append(EACH_SET / sizes[item.source])
    table, truth, weight = np.array(rows), np.array(right), np.array(share)
    weight *= len(weight) / weight.sum()
    used = list(range(len(FEATURES)))
    while True:
        model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(table[:, used], truth, sample_weight=weight)
        wrong = [
            i for i, value in zip(used, model.coef_[0], strict=True) if (value < 0) == (FEATURES[i] in _FOR)
        ]
        if not wrong:
            break
        used = [i for i in used if i not in wrong]
    weights = {FEATURES[i]: round(float(v), 5) for i, v in zip(used, model.coef_[0], strict=True)}
    return Joined({**weights, "bias": round(float(model.intercept_[0]), 5)})


def with_sureness(asked: Sequence[Asked], joined: Joined) -> Joined:
    """The same with the weights by which the chances of the statements shown become that of the whole
    answer.
    """
    rows, right, share = [], [], []
    sizes: dict[str, int] = {}
    for item in asked:
        sizes[item.source] = sizes.get(item.source, 0) + 1
    for item in asked:
        any_holds, is_right = _shown(item, joined.chances(item))
        any_holds = min(0.999, max(0.001, any_holds))
        rows.append([np.log(any_holds / (1 - any_holds)), _above(item), float(item.kind in GATHERING)])
        right.append(is_right)
        share.append(1.0 / sizes[item.source])
    weight = np.array(share) * len(share) / sum(share)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(np.array(rows), np.array(right), sample_weight=weight)
    names = ("answer.any", "answer.above", "answer.gathers")
    found = {name: round(float(value), 5) for name, value in zip(names, model.coef_[0], strict=True)}
    return Joined({**joined.weights, **found, "answer.bias": round(float(model.intercept_[0]), 5)})


def shown(item: Asked, joined: Joined) -> tuple[float, bool]:
    """The chance that the statements shown hold the whole answer, and whether they do."""
    chances = joined.chances(item)
    order = np.argsort(-chances)
    first = [float(chances[i]) for i in order]
    sure = sureness(joined.weights, first[: needed(first)], _above(item), item.kind) if first else 0.0
    return sure, _shown(item, chances)[1]


def _above(item: Asked) -> float:
    return max((row["above"] for row in item.features), default=0.0)


def _shown(item: Asked, chances: Floats) -> tuple[float, bool]:
    order = np.argsort(-chances)
    order = order[: needed([float(chances[i]) for i in order])]
    chance = chance_of_any([float(chances[i]) for i in order])
    if item.of_groups <= 1:
        is_right = any(item.right[i] for i in order)
    else:
        is_right = sum(item.groups[i] for i in order) >= item.of_groups
    return chance, bool(is_right and item.is_answerable)


def answered_at(asked: Sequence[Asked], joined: Joined, wrong: float = WRONG) -> float:
    """The lowest chance from which on at most `wrong` of all questions are answered wrongly."""
    found = [shown(item, joined) for item in asked]
    found.sort(key=lambda pair: -pair[0])
    least, failures = 1.0, 0
    for chance, is_right in found:
        failures += not is_right
        if failures > wrong * len(found):
            # Those with the same chance as the one that is too many fall with it.
            least = max(least, chance + 0.0001)
            break
        least = chance
    return round(least, 4)


def nothing_below(asked: Sequence[Asked], joined: Joined, share: float = NOTHING) -> float:
    """The highest chance of the best span below which fewer than `share` of the questions had an answer in
    reach.
    """
    best = sorted(
        (float(max(joined.chances(item), default=0.0)), item.is_answerable and any(item.right))
        for item in asked
    )
    highest, held = 0.0, 0
    for number, (chance, has_answer) in enumerate(best, start=1):
        held += has_answer
        if held < share * number:
            highest = chance
    return round(highest, 4)


def supported_at(judged: Sequence[tuple[float, bool]], passed: float = PASSED) -> float:
    """The lowest chance from which on at most `passed` of the unsupported statements pass; (chance, is
    supported).
    """
    others = sorted((chance for chance, is_supported in judged if not is_supported), reverse=True)
    allowed = int(passed * len(others))
    return round(others[allowed] + 0.0001, 4) if len(others) > allowed else 0.5


def figures(asked: Sequence[Asked], joined: Joined, at: float) -> dict[str, dict[str, Any]]:
    """By set: questions, and of the answerable ones how many are answered rightly, wrongly, or left open with
    the answer among the first five spans; of the others how many are left open.
    """
    report: dict[str, dict[str, Any]] = {}
    for item in asked:
        row = report.setdefault(
            item.source, dict.fromkeys(("n", "right", "wrong", "nearest", "left", "kept"), 0)
        )
        chances = joined.chances(item)
        chance, is_right = shown(item, joined)
        if not item.is_answerable:
            row["left"] += 1
            row["kept"] += chance < at
            continue
        row["n"] += 1
        if chance >= at:
            row["right" if is_right else "wrong"] += 1
        else:
            five = np.argsort(-chances)[:5]
            row["nearest"] += sum(item.groups[i] for i in five) >= item.of_groups
    return report


def passed(chances: Mapping[str, Sequence[tuple[float, bool]]], at: float) -> dict[str, dict[str, Any]]:
    """By set: how many statements there are, and the share of supported and of other ones that pass at
    `at`.
    """
    report = {}
    for name, pairs in chances.items():
        good = [chance >= at for chance, is_supported in pairs if is_supported]
        bad = [chance >= at for chance, is_supported in pairs if not is_supported]
        ranked = sorted(pairs, key=lambda pair: pair[0])
        below = above = 0.0
        for _chance, is_supported in ranked:
            if is_supported:
                above += below
            else:
                below += 1.0
        report[name] = {
            "n": len(pairs),
            "supported": round(sum(good) / max(1, len(good)), 3),
            "others": round(sum(bad) / max(1, len(bad)), 3),
            "area": round(above / max(1.0, len(good) * len(bad)), 3),
        }
    return report
