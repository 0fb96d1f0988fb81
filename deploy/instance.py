"""One Donovan a data folder: the lock that holds it, and the file that says what is running."""

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# The kernel takes at most 108 bytes for the address of a Unix socket.
LONGEST_SOCKET = 100


def data_folder() -> Path:
    """The folder of the installation: DONOVAN_DATA, or var/ beside manage.py, as in the settings."""
    return Path(os.environ.get("DONOVAN_DATA") or ROOT / "var").resolve()


def port() -> int:
    """DONOVAN_PORT, 8000 when it is not set. Raises ValueError with a sentence when it is no port."""
    text = os.environ.get("DONOVAN_PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"DONOVAN_PORT is {text!r}; it has to be a number from 1 to 65535.")
    return int(text)


def address(number: int) -> str:
    return f"http://{HOST}:{number}/"


def port_is_free(number: int) -> bool:
    """Whether the web service could listen there now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, number))
        except OSError:
            return False
    return True


def busy_sentence(number: int) -> str:
    return (
        f"Port {number} is in use by another program. End that program, or choose another port: "
        f"DONOVAN_PORT={number + 1} make run"
    )


@dataclass
class ServiceState:
    """What is known of one service.

    `state` is starting, ready, waiting (for its next start) or stopped; one that runs once is done or failed.
    """

    name: str
    state: str = "stopped"
    pid: int = 0
    started: int = 0
    since: str = ""
    restarts: int = 0


@dataclass
class State:
    """The whole of services.json."""

    supervisor: int
    port: int
    services: list[ServiceState] = field(default_factory=list)

    def write(self, path: Path) -> None:
        beside = path.with_name(path.name + ".new")
        beside.write_text(json.dumps(asdict(self), indent=2) + "\n")
        beside.replace(path)


def read_state(data: Path) -> State | None:
    """The last written state, whether or not it still runs; None when there is none or it cannot be read."""
    try:
        kept = json.loads((data / "run" / "services.json").read_text())
        services = [ServiceState(**each) for each in kept["services"]]
        return State(supervisor=kept["supervisor"], port=kept["port"], services=services)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def take_lock(data: Path) -> IO[str] | None:
    """Take the lock of a data folder, or None when a supervisor holds it. It lasts as long as the stream."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    stream = (folder / "supervisor.lock").open("a")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


def running(data: Path) -> State | None:
    """The state of the Donovan that runs on this data folder, or None when none does."""
    if not (data / "run" / "supervisor.lock").exists():
        return None
    lock = take_lock(data)
    if lock is not None:
        lock.close()
        return None
    return read_state(data) or State(supervisor=0, port=0)


def sign_in_text(data: Path) -> str:
    """The names to sign in with, where the demonstration was loaded; empty otherwise."""
    path = data / "sign-in.txt"
    return path.read_text() if path.is_file() else ""


def already_running_text(data: Path, state: State) -> str:
    """What to say to somebody who starts it a second time."""
    where = address(state.port) if state.port else "an address that it is about to print"
    return f"Donovan is already running at {where}\n{sign_in_text(data)}".rstrip()
