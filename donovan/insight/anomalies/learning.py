"""What dispositions teach: for each collection, kind and column, how much findings there are worth.

A rule is computed from the dispositions that are in force and that the reader may read; nothing of it is
stored but whether somebody turned it off. So every effect can be shown, opened to the dispositions behind it,
and taken back.

The odds of a finding are multiplied by (r + 1) / (e + 1), where r findings of its kind and column were marked
real or data error, and e expected: the mean of a Beta(1, 1) prior after these observations, as odds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from donovan.access.labels import split_label
from donovan.insight.anomalies.models import Disposition, RuleSwitch
from retrieval.scope import AccessScope

LEAST_DISPOSITIONS = 2
LARGEST_CHANGE = 8.0
SET_ASIDE_BELOW = 0.5


@dataclass
class Rule:
    """What was learnt about one kind of finding in the columns of one title in one collection."""

    collection: str
    kind: str
    column: str
    useful: int = 0
    expected: int = 0
    dispositions: list[Disposition] = field(default_factory=list)
    switch: RuleSwitch | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.collection, self.kind, self.column

    @property
    def odds(self) -> float:
        """What the odds are multiplied by."""
        ratio = (self.useful + 1) / (self.expected + 1)
        return min(max(ratio, 1 / LARGEST_CHANGE), LARGEST_CHANGE)

    @property
    def is_on(self) -> bool:
        return self.switch is None and len(self.dispositions) >= LEAST_DISPOSITIONS and self.odds != 1.0

    @property
    def effect(self) -> str:
        """In words."""
        if self.odds == 1.0:
            return "no change: as many were useful as were expected"
        what = "odds divided by" if self.odds < 1 else "odds multiplied by"
        times = f"{what} {max(self.odds, 1 / self.odds):.3g}"
        return f"{times}; " + (
            f"set aside where the score falls below {SET_ASIDE_BELOW}" if self.odds < 1 else "ranked higher"
        )

    def adjusted(self, score: float) -> float:
        """The score after the rule, between 0 and 1."""
        if not self.is_on or not 0 < score < 1:
            return score
        odds = score / (1 - score) * self.odds
        return odds / (1 + odds)


def dispositions_in_force(scope: AccessScope) -> list[Disposition]:
    """The dispositions on documents in the scope that nobody has undone, newest first."""
    return list(
        Disposition.objects.filter(undone_at=None, document__label__in=scope.labels).select_related(
            "document", "user"
        )
    )


def rules_of(
    scope: AccessScope, dispositions: Iterable[Disposition] | None = None
) -> dict[tuple[str, str, str], Rule]:
    """The rules by collection, kind and column (in small letters), also those that are off or too thin."""
    found: dict[tuple[str, str, str], Rule] = {}
    grouped: dict[tuple[str, str, str], list[Disposition]] = defaultdict(list)
    for disposition in dispositions_in_force(scope) if dispositions is None else dispositions:
        grouped[disposition.collection, disposition.kind, disposition.column.casefold()].append(disposition)
    open_to = {split_label(label)[0] for label in scope.labels}
    switches = {
        (switch.collection, switch.kind, switch.column): switch
        for switch in RuleSwitch.objects.filter(collection__in=open_to)
    }
    for key, members in grouped.items():
        expected = sum(member.verdict == Disposition.Verdict.EXPECTED for member in members)
        found[key] = Rule(*key, len(members) - expected, expected, members, switches.get(key))
    return found
