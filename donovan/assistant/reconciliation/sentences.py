"""What a reader is told about the standing of statements: one sentence each."""

from collections.abc import Iterator, Sequence
from datetime import date

from donovan.assistant.reconciliation.accounts import Account
from donovan.assistant.reconciliation.groups import Group
from donovan.assistant.reconciliation.tense import AskedTime
from donovan.assistant.reconciliation.versions import Version

DISAGREE = "The sources disagree: they give different values."
VERSION, CORRECTION, PLAN, RUNNING, NEWER = "version", "correction", "plan", "running count", "newer"
MOST_NAMED = 3
_LONGEST_VALUE = 80


def day_in_words(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day is not None else "undated"


def of_account(account: Account) -> str:
    """Where an account comes from: its paper, its day and who says it."""
    parts = [f"“{account.source.title}”"]
    if account.speaker:
        parts.append(account.speaker)
    parts.append(day_in_words(account.day))
    if account.copies:
        parts.append(f"in {len(account.copies) + 1} copies")
    return ", ".join(parts)


def of_disagreement(groups: Sequence[Group]) -> Iterator[str]:
    """That the sources disagree, and each value with where it stands."""
    if not groups:
        return
    yield f"{DISAGREE} Each is shown with its source."
    for group in groups:
        yield f"{_shortened(group.value)}: {'; '.join(of_account(account) for account in group.accounts)}."


def of_superseded(group: Group) -> str:
    """What took the place of a statement, and why."""
    old, new = group.newest, group.by
    if new is None:
        return ""
    value = f"“{_shortened(group.value)}” in " if group.value else ""
    told, now = f"{value}{of_account(old)}", of_account(new)
    if group.reason == VERSION:
        mine, theirs = new.source.version or Version(), old.source.version or Version()
        return f"{_capital(told)}, is {theirs.in_words}; {mine.in_words} replaces it: {now}."
    if group.reason == CORRECTION:
        return f"{_capital(told)}, was corrected by {now}."
    if group.reason == PLAN:
        return f"{_capital(told)}, was a plan; what came of it is told by {now}."
    if group.reason == RUNNING:
        return f"{_capital(told)}, is an earlier count of the same; the latest is in {now}."
    return f"{_capital(told)}, is superseded by {now}."


def of_plans(groups: Sequence[Group]) -> Iterator[str]:
    """That something is planned or forecast, and no fact."""
    for group in groups[:MOST_NAMED]:
        yield f"This is a plan or a forecast, not a fact: {of_account(group.newest)}."


def of_quoted(groups: Sequence[Group]) -> Iterator[str]:
    """Whose words stand in a mail that only quotes them."""
    for group in groups[:MOST_NAMED]:
        quotation = group.newest.span.quoted
        if quotation is None or any(account.span.quoted is None for account in group.accounts):
            continue
        who = f"{quotation.author}, {day_in_words(quotation.day)}" if quotation.author else "an earlier mail"
        yield f"“{group.newest.source.title}” only quotes these words: they are from {who}."


def of_state(time: AskedTime, current: Sequence[Group]) -> Iterator[str]:
    """As of when the answer to a question for a state holds."""
    if not time.is_still or not current:
        return
    newest = max((group.newest for group in current), key=lambda account: account.day or date.min)
    if newest.day is None:
        yield f"As of when is not known: “{newest.source.title}” is undated."
    else:
        title = newest.source.title
        yield f"As of {day_in_words(newest.day)}: the newest paper found that speaks of it is “{title}”."


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 2].rsplit(" ", 1)[0] + " …"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
