"""A sender never seen before, in a post that has otherwise been steady.

By Good and Turing the chance that the next sender is new is about the share of senders seen once; where that
is high a new sender is nothing special, and none is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

LEAST_BEFORE = 8
HIGHEST_SHARE_OF_NEW = 0.25


@dataclass(frozen=True)
class Newcomer:
    """`value` is new after `before` earlier ones; `chance` is the Good-Turing chance of a new one then."""

    value: str
    before: int
    different: int
    chance: float


def sender_of(header: str) -> str:
    """The mail address of a From line in lower case, or the name where there is no address."""
    _, address = parseaddr(header)
    return (address if "@" in address else header).strip().casefold()


def newcomer(value: str, earlier: Sequence[str]) -> Newcomer | None:
    """Whether `value` is new and that is worth telling, given the earlier values in any order."""
    if not value or value in set(earlier) or len(earlier) < LEAST_BEFORE:
        return None
    counts = {other: earlier.count(other) for other in set(earlier)}
    once = sum(count == 1 for count in counts.values())
    chance = once / len(earlier)
    if chance > HIGHEST_SHARE_OF_NEW:
        return None
    return Newcomer(value, len(earlier), len(counts), chance)
