"""A name that is suddenly in many documents, or suddenly in none.

A burst is a day on which more documents name it than its share of the days before explains (binomial tail;
compare Kleinberg, "Bursty and hierarchical structure in streams", 2002, whose two-state model this is with
one step). A silence is a run of documents without a name that used to be in a steady share of them. The level
is divided by the number of names looked at (Bonferroni).
"""

import uuid
from dataclasses import dataclass
from datetime import date

from donovan.insight.anomalies.texts.appearances import Appearances
from donovan.insight.anomalies.texts.chances import at_least, none_in

LEVEL = 0.01
LEAST_DOCUMENTS_IN_BURST = 3
LEAST_DOCUMENTS_BEFORE = 10
LEAST_DAYS_BEFORE_SILENCE = 4
LEAST_DAYS_OF_SILENCE = 3


@dataclass(frozen=True)
class Burst:
    """`count` of `documents` of a day name it, where its earlier share lets `expected` be expected."""

    name: str
    day: date
    count: int
    documents: int
    expected: float
    chance: float
    document_ids: tuple[uuid.UUID, ...]
    since: date


@dataclass(frozen=True)
class Silence:
    """A name in `share` of the documents until `last`, and in none of the `missed` since."""

    name: str
    last: date
    until: date
    share: float
    missed: int
    chance: float
    last_document: uuid.UUID


def bursts_on(appearances: Appearances, day: date) -> list[Burst]:
    """The names that burst on this day against all earlier days, the least likely first."""
    earlier = [other for other in appearances.days if other < day]
    before = sum(appearances.documents[other] for other in earlier)
    today = appearances.documents.get(day, 0)
    if before < LEAST_DOCUMENTS_BEFORE or today < LEAST_DOCUMENTS_IN_BURST:
        return []
    named_today = {name: days[day] for name, days in appearances.by_name.items() if day in days}
    found = []
    for name, documents in named_today.items():
        count = len(documents)
        if count < LEAST_DOCUMENTS_IN_BURST:
            continue
        seen = sum(len(ids) for other, ids in appearances.by_name[name].items() if other < day)
        # Half a document more than was seen: a name that is new is rare, not impossible (Krichevsky, 1981).
        share = (seen + 0.5) / (before + 1)
        chance = at_least(count, today, share)
        if chance < LEVEL / len(named_today):
            found.append(Burst(name, day, count, today, share * today, chance, documents, since=earlier[0]))
    return sorted(found, key=lambda burst: (burst.chance, burst.name))


def silences_at(appearances: Appearances, day: date) -> list[Silence]:
    """The names that used to be steady and have been absent up to this day, the least likely first."""
    days = [other for other in appearances.days if other <= day]
    steady = {
        name: sorted(other for other in at if other <= day)
        for name, at in appearances.by_name.items()
        if len(at) >= LEAST_DAYS_BEFORE_SILENCE
    }
    found = []
    for name, seen in steady.items():
        if len(seen) < LEAST_DAYS_BEFORE_SILENCE:
            continue
        last = seen[-1]
        silent_days = [other for other in days if other > last]
        if len(silent_days) < LEAST_DAYS_OF_SILENCE:
            continue
        until_last = sum(appearances.documents[other] for other in days if seen[0] <= other <= last)
        if until_last < LEAST_DOCUMENTS_BEFORE:
            continue
        share = sum(len(appearances.by_name[name][other]) for other in seen) / until_last
        missed = sum(appearances.documents[other] for other in silent_days)
        chance = none_in(missed, share)
        if chance < LEVEL / len(steady):
            last_document = appearances.by_name[name][last][-1]
            found.append(Silence(name, last, day, share, missed, chance, last_document))
    return sorted(found, key=lambda silence: (silence.chance, silence.name))
