"""What several people said of one item, made into one value with a weight.

An adjudicator's word stands before a reviewer's or an owner's, and these before what the labellers of a
project came to. Single judgements are weighed by the skill of their authors, which is estimated over all
items at hand by expectation maximisation in the one-coin model (Dawid and Skene 1979, with one parameter a
person).
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from donovan.feedback.projects.aggregation import UNKNOWN_SKILL, chances
from donovan.feedback.projects.likeness import closest, likeness

ROUNDS = 12
PRIOR_LABELS = 4
"""A person's skill starts as if they had given so many labels with the usual share of right ones."""

AUTHORITY = {"adjudicated": 5, "reviewed": 4, "gold": 4, "agreed": 3, "weighed": 3, "copied": 2}
DECIDED = frozenset({"adjudicated", "reviewed", "gold"})
CHOICES = {
    "relevance": "grade",
    "document_class": "class",
    "preference": "preferred",
    "claim_support": "verdict",
    "anomaly": "disposition",
    "entity_merge": "same",
    "usefulness": "useful",
}
"""The tasks whose value is a choice, and the field that holds it; the others are compared by likeness."""

FEWEST_OPTIONS = {"relevance": 4, "preference": 3, "claim_support": 3, "anomaly": 3}


@dataclass(frozen=True)
class Vote:
    """What one person said of an item."""

    person: str
    value: dict[str, Any]
    at: datetime


@dataclass
class Gathered:
    """All that is known of one item: what was shown, what was said, and what came of it in a project.

    `how` is of ProjectItem.How and empty without a decision; `item` and `project` are ids, or empty.
    """

    key: str
    input: dict[str, Any]
    origin: str
    votes: list[Vote] = field(default_factory=list)
    decided: dict[str, Any] | None = None
    how: str = ""
    confidence: float | None = None
    at: datetime | None = None
    item: str = ""
    project: str = ""
    group: str = ""
    labels: set[str] = field(default_factory=set)
    documents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Resolved:
    """The value of an item, how it was come to, its weight (0 to 1), and the share of people who agree."""

    value: dict[str, Any]
    how: str
    weight: float
    agreement: float


def newest_of_each(votes: Sequence[Vote]) -> list[Vote]:
    """The last word of every person, by name."""
    last: dict[str, Vote] = {}
    for vote in sorted(votes, key=lambda each: each.at):
        last[vote.person] = vote
    return [last[person] for person in sorted(last)]


def skills_of(task: str, gathered: Sequence[Gathered]) -> dict[str, float]:
    """How often each person is right, as far as people who labelled the same items tell."""
    if task not in CHOICES:
        return {}
    shared = [votes for each in gathered if len(votes := newest_of_each(each.votes)) > 1]
    people = sorted({vote.person for votes in shared for vote in votes})
    skills = dict.fromkeys(people, UNKNOWN_SKILL)
    options = _options(task, gathered)
    for _ in range(ROUNDS):
        right = dict.fromkeys(people, PRIOR_LABELS * UNKNOWN_SKILL)
        given = dict.fromkeys(people, float(PRIOR_LABELS))
        for votes in shared:
            found = chances(_answers(task, votes), skills, options=options)
            for vote in votes:
                right[vote.person] += found[_answer(task, vote.value)]
                given[vote.person] += 1
        skills = {person: right[person] / given[person] for person in people}
    return skills


def resolve_all(task: str, gathered: Sequence[Gathered]) -> list[Resolved]:
    """The value of each item, in their order."""
    skills, options = skills_of(task, gathered), _options(task, gathered)
    return [_resolve(task, each, skills, options) for each in gathered]


def _resolve(task: str, one: Gathered, skills: Mapping[str, float], options: int) -> Resolved:
    votes = newest_of_each(one.votes)
    if one.decided is not None:
        weight = 1.0 if one.how in DECIDED or one.confidence is None else one.confidence
        return Resolved(one.decided, one.how, round(weight, 4), _agreement(task, one.decided, votes))
    if len(votes) == 1:
        return Resolved(votes[0].value, "single", 1.0, 1.0)
    if task not in CHOICES:
        place, share = closest(task, [vote.value for vote in votes])
        return Resolved(votes[place].value, "closest", round(share, 4), round(share, 4))
    found = chances(_answers(task, votes), skills, options=options)
    best = max(sorted(found), key=lambda answer: found[answer])
    # Of those who chose it, the most able one's words (a reason, a strength) stand with it.
    ablest = max(
        (vote for vote in votes if _answer(task, vote.value) == best),
        key=lambda vote: (skills.get(vote.person, UNKNOWN_SKILL), vote.person),
    )
    how = "agreed" if len(found) == 1 else "weighed"
    return Resolved(ablest.value, how, round(found[best], 4), _agreement(task, ablest.value, votes))


def _agreement(task: str, value: Mapping[str, Any], votes: Sequence[Vote]) -> float:
    if not votes:
        return 1.0
    if task in CHOICES:
        answer = _answer(task, value)
        return round(sum(_answer(task, vote.value) == answer for vote in votes) / len(votes), 4)
    return round(sum(likeness(task, value, vote.value) for vote in votes) / len(votes), 4)


def _answers(task: str, votes: Sequence[Vote]) -> list[tuple[str, str]]:
    return [(vote.person, _answer(task, vote.value)) for vote in votes]


def _answer(task: str, value: Mapping[str, Any]) -> str:
    return json.dumps(value.get(CHOICES[task]), ensure_ascii=False)


def _options(task: str, gathered: Sequence[Gathered]) -> int:
    if task not in CHOICES:
        return 2
    seen: dict[str, int] = defaultdict(int)
    for each in gathered:
        for vote in each.votes:
            seen[_answer(task, vote.value)] += 1
    return max(FEWEST_OPTIONS.get(task, 2), len(seen))
