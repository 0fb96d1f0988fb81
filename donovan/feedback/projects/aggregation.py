"""What came of an item: the chance of each answer, given who said what and how often each of them is right.

Pure functions, used alike by the queue and by the measurement of it.

The chances follow the one-coin model: a labeller of skill s gives the right one of K answers with
probability s and each wrong one with (1 - s) / (K - 1) (Dawid and Skene 1979, with one parameter a person).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Answer = TypeVar("Answer", bound=Hashable)

UNKNOWN_SKILL = 0.8
LEAST_SKILL, MOST_SKILL = 0.02, 0.99
SURE = 0.97
"""An item is decided without an adjudicator when one answer is at least as likely as this."""


@dataclass(frozen=True)
class Outcome:
    """What to do with an item: it is `done` with `answer`, goes to one `more` person, or to `adjudicate`.

    `chance` is the probability of the likeliest answer.
    """

    move: Literal["done", "more", "adjudicate"]
    answer: Hashable
    chance: float
    is_unanimous: bool


def chances(
    votes: Sequence[tuple[str, Answer]], skills: Mapping[str, float], *, options: int
) -> dict[Answer, float]:
    """The probability of each answer that was given; what is missing to 1 falls on those nobody gave.

    `votes` are (person, answer); `skills` the share of right answers, 0 to 1, of those known; `options` how
    many answers there are to choose from (at least 2).
    """
    options = max(options, 2, len({answer for _, answer in votes}))
    weights: dict[Answer, float] = {}
    for answer in dict.fromkeys(answer for _, answer in votes):
        weight = 1.0
        for person, said in votes:
            weight *= _likelihood(said == answer, skills.get(person, UNKNOWN_SKILL), options)
        weights[answer] = weight
    ungiven = 1.0
    for person, _ in votes:
        ungiven *= _likelihood(False, skills.get(person, UNKNOWN_SKILL), options)
    total = sum(weights.values()) + ungiven * (options - len(weights))
    return {answer: weight / total for answer, weight in weights.items()}


def aggregate(
    votes: Sequence[tuple[str, Answer]],
    skills: Mapping[str, float],
    *,
    options: int,
    most_people: int,
    sure: float = SURE,
) -> Outcome:
    """What to do with an item now that these people have answered."""
    found = chances(votes, skills, options=options)
    likeliest = max(found, key=lambda answer: found[answer])
    is_unanimous = len(found) == 1
    if found[likeliest] >= sure:
        return Outcome("done", likeliest, found[likeliest], is_unanimous)
    move: Literal["more", "adjudicate"] = "more" if len(votes) < most_people else "adjudicate"
    return Outcome(move, likeliest, found[likeliest], is_unanimous)


def majority(votes: Sequence[tuple[str, Answer]]) -> Answer:
    """The answer most gave; of two as frequent, the one that was given first."""
    counted: dict[Answer, int] = {}
    for _, answer in votes:
        counted[answer] = counted.get(answer, 0) + 1
    return max(counted, key=lambda answer: counted[answer])


def _likelihood(is_same: bool, skill: float, options: int) -> float:
    bounded = min(max(skill, LEAST_SKILL), MOST_SKILL)
    return bounded if is_same else (1.0 - bounded) / (options - 1)
