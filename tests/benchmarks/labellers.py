"""Ten simulated labellers of known skill, one careless and one a spammer: who is found out, and how soon.

The simulation. 500 items of 5 classes (shares 0.3, 0.25, 0.2, 0.15, 0.1). Ten people, who take turns: eight
are right in 86 to 96 % of items and choose any other class alike when they are wrong; the careless one reads
every other item (then right in 85 %) and guesses the rest; the spammer does not read, and either guesses
(even seeds) or always gives one answer (odd seeds). Times are lognormal (sigma 0.5 within, 0.25 between
people); what is not read takes a fifth of the time. The order is that of the queue: three people an item, one
item in ten with a known answer, a look at quality after every fifth label of each, later rarer. Whoever is
named is paused, as an owner would do. An adjudicator, right in 98 %, decides what stays in doubt after five
people.

"Majority alone" is what the same ten people come to when three see each item, nobody is looked after and the
most frequent answer of the three is taken, ties by the first. The skills are chosen so that it is about 0.93.

The decisions are those of `aggregation`, `noticing` and `crowd`, by which the queue works too.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median

import numpy as np

from donovan.feedback.projects.aggregation import aggregate, majority
from donovan.feedback.projects.crowd import skills as fitted_skills
from donovan.feedback.projects.noticing import Vote, notice_all
from tests.benchmarks import labeller_kinds
from tests.benchmarks.figures import Figure

SEEDS = int(os.environ.get("DONOVAN_BENCH_SEEDS", "20"))
ITEMS, OVERLAP, MOST_PEOPLE = 500, 3, 5
CLASSES = ("a", "b", "c", "d", "e")
SHARES = (0.3, 0.25, 0.2, 0.15, 0.1)
HONEST = tuple(float(skill) for skill in np.linspace(0.86, 0.96, 8))
CARELESS, SPAMMER = "careless", "spammer"
READ_SHARE, READ_SKILL = 0.5, 0.85
ADJUDICATOR = 0.98
GOLD_SHARE = 0.1
LOOK_EVERY, LOOK_EVERY_LATER = 5, 25
IN_TIME = 50


@dataclass
class Person:
    """A simulated labeller. `pace` is the time they take for what they read, in seconds."""

    name: str
    skill: float
    reads: float
    pace: float
    habit: str = ""

    def answer(self, truth: str, chance: np.random.Generator) -> tuple[str, float]:
        """An answer and the seconds it took."""
        seconds = self.pace * float(chance.lognormal(0.0, 0.5))
        if chance.random() >= self.reads:
            return self.habit or str(chance.choice(CLASSES)), seconds / 5
        if chance.random() < self.skill:
            return truth, seconds
        return str(chance.choice([one for one in CLASSES if one != truth])), seconds


def people_of(seed: int, chance: np.random.Generator) -> list[Person]:
    """The ten of a seed."""
    paces = [20 * float(chance.lognormal(0.0, 0.25)) for _ in range(len(HONEST) + 2)]
    people = [
        Person(f"honest {place}", float(skill), 1.0, paces[place])
        for place, skill in enumerate(chance.permutation(HONEST))
    ]
    people.append(Person(CARELESS, READ_SKILL, READ_SHARE, paces[-2]))
    people.append(Person(SPAMMER, 0.0, 0.0, paces[-1], str(chance.choice(CLASSES)) if seed % 2 else ""))
    return people


@dataclass
class Queue:
    """One simulated project. `named` says as what, and after how many of their labels, each was named."""

    people: list[Person]
    truth: dict[str, str]
    gold: dict[str, str]
    chance: np.random.Generator
    uses_speed: bool = True
    votes: list[Vote] = field(default_factory=list)
    given: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=dict)
    had: dict[str, set[str]] = field(default_factory=dict)
    final: dict[str, str] = field(default_factory=dict)
    adjudicated: set[str] = field(default_factory=set)
    skills: dict[str, float] = field(default_factory=dict)
    named: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """The share of all items whose final answer is right."""
        return mean(self.final.get(item) == truth for item, truth in self.truth.items())

    def work(self) -> "Queue":
        """From the first label to the last decision."""
        self.given = {item: [] for item in self.truth}
        self.wanted = dict.fromkeys(self.truth, OVERLAP)
        self.had = {person.name: set() for person in self.people}
        turn, is_over = 0, False
        while not is_over:
            turn += 1
            has_worked = [self._label(self.people[place]) for place in self.chance.permutation(10)]
            if turn % (LOOK_EVERY if turn <= IN_TIME else LOOK_EVERY_LATER) == 0 or not any(has_worked):
                reopened = self._look()
                is_over = not any(has_worked) and not reopened
        return self

    def _label(self, person: Person) -> bool:
        item = None if person.name in self.named else self._next(person)
        if item is None:
            return False
        self.had[person.name].add(item)
        said, seconds = person.answer(self.truth.get(item) or self.gold[item], self.chance)
        self.votes.append(Vote(item, person.name, said, seconds))
        if item in self.given:
            self.given[item].append((person.name, said))
            if len(self.given[item]) >= self.wanted[item]:
                self._settle(item)
        return True

    def _next(self, person: Person) -> str | None:
        had = self.had[person.name]
        free = [
            item
            for item, votes in self.given.items()
            if item not in self.final and len(votes) < self.wanted[item] and item not in had
        ]
        known = [item for item in self.gold if item not in had]
        if free and known and self.chance.random() < GOLD_SHARE:
            return str(self.chance.choice(known))
        return max(free, key=lambda item: len(self.given[item]), default=None)

    def _settle(self, item: str) -> None:
        votes = self.given[item]
        outcome = aggregate(votes, self.skills, options=len(CLASSES), most_people=MOST_PEOPLE)
        if outcome.move == "done":
            self.final[item] = str(outcome.answer)
        elif outcome.move == "more" and self._somebody_is_left(item):
            self.wanted[item] = len(votes) + 1
        else:
            judge = Person("adjudicator", ADJUDICATOR, 1.0, 60.0)
            self.final[item] = judge.answer(self.truth[item], self.chance)[0]
            self.adjudicated.add(item)

    def _somebody_is_left(self, item: str) -> bool:
        return any(p.name not in self.named and item not in self.had[p.name] for p in self.people)

    def _look(self) -> int:
        """Skills, names, and decisions that do not hold any more; how many those are."""
        known = self.gold | {item: self.final[item] for item in self.adjudicated}
        self.skills = fitted_skills([(vote.item, vote.person, vote.answer) for vote in self.votes], known)
        noticed = notice_all(self.votes, known, self.skills, options=len(CLASSES), uses_speed=self.uses_speed)
        for person, what in noticed.items():
            if what.named and person not in self.named:
                self.named[person] = (what.named, len(self.had[person]))
        reopened = 0
        for item in [item for item in self.final if item not in self.adjudicated]:
            outcome = aggregate(self.given[item], self.skills, options=len(CLASSES), most_people=MOST_PEOPLE)
            if outcome.move != "done" or outcome.answer != self.final[item]:
                del self.final[item]
                self._settle(item)
                reopened += item not in self.final
        for item, votes in self.given.items():
            if item not in self.final and len(votes) >= self.wanted[item]:
                self._settle(item)
        return reopened


def simulate(seed: int, *, uses_speed: bool = True) -> Queue:
    """One project under the watch."""
    chance = np.random.default_rng(seed)
    people, truth = people_of(seed, chance), _truths("item", ITEMS, chance)
    gold = _truths("gold", int(ITEMS * GOLD_SHARE), chance)
    return Queue(people, truth, gold, chance, uses_speed).work()


def majority_alone(seed: int) -> float:
    """The share that the majority of three has right, without any watch."""
    chance = np.random.default_rng(seed)
    people, truth = people_of(seed, chance), _truths("item", ITEMS, chance)
    right = 0
    for answer in truth.values():
        three = [people[place] for place in chance.permutation(len(people))[:OVERLAP]]
        right += majority([(one.name, one.answer(answer, chance)[0]) for one in three]) == answer
    return right / len(truth)


def _truths(name: str, count: int, chance: np.random.Generator) -> dict[str, str]:
    return {f"{name} {place}": str(chance.choice(CLASSES, p=SHARES)) for place in range(count)}


def run() -> list[Figure]:
    done = [simulate(seed) for seed in range(SEEDS)]
    blind_to_time = [simulate(seed, uses_speed=False) for seed in range(SEEDS)]
    honest = SEEDS * len(HONEST)
    return [
        Figure("both named within 50 items each", mean(map(_in_time, done)), "of seeds", 1.0),
        Figure("the same, blind to the time taken", mean(map(_in_time, blind_to_time)), "of seeds"),
        Figure("labels until the spammer is named", _after(done, SPAMMER), "median"),
        Figure("labels until the careless one is named", _after(done, CARELESS), "median"),
        Figure("named as what they are", _rightly(done), "of those named"),
        Figure("honest people named", sum(map(_falsely, done)) / honest, "of them", 0.01, "at_most"),
        Figure("right, majority of three alone", mean(map(majority_alone, range(SEEDS))), "of items"),
        Figure("right, weighed and adjudicated", mean(one.accuracy for one in done), "of items", 0.97),
        Figure("right, the worst seed", min(one.accuracy for one in done), "of items"),
        Figure("decided by an adjudicator", mean(len(one.adjudicated) / ITEMS for one in done), "of items"),
        Figure(
            "labels given", mean(len(one.votes) / ITEMS for one in done), "an item", note="known ones too"
        ),
        *labeller_kinds.figures(),
    ]


def _in_time(queue: Queue) -> bool:
    return all(person in queue.named and queue.named[person][1] <= IN_TIME for person in (CARELESS, SPAMMER))


def _after(queues: Sequence[Queue], person: str) -> float:
    return float(median(queue.named.get(person, ("", ITEMS))[1] for queue in queues))


def _rightly(queues: Sequence[Queue]) -> float:
    named = [(queue, person) for queue in queues for person in (CARELESS, SPAMMER) if person in queue.named]
    return mean(queue.named[person][0] == person for queue, person in named) if named else 0.0


def _falsely(queue: Queue) -> int:
    return sum(person not in (CARELESS, SPAMMER) for person in queue.named)
