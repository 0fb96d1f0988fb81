"""The one home of 7-Zip: 7z, CAB, LZH and ISO, and ZIP under a password; each member a file of its own.

Sizes are declared, and checked before anything is unpacked; no more than what is declared is taken. Nothing
is written under a name from the archive: members come out of a stream, and each is held against its sum.
Where the stream breaks, the members behind are taken one by one.
"""

import re
import shutil
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest import limits
from ingest.errors import IngestError, failure
from ingest.identify import KINDS, identify
from ingest.protocol import Event
from ingest.readers.members import BROKEN, LINK, SEALED, UNTRIED, Members
from ingest.sandbox_child import Job

_CHUNK = 256 * 1024
_LIST_BYTES = 32 * limits.MEGABYTE
# For the list and all passwords that do not fit, together: less than STALL_SECONDS, as nothing is heard of
# the file meanwhile.
_SECONDS = 120.0
_MOST_MISSES = 1000
# So many of the smallest members under a password are tried before it is said that none opens the archive:
# one may be damaged.
_SAMPLES = 3
# After a break a solid archive is unpacked anew for each member behind it.
_MOST_BEHIND_A_BREAK = 100
_NO_MEMORY = 8
_WHERE = "/usr/bin:/usr/local/bin"
_IN_ONE_STREAM = frozenset({"7z", "cab"})
_FIELD = re.compile(r"^([A-Za-z ]+) = ?(.*)$")
_MODE = re.compile(r"(?:^| )([dlbcps-])[rwxsStT-]{9}$")


@dataclass(frozen=True)
class _Entry:
    path: str
    size: int
    crc: int | None
    is_sealed: bool
    is_link: bool


def read(job: Job) -> Iterator[Event]:
    """Yield the members of an archive, then its page. Raises IngestError "damaged", "encrypted",
    "unpacks-too-large", "unpacker-missing", "too-much-memory", "too-slow".
    """
    archive = _Archive(job.path, identify(job.path, job.name).kind, job.passwords)
    password, entries = archive.listed()
    _check(entries, job.path.stat().st_size)
    filled = [entry for entry in entries if entry.size]
    sealed = [entry for entry in filled if entry.is_sealed]
    if sealed and not password:
        smallest = sorted(sealed, key=lambda entry: entry.size)[:_SAMPLES]
        password = next(filter(None, map(archive.password_for, smallest)), "")
        if not password and len(sealed) == len(filled):
            raise _too_slow() if archive.is_spent else failure("encrypted")
    members = Members(job)
    rest = entries
    if archive.kind in _IN_ONE_STREAM and (password or not sealed):
        with archive.unpacking(password) as stream:
            while rest:
                entry, *rest = rest
                taking = _Taking(stream, entry)
                yield from _put(members, entry, taking)
                taking.pass_over()
                if not taking.is_whole:
                    break
        # One that breaks off may be the fault of all behind it.
        for entry in rest[_MOST_BEHIND_A_BREAK:]:
            members.lose(entry.path, BROKEN)
        rest = rest[:_MOST_BEHIND_A_BREAK]
    for entry in rest:
        yield from _put_alone(archive, members, entry)
    yield from members.close()


def _check(entries: Sequence[_Entry], packed: int) -> None:
    if len(entries) > limits.ZIP_ENTRIES:
        raise failure("unpacks-too-large", reason=f"{len(entries):,} members")
    unpacked = sum(entry.size for entry in entries)
    if unpacked > limits.ZIP_UNPACKED_BYTES:
        raise failure("unpacks-too-large", reason=f"{unpacked // limits.MEGABYTE:,} MB")
    if unpacked > limits.ZIP_RATIO_FROM_BYTES and unpacked > limits.ZIP_RATIO * packed:
        raise failure("unpacks-too-large", reason=f"more than {limits.ZIP_RATIO} times its size")


def _put(members: Members, entry: _Entry, taking: "_Taking") -> Iterator[Event]:
    if entry.is_link:
        members.lose(entry.path, LINK)
    else:
        yield from members.put(entry.path, taking.chunks())


def _put_alone(archive: "_Archive", members: Members, entry: _Entry) -> Iterator[Event]:
    """One member out of a stream of its own."""
    refused = LINK if entry.is_link else members.refusal(entry.path)
    password = ""
    if entry.is_sealed and entry.size and not refused:
        password = archive.password_for(entry)
        if not password:
            refused = UNTRIED if archive.is_spent else SEALED
    if refused:
        members.lose(entry.path, refused)
        return
    with archive.unpacking(password, entry.path) as stream:
        yield from members.put(entry.path, _Taking(stream, entry).chunks())


class _Taking:
    """The bytes of one member off a stream; `is_whole` once they all came and agree with their sum."""

    def __init__(self, stream: IO[bytes], entry: _Entry) -> None:
        self._stream = stream
        self._entry = entry
        self._left = entry.size
        self._crc = 0

    def chunks(self) -> Iterator[bytes]:
        """Raises ValueError where they end too early or are not what they were."""
        while self._left > 0:
            chunk = self._stream.read(min(_CHUNK, self._left))
            if not chunk:
                raise ValueError("cut off")
            self._left -= len(chunk)
            self._crc = zlib.crc32(chunk, self._crc)
            if not self._left and not self.is_whole:
                raise ValueError("damaged")
            yield chunk

    def pass_over(self) -> None:
        """Take what nobody took."""
        try:
            for _ in self.chunks():
                pass
        except ValueError:
            return

    @property
    def is_whole(self) -> bool:
        return not self._left and (self._entry.crc is None or self._entry.crc == self._crc)


class _Archive:
    """An archive of one kind and the passwords that may open it, the one that last did so first. 7-Zip reads
    a password from its standard input, where no list of processes shows it.
    """

    def __init__(self, path: Path, kind: str, passwords: Sequence[str]) -> None:
        program = shutil.which("7zz", path=_WHERE) or shutil.which("7z", path=_WHERE)
        if program is None:
            raise failure("unpacker-missing", kind=KINDS[kind][0])
        self.kind = kind
        self._path = path
        self._passwords = list(passwords)
        self._seconds_left = _SECONDS
        self._misses_left = _MOST_MISSES
        self._command = [program, f"-t{kind}", "-bd", "-spd", "-sccUTF-8", "-y"]

    @property
    def is_spent(self) -> bool:
        """Whether no further password is tried."""
        return bool(self._passwords) and (self._seconds_left <= 0 or self._misses_left <= 0)

    def listed(self) -> tuple[str, list[_Entry]]:
        """The password that opens the list of members ("" where it is open) and the members."""
        for password in ("", *self._passwords):
            with self._timed(["l", "-slt", "-ba"], password) as (process, stream):
                said = stream.read(_LIST_BYTES + 1)
                if len(said) > _LIST_BYTES:
                    raise failure("unpacks-too-large", reason="very many members")
                code = process.wait()
            if self._seconds_left <= 0:
                raise _too_slow()
            entries = list(_entries(said.decode("utf-8", "replace")))
            if code == 0 or entries:
                self._put_first(password)
                return password, entries
            if code == _NO_MEMORY:
                raise failure("too-much-memory")
        if self._is_sealed():
            raise failure("encrypted")
        raise failure("damaged", kind=KINDS[self.kind][0])

    def _is_sealed(self) -> bool:
        """Whether the list cannot be read for want of a password."""
        try:
            done = subprocess.run(
                [*self._command, "l", "--", str(self._path)],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=self._seconds_left, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise _too_slow() from error
        return b"password" in (done.stdout + done.stderr).lower()

    def password_for(self, entry: _Entry) -> str:
        """The password that opens a member, or nothing: none fits, or it `is_spent`."""
        for password in list(self._passwords):
            if self.is_spent:
                break
            began = self._seconds_left
            with self._timed(["t", f"-i!{entry.path}"], password) as (process, stream):
                said = stream.read(_CHUNK)
                # A name that it does not find again as it wrote it proves nothing.
                fits = process.wait() == 0 and b"No files to process" not in said
            if fits:
                self._seconds_left = began
                self._put_first(password)
                return password
            self._misses_left -= 1
        return ""

    def _put_first(self, password: str) -> None:
        self._passwords.sort(key=lambda other: other != password)

    @contextmanager
    def _timed(
        self, words: Sequence[str], password: str
    ) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
        """7-Zip until it ends or the time for passwords is over, of which this takes its share."""
        began = time.monotonic()
        with self._running(words, password) as (process, stream):
            timer = threading.Timer(max(0.0, self._seconds_left), process.kill)
            timer.start()
            try:
                yield process, stream
            finally:
                timer.cancel()
                self._seconds_left -= time.monotonic() - began

    @contextmanager
    def unpacking(self, password: str, only: str = "") -> Iterator[IO[bytes]]:
        """The bytes of all members, or of one, in the order of the list."""
        words = ["x", "-so", *([f"-i!{only}"] if only else [])]
        with self._running(words, password) as (_, stream):
            yield stream

    @contextmanager
    def _running(
        self, words: Sequence[str], password: str
    ) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
        with subprocess.Popen(
            [*self._command, *words, "--", str(self._path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise failure("reader-crashed")
            try:
                # It may have ended without asking.
                with suppress(BrokenPipeError), process.stdin as asked:
                    asked.write(password.encode() + b"\n")
                yield process, process.stdout
            finally:
                process.kill()


def _too_slow() -> IngestError:
    return failure("too-slow", seconds=round(_SECONDS))


def _entries(said: str) -> Iterator[_Entry]:
    """The members in a list; folders are left out, as what is in them has their path."""
    fields: dict[str, str] = {}
    for line in [*said.splitlines(), ""]:
        match = _FIELD.match(line)
        if match is not None:
            fields.setdefault(match[1], match[2])
        elif not line.strip() and fields:
            if "Path" in fields and not _is_folder(fields):
                yield _entry(fields)
            fields = {}


def _is_folder(fields: dict[str, str]) -> bool:
    flags = fields.get("Attributes", "").split()
    return fields.get("Folder") == "+" or _mode(fields) == "d" or ("D" in flags[0] if flags else False)


def _mode(fields: dict[str, str]) -> str:
    match = _MODE.search(fields.get("Attributes", ""))
    return match[1] if match else ""


def _entry(fields: dict[str, str]) -> _Entry:
    size, crc = fields.get("Size", ""), fields.get("CRC", "")
    linked = any(fields.get(name) for name in ("Symbolic Link", "Hard Link", "Anti"))
    return _Entry(
        path=fields["Path"],
        size=int(size) if size.isdecimal() else 0,
        crc=int(crc, 16) if re.fullmatch(r"[0-9A-Fa-f]{8}", crc) else None,
        is_sealed=fields.get("Encrypted") == "+",
        is_link=(linked and fields.get("Anti") != "-") or _mode(fields) not in {"", "-"},
    )
