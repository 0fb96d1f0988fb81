"""The reader as a judge of statements: what `verify` asks of it, and where it is found."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from retrieval.reader import ReaderUnavailable, get_reader

SUPPORTED = "supported"
"""The name of the threshold from which on a statement counts as supported."""
VERDICT = "verdict"
"""The same for a yes or no."""


class Judged(Protocol):
    """Chances from 0 to 1 that the evidence supports the statement, and that it contradicts it; the rest is
    that it does not tell.
    """

    @property
    def supported(self) -> float: ...

    @property
    def contradicted(self) -> float: ...


class Judge(Protocol):
    """A net that says of statements whether evidence supports them, with its calibrated thresholds."""

    @property
    def name(self) -> str: ...

    @property
    def thresholds(self) -> Mapping[str, float]: ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Judged]:
        """One judgement for each (statement, evidence text). Raises ReaderUnavailable when it stopped."""


def judge_at_hand() -> Judge | None:
    """The reader that serves, or None where there is none, or none that was calibrated for judging."""
    try:
        reader = get_reader()
    except ReaderUnavailable:
        return None
    return reader if SUPPORTED in reader.thresholds else None
