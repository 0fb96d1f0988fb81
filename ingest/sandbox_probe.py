"""Runs inside the sandbox at every start of a worker and reports what it could reach that it must not."""

import json
import os
import resource
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ingest.sandbox_child import own_stream, set_limits

_KNOWN_NAMES = frozenset(
    {"PATH", "LANG", "LC_CTYPE", "OMP_THREAD_LIMIT", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}
)
# bubblewrap's own first process, and this one.
_OWN_PROCESSES = 3


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, MemoryError, ValueError):
        return False
    return True


def _connect() -> None:
    # An address reserved for documentation: nothing answers there, and only a network would let it time out.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 53))


def _other_interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex() if name != "lo"]


def _can_write(folder: str) -> bool:
    return _succeeds(lambda: Path(folder, "probe").write_text("x"))


def _can_list(folder: str) -> bool:
    return _succeeds(lambda: list(Path(folder).iterdir()))


def reached() -> list[str]:
    """What this process can do although it should not, in words; empty in a sound sandbox."""
    found = []
    if _succeeds(_connect) or _other_interfaces():
        found.append("reach a network")
    found.extend(
        f"write to {folder}" for folder in ("/", "/usr", "/app/ingest", sys.prefix) if _can_write(folder)
    )
    if not _can_write(tempfile.gettempdir()):
        found.append("not write to its own temporary folder")
    if set(os.environ) - _KNOWN_NAMES:
        found.append("see the environment of the service")
    if sum(entry.name.isdigit() for entry in Path("/proc").iterdir()) > _OWN_PROCESSES:
        found.append("see other processes")
    if any(_can_list(folder) for folder in ("/home", "/root/.ssh", "/var", "/run", "/srv", "/mnt")):
        found.append("see folders of the machine")
    set_limits()
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        found.append("use memory without limit")
    if _succeeds(lambda: bytearray(16 * 1024**3)):
        found.append("use memory beyond its limit")
    return found


def main() -> None:
    """Print the findings as one JSON list."""
    stream = own_stream()
    stream.write(json.dumps(reached()))
    stream.flush()
