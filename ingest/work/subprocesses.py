"""Work in a process of its own, in JSON lines: hundreds of megabytes that are gone when the work is done.

The parent writes one line, the request. The child writes lines, each an object with one key:

    {"progress": ...}  {"kept": ...}      as often as it likes
    {"refused": sentence}  {"result": ...}  once, at its end

`Child` is the process as its parent sees it; only the command line differs between a computation, a suite
and a training. (A reader in its sandbox has a protocol of its own, `ingest.protocol`.) `run_subprocess` is
the plain case: a module that calls `serve` with its function. So the pages stay small, a computation that
runs away can be ended, and a crash in a native library costs one computation and not the service.
"""

import json
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self

from ingest.work.errors import Refused

_ROOT = Path(__file__).resolve().parents[2]
_MEGABYTE = 1 << 20
_LONGEST_TAIL = 4000
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?=:|$)")
NO_MEMORY = "There is not enough memory for this. Narrow the rows or columns and try again."


class Child:
    """One process. Iterate `messages` for what it says, and None now and then, to look around.

    It is ended with the block it is used in. In a session of its own, what it started ends with it. A child
    that `ends_with_parent` is not told the end of its input, so that it can wait for it.
    """

    def __init__(
        self,
        command: Sequence[str],
        request: Mapping[str, Any],
        *,
        environment: Mapping[str, str],
        folder: Path = _ROOT,
        own_session: bool = False,
        ends_with_parent: bool = False,
    ) -> None:
        self._own_session = own_session
        self._errors: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed in `close`
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=folder,
            # Where no compiled files are written, everything would be compiled anew at each start.
            env={**environment, "PYTHONDONTWRITEBYTECODE": ""},
            start_new_session=own_session,
        )
        # It may have ended already; `messages` ends too then, and `ended` says how.
        stdin = self._pipe(self._process.stdin)
        with suppress(BrokenPipeError):
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        if not ends_with_parent:
            with suppress(BrokenPipeError):
                stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
        if stream is None:
            raise RuntimeError("The process has no pipes.")
        return stream

    @property
    def pid(self) -> int:
        return self._process.pid

    def messages(self, *, tick: float = 0.5) -> Iterator[dict[str, Any] | None]:
        """Each line of the child until it ends; None whenever it said nothing for `tick` seconds.

        A line that is no JSON ends it: a library has written where only the child should.
        """
        out = self._pipe(self._process.stdout)
        kept = b""
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while True:
                if not selector.select(tick):
                    yield None
                    continue
                block = os.read(out.fileno(), 1 << 16)
                if not block:
                    break
                *lines, kept = (kept + block).split(b"\n")
                for line in filter(bytes.strip, lines):
                    said = _said(line)
                    if said is None:
                        return
                    yield said
        if self._process.poll() is None:
            self._process.wait()

    def kill(self) -> None:
        """End it now, whatever it does."""
        if self._own_session:
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                # It has started its own session, so this is the group of that process and no other.
                os.killpg(self._process.pid, signal.SIGTERM)
                self._process.wait(5)
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Make sure that it has ended, and let go of its pipes."""
        if self._process.poll() is None:
            self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._errors.close()

    def error_name(self) -> str:
        """The name of the Python error that ended it, or empty; never its words, which may hold words of a
        document.
        """
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - _LONGEST_TAIL))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        if not lines or not any(line.startswith("Traceback") for line in lines):
            return ""
        found = _ERROR.match(lines[-1])
        return found.group() if found is not None else ""

    @property
    def status(self) -> int:
        """The status it ended with; one that has not ended by itself is ended."""
        if self._process.poll() is None:
            self.kill()
        return self._process.wait()

    def ended(self) -> str:
        """How it ended, for a notice."""
        return ", ".join(filter(None, (self.error_name(), f"status {self.status}")))


def _said(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def run_subprocess(
    module: str, request: Mapping[str, Any], *, seconds: float, megabytes: int
) -> dict[str, Any]:
    """What `module` makes of `request`, both JSON objects.

    Raises Refused with a sentence when the module refuses, takes longer than `seconds`, or needs more than
    `megabytes` of memory.
    """
    command = [sys.executable, "-m", "ingest.work.subprocesses", module, str(megabytes)]
    deadline = time.monotonic() + seconds
    with Child(command, request, environment=os.environ) as child:
        for said in child.messages():
            if said is not None and "result" in said:
                return dict(said["result"])
            if said is not None and "refused" in said:
                raise Refused(str(said["refused"]))
            if time.monotonic() > deadline:
                raise Refused(
                    f"The computation was stopped after {seconds:.0f} seconds. "
                    "Narrow the rows or columns and try again."
                )
        raise Refused(_why(child))


def _why(child: Child) -> str:
    status, name = child.status, child.error_name()
    if name and not name.endswith("MemoryError"):
        return f"The computation failed ({name}). Nothing was changed; other rows or columns may work."
    return (
        f"The computation ended unexpectedly (status {status}), most likely for lack of memory. "
        "Narrow the rows or columns and try again."
    )


def serve(function: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
    """Answer the one request on standard input; what libraries print goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer: dict[str, Any] = {"result": function(request)}
    except Refused as error:
        answer = {"refused": error.sentence}
    except MemoryError:
        answer = {"refused": NO_MEMORY}
    with out:
        out.write(json.dumps(answer, allow_nan=False, default=str) + "\n")


def _main(module: str, megabytes: int) -> None:
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE, megabytes * _MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
