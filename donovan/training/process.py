"""The child process of a training as its parent sees it: started, listened to, asked to stop, killed."""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from donovan.training.child import STOP

_ROOT = Path(__file__).resolve().parents[2]
_TICK_SECONDS = 0.5
_LONGEST_TAIL = 4000


class TrainingProcess:
    """One child. Iterate `messages` for what it says, and None now and then, to look around."""

    def __init__(self, request: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._work = Path(str(request["work"]))
        self._work.mkdir(parents=True, exist_ok=True)
        (self._work / STOP).unlink(missing_ok=True)
        self._errors: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed in `close`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "donovan.training.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
            env={
                # The worker's limit is there for OCR; a training alone in its process uses every core.
                **{name: value for name, value in os.environ.items() if name != "OMP_THREAD_LIMIT"},
                # The models that serve at this moment: the process asks no database for them.
                **environment,
                "DJANGO_SETTINGS_MODULE": "donovan.settings",
                # Where no compiled files are written, torch would be compiled anew at each start.
                "PYTHONDONTWRITEBYTECODE": "",
            },
        )
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - asked for above
        try:
            stdin.write(json.dumps({**request, "parent": os.getpid()}).encode())
            stdin.close()
        except BrokenPipeError:
            pass  # It ended already; `messages` ends too, and `ended` says how.

    @property
    def pid(self) -> int:
        return self._process.pid

    def messages(self) -> Iterator[dict[str, Any] | None]:
        """Each JSON line of the child until it ends; None every half second in which it says nothing."""
        out = self._process.stdout
        assert out is not None  # noqa: S101 - asked for above
        kept = b""
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while True:
                if not selector.select(_TICK_SECONDS):
                    yield None
                    continue
                block = os.read(out.fileno(), 65536)
                if not block:
                    break
                *lines, kept = (kept + block).split(b"\n")
                yield from (json.loads(line) for line in lines if line.strip())
        self._process.wait()

    def ask_to_stop(self) -> None:
        """Let it write a checkpoint and leave."""
        (self._work / STOP).touch()

    def kill(self) -> None:
        """End it now, whatever it does. What it loses is the work since its last checkpoint."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Make sure that it has ended, and let go of its pipes."""
        if self._process.poll() is None:
            self.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def ended(self) -> str:
        """How it ended, for a notice: the kind of error, never its words, which may hold training data."""
        status = self._process.returncode
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - _LONGEST_TAIL))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        last = lines[-1].partition(":")[0] if lines else ""
        is_named = last.replace(".", "").replace("_", "").isalnum() and any(
            line.startswith("Traceback") for line in lines
        )
        return f"{last}, status {status}" if is_named else f"status {status}"
