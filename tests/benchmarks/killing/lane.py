"""One queue under fire: what is heard of its workers, and the killing of them."""

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import psutil

WHOLE, WORKER, CHILD, PAUSE = "worker and what it started", "worker alone", "what it started", "stopped"
_FIRST_GUESS = 1.0
_REMEMBERED = 9


@dataclass(frozen=True)
class Hit:
    """One kill: of what job, how, and how many seconds into it."""

    kind: str
    job: str
    how: str
    seconds: float


class Lane:
    """The workers of one queue. `lease` is how long one that is stopped is taken to be alive.

    `busy` holds what each is at, by process: (kind, job, since); `killed` by job how often it was killed
    since it last came to an end.
    """

    def __init__(self, queue: str, lease: float) -> None:
        self.queue, self._lease = queue, lease
        self.busy: dict[int, tuple[str, str, float]] = {}
        self.alive: set[int] = set()
        self.hits: list[Hit] = []
        self.paused = 0
        self.killed: Counter[str] = Counter()
        self._lasted: dict[str, list[float]] = defaultdict(list)
        self._heard = threading.Condition()
        self._pauses: list[threading.Thread] = []

    def hear(self, said: Mapping[str, Any]) -> None:
        """What one of its workers says."""
        with self._heard:
            if "born" in said:
                self.alive.add(said["born"])
            elif "gone" in said:
                self.alive.discard(said["gone"])
                self.busy.pop(said["gone"], None)
            elif "began" in said:
                self.busy[said["pid"]] = (said["began"], said["job"], time.monotonic())
            elif said["pid"] in self.busy:
                kind, job, since = self.busy.pop(said["pid"])
                self.killed.pop(job, None)
                self._lasted[kind] = [*self._lasted[kind], time.monotonic() - since][-_REMEMBERED:]
            self._heard.notify_all()

    @property
    def has_idle(self) -> bool:
        """Whether some worker could take what waits."""
        with self._heard:
            return any(pid not in self.busy for pid in self.alive)

    @property
    def has_stopped(self) -> bool:
        """Whether a worker is stopped at this moment."""
        return any(thread.is_alive() for thread in self._pauses)

    def await_work(self, kind: str, *, most: int, seconds: float) -> tuple[int, str] | None:
        """The process that is at a job of this kind that was killed less than `most` times, and the job; None
        when none was for so long.
        """
        until = time.monotonic() + seconds
        with self._heard:
            while True:
                for pid, (at, job, _since) in self.busy.items():
                    if at == kind and self.killed[job] < most and pid in self.alive:
                        return pid, job
                if not self._heard.wait(until - time.monotonic()) and time.monotonic() >= until:
                    return None

    def strike(self, pid: int, job: str, dice: random.Random, how: str) -> Hit | None:
        """Kill at some moment of what its kind usually takes; None when it was done before that, or is only
        stopped for a while.
        """
        with self._heard:
            if not self._is_at(pid, job):
                return None
            kind, _job, began = self.busy[pid]
            lasted = self._lasted[kind]
        moment = began + dice.uniform(0.0, median(lasted) if lasted else _FIRST_GUESS)
        with self._heard:
            while (left := moment - time.monotonic()) > 0 and self._is_at(pid, job):
                self._heard.wait(left)
            if not self._is_at(pid, job):
                return None
        return self._struck(pid, Hit(kind, job, how, time.monotonic() - began))

    def _is_at(self, pid: int, job: str) -> bool:
        return pid in self.busy and self.busy[pid][1] == job

    def _struck(self, pid: int, hit: Hit) -> Hit | None:
        try:
            started = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return None
        if hit.how == CHILD and not started:
            hit = replace(hit, how=WHOLE)
        if hit.how == PAUSE:
            self._pause(pid, started)
            return None
        if hit.how in (WHOLE, WORKER):
            with self._heard:
                self.busy.pop(pid, None)
                self.alive.discard(pid)
            os.kill(pid, signal.SIGKILL)
        if hit.how in (WHOLE, CHILD):
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self.hits.append(hit)
        self.killed[hit.job] += 1
        return hit

    def _pause(self, pid: int, started: list[psutil.Process]) -> None:
        """Stop everything for longer than a lease, and let it go on: it does not know that it was dead."""
        everything = [psutil.Process(pid), *started]
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        with self._heard:
            self.alive.discard(pid)

        def go_on() -> None:
            time.sleep(1.6 * self._lease)
            for process in reversed(everything):
                with suppress(psutil.NoSuchProcess):
                    process.resume()
            with self._heard:
                if psutil.pid_exists(pid):
                    self.alive.add(pid)

        thread = threading.Thread(target=go_on, name=f"pause-{pid}")
        thread.start()
        self._pauses.append(thread)
        self.paused += 1

    def close(self) -> None:
        """Wait until nobody is stopped any more."""
        for thread in self._pauses:
            thread.join()
