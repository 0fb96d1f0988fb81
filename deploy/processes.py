"""What /proc knows about a process and its descendants. Only the standard library; Linux only."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Bytes. `proportional` (PSS) shares pages between their users: its sum over processes is what is taken;
    `resident` (RSS) counts a shared page once for each process."""

    resident: int
    proportional: int

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.resident + other.resident, self.proportional + other.proportional)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command name, or nothing when the process is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def start_time(pid: int) -> int | None:
    """Clock ticks from boot to the start of the process: with the number, it names a process for good."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] != "Z" else None


def group_members(group: int) -> list[int]:
    """Living processes of a process group."""
    members = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields and fields[0] != "Z" and int(fields[2]) == group:
                members.append(int(entry.name))
    return members


def descendants(pid: int) -> list[int]:
    """The process and everything below it that still lives."""
    parents: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields and fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(parents.get(current, []))
    return found


def memory_of(pid: int) -> Memory:
    """Memory of one process, zero when it is gone."""
    resident = proportional = 0
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return Memory(0, 0)
    for line in lines:
        name, _, rest = line.partition(":")
        if name == "Rss":
            resident = int(rest.split()[0]) * 1024
        elif name == "Pss":
            proportional = int(rest.split()[0]) * 1024
    return Memory(resident, proportional)


def tree_memory(pid: int) -> Memory:
    """Memory of a process with all its descendants."""
    total = Memory(0, 0)
    for each in descendants(pid):
        total += memory_of(each)
    return total


def kill_group(group: int, signal_number: int = signal.SIGKILL) -> None:
    """Signal a process group; that it is gone already is no error."""
    try:
        os.killpg(group, signal_number)
    except ProcessLookupError:
        return
