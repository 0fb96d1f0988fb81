"""Labellers of ten kinds, two to eight at work, with and without known answers: who is named, how soon, and
how far the skills that are shown are from the truth.

Five kinds are honest, five label without care:

    careful     right in 95 %                            random       any answer, in a fifth of the time
    usual       right in 88 %                            random slow  any answer, in the usual time
    quick       right in 92 %, in 0.45 of the time       same         one answer, in a fifth of the time
    slow        right in 93 %, in twice the time         in turn      one answer after the other, as quickly
    confuses    right in 85 %, mixes up two classes      half         reads every other item, guesses the rest

A project has 2 to 8 people, of whom at two to five one is careless, at six to eight two are; every other
project has known answers, one item in ten. Four classes with shares of 0.35, 0.3, 0.2 and 0.15. Everybody
labels 60 items, three people an item (two where there are two), and there are looks in between;
one honest person of each larger project joins when the others have done twenty. Nobody is paused, so that
who was named goes on disturbing the others.

Between two people without known answers nobody can say who of them guesses in his own time: there `random
slow` and `half` are told apart from the others, and counted on a line of their own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

import numpy as np

from donovan.feedback.projects.crowd import skills as fitted_skills
from donovan.feedback.projects.noticing import Vote, notice_all
from donovan.feedback.projects.shown_skills import shown_skills
from tests.benchmarks.figures import Figure

PROJECTS = 40
SEED = 5
"""One that nobody had looked at when the naming was made."""

ITEMS_EACH = 60
IN_TIME = 30
LOOKS = (15, 20, 25, 30, 40, 60, 80)
"""After so many turns there is a look; whoever joins late has had as many labels fewer."""

CLASSES = ("a", "b", "c", "d")
SHARES = (0.35, 0.3, 0.2, 0.15)
KNOWN_SHARE = 0.1
LATE = 20
READS = 20.0

HONEST = {"careful": (0.95, 1.0), "usual": (0.88, 1.0), "quick": (0.92, 0.45), "slow": (0.93, 2.0)}
CARELESS = ("random", "random slow", "same", "in turn", "half")
NOT_TOLD_BETWEEN_TWO = ("random slow", "half")


@dataclass
class Person:
    """A simulated labeller. `pace` is the time they take for what they read, in seconds."""

    name: str
    kind: str
    pace: float
    had: int = 0
    right: list[bool] = field(default_factory=list)

    @property
    def is_honest(self) -> bool:
        return self.kind not in CARELESS

    def answer(self, truth: str, draw: np.random.Generator) -> tuple[str, float]:
        said, seconds = self._answer(truth, draw)
        self.had += 1
        self.right.append(said == truth)
        return said, seconds * float(draw.lognormal(0.0, 0.5))

    def _answer(self, truth: str, draw: np.random.Generator) -> tuple[str, float]:
        match self.kind:
            case "random":
                return str(draw.choice(CLASSES)), self.pace / 5
            case "random slow":
                return str(draw.choice(CLASSES)), self.pace
            case "same":
                return CLASSES[1], self.pace / 5
            case "in turn":
                return CLASSES[self.had % len(CLASSES)], self.pace / 5
            case "half" if self.had % 2:
                return str(draw.choice(CLASSES)), self.pace / 5
            case "half":
                return _noisy(truth, 0.85, draw), self.pace
            case "confuses":
                swapped = {"a": "b", "b": "a"}.get(truth, truth)
                return (swapped if draw.random() < 0.23 else truth), self.pace
            case _:
                skill, times = HONEST[self.kind]
                return _noisy(truth, skill, draw), self.pace * times


def _noisy(truth: str, skill: float, draw: np.random.Generator) -> str:
    others = [one for one in CLASSES if one != truth]
    return truth if draw.random() < skill else str(draw.choice(others))


@dataclass
class Outcome:
    """What came of one project. `named` says after how many of their labels each was named; `errors` holds
    the distance of each skill that was shown at the end from the share that was right.
    """

    people: list[Person]
    has_known: bool
    named: dict[str, int]
    errors: list[float]
    unshown: int


def project(number: int, seed: int = 0) -> Outcome:
    """One project from the first label to the last."""
    draw = np.random.default_rng([seed, number])
    people, has_known = _people(number, draw), bool(number % 2)
    overlap = min(3, len(people))
    items = -(-ITEMS_EACH * len(people) // overlap) + 20
    truth = {f"{at}": str(draw.choice(CLASSES, p=SHARES)) for at in range(items)}
    is_known = {item: has_known and draw.random() < KNOWN_SHARE for item in truth}
    known = {item: truth[item] for item, yes in is_known.items() if yes}
    taken: dict[str, set[str]] = {item: set() for item in truth}
    votes: list[Vote] = []
    named: dict[str, int] = {}
    skills: dict[str, float] = {}
    for turn in range(ITEMS_EACH + LATE):
        for place in draw.permutation(len(people)):
            person = people[place]
            if person.had >= ITEMS_EACH or (person.name == "late" and turn < LATE):
                continue
            free = (i for i in truth if person.name not in taken[i] and len(taken[i]) < overlap)
            item = next(free, None)
            if item is None:
                continue
            taken[item].add(person.name)
            said, seconds = person.answer(truth[item], draw)
            votes.append(Vote(item, person.name, said, seconds))
        if turn + 1 in LOOKS:
            skills = fitted_skills([(v.item, v.person, v.answer) for v in votes], known)
            for name, notice in notice_all(votes, known, skills, options=len(CLASSES)).items():
                if notice.named and name not in named:
                    named[name] = next(one.had for one in people if one.name == name)
    shown = shown_skills([(v.item, v.person, v.answer) for v in votes], known, skills)
    errors = [abs(shown[one.name] - mean(one.right)) for one in people if one.name in shown]
    return Outcome(people, has_known, named, errors, len(people) - len(errors))


def _people(number: int, draw: np.random.Generator) -> list[Person]:
    count = 2 + number // 2 % 7
    careless = 1 if count < 6 else 2
    kinds = [CARELESS[(number + extra) % len(CARELESS)] for extra in range(careless)]
    honest = [*HONEST, "confuses"]
    kinds += [honest[(number + at) % len(honest)] for at in range(count - careless)]
    people = [
        Person(f"{at} {kind}", kind, READS * float(draw.lognormal(0.0, 0.25)))
        for at, kind in enumerate(kinds)
    ]
    if count > 3:
        people[-1].name = "late"
    return people


def figures(seed: int = SEED) -> list[Figure]:
    """The figures over all projects."""
    done = [project(number, seed) for number in range(PROJECTS)]
    told, untold = list[bool](), list[bool]()
    by_kind: dict[str, list[bool]] = defaultdict(list)
    honest: list[bool] = []
    for one in done:
        for person in one.people:
            if person.is_honest:
                honest.append(person.name in one.named)
                continue
            in_time = one.named.get(person.name, ITEMS_EACH + 1) <= IN_TIME
            is_untold = len(one.people) == 2 and not one.has_known and person.kind in NOT_TOLD_BETWEEN_TWO
            (untold if is_untold else told).append(in_time)
            if not is_untold:
                by_kind[person.kind].append(in_time)
    errors = [error for one in done for error in one.errors]
    return [
        Figure("careless people named within 30 items", mean(told), "of them", 0.95),
        *(Figure(f"of these: {kind}", mean(by_kind[kind]), "of them") for kind in CARELESS),
        Figure("named though only guessing in time, of two", _share(untold), "of them"),
        Figure("honest people named, ten kinds", mean(honest), "of them", 0.01, "at_most"),
        Figure("error of a skill that is shown", mean(errors), "mean", 0.07, "at_most"),
        Figure("the largest such error", max(errors), ""),
        Figure("skills shown", len(errors) / sum(len(one.people) for one in done), "of people"),
    ]


def _share(found: Sequence[bool]) -> float:
    return mean(found) if found else 0.0


if __name__ == "__main__":
    import sys
    import time

    began = time.monotonic()
    for each in figures(int(sys.argv[1]) if len(sys.argv) > 1 else SEED):
        print(each)
    print(f"{time.monotonic() - began:.0f} s")
