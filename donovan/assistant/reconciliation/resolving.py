"""From the spans that answer to what is stated: what stands, what it supersedes, where the sources differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from donovan.assistant.questions import Question
from donovan.assistant.reconciliation import sentences
from donovan.assistant.reconciliation.accounts import Account, account_of
from donovan.assistant.reconciliation.groups import Group, Resolution, Standing
from donovan.assistant.reconciliation.matters import is_same_matter
from donovan.assistant.reconciliation.outdone import without_outdone
from donovan.assistant.reconciliation.sources import Source, sources_of
from donovan.assistant.reconciliation.tense import AskedTime, asked_time
from donovan.assistant.reconciliation.values import agree
from donovan.assistant.spans import Span, overlap
from retrieval.scope import AccessScope

ALIKE = 0.8
RELATED = 0.5
RELATED_TO_STILL = 0.25
"""The share of the best chance from which on a span may contradict it, be older or newer than it, and be the
newest word on a state that may have ended."""
MOST_RELATED = 12
MOST_SUPERSEDED = 3
LEAST_RUNNING = 3
"""So many dated numbers that never fall are a running count, whatever the words."""


def resolve(
    question: Question,
    stated: Sequence[Span],
    candidates: Sequence[tuple[Span, float]],
    scope: AccessScope,
) -> Resolution:
    """Relate the spans that would be stated to each other and to the rest.

    `candidates` are all spans that were scored, with their chance (0 to 1) of answering, best first; `stated`
    those of them that answer. Only papers in `scope` are read.
    """
    if not stated:
        return Resolution(())
    asked = {span.document_id for span in (*stated, *(span for span, _chance in candidates))}
    time = asked_time(question)
    reading = _Reading(question, time, sources_of(asked, scope))
    chances = {_place(span): chance for span, chance in candidates}
    best = max(chances.values(), default=1.0)
    read = (reading.account_of(span, chances.get(_place(span), best)) for span in stated)
    accounts = [replace(account, is_stated=True) for account in read if account is not None]
    if not accounts:
        return Resolution(())
    accounts += _related(reading, accounts, candidates, best)
    accounts, outdone = without_outdone(question, time, accounts, reading.account_of, candidates)
    placed = _told(_placed(question, time, _grouped(_without_copies(accounts))))
    current = tuple(group for group in placed if group.standing != Standing.SUPERSEDED)
    old = [group for group in placed if group.standing == Standing.SUPERSEDED]
    superseded = tuple(sorted(old, key=lambda group: group.day or date.min, reverse=True)[:MOST_SUPERSEDED])
    disagreements = tuple(group for group in current if group.standing == Standing.DISPUTED)
    as_of = current[0].day if time.is_state and current else None
    notices = (
        *sentences.of_disagreement(disagreements),
        *(sentences.of_superseded(group) for group in superseded),
        *sentences.of_plans([group for group in current if group.standing == Standing.PLANNED]),
        *sentences.of_state(time, current),
        *sentences.of_quoted(current),
    )
    shows_days = time.is_still or any(group.standing for group in placed)
    return Resolution(
        current, superseded, disagreements, tuple(dict.fromkeys(notices)), as_of, shows_days, outdone
    )


@dataclass(frozen=True)
class _Reading:
    """A question with the time that it asks of and the papers that may be read for it."""

    question: Question
    time: AskedTime
    sources: Mapping[UUID, Source]

    def account_of(self, span: Span, chance: float) -> Account | None:
        """What the span says, or None where its paper may not be read."""
        source = self.sources.get(span.document_id)
        return account_of(self.question, self.time, span, chance, source) if source is not None else None


def _related(
    reading: _Reading, stated: Sequence[Account], candidates: Sequence[tuple[Span, float]], best: float
) -> list[Account]:
    """Further spans of the same matter that give a value of their own."""
    least = best * (RELATED_TO_STILL if reading.time.is_still else RELATED)
    found: list[Account] = []
    for span, chance in candidates:
        if len(found) == MOST_RELATED:
            break
        if any(overlap(span, other.span) for other in (*stated, *found)):
            continue
        account = reading.account_of(span, chance)
        if account is None or not account.values or (chance < least and not account.names_state):
            continue
        if any(is_same_matter(reading.question, one, account) for one in stated if one.values):
            found.append(account)
    return found


def _without_copies(accounts: Sequence[Account]) -> list[Account]:
    """Of copies of one paper that say the same only one, with the others as its copies."""
    kept: list[Account] = []
    for account in accounts:
        place = next((n for n, other in enumerate(kept) if _is_copy(account, other)), None)
        if place is None:
            kept.append(account)
        else:
            kept[place] = replace(kept[place], copies=(*kept[place].copies, account))
    return kept


def _is_copy(one: Account, other: Account) -> bool:
    if one.source.document_id == other.source.document_id:
        return False
    is_same = _folded(one.span.text) == _folded(other.span.text) or (
        bool(one.values) and agree(one.values, other.values)
    )
    return is_same and one.source.is_copy_of(other.source)


def _grouped(accounts: Sequence[Account]) -> list[Group]:
    groups: list[list[Account]] = []
    for account in accounts:
        home = next((group for group in groups if _says_same(account, group[0])), None)
        if home is None:
            groups.append([account])
        else:
            home.append(account)
    return [Group(tuple(group)) for group in groups]


def _says_same(one: Account, other: Account) -> bool:
    if not one.values or not other.values:
        return _folded(one.span.text) == _folded(other.span.text)
    if one.is_correction != other.is_correction and one.value != other.value:
        # A correction may name the old value beside the new.
        return set(_keys(one)) == set(_keys(other))
    return one.is_planned == other.is_planned and agree(one.values, other.values)


def _placed(question: Question, time: AskedTime, groups: Sequence[Group]) -> list[Group]:
    """Each group with its standing."""
    is_running = question.expects == "number" and _only_grows(groups)
    placed: list[Group] = []
    for group in groups:
        better = [(other, why) for other in groups if (why := _supersedes(other, group, time, is_running))]
        if better:
            other, why = max(better, key=lambda pair: pair[0].day or date.min)
            placed.append(replace(group, standing=Standing.SUPERSEDED, by=other.newest, reason=why))
        elif group.newest.is_planned and not time.is_future:
            placed.append(replace(group, standing=Standing.PLANNED))
        else:
            placed.append(group)
    facts = [group for group in placed if group.standing == Standing.CURRENT and group.newest.values]
    disputed = {
        id(one) for one in facts for other in facts if one is not other and _contradict(one, other, time)
    }
    return [
        replace(group, standing=Standing.DISPUTED) if id(group) in disputed else group for group in placed
    ]


def _told(placed: Sequence[Group]) -> list[Group]:
    """The groups that matter: what would be said anyway, what bears on it, what took its place (first)."""
    successors = {id(group.by) for group in placed if group.by is not None}
    stated = [a for group in placed for a in group.accounts if a.is_stated]
    latest = max((account.day or date.min for account in stated), default=date.min)

    def is_successor(group: Group) -> bool:
        return any(id(account) in successors for account in group.accounts)

    def is_told(group: Group) -> bool:
        if any(account.is_stated for account in group.accounts) or is_successor(group):
            return True
        if group.standing == Standing.PLANNED:
            return group.day is not None and group.day >= latest
        return group.standing != Standing.CURRENT

    told = [group for group in placed if is_told(group)]
    order = list(Standing)
    return sorted(
        told, key=lambda g: (order.index(g.standing), not g.newest.is_correction, not is_successor(g))
    )


def _supersedes(one: Group, other: Group, time: AskedTime, is_running: bool) -> str:
    """Why the one takes the place of the other, or nothing."""
    mine, theirs = one.newest, other.newest
    if one is other:
        return ""
    if all(theirs.source.document_id != a.source.document_id for a in one.accounts) and (
        mine.source.replaces(theirs.source)
    ):
        return sentences.VERSION
    if not mine.values or not theirs.values:
        return ""
    is_newer = mine.day is not None and theirs.day is not None and mine.day > theirs.day
    is_older = mine.day is not None and theirs.day is not None and mine.day < theirs.day
    if time.day is not None and mine.day is not None and mine.day > time.day:
        # What is said of a later day than is asked about takes no earlier statement's place.
        return ""
    if mine.is_correction and not theirs.is_correction and not is_older:
        return sentences.CORRECTION
    if mine.is_planned != theirs.is_planned:
        return sentences.PLAN if theirs.is_planned and not is_older and not time.is_future else ""
    if not is_newer:
        return ""
    if mine.is_planned and theirs.is_planned:
        return sentences.NEWER
    grows = mine.number is not None and theirs.number is not None and mine.number >= theirs.number
    if grows and (is_running or mine.is_running or theirs.is_running):
        return sentences.RUNNING
    if mine.is_attributed and theirs.is_attributed and mine.speaker != theirs.speaker:
        # Two people who count apart do not put each other right by speaking later.
        return ""
    return sentences.NEWER if time.is_state else ""


def _contradict(one: Group, other: Group, time: AskedTime) -> bool:
    """Whether two groups that both stand say what cannot both be true of the day asked about."""
    mine, theirs = one.newest, other.newest
    if mine.source.document_id == theirs.source.document_id or agree(mine.values, theirs.values):
        return False
    is_likely = min(mine.chance, theirs.chance) >= ALIKE * max(mine.chance, theirs.chance)
    if not is_likely and not (mine.names_state and theirs.names_state):
        return False
    return not (time.day is not None and mine.day != theirs.day)


def _only_grows(groups: Iterable[Group]) -> bool:
    """Whether the numbers of the groups rise with their days."""
    numbers = [(group.day, group.newest.number) for group in groups if group.newest.values]
    dated = sorted((day, number) for day, number in numbers if day is not None and number is not None)
    if len(dated) < LEAST_RUNNING or len(dated) < len(numbers):
        return False
    return all(earlier[1] < later[1] and earlier[0] < later[0] for earlier, later in pairwise(dated))


def _keys(account: Account) -> list[str]:
    return [value.key for value in account.values]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _place(span: Span) -> tuple[UUID, int, int, int]:
    return span.document_id, span.page, span.start, span.end
