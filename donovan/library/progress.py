"""How far a command has come: one moving line on a terminal, a line now and then elsewhere."""

import time
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
