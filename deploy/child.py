"""One child process of the supervisor: how it starts, what it prints, how it ends."""

import os
import shutil
import signal
import subprocess
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy import processes
from deploy.instance import ROOT, ServiceState
from deploy.logs import RotatingLog
from deploy.services import Service, common_environment


class Child:
    """A service with its process, its log and its history. `state` is one of ServiceState's words."""

    def __init__(self, service: Service, data: Path) -> None:
        self.service = service
        self.log = RotatingLog(data / "logs" / f"{service.name.replace(' ', '-')}.log")
        self.state = "stopped"
        self.restarts = 0
        self.failures_before_ready = 0
        self.next_start = 0.0
        self.succeeded = False
        self._environment = {**os.environ, **common_environment(data), **service.environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._line_seen = threading.Event()
        self._has_been_ready = False
        self._failures = 0
        self._started = 0.0
        self._start_ticks = 0
        self._since = ""

    @property
    def seconds(self) -> float:
        """Since the present process was started."""
        return time.monotonic() - self._started

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the supervisor alone."""
        setpriv = shutil.which("setpriv")
        # A supervisor that is killed takes its services along; nobody would watch over them.
        guard = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        self._line_seen.clear()
        self._process = subprocess.Popen(
            [*guard, *self.service.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
        )
        self.state = "starting"
        self._started = time.monotonic()
        self._start_ticks = processes.start_time(self._process.pid) or 0
        self._since = datetime.now(UTC).isoformat(timespec="seconds")
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        wanted = self.service.ready_line.encode()
        for line in process.stdout or ():
            self.log.write(line)
            if wanted and wanted in line:
                self._line_seen.set()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """Ask the service; once it has answered, its state is `ready`."""
        if self.service.ready_line:
            answered = self._line_seen.is_set()
        else:
            answered = self.service.ready_when is None or self.service.ready_when()
        if answered:
            self.state = "ready"
            self._has_been_ready = True
        return answered

    def ending(self) -> str | None:
        """How the process ended, in words; None while it lives."""
        if self._process is None or self._process.poll() is None:
            return None
        code = self._process.returncode
        self.succeeded = code == 0
        if not self._has_been_ready:
            self.failures_before_ready += 1
        if code >= 0:
            return f"ended with exit status {code}"
        return f"was killed by {signal.Signals(-code).name}"

    def plan_restart(self, steady: float, longest: float) -> float:
        """Seconds to wait before the next start: none after one death, then doubled up to `longest`."""
        self._failures = 1 if self.seconds > steady else self._failures + 1
        wait = min(longest, 2.0 ** (self._failures - 2)) if self._failures > 1 else 0.0
        self.finish()
        self.state = "waiting"
        self.restarts += 1
        self.next_start = time.monotonic() + wait
        return wait

    def clear_group(self) -> None:
        """Kill what a dead service has left: its pool processes would go on without anyone to report to."""
        if self._process is not None:
            processes.kill_group(self._process.pid)

    def terminate(self) -> None:
        if self.is_alive() and self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        self.clear_group()
        if self._process is not None:
            self._process.wait()

    def finish(self) -> None:
        """Wait for the last words and forget the process."""
        if self._reader is not None:
            self._reader.join(timeout=2.0)
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
        self._reader = None
        self.state = "stopped"

    def is_settled(self) -> bool:
        """Ready, or done with what it was started for."""
        return self.state in {"ready", "done", "failed"}

    def snapshot(self) -> ServiceState:
        alive = self.is_alive() and self._process is not None
        return ServiceState(
            name=self.service.name,
            state=self.state,
            pid=self._process.pid if alive and self._process else 0,
            started=self._start_ticks if alive else 0,
            since=self._since,
            restarts=self.restarts,
        )
