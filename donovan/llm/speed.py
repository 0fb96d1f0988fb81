"""How fast a model reads and writes on this machine, in tokens a second.

A prompt is cut by it, so that an answer comes in time on a slow machine and is fuller on a quick one. What
counts is what the machine can do, not what it could spare at one moment: the best of the last few
generations. Otherwise the same question would be put in other words whenever something else was at work.
"""

from collections import deque
from dataclasses import dataclass

KEPT = 16
LEAST_READ = 24
LEAST_WRITTEN = 4
"""Tokens. What is shorter than this measures the clock, not the model."""


@dataclass(frozen=True)
class Speed:
    """Tokens a second, of a prompt that is read and of an answer that is written."""

    reads: float
    writes: float


class Speedometer:
    """Takes in generations and tells the speed. Safe for one thread that adds and others that ask."""

    def __init__(self) -> None:
        self._reads: deque[float] = deque(maxlen=KEPT)
        self._writes: deque[float] = deque(maxlen=KEPT)

    def add(self, *, read: int, read_seconds: float, written: int, write_seconds: float) -> None:
        """One generation: tokens that were really read (none from memory) and written, and their seconds."""
        if read >= LEAST_READ and read_seconds > 0:
            self._reads.append(read / read_seconds)
        if written >= LEAST_WRITTEN and write_seconds > 0:
            self._writes.append(written / write_seconds)

    @property
    def speed(self) -> Speed | None:
        """None until both were measured."""
        reads, writes = tuple(self._reads), tuple(self._writes)
        return Speed(round(max(reads), 1), round(max(writes), 1)) if reads and writes else None
