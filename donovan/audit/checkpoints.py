"""Signed checkpoints of the record, kept outside the database.

The chain alone cannot show that its end was cut off. Each record therefore leaves one signed line in a file
of another folder (settings.CHECKPOINT_DIR, best on another disk): cutting the end, and cutting it and writing
on, are then found.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from donovan.audit.chain import keyed_digest


@dataclass(frozen=True)
class Checkpoint:
    """One line: the record with this sequence carried this seal."""

    sequence: int
    seal: str
    signature: str

    @property
    def is_genuine(self) -> bool:
        return self.signature == _signature(self.sequence, self.seal)


@dataclass(frozen=True)
class UnreadableLine:
    """A line of a checkpoint file that is not a checkpoint."""

    file: str
    line: int


def ensure_writable() -> None:
    """Raises OSError when a checkpoint could not be written now."""
    path = _current_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))


def append(sequence: int, seal: str) -> None:
    """Add the checkpoint of one record, to the disk."""
    line = {"sequence": sequence, "seal": seal, "signature": _signature(sequence, seal)}
    data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
    descriptor = os.open(_current_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Two processes may append at once; a line must never land inside another.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_all() -> Iterator[Checkpoint | UnreadableLine]:
    """Every checkpoint kept, file by file."""
    for path in sorted(_folder().glob("audit-*.jsonl")):
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                yield _read(path, number, line)


def _read(path: Path, number: int, line: bytes) -> Checkpoint | UnreadableLine:
    try:
        row = json.loads(line)
        return Checkpoint(int(row["sequence"]), str(row["seal"]), str(row["signature"]))
    except (ValueError, KeyError, TypeError):
        return UnreadableLine(path.name, number)


def _signature(sequence: int, seal: str) -> str:
    return keyed_digest({"checkpoint": sequence, "seal": seal})


def _folder() -> Path:
    return Path(settings.CHECKPOINT_DIR)


def _current_file() -> Path:
    return _folder() / f"audit-{timezone.now():%Y-%m}.jsonl"
