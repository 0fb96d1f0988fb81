"""Signed checkpoints of the record, kept outside the database.

The chain alone cannot show that its end was cut off. Each record therefore leaves one signed line in a file
of another folder (settings.CHECKPOINT_DIR, best on another disk), and in a second one where the site names it
(settings.CHECKPOINT_COPY_DIR: append-only, best on another machine). Beside the lines stand two signed notes:
the genesis, which says from which record on there is a line for each, and the head, which names the last one.
Lines can be removed, but without the key no head can be made that fits what is left.
"""

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from donovan.audit.chain import keyed_digest

HEAD = "audit.head"
GENESIS = "audit.genesis"
_TAIL_BYTES = 16 * 1024
_VERSION = 2
# Writers at one moment: so many records at the end may wait for their line when a machine stops.
LINES_ON_THEIR_WAY = 8


@dataclass(frozen=True)
class Checkpoint:
    """One line: the record with this sequence carried this seal. Version 1 was not left by every record."""

    sequence: int
    seal: str
    signature: str
    version: int = 1

    @property
    def is_genuine(self) -> bool:
        return self.signature == _signature("checkpoint", self.sequence, self.seal, self.version)


@dataclass(frozen=True)
class UnreadableLine:
    """A line of a checkpoint file that is not a checkpoint."""

    file: str
    line: int


@dataclass(frozen=True)
class Note:
    """The genesis or the head: about which record, and whether it is signed with the key of this record."""

    sequence: int
    seal: str
    is_genuine: bool


def ensure_writable() -> None:
    """Raises OSError when a checkpoint could not be written now, for lack of rights or of room."""
    for folder in folders():
        path = _current_file(folder)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
        state = os.statvfs(folder)
        if state.f_bavail * state.f_frsize < settings.CHECKPOINT_ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def keep(sequence: int, seal: str, seals: Callable[[int, int], dict[int, str]]) -> None:
    """Add the line of one record, and of those before it whose writer was stopped before its line, to the
    disk; then move the head on. `seals` gives the seals that records from one sequence to another carry.
    """
    failed: OSError | None = None
    for folder in folders():
        try:
            with _locked(folder):
                _keep_in(folder, sequence, seal, seals)
        except OSError as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _keep_in(folder: Path, sequence: int, seal: str, seals: Callable[[int, int], dict[int, str]]) -> None:
    lines = _tail(folder)
    last = max((line.sequence for line in lines), default=0)
    if folder == folders()[0] and not (folder / GENESIS).exists():
        # Where there are lines of a version without a genesis, it begins here; where there are none, with the
        # first record.
        begun = 1 if not lines and sequence <= LINES_ON_THEIR_WAY else sequence
        _write_note(folder / GENESIS, begun, "")
    wanted = {sequence: seal}
    if last < sequence - 1 and (last or sequence <= LINES_ON_THEIR_WAY):
        wanted |= seals(last + 1, sequence - 1)
    known = {(line.sequence, line.seal) for line in lines}
    data = b"".join(_line(*item) for item in sorted(wanted.items()) if item not in known)
    if data:
        descriptor = os.open(_current_file(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    head = read_note(folder, HEAD)
    # A head whose record is no longer there as it was stays where it is: it is the proof.
    if head is None or (
        head.is_genuine
        and head.sequence < sequence
        and seals(head.sequence, head.sequence).get(head.sequence) == head.seal
    ):
        _write_note(folder / HEAD, sequence, seal)


def read_all(folder: Path | None = None) -> Iterator[Checkpoint | UnreadableLine]:
    """Every checkpoint kept in a folder, file by file."""
    for path in sorted((folder or folders()[0]).glob("audit-*.jsonl")):
        yield from read_file(path)


def read_file(path: Path) -> Iterator[Checkpoint | UnreadableLine]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            yield _read(path, number, line)


def read_note(folder: Path, name: str) -> Note | None:
    """The genesis or the head of a folder; None where there is none. An unreadable one is not genuine."""
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Note(0, "", is_genuine=False)
    try:
        row = json.loads(text)
        sequence, seal = int(row["sequence"]), str(row["seal"])
        return Note(sequence, seal, row["signature"] == _signature(name, sequence, seal, _VERSION))
    except (ValueError, KeyError, TypeError):
        return Note(0, "", is_genuine=False)


def folders() -> list[Path]:
    """Where checkpoints lie: beside the data or on another disk, and where the site wants a second copy."""
    copy = getattr(settings, "CHECKPOINT_COPY_DIR", "")
    return [Path(settings.CHECKPOINT_DIR), *([Path(copy)] if copy else [])]


def _tail(folder: Path) -> list[Checkpoint]:
    """The last lines of the newest file that has any."""
    for path in sorted(folder.glob("audit-*.jsonl"), reverse=True):
        with path.open("rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, end - _TAIL_BYTES))
            lines = stream.read().splitlines()
        found = [_read(path, 0, line) for line in lines]
        checkpoints = [line for line in found if isinstance(line, Checkpoint) and line.is_genuine]
        if checkpoints:
            return checkpoints
    return []


def _line(sequence: int, seal: str) -> bytes:
    line = {
        "sequence": sequence,
        "seal": seal,
        "signature": _signature("checkpoint", sequence, seal, _VERSION),
        "version": _VERSION,
    }
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _write_note(path: Path, sequence: int, seal: str) -> None:
    note = {"sequence": sequence, "seal": seal, "signature": _signature(path.name, sequence, seal, _VERSION)}
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, json.dumps(note).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)


def _read(path: Path, number: int, line: bytes) -> Checkpoint | UnreadableLine:
    try:
        row = json.loads(line)
        version = int(row.get("version", 1))
        return Checkpoint(int(row["sequence"]), str(row["seal"]), str(row["signature"]), version)
    except (ValueError, KeyError, TypeError, AttributeError):
        return UnreadableLine(path.name, number)


def _signature(what: str, sequence: int, seal: str, version: int) -> str:
    content: dict[str, object] = {what: sequence, "seal": seal}
    return keyed_digest(content if version == 1 else {**content, "version": version})


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two processes may write at once; a line must never land inside another."""
    descriptor = os.open(folder / "audit.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _current_file(folder: Path) -> Path:
    return folder / f"audit-{timezone.now():%Y-%m}.jsonl"
