"""Log files that cannot fill the disk: at a size, the file becomes .1, .1 becomes .2, and the oldest goes."""

from pathlib import Path
from typing import IO

LARGEST = 5 * 1024 * 1024
KEPT = 3


class RotatingLog:
    """Appends lines to a file and rotates it. Used by one thread only."""

    def __init__(self, path: Path, *, largest: int = LARGEST) -> None:
        self.path = path
        self.largest = largest
        path.parent.mkdir(parents=True, exist_ok=True)
        # One of an earlier version may be readable by every account.
        if path.exists():
            path.chmod(0o600)
        self._stream: IO[bytes] = path.open("ab")

    def write(self, line: bytes) -> None:
        if self._stream.tell() + len(line) > self.largest and self._stream.tell():
            self._rotate()
        self._stream.write(line)
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    def tail(self, lines: int) -> str:
        """The last lines of the current file."""
        return "\n".join(self.path.read_text(errors="replace").splitlines()[-lines:])

    def _rotate(self) -> None:
        self._stream.close()
        for number in range(KEPT, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            if newer.exists():
                newer.replace(older)
        self._stream = self.path.open("ab")
