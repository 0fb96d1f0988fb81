"""Who of two people labels without care, where there is nobody else to hold them against. Pure functions.

Of two people who disagree, agreement cannot say who is wrong. So three explanations are held against each
other, each of which gives all labels of both a probability:

- both read: they say the same as often as two honest people do;
- the first guesses, in all or in what took next to no time, and the second says what the items call for;
- the other way round.

Somebody who guesses is told by the order of the answers (always one, or one after the other), by times in
which nobody reads, and by known answers. Without any of these the second and the third explanation are as
likely as each other, and nobody is named.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

AGREE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
"""Shares in which two honest people may say the same."""

HONEST = 0.85
"""The share of known answers that somebody who reads gives."""

VARIED = 2.0
"""Items are taken to call for answers of all kinds (a Dirichlet prior of so much for each): who gives one
alone is the likelier to guess the more the other's answers vary."""


@dataclass(frozen=True)
class Label:
    """One label in the order of its person. `other` is what the other one said of the item, `known` the right
    answer, each empty where there is none; `is_rapid` says that it took less than reading takes.
    """

    answer: str
    other: str
    known: str
    is_rapid: bool


@dataclass(frozen=True)
class Odds:
    """The logs of what somebody's times say for guessing: in `whole`, against the other one's times, and in
    `part`, against their own for the rest.
    """

    whole: float = 0.0
    part: float = 0.0


def log_mean(logarithms: Sequence[float]) -> float:
    """The logarithm of the mean of what these are the logarithms of."""
    most = max(logarithms)
    return most + math.log(sum(math.exp(one - most) for one in logarithms) / len(logarithms))


def as_guessed(answers: Sequence[str], options: int) -> float:
    """The log likelihood of answers that do not depend on the item: all alike, as often as each was given
    before, or as each came after the one before it (Krichevsky and Trofimov 1981, of order 0 and 1).
    """
    had, after = Counter[str](), Counter[tuple[str, str]]()
    times_before = Counter[str]()
    habit = order = 0.0
    before = ""
    for place, answer in enumerate(answers):
        habit += math.log((had[answer] + 0.5) / (place + 0.5 * options))
        order += math.log((after[before, answer] + 0.5) / (times_before[before] + 0.5 * options))
        had[answer] += 1
        after[before, answer] += 1
        times_before[before] += 1
        before = answer
    return log_mean([-len(answers) * math.log(options), habit, order])


def evidence_of_two(
    first: Sequence[Label], second: Sequence[Label], odds: Sequence[Odds], *, options: int
) -> tuple[float, float]:
    """For each of the two the log of how much likelier it is that they guess than anything else. `odds` are
    what the times of each say for it.
    """
    both_read = _both_read(first, second, options)
    guesses = [
        _one_guesses(first, second, odds[0], options),
        _one_guesses(second, first, odds[1], options),
    ]
    return (
        guesses[0] - _log_sum([both_read, guesses[1]]),
        guesses[1] - _log_sum([both_read, guesses[0]]),
    )


def _both_read(first: Sequence[Label], second: Sequence[Label], options: int) -> float:
    """They say the same in a share that is mixed over AGREE."""
    alone = [label for label in second if not label.other or label.known]
    return _as_read(first, options) + _as_read(alone, options) + _as_agreed(second, options)


def _one_guesses(guessing: Sequence[Label], reading: Sequence[Label], odds: Odds, options: int) -> float:
    """All that one says is guessed, or only what was rapid, the rest being read."""
    whole = as_guessed([label.answer for label in guessing], options) + _as_read(reading, options)
    rapid = [label for label in guessing if label.is_rapid]
    read = [label for label in guessing if not label.is_rapid]
    part = (
        as_guessed([label.answer for label in rapid], options)
        + _as_read([label for label in read if not label.other or label.known], options)
        + _as_agreed(read, options)
        + _as_read(reading, options)
    )
    return log_mean([whole + odds.whole, part + odds.part])


def _as_read(labels: Sequence[Label], options: int) -> float:
    """Answers that the items call for: known ones are mostly given, of the others every kind comes."""
    total, had, place = 0.0, Counter[str](), 0
    for label in labels:
        if label.known:
            total += _is_said(label.answer == label.known, HONEST, options)
            continue
        total += math.log((had[label.answer] + VARIED) / (place + VARIED * options))
        had[label.answer] += 1
        place += 1
    return total


def _as_agreed(labels: Sequence[Label], options: int) -> float:
    """What is said of items of which the other's answer is there, and no known one."""
    common = [label.answer == label.other for label in labels if label.other and not label.known]
    return log_mean([sum(_is_said(same, share, options) for same in common) for share in AGREE])


def _is_said(is_same: bool, share: float, options: int) -> float:
    return math.log(share if is_same else (1.0 - share) / (options - 1))


def _log_sum(logarithms: Sequence[float]) -> float:
    return log_mean(logarithms) + math.log(len(logarithms))
