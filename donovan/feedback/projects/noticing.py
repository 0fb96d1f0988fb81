"""Who labels without care: a sequential test for each person, label by label. Pure functions.

What somebody answers is compared with what others, weighed by their skill, or the known answer say of the
same item. Three explanations compete, each giving every answer a probability:

- honest: right about as often as the middle of the group, with some allowance;
- careless: right far less often, but more than by chance; or, where times are known, as honest in what they
  read and by chance in what they do not, which is answered fast (rapid guessing, Wise and DeMars 2006);
- spammer: right by chance alone, because the item is not read at all.

The logarithm of the likelihood ratio against "honest" is summed (Wald 1945). A person is named when it passes
`THRESHOLD`; by Wald's bound an honest one is then named with a probability of at most exp(-THRESHOLD).
Answers given far faster than others take count as evidence too, but never alone: somebody may simply be
quick. That the fast answers are the wrong ones is what tells who does not read.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from donovan.feedback.projects.weighing import UNKNOWN_SKILL, chances

THRESHOLD = 6.0
LEAST_LABELS = 12
ALLOWANCE = 0.08
LEAST_HONEST = 0.6
CARELESS_SHARE = 0.65
"""A careless person is right this share as often as an honest one."""

FAST = 0.33
"""An answer in less than this share of the time others take counts as fast."""

FAST_HONEST, FAST_CARELESS = 0.08, 0.4
FAST_UNREAD = 0.8
"""How often what is not read is answered fast."""

LEAST_READ, MOST_READ = 0.25, 0.95
"""The share of items that a careless person reads; who reads less is no different from a spammer."""

MOST_FROM_SPEED = 3.5
LEAST_FROM_ANSWERS = 2.0


@dataclass(frozen=True)
class Vote:
    """One label: `answer` is what was chosen, `seconds` the time taken, where it is known."""

    item: str
    person: str
    answer: str
    seconds: float | None = None


@dataclass(frozen=True)
class Notice:
    """What was noticed of one person. `named` is empty where there is nothing to say.

    `evidence` is the log likelihood ratio against an honest labeller (natural logarithm), `labels` how many
    were compared, `agreement` the share of them in which they said what was likeliest.
    """

    named: Literal["", "careless", "spammer"]
    why: str
    evidence: float
    labels: int
    agreement: float
    fast_share: float


@dataclass(frozen=True)
class Compared:
    """An answer, how likely it is right by everybody else, and whether it came fast."""

    answer: str
    chance: float
    is_fast: bool | None


def notice_all(
    votes: Sequence[Vote],
    known: Mapping[str, str],
    skills: Mapping[str, float],
    *,
    options: int,
    uses_speed: bool = True,
    ignored: Mapping[str, int] | None = None,
) -> dict[str, Notice]:
    """What is noticed of each person. `votes` are in the order in which they were given; `known` are right
    answers by item; the first `ignored[person]` labels of a person are left out.
    """
    by_item: dict[str, list[Vote]] = defaultdict(list)
    by_person: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_item[vote.item].append(vote)
        by_person[vote.person].append(vote)
    usual = _usual_seconds(by_item)
    found = {}
    for person, theirs in by_person.items():
        others = [skill for name, skill in skills.items() if name != person]
        honest = max(LEAST_HONEST, (median(others) if others else UNKNOWN_SKILL) - ALLOWANCE)
        kept = theirs[(ignored or {}).get(person, 0) :]
        expected = [(vote, _expected(vote, by_item[vote.item], known, skills, options)) for vote in kept]
        fast = [_is_fast(vote, usual) if uses_speed else None for vote in kept]
        compared = [
            Compared(vote.answer, chance, is_fast)
            for (vote, chance), is_fast in zip(expected, fast, strict=True)
            if chance is not None
        ]
        found[person] = _judge(compared, [one for one in fast if one is not None], honest, options)
    return found


def _is_fast(vote: Vote, usual: Mapping[str, float]) -> bool | None:
    """Whether an answer came far faster than usual; None where no time is known."""
    if vote.seconds is None or vote.item not in usual:
        return None
    return vote.seconds < FAST * usual[vote.item]


def _expected(
    vote: Vote,
    votes: Sequence[Vote],
    known: Mapping[str, str],
    skills: Mapping[str, float],
    options: int,
) -> float | None:
    """How likely the answer of `vote` is right, by everybody else; None where nobody else has answered."""
    if vote.item in known:
        return 1.0 if known[vote.item] == vote.answer else 0.0
    others = [(other.person, other.answer) for other in votes if other.person != vote.person]
    if not others:
        return None
    given = chances(others, skills, options=options)
    if vote.answer in given:
        return given[vote.answer]
    return max(0.0, 1.0 - sum(given.values())) / max(options - len(given), 1)


def _judge(compared: Sequence[Compared], fast: Sequence[bool], honest: float, options: int) -> Notice:
    count = len(compared)
    agreement = sum(one.chance for one in compared) / count if count else 0.0
    fast_share = sum(fast) / len(fast) if fast else 0.0
    habits = Counter(one.answer for one in compared)
    careless = spammer = unread_at_times = 0.0
    for one in compared:
        as_honest = _likelihood(one.chance, honest, options)
        by_chance = _likelihood(one.chance, 1.0 / options, options) / as_honest
        careless += math.log(_likelihood(one.chance, honest * CARELESS_SHARE, options) / as_honest)
        spammer += math.log(by_chance)
        if one.is_fast is not None:
            unread = _unread(one.is_fast, fast_share)
            unread_at_times += math.log(1.0 - unread + unread * by_chance)
    from_speed = _from_speed(fast)
    best = max(careless, spammer, unread_at_times)
    evidence = best + from_speed
    named: Literal["", "careless", "spammer"] = ""
    if count >= LEAST_LABELS and best >= LEAST_FROM_ANSWERS and evidence >= THRESHOLD:
        named = "spammer" if spammer > careless else "careless"
    notice = Notice(named, "", round(evidence, 3), count, round(agreement, 4), round(fast_share, 4))
    return replace(notice, why=_why(notice, honest, habits)) if named else notice


def _unread(is_fast: bool, fast_share: float) -> float:
    """How likely an answer of somebody who reads only some items is one that was not read.

    How much is not read follows from how often this person is fast, so that being quick alone says nothing.
    """
    share = (fast_share - FAST_HONEST) / (FAST_UNREAD - FAST_HONEST)
    share = min(max(share, 1.0 - MOST_READ), 1.0 - LEAST_READ)
    unread, read = (FAST_UNREAD, FAST_HONEST) if is_fast else (1 - FAST_UNREAD, 1 - FAST_HONEST)
    return share * unread / (share * unread + (1 - share) * read)


def _likelihood(chance: float, skill: float, options: int) -> float:
    """How likely an answer is that is right with `chance`, given by somebody of `skill`."""
    return chance * skill + (1.0 - chance) * (1.0 - skill) / (options - 1)


def _from_speed(fast: Sequence[bool]) -> float:
    total = sum(
        math.log(FAST_CARELESS / FAST_HONEST) if one else math.log((1 - FAST_CARELESS) / (1 - FAST_HONEST))
        for one in fast
    )
    return min(max(total, 0.0), MOST_FROM_SPEED)


def _usual_seconds(by_item: Mapping[str, Sequence[Vote]]) -> dict[str, float]:
    """The time people take for an item: the middle of all, drawn together with the middle of that item."""
    everywhere = [vote.seconds for votes in by_item.values() for vote in votes if vote.seconds is not None]
    if not everywhere:
        return {}
    middle = median(everywhere)
    return dict.fromkeys(by_item, middle)


def _why(notice: Notice, honest: float, habits: Counter[str]) -> str:
    said = (
        f"Of {notice.labels} labels that could be compared, {notice.agreement:.0%} say what others or known "
        f"answers say; about {honest:.0%} would be usual."
    )
    if notice.fast_share > FAST_HONEST * 2:
        said += f" {notice.fast_share:.0%} were given in less than a third of the usual time."
    times = max(habits.values())
    if notice.named == "spammer" and times > 0.7 * notice.labels:
        said += f" {times / notice.labels:.0%} of the answers are the same one."
    return said
