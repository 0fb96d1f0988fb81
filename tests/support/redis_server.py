"""A Redis server of the tests' own, as a broker that may be killed with all it holds."""

import secrets
import signal
import socket
import subprocess
import time
from types import TracebackType

from tests.support.postgresql import GUARD, free_port

PROGRAM = "/usr/bin/redis-server"
_PATIENCE_SECONDS = 30.0


class RedisServer:
    """On a free port of loopback, in memory alone: killed and started again it is empty, at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.password = secrets.token_hex(12)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        switches = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "requirepass": self.password,
            "save": "",
            "appendonly": "no",
        }
        words = [word for name, value in switches.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([*GUARD, PROGRAM, *words], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "Redis did not start"
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> "RedisServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
