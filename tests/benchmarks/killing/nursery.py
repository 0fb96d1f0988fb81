"""The workers of all queues: forked from one process that has loaded what they do, as Celery forks its own,
and forked again when one is killed.

What they are at comes as lines of JSON, each with its queue: one when a worker is there and when it is gone,
and one when it begins and ends what its handler does.

    {"born": pid}   {"began": kind, "job": key, "pid": pid}
    {"gone": pid}   {"ended": kind, "job": key, "pid": pid}
"""

import json
import os
import signal
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from tests.benchmarks.killing.workers import Out, be_a_worker

_TICK_SECONDS = 0.02


class Nursery:
    """So many workers of each queue, from `open` until it is closed. To be made before any thread is there,
    and while no connection to the database is open.
    """

    def __init__(self, queues: Mapping[str, int]) -> None:
        self._queues = queues
        lines, out = os.pipe()
        told, self._tells = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(lines)
            os.close(self._tells)
            try:
                self._keep(told, out)
            finally:
                os._exit(0)
        os.close(told)
        os.close(out)
        self._lines = os.fdopen(lines, encoding="utf-8")

    def open(self) -> None:
        """Let the workers begin."""
        os.write(self._tells, b"!")

    def lines(self) -> Iterator[dict[str, Any]]:
        """What is said, until the last of them has ended."""
        for line in self._lines:
            yield json.loads(line)

    def close(self) -> None:
        """End the workers."""
        os.close(self._tells)
        os.waitpid(self._pid, 0)

    def _keep(self, told: int, out: int) -> None:
        alive: dict[int, str] = {}
        is_open = os.read(told, 1) != b""
        os.set_blocking(told, False)
        while is_open:
            for queue, number in self._queues.items():
                for _ in range(number - list(alive.values()).count(queue)):
                    alive[self._fork(queue, told, out)] = queue
            ended, _status = os.waitpid(-1, os.WNOHANG)
            if ended in alive:
                Out(out, alive.pop(ended)).say({"gone": ended})
            if not ended:
                time.sleep(_TICK_SECONDS)
            with suppress(BlockingIOError):
                is_open = os.read(told, 1) != b""
        for pid in alive:
            os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _fork(queue: str, told: int, out: int) -> int:
        pid = os.fork()
        if pid == 0:
            os.close(told)
            try:
                be_a_worker(queue, Out(out, queue))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        Out(out, queue).say({"born": pid})
        return pid
