"""The reader as a judge of statements: what `verify` asks of it, and where it is found."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Judged(Protocol):
    """Chances from 0 to 1 that the evidence supports the statement, and that it contradicts it; the rest is
    that it does not tell.
    """

    @property
    def supported(self) -> float: ...

    @property
    def contradicted(self) -> float: ...


class Judge(Protocol):
    """A net that says of statements whether evidence bears them out, with its calibrated thresholds."""

    @property
    def name(self) -> str: ...

    @property
    def thresholds(self) -> Mapping[str, float]: ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Judged]:
        """One judgement for each (statement, evidence text)."""


def judge_at_hand() -> Judge | None:
    """The reader, or None where none is installed or it may not be used."""
    return None
