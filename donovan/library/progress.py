"""How far a command has come: one moving line on a terminal, a line now and then elsewhere."""

import time
from collections import deque
from typing import TextIO

_WIDTH = 30
_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Shows `done` of `total` with a few words. Says nothing for work that ends within a moment."""

    def __init__(self, stream: TextIO, total: int, *, quiet_seconds: float = 1.0) -> None:
        self._stream = stream
        self._total = max(total, 1)
        self._moves = stream.isatty()
        self._next = time.monotonic() + quiet_seconds
        self._shown = ""

    def show(self, done: int, words: str) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        filled = _WIDTH * min(done, self._total) // self._total
        line = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{self._total} {words}"
        if line == self._shown:
            return
        if self._moves:
            self._stream.write(f"\r\x1b[K{line}")
        else:
            self._next = now + _SECONDS_BETWEEN_LINES
            self._stream.write(f"{line}\n")
        self._stream.flush()
        self._shown = line

    def end(self) -> None:
        """Leave the terminal on a line of its own."""
        if self._moves and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


class Pace:
    """How fast something goes, over about the last minute, and how long what remains will take."""

    _SECONDS = 60.0

    def __init__(self, total: int, done: int = 0) -> None:
        self._total = total
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), done)])

    def words(self, done: int) -> str:
        """Such as "3.2 a second, about 48 min left"; short of a second nothing is known yet."""
        now = time.monotonic()
        if now - self._marks[-1][0] >= 1.0:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > self._SECONDS:
            self._marks.popleft()
        began, before = self._marks[0]
        rate = (done - before) / max(now - began, 0.001)
        if now - began < 1.0 or rate <= 0:
            return "no rate yet"
        left = (self._total - done) / rate
        unit = (
            f"{left:.0f} s"
            if left < 90
            else f"{left / 60:.0f} min"
            if left < 5400
            else f"{left / 3600:.1f} h"
        )
        return (
            f"{rate:.1f} a second, about {unit} left"
            if rate < 10
            else f"{rate:.0f} a second, about {unit} left"
        )
