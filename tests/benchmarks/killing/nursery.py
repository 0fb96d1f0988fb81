"""The workers of one queue: forked from a process that has loaded what they do, as Celery forks its own, and
forked again when one is killed.

python -m tests.benchmarks.killing.nursery QUEUE NUMBER     "web" for answers, which pages make and no queue

A worker gets the messages of the broker and calls the task that Celery would call. To standard output go lines
of JSON, one when a worker is there, and one when it begins and ends what its handler does:

    {"born": pid}   {"began": kind, "job": key, "pid": pid}   {"ended": kind, "job": key, "pid": pid}
"""

import json
import os
import signal
import sys
import time
from importlib import import_module

import django

WEB = "web"


def say(out: int, what: dict[str, object]) -> None:
    """One write, so that lines of several workers do not mix."""
    os.write(out, json.dumps(what).encode() + b"\n")


def main(queue: str, number: int) -> None:
    """Keep so many workers alive until standard input ends."""
    out = os.dup(1)
    os.set_inheritable(out, False)
    os.dup2(2, 1)
    django.setup()
    # Only now can what needs the applications be loaded.
    work = import_module("tests.benchmarks.killing.workers").loaded(queue)
    alive: set[int] = set()
    os.set_blocking(0, False)
    while os.getppid() != 1 and _may_go_on():
        while len(alive) < number:
            key = os.fork()
            if key == 0:
                _be_a_worker(work, out)
            alive.add(key)
            say(out, {"born": key})
        # A worker that was stopped is alive; only its end is waited for.
        ended, _status = os.waitpid(-1, os.WNOHANG)
        alive.discard(ended)
        if not ended:
            time.sleep(0.02)
    for key in alive:
        os.kill(key, signal.SIGKILL)


def _may_go_on() -> bool:
    try:
        return os.read(0, 1) != b""
    except BlockingIOError:
        return True


def _be_a_worker(work: object, out: int) -> None:
    try:
        work(out)  # type: ignore[operator]
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
