"""What the person at the terminal sees while something takes long: one line a step, with its seconds.

Only the standard library: this runs before any dependency is installed.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

QUIET_SECONDS = 2.0
REMIND_SECONDS = 20.0
TAIL_LINES = 25
BUILD_COUNT = re.compile(r"\[(\d+)/(\d+)\]")


class StepError(Exception):
    """A step that cannot go on. `sentence` says what is wrong and what to do; `tail` ends the log."""

    def __init__(self, sentence: str, tail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.tail = tail


class Step:
    """One line on the screen: live on a terminal, repeated now and then in a log."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.result = ""
        self.started = time.monotonic()
        self._is_live = sys.stdout.isatty()
        self._done = threading.Event()
        self._has_shown = False
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def begin(self) -> None:
        if self._is_live:
            self._show()
        self._thread.start()

    def say(self, note: str) -> None:
        """The newest thing inside the step, shown at the next tick; of a compiler's line only its count."""
        count = BUILD_COUNT.match(note.strip())
        self.note = f"{count[1]} of {count[2]} parts" if count else " ".join(note.split())

    def finish(self, mark: str, note: str = "") -> None:
        self._done.set()
        self._thread.join()
        line = f"{mark} {self.title}{': ' + note if note else ''} ({self.seconds:.1f} s)"
        print(("\r\x1b[K" if self._is_live else "") + line, flush=True)

    def _tick(self) -> None:
        wait = 0.5 if self._is_live else QUIET_SECONDS
        while not self._done.wait(wait):
            self._show()
            wait = 0.5 if self._is_live else REMIND_SECONDS

    def _show(self) -> None:
        line = f"  {self.title} … {self.seconds:.0f} s"
        if self._is_live:
            width = os.get_terminal_size().columns if sys.stdout.isatty() else 80
            print("\r\x1b[K" + f"{line}  {self.note}"[: width - 1], end="", flush=True)
        else:
            print(f"{line}  {self.note}"[:110].rstrip(), flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show a step from beginning to end; an exception inside marks it as failed and goes on upwards."""
    current = Step(title)
    current.begin()
    try:
        yield current
    except BaseException:
        current.finish("✗")
        raise
    current.finish("✓", current.result)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    failure: str,
    current: Step | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a command with its output in `log`.

    Raises StepError with `failure`, the log's place and its last lines when the command cannot start or exits
    with anything but 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n$ {' '.join(words)}\n")
        stream.flush()
        tail: list[str] = []
        try:
            with subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
                cwd=folder,
                text=True,
                errors="replace",
            ) as process:
                for line in process.stdout or ():
                    stream.write(line)
                    tail = [*tail[-(TAIL_LINES - 1) :], line.rstrip()]
                    if current and line.strip():
                        current.say(line)
        except FileNotFoundError as error:
            raise StepError(f"{failure} The program {words[0]} was not found.") from error
    if process.returncode != 0:
        raise StepError(f"{failure} The whole log is {log}.", "\n".join(tail))
