"""The one home of 7-Zip: 7z, CAB, LZH and ISO, and ZIP under a password; each member a file of its own.

Sizes are declared, and checked before anything is unpacked; no more than what is declared is taken. Nothing
is written under a name from the archive: members come out of a stream, and each is held against its sum.
Where the stream breaks, the members behind are taken one by one.
"""

import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest import limits
from ingest.errors import failure
from ingest.identify import KINDS, identify
from ingest.protocol import Event
from ingest.readers.members import BROKEN, LINK, SEALED, Members
from ingest.sandbox_child import Job

_CHUNK = 256 * 1024
_LIST_BYTES = 32 * limits.MEGABYTE
_SECONDS = 180
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
    "unpacks-too-large", "unpacker-missing", "too-much-memory".
    """
    archive = _Archive(job.path, identify(job.path, job.name).kind)
    password, entries = archive.listed(job.passwords)
    _check(entries, job.path.stat().st_size)
    filled = [entry for entry in entries if entry.size]
    sealed = [entry for entry in filled if entry.is_sealed]
    if sealed and not password:
        password = archive.password_for(sealed[0], job.passwords)
        if not password and len(sealed) == len(filled):
            raise failure("encrypted")
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
    passwords = [password, *(other for other in job.passwords if other != password)] if password else [""]
    for entry in rest:
        yield from _put_alone(archive, members, entry, passwords)
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


def _put_alone(
    archive: "_Archive", members: Members, entry: _Entry, passwords: Sequence[str]
) -> Iterator[Event]:
    """One member out of a stream of its own."""
    if entry.is_link:
        members.lose(entry.path, LINK)
        return
    password = ""
    if entry.is_sealed and entry.size:
        password = archive.password_for(entry, [word for word in passwords if word])
        if not password:
            members.lose(entry.path, SEALED)
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
    """An archive of one kind. 7-Zip reads a password from its standard input, where no list of processes
    shows it.
    """

    def __init__(self, path: Path, kind: str) -> None:
        program = shutil.which("7zz", path=_WHERE) or shutil.which("7z", path=_WHERE)
        if program is None:
            raise failure("unpacker-missing", kind=KINDS[kind][0])
        self.kind = kind
        self._path = path
        self._command = [program, f"-t{kind}", "-bd", "-spd", "-sccUTF-8", "-y"]

    def listed(self, passwords: Sequence[str]) -> tuple[str, list[_Entry]]:
        """The password that opens the list of members ("" where it is open) and the members."""
        for password in ("", *passwords):
            with self._running(["l", "-slt", "-ba"], password) as (process, stream):
                said = stream.read(_LIST_BYTES + 1)
                if len(said) > _LIST_BYTES:
                    raise failure("unpacks-too-large", reason="very many members")
                code = process.wait(timeout=_SECONDS)
            entries = list(_entries(said.decode("utf-8", "replace")))
            if code == 0 or entries:
                return password, entries
            if code == _NO_MEMORY:
                raise failure("too-much-memory")
        if self._is_sealed():
            raise failure("encrypted")
        raise failure("damaged", kind=KINDS[self.kind][0])

    def _is_sealed(self) -> bool:
        """Whether the list cannot be read for want of a password."""
        done = subprocess.run(
            [*self._command, "l", "--", str(self._path)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        return b"password" in (done.stdout + done.stderr).lower()

    def password_for(self, entry: _Entry, passwords: Sequence[str]) -> str:
        """The password that opens a member, or nothing."""
        for password in passwords:
            with self._running(["t", f"-i!{entry.path}"], password) as (process, stream):
                while stream.read(_CHUNK):
                    pass
                if process.wait(timeout=_SECONDS) == 0:
                    return password
        return ""

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
