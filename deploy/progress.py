"""What the person at the terminal sees while something takes long: one line a step, with its seconds.

Steps may go on side by side: a terminal shows them in one live line, a log gets a line of each now and then.
Only the standard library: this runs before any dependency is installed.
"""

import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

QUIET_SECONDS = 2.0
REMIND_SECONDS = 20.0
TAIL_LINES = 25
BUILD_COUNT = re.compile(r"\[(\d+)/(\d+)\]")

TOOK: list[tuple[str, float]] = []
"""The steps that ended well, with their seconds, in the order of their end."""

_screen = threading.RLock()
_active: list["Step"] = []
_beside: set[subprocess.Popen[str]] = set()
_locks: set[int] = set()


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
        with _screen:
            _active.append(self)
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
        with _screen:
            _active.remove(self)
            print(("\r\x1b[K" if self._is_live else "") + line, flush=True)

    def _tick(self) -> None:
        wait = 0.5 if self._is_live else QUIET_SECONDS
        while not self._done.wait(wait):
            with _screen:
                self._show()
            wait = 0.5 if self._is_live else REMIND_SECONDS

    def _show(self) -> None:
        if self._is_live:
            width = os.get_terminal_size().columns if sys.stdout.isatty() else 80
            room = width // max(len(_active), 1)
            # Each gets its share of the one line, so that none hides another.
            shown = "".join(f"{each.line()}  {each.note}"[: room - 1].ljust(room) for each in _active)
            print("\r\x1b[K" + shown[: width - 1].rstrip(), end="", flush=True)
        else:
            print(f"{self.line()}  {self.note}"[:110].rstrip(), flush=True)

    def line(self) -> str:
        return f"  {self.title} … {self.seconds:.0f} s"


def say(sentence: str) -> None:
    """Say something between the lines of steps that may be going on."""
    with _screen:
        print(("\r\x1b[K" if sys.stdout.isatty() else "") + sentence, flush=True)


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
    TOOK.append((f"{title}: {current.result}" if current.result else title, current.seconds))


@contextmanager
def held(path: Path, sentence: str) -> Iterator[None]:
    """Hold a lock file; `sentence` is said where that has to be waited for.

    Commands that `run` starts meanwhile hold it too: where this process is killed and they go on, the next
    start waits for their end instead of writing into the same folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  {sentence}")
            fcntl.flock(stream, fcntl.LOCK_EX)
        _locks.add(stream.fileno())
        try:
            yield
        finally:
            _locks.discard(stream.fileno())


class Beside:
    """Work in a thread of its own. Leaving the block waits for it; leaving it by an error ends it at once."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._error: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._thread.join()
        finally:
            # Also where Ctrl-C comes while this waits: it does not reach commands in groups of their own.
            while self._thread.is_alive():
                end_beside()
                self._thread.join(timeout=0.1)
        if kind is None and self._error is not None:
            raise self._error


def end_beside() -> None:
    """End the commands that run beside others, with everything that they have started."""
    for process in list(_beside):
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    failure: str,
    current: Step | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a command with its output in `log`; outside the main thread in a process group of its own.

    Raises StepError with `failure`, the log's place and its last lines when the command cannot start or exits
    with anything but 0.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n$ {' '.join(words)}\n")
        stream.flush()
        tail: list[str] = []
        is_beside = threading.current_thread() is not threading.main_thread()
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
                pass_fds=tuple(_locks),
                process_group=0 if is_beside else None,
            ) as process:
                if is_beside:
                    _beside.add(process)
                for line in process.stdout or ():
                    stream.write(line)
                    tail = [*tail[-(TAIL_LINES - 1) :], line.rstrip()]
                    if current and line.strip():
                        current.say(line)
            _beside.discard(process)
        except FileNotFoundError as error:
            raise StepError(f"{failure} The program {words[0]} was not found.") from error
    if process.returncode != 0:
        raise StepError(f"{failure} The whole log is {log}.", "\n".join(tail))
