"""The result of bringing evidence together: groups of accounts with one value, and how each stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from donovan.assistant.reconciliation.accounts import Account
from donovan.assistant.spans import Span, overlap


class Standing(StrEnum):
    """How a statement stands among the others: empty where nothing speaks against it."""

    CURRENT = ""
    DISPUTED = "disputed"
    PLANNED = "planned"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Group:
    """Accounts that give the same value, best first; `by` says what superseded them."""

    accounts: tuple[Account, ...]
    standing: Standing = Standing.CURRENT
    by: Account | None = None
    reason: str = ""

    @property
    def value(self) -> str:
        return next((account.value for account in self.accounts if account.value), "")

    @property
    def newest(self) -> Account:
        return max(self.accounts, key=lambda account: (account.day or date.min, account.span.quoted is None))

    @property
    def day(self) -> date | None:
        return self.newest.day

    @property
    def speaker(self) -> str:
        return self.newest.speaker

    @property
    def quoted(self) -> tuple[Span, ...]:
        """The spans to quote for the group: those that would be said anyway, else the newest."""
        stated = tuple(account.span for account in self.accounts if account.is_stated)
        is_current = self.standing != Standing.SUPERSEDED
        return stated if stated and is_current else (self.newest.span,)

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(account.span for account in self.accounts)


@dataclass(frozen=True)
class Resolution:
    """What to state, in this order, and what to say about it.

    `current` stands (plans after facts), `disagreements` are the groups of `current` that contradict each
    other, `superseded` is shown with its day and never as fact. `as_of` is the day of the newest statement
    where the question asks for a state, None where that is unknown. `shows_days`: the days of the statements
    matter to the answer. `notices` are sentences for the reader;
    they name papers, so whoever may not read `labels` may not see them. `outdone` are spans that a mail only
    quotes and itself says otherwise: they are not shown.
    """

    current: tuple[Group, ...]
    superseded: tuple[Group, ...] = ()
    disagreements: tuple[Group, ...] = ()
    notices: tuple[str, ...] = ()
    as_of: date | None = None
    shows_days: bool = False
    outdone: tuple[Span, ...] = ()

    @property
    def groups(self) -> tuple[Group, ...]:
        return (*self.current, *self.superseded)

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(
            each.span.label
            for group in self.groups
            for account in group.accounts
            for each in (account, *account.copies)
        )

    def of(self, span: Span) -> tuple[Standing, date | None]:
        """How a span stands, and of which day it speaks where days matter: as the known one it overlaps."""
        for group in self.groups:
            for account in group.accounts:
                if any(overlap(span, each.span) for each in (account, *account.copies)):
                    return group.standing, account.day if self.shows_days else None
        if any(overlap(span, other) for other in self.outdone):
            return Standing.SUPERSEDED, None
        return Standing.CURRENT, None

    def is_superseded(self, span: Span) -> bool:
        return self.of(span)[0] == Standing.SUPERSEDED
