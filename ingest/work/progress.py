"""How far work is: one type for every room, and a way to tell it that does not write at every step."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """So much done of so much; `words` says what is being done, or counts what has no total."""

    done: int = 0
    total: int = 0
    words: str = ""


OnProgress = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """For work that nobody watches."""


class Throttled:
    """Passes on what it is told, twice a second at most; other words and the end are always passed on."""

    def __init__(
        self, on_progress: OnProgress, *, seconds: float = 0.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_progress, self._seconds, self._clock = on_progress, seconds, clock
        self._next = float("-inf")
        self._words = ""

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        is_end = 0 < progress.total <= progress.done
        if now >= self._next or is_end or progress.words != self._words:
            self._next, self._words = now + self._seconds, progress.words
            self._on_progress(progress)
