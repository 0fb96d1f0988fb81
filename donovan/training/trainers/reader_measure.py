"""What the reader is worth on held-out labels, how far it should go from where it was, and on which scale.

reading    1 / (rank of the first span that answers, among the spans of its passages and of RIVALS others)
judging    the chance that it gave to the right verdict, the geometric mean
changes    of sentences at hand and the same with one thing changed, how often the true one is believed
               more
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.training.reader.calibrate import PASSED, supported_at
from donovan.training.reader.examples import SUPPORTED
from donovan.training.reader.learning import Row, Trainer, rows_of_judging, rows_of_reading
from donovan.training.trainers.reader_lessons import Lesson

ALPHAS = (0.25, 0.5, 0.75, 1.0)
"""How far from the weights it began with to the tuned ones; 0 is always among the choices."""
NOISE = 0.002
"""A gain on the dev split that is no larger is none."""
LOST = 0.02
"""Elsewhere and in changes a figure that is lower by no more, or by one sentence, is not worse."""
RIVALS = 20
"""Windows of other questions that a question is also put to."""
FEWEST_REFUSED = math.ceil(1.0 / PASSED)
"""Unsupported claims from which on they can tell whether too many pass."""
_AT_ONCE = 16
_LOWEST = 1e-6
_ROUNDED = 1e-4


@dataclass(frozen=True)
class Figures:
    """See the module; None where the dev split has nothing to measure it on."""

    reading: float | None
    judging: float | None
    elsewhere: float | None
    changes: float | None

    @property
    def worth(self) -> float:
        """What the choice goes by: the mean of the two that are for what was labelled."""
        known = [one for one in (self.reading, self.judging) if one is not None]
        return sum(known) / len(known) if known else 0.0

    @property
    def words(self) -> str:
        held = [f"{one:.3f}" for one in (self.elsewhere, self.changes) if one is not None]
        return f"{self.worth:.3f} on the dev labels, {' and '.join(held) or 'nothing'} on what should stay"


@dataclass(frozen=True)
class _Asked:
    """A question, its own windows, and windows of other questions: places in `_Questions.windows`."""

    row: Row
    own: Sequence[int]
    rivals: Sequence[int]


class _States:
    """States of texts under the weights of the moment; nothing is learned from them."""

    def __init__(self, trainer: Trainer) -> None:
        self._network, self._torch = trainer.network, trainer.torch

    def told(self, rows: Sequence[Row]) -> list[Any]:
        """States of what is told; a text that stands in several rows is read once."""
        different = {tuple(row.told.ids): row.told.ids for row in rows}
        states = dict(zip(different, self._read(list(different.values())), strict=True))
        return [states[tuple(row.told.ids)] for row in rows]

    def said(self, rows: Sequence[Row]) -> list[Any]:
        """States of the own words of what is asked or said."""
        states = self._read([row.asked.ids for row in rows])
        return [one[slice(*row.asked.body)] for row, one in zip(rows, states, strict=True)]

    def _read(self, texts: Sequence[Sequence[int]]) -> list[Any]:
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found: dict[int, Any] = {}
        with self._torch.no_grad():
            for start in range(0, len(order), _AT_ONCE):
                places = order[start : start + _AT_ONCE]
                states = self._network.states([texts[place] for place in places])
                for place, state in zip(places, states, strict=True):
                    found[place] = state[: len(texts[place])]
        return [found[place] for place in range(len(texts))]


class _Questions:
    """Questions with their windows, made ready to be asked again and again."""

    def __init__(self, trainer: Trainer, lessons: Sequence[Lesson]) -> None:
        self._trainer, self._states = trainer, _States(trainer)
        by_question: dict[str, list[Row]] = {}
        for lesson in lessons:
            rows = rows_of_reading(trainer.network, lesson.reading)
            by_question.setdefault(lesson.question, []).extend(rows)
        self.windows = [row for rows in by_question.values() for row in rows]
        self._asked = list(self._with_rivals(by_question))

    def _with_rivals(self, by_question: Mapping[str, Sequence[Row]]) -> Iterator[_Asked]:
        first, count = 0, len(self.windows)
        for rows in by_question.values():
            own = range(first, first + len(rows))
            first += len(rows)
            texts = {tuple(row.told.ids) for row in rows}
            rivals: dict[tuple[int, ...], int] = {}
            for place in range(first, first + count - len(rows)):
                rivals.setdefault(tuple(self.windows[place % count].told.ids), place % count)
            kept = [place for text, place in rivals.items() if text not in texts]
            if any(any(row.labels) for row in rows):
                yield _Asked(rows[0], own, kept[:RIVALS])

    def figure(self) -> float | None:
        """The mean of 1 / rank of the first span that answers; None without a question."""
        if not self._asked:
            return None
        network, weights = self._trainer.network, self._trainer.weights
        told = self._states.told(self.windows)
        total = 0.0
        with self._trainer.torch.no_grad():
            for one, words in zip(
                self._asked, self._states.said([one.row for one in self._asked]), strict=True
            ):
                right, wrong = list[float](), list[float]()
                for place in (*one.own, *one.rivals):
                    row = self.windows[place]
                    labels = row.labels if place in one.own else [False] * len(row.spans)
                    scores = network.span_scores(words, told[place], row.spans, weights).tolist()
                    for score, is_right in zip(scores, labels, strict=True):
                        (right if is_right else wrong).append(score)
                total += 1.0 / (1 + sum(score >= max(right) for score in wrong))
        return round(total / len(self._asked), 5)


class Measure:
    """The dev lessons, made ready to be measured again and again.

    `elsewhere` are lessons that nothing is learned of, `changes` pairs of rows of judging: a sentence, and
    the same with one thing changed.
    """

    def __init__(
        self,
        trainer: Trainer,
        dev: Sequence[Lesson],
        elsewhere: Sequence[Lesson],
        changes: Sequence[tuple[Row, Row]],
    ) -> None:
        self._trainer, self._states, self._changes = trainer, _States(trainer), changes
        self._dev, self._elsewhere = _Questions(trainer, dev), _Questions(trainer, elsewhere)
        examples = [lesson.judging for lesson in dev if lesson.judging is not None]
        self.claims = rows_of_judging(trainer.network, examples)

    def figures(self) -> Figures:
        return Figures(self._dev.figure(), self._judging(), self._elsewhere.figure(), self._believed())

    def chances(self) -> list[tuple[float, bool]]:
        """For each claim the chance that it is supported, and whether it is."""
        supported = self._supported(self.claims)
        return [(one, row.judged == SUPPORTED) for one, row in zip(supported, self.claims, strict=True)]

    def _supported(self, rows: Sequence[Row]) -> list[float]:
        network, weights = self._trainer.network, self._trainer.weights
        pairs = zip(self._states.said(rows), self._states.told(rows), strict=True)
        with self._trainer.torch.no_grad():
            return [
                float(network.judge_scores(said, told, weights).softmax(0)[SUPPORTED]) for said, told in pairs
            ]

    def _judging(self) -> float | None:
        if not self.claims:
            return None
        given = [chance if is_supported else 1.0 - chance for chance, is_supported in self.chances()]
        return round(math.exp(sum(math.log(max(_LOWEST, one)) for one in given) / len(given)), 5)

    def _believed(self) -> float | None:
        if not self._changes:
            return None
        count = len(self._changes)
        chances = self._supported([row for side in zip(*self._changes, strict=True) for row in side])
        believed = sum(one > other for one, other in zip(chances[:count], chances[count:], strict=True))
        return round(believed / count, 5)


def choose(figures: Mapping[float, Figures], elsewhere: int, changes: int) -> float:
    """The share of the way that is best on the dev split, and not worse elsewhere and in changes; of several
    that are as good the nearest to where it began, and that itself where none is better by more than noise.
    `elsewhere` and `changes` are how many questions and sentences these two were measured on.
    """
    before, chosen = figures[0.0], 0.0
    for alpha in sorted(figures):
        one = figures[alpha]
        is_held = _holds(before.elsewhere, one.elsewhere, elsewhere) and _holds(
            before.changes, one.changes, changes
        )
        if is_held and one.worth > figures[chosen].worth + NOISE:
            chosen = alpha
    return chosen


def _holds(before: float | None, now: float | None, count: int) -> bool:
    return before is None or now is None or now >= before - max(LOST, 1.0 / max(1, count)) - _ROUNDED


def on_the_scale_of(
    weights: Mapping[str, Any], before: Sequence[Any], now: Sequence[Any], torch: Any
) -> dict[str, Any]:
    """The weights with sharpness and bias such that scores of the same spans have the mean and the spread
    that they had: what was fitted on the scores then keeps its meaning, and no order changes.
    """
    moved = dict(weights)
    if not before:
        return moved
    old, new = torch.cat(list(before)), torch.cat(list(now))
    if len(old) < 2 or float(old.std()) <= 0.0 or float(new.std()) <= 0.0:
        return moved
    share = old.std() / new.std()
    moved["head.sharpness"] = weights["head.sharpness"] + share.log()
    moved["head.bias"] = weights["head.bias"] * share + old.mean() - share * new.mean()
    return moved


def thresholds_of(carried: Mapping[str, float], chances: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """The thresholds as they were. That of support rises where enough unsupported claims of the dev split say
    that too many would pass; they see too little for it to fall.
    """
    kept = dict(carried)
    if sum(not is_supported for _chance, is_supported in chances) >= FEWEST_REFUSED:
        kept["supported"] = max(kept["supported"], supported_at(chances))
    return kept
