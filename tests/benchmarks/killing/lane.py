"""One queue under fire: its nursery, what is heard of its workers, and the killing of them."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[3]
WHOLE, WORKER, CHILD, PAUSE = "worker and what it started", "worker alone", "what it started", "stopped"
_FIRST_GUESS = 1.0
_REMEMBERED = 9


@dataclass(frozen=True)
class Hit:
    """One kill: of what job, how far into it, and how. `at` is a moment of time.time()."""

    kind: str
    job: str
    how: str
    at: float
    seconds: float


@dataclass
class Lane:
    """The workers of one queue. `busy` holds what each is at, by process: (kind, job, since)."""

    queue: str
    workers: int
    log: Path
    busy: dict[int, tuple[str, str, float]] = field(default_factory=dict)
    alive: set[int] = field(default_factory=set)
    lasted: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    hits: list[Hit] = field(default_factory=list)
    paused: int = 0

    def __post_init__(self) -> None:
        self._heard = threading.Condition()
        self._pauses: list[threading.Thread] = []
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.killing.nursery", self.queue, str(self.workers)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
        )
        self._listener = threading.Thread(target=self._listen, daemon=True, name=f"lane-{self.queue}")
        self._listener.start()

    def _listen(self) -> None:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            said = json.loads(line)
            with self._heard:
                if "born" in said:
                    self.alive.add(said["born"])
                elif "began" in said:
                    self.busy[said["pid"]] = (said["began"], said["job"], time.monotonic())
                elif said["pid"] in self.busy:
                    kind, _job, since = self.busy.pop(said["pid"])
                    self.lasted[kind] = [*self.lasted[kind], time.monotonic() - since][-_REMEMBERED:]
                self._heard.notify_all()

    @property
    def has_idle(self) -> bool:
        """Whether some worker could take what waits."""
        with self._heard:
            return any(pid not in self.busy for pid in self.alive)

    def await_work(self, kind: str, *, spared: set[str], seconds: float) -> tuple[int, str] | None:
        """The process that is at a job of this kind, and the job; None when none was for so long."""
        until = time.monotonic() + seconds
        with self._heard:
            while True:
                for pid, (at, job, _since) in self.busy.items():
                    if at == kind and job not in spared and pid in self.alive:
                        return pid, job
                if not self._heard.wait(until - time.monotonic()) and time.monotonic() >= until:
                    return None

    def strike(self, pid: int, job: str, kind: str, dice: random.Random, how: str, lease: float) -> Hit | None:
        """Kill at some moment of what is left of the job by what its kind usually takes; None when it was
        done before that.
        """
        usual = median(self.lasted[kind]) if self.lasted[kind] else _FIRST_GUESS
        with self._heard:
            began = self.busy.get(pid, ("", "", time.monotonic()))[2]
        moment = began + dice.uniform(0.0, usual)
        with self._heard:
            while (left := moment - time.monotonic()) > 0 and self._is_at(pid, job):
                self._heard.wait(left)
            if not self._is_at(pid, job):
                return None
        return self._struck(pid, job, kind, how, lease, time.monotonic() - began)

    def _is_at(self, pid: int, job: str) -> bool:
        return pid in self.busy and self.busy[pid][1] == job

    def _struck(self, pid: int, job: str, kind: str, how: str, lease: float, into: float) -> Hit | None:
        try:
            started = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return None
        if how == CHILD and not started:
            how = WHOLE
        if how == PAUSE:
            self._pause(pid, started, lease)
            return None
        with self._heard:
            if how != CHILD:
                self.busy.pop(pid, None)
                self.alive.discard(pid)
        hit = Hit(kind, job, how, time.time(), into)
        if how in (WHOLE, WORKER):
            os.kill(pid, signal.SIGKILL)
        if how in (WHOLE, CHILD):
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self.hits.append(hit)
        return hit

    def _pause(self, pid: int, started: list[psutil.Process], lease: float) -> None:
        """Stop everything for longer than a lease, and let it go on: it does not know that it was dead."""
        everything = [psutil.Process(pid), *started]
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        with self._heard:
            self.alive.discard(pid)

        def go_on() -> None:
            time.sleep(1.6 * lease)
            for process in reversed(everything):
                with suppress(psutil.NoSuchProcess):
                    process.resume()
            with self._heard:
                self.alive.add(pid)

        thread = threading.Thread(target=go_on, name=f"pause-{pid}")
        thread.start()
        self._pauses.append(thread)
        self.paused += 1

    def close(self) -> None:
        """End the workers."""
        for thread in self._pauses:
            thread.join()
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(30)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)
