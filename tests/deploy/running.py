"""Start a supervisor as a program, read what it says, and end it: used by the tests of this folder."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import instance
from deploy.instance import ServiceState, State

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind((instance.HOST, 0))
        return int(trial.getsockname()[1])


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Fail with `what` when a condition does not come to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {what}"
        time.sleep(0.05)


class Running:
    """A supervisor in a process of its own, with the lines it has said so far."""

    def __init__(self, process: subprocess.Popen[str], data: Path, port: int) -> None:
        self.process = process
        self.data = data
        self.port = port
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.append(line.rstrip())

    def wait_for(self, words: str, seconds: float = 20.0) -> None:
        wait_until(
            lambda: any(words in line for line in self.said),
            seconds,
            f"{words!r} was not said; said: {self.said}",
        )

    @property
    def state(self) -> State:
        state = instance.read_state(self.data)
        assert state is not None
        return state

    def service(self, name: str) -> ServiceState:
        return next(each for each in self.state.services if each.name == name)

    def kill(self, name: str) -> int:
        """Kill a service as nothing can refuse, and wait until another process is ready in its place."""
        before = self.service(name)
        os.kill(before.pid, signal.SIGKILL)
        self.wait_for_successor(name, before.pid)
        return before.pid

    def wait_for_successor(self, name: str, earlier: int, seconds: float = 60.0) -> None:
        def is_back() -> bool:
            now = self.service(name)
            return now.state == "ready" and now.pid not in {0, earlier}

        wait_until(is_back, seconds, f"the {name} did not come back; said: {self.said}")

    def stop(self, seconds: float = 60.0) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)


@contextmanager
def started(data: Path, module: str, *arguments: str, port: int | None = None) -> Iterator[Running]:
    """Run `python -m MODULE` as a supervisor on a data folder; ended or killed at the end."""
    number = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "DONOVAN_DATA": str(data), "DONOVAN_PORT": str(number), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(process, data, number)
    try:
        yield running
    finally:
        try:
            running.stop()
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
