"""Weights, chances and thresholds of the reader, all from calibration sets: none is set by hand.

Spans: a logistic regression joins the reader's score with what else is known of a span. Which features
count is not chosen; a feature that could only count the wrong way round is kept at nothing. Thresholds:

answered    from this chance of an answer on, no more than WRONG of the questions are answered wrongly, each
            set counting the same; "answered.several" is that of the kinds that several things answer
nothing     below this chance of the best span, fewer than NOTHING of the questions had their answer in reach
supported   from this chance on no more than PASSED of the statements that are not supported pass by the
            word of the reader, beside those that pass by their words
verdict     from this chance on no more than MISJUDGED of the yes or no given are wrong
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from donovan.assistant.evidence import DOUBTED, FEATURES, Features
from donovan.assistant.stating import (
    SURE,
    AnswerFeatures,
    bounds_of,
    features_of_answer,
    needed,
    sureness,
    threshold_for,
)
from donovan.training.reader.asking import Asked

WRONG = 0.12
NOTHING = 0.05
PASSED = 0.01
MISJUDGED = 0.10
STRENGTH = 1.0
LOWEST_SCORE = -40.0
FEWEST = 10

_FOR = frozenset({"score", "above", "subject", "asked", "expected_value", "field_fit", "covered"})
"""Features that may only speak for a span; the others only against it."""
_OF_ANSWER = tuple(field.name for field in fields(AnswerFeatures))
_ANSWER_FOR = frozenset({"any", "margin", "score", "above", "subject", "asked", "covered"})
"""The same for an answer as a whole."""

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
        chances = 1.0 / (1.0 + np.exp(-np.clip(total, -60, 60)))
        doubted = np.array([row["another_count"] + row["misses_head"] > 0 for row in item.features])
        return np.asarray(np.where(doubted, np.minimum(chances, DOUBTED), chances))


def join(asked: Sequence[Asked]) -> Joined:
    """Fit the weights on every span of the questions; each family of sets counts the same, whatever its size.

    A span that holds some of several things that were asked for counts as right by their share.
    """
    kept = [item for item in asked if item.features]
    rows, right, share = [], [], []
    for item, weight in zip(kept, _equal_shares(kept), strict=True):
        for features, bits in zip(item.features, item.alone, strict=True):
            held = bits.bit_count() / max(1, item.of_groups) if item.is_answerable else 0.0
            rows.append([max(LOWEST_SCORE, features[name]) for name in FEATURES])
            right.append(held)
            share.append(weight)
    return Joined(_regression(FEATURES, np.array(rows), np.array(right), np.array(share), _FOR))


def with_sureness(asked: Sequence[Asked], joined: Joined) -> Joined:
    """The same with the weights by which what is known of the statements shown becomes the chance of the
    whole answer.
    """
    kept = [item for item in asked if item.features]
    found = [shown(item, joined) for item in kept]
    table = np.array([[getattr(features, name) for name in _OF_ANSWER] for features, _is_right in found])
    right = np.array([float(is_right) for _features, is_right in found])
    weights = _regression(_OF_ANSWER, table, right, np.array(_equal_shares(kept)), _ANSWER_FOR)
    return Joined({**joined.weights, **{f"answer.{name}": value for name, value in weights.items()}})


def _equal_shares(asked: Sequence[Asked]) -> list[float]:
    """The weight of each question: families count the same, and so do the sets of a family. One set of
    questions in five languages, or asked with and without its papers, is one family.
    """
    sizes = Counter(item.source for item in asked)
    sets = Counter(family_of(source) for source in sizes)
    return [len(asked) / (len(sets) * sets[family_of(i.source)] * sizes[i.source]) for i in asked]


def family_of(source: str) -> str:
    """The family of a set by its name: that of "xquad-ru" is "xquad", of "natural, left out" "natural"."""
    return re.split(r"[-,]", source)[0]


def _regression(
    names: Sequence[str], table: Floats, right: Floats, share: Floats, only_for: frozenset[str]
) -> dict[str, float]:
    """Weights of a logistic regression on targets from 0 to 1, with its bias. One that could only count the
    wrong way round is kept at nothing: those of `only_for` may only speak for, the others only against.
    """
    twice = np.concatenate([table, table[right > 0]])
    truth = np.concatenate([np.zeros(len(table)), np.ones(int((right > 0).sum()))])
    weight = np.concatenate([share * (1.0 - right), (share * right)[right > 0]])
    weight *= len(weight) / weight.sum()
    used = list(range(len(names)))
    while True:
        model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(twice[:, used], truth, sample_weight=weight)
        pairs = list(zip(used, model.coef_[0], strict=True))
        wrong = {i for i, value in pairs if (value < 0) == (names[i] in only_for)}
        if not wrong or len(wrong) == len(used):
            break
        used = [i for i in used if i not in wrong]
    found = {names[i]: round(float(value), 5) for i, value in pairs}
    return {**found, "bias": round(float(model.intercept_[0]), 5)}


def shown(item: Asked, joined: Joined) -> tuple[AnswerFeatures, bool]:
    """What is known of the answer that would be shown, and whether it is right."""
    chances = joined.chances(item)
    order = [int(i) for i in np.argsort(-chances)]
    second = float(chances[order[min(1, len(order) - 1)]])
    most, share = bounds_of(float(chances[order[0]]))
    first = [float(chances[i]) for i in order if chances[i] >= share * chances[order[0]]][:most]
    order = order[: needed(first)]
    best = Features(**item.features[order[0]])
    features = features_of_answer(first[: len(order)], best, item.kind, second=second)
    if item.taken is not None:
        return features, item.taken and item.is_answerable
    held = 0
    for i in order:
        held |= item.alone[i] if chances[i] >= SURE else item.wide[i]
    return features, item.is_answerable and held == item.whole


def sure_of(item: Asked, joined: Joined) -> tuple[float, bool]:
    """The chance of the answer that would be shown, and whether it is right."""
    if not item.features:
        return 0.0, False
    features, is_right = shown(item, joined)
    if max(joined.chances(item)) <= DOUBTED:
        return 0.0, is_right
    return sureness(joined.weights, features), is_right


def answered_at(asked: Sequence[Asked], joined: Joined, wrong: float = WRONG) -> dict[str, float]:
    """For each group of kinds of question the lowest chance from which on at most `wrong` of its questions
    are answered wrongly, each set counting the same. A set with fewer than FEWEST of them does not count.
    """
    groups: dict[str, dict[str, list[Asked]]] = {}
    for item in asked:
        groups.setdefault(threshold_for(item.kind), {}).setdefault(item.source, []).append(item)
    found = {}
    for name, sets in groups.items():
        enough = [items for items in sets.values() if len(items) >= FEWEST] or list(sets.values())
        found[name] = _lowest([item for items in enough for item in items], joined, wrong)
    return found


def _lowest(asked: Sequence[Asked], joined: Joined, wrong: float) -> float:
    shares = _equal_shares(asked)
    found = [(*sure_of(item, joined), share) for item, share in zip(asked, shares, strict=True)]
    least, failures = 1.0, 0.0
    for chance, is_right, share in sorted(found, key=lambda row: -row[0]):
        failures += 0.0 if is_right else share
        if failures > wrong * len(asked):
            # Those with the same chance as the one that is too many fall with it.
            return round(max(least, chance + 0.0001), 4)
        least = chance
    return round(least, 4)


def nothing_below(asked: Sequence[Asked], joined: Joined, share: float = NOTHING) -> float:
    """The highest chance of the best span below which fewer than `share` of the questions had an answer in
    reach.
    """
    best = sorted(
        (float(max(joined.chances(item), default=0.0)), item.is_answerable and any(item.alone))
        for item in asked
    )
    highest, held = 0.0, 0
    for number, (chance, has_answer) in enumerate(best, start=1):
        held += has_answer
        if held < share * number:
            highest = chance
    return round(highest, 4)


def supported_at(judged: Sequence[tuple[float, bool]], passed: float = PASSED) -> float:
    """The lowest chance from which on at most `passed` of the unsupported statements pass by the word of the
    reader; (chance, is supported). A chance of 1 says that a statement passes without it.
    """
    others = sorted((chance for chance, is_supported in judged if not is_supported), reverse=True)
    by_reader = [chance for chance in others if chance < 1.0]
    allowed = int(passed * len(others))
    return round(by_reader[allowed] + 0.0001, 4) if len(by_reader) > allowed else 0.5


def verdict_at(judged: Sequence[tuple[float, bool]], wrong: float = MISJUDGED) -> float:
    """The lowest chance from which on at most `wrong` of the verdicts given are wrong; (chance, is right)."""
    least, failures = 1.0, 0
    for number, (chance, is_right) in enumerate(sorted(judged, key=lambda pair: -pair[0]), start=1):
        failures += not is_right
        if failures <= wrong * number:
            least = chance
    return round(least, 4)


def figures(
    asked: Sequence[Asked], joined: Joined, thresholds: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """By set: questions, and of the answerable ones how many are answered rightly, wrongly, or left open with
    the answer among the first five spans; of the others how many are left open.
    """
    report: dict[str, dict[str, Any]] = {}
    for item in asked:
        row = report.setdefault(
            item.source, dict.fromkeys(("n", "right", "wrong", "nearest", "left", "kept"), 0)
        )
        chances = joined.chances(item)
        chance, is_right = sure_of(item, joined)
        at = thresholds[threshold_for(item.kind)]
        if not item.is_answerable:
            row["left"] += 1
            row["kept"] += chance < at
            continue
        row["n"] += 1
        if chance >= at:
            row["right" if is_right else "wrong"] += 1
        else:
            held = 0
            for i in np.argsort(-chances)[:5]:
                held |= item.wide[i]
            row["nearest"] += held == item.whole
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
