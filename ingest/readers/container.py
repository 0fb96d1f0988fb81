"""ZIP, TAR and what GZIP, BZIP2 and XZ pack: each member a file of its own, under its path.

How much comes out is known before anything is unpacked: of a ZIP from what it declares, of a packed stream by
reading it once to nowhere. What is a link or points outside is not unpacked.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from ingest import limits
from ingest.encodings import decode
from ingest.errors import failure
from ingest.protocol import Event
from ingest.readers import seven_zip
from ingest.readers.members import LARGE, LINK, SEALED, Members
from ingest.sandbox_child import Job

_CHUNK = 256 * 1024
_LINK_MODE = 0o120000
_ENCRYPTED, _IN_UTF_8 = 0x1, 0x800
_NAME_FOLLOWS = 0x08
_TAR_BLOCK = 512
_DAMAGE = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError)
_ENDINGS = {".tgz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".svgz": ".svg"}


def read(job: Job) -> Iterator[Event]:
    """Yield the members of a container, then its page. Raises IngestError "damaged", "encrypted",
    "unpacks-too-large".
    """
    with job.path.open("rb") as stream:
        head = stream.read(_TAR_BLOCK)
    members = Members(job)
    if head.startswith(b"PK"):
        yield from _zip(job, members)
    elif _is_tar(head):
        yield from _tar(job.path.open("rb"), members)
    else:
        yield from _packed(job, head, members)


def _check_size(unpacked: int, packed: int) -> None:
    if unpacked > limits.ZIP_UNPACKED_BYTES:
        raise failure(
            "unpacks-too-large", reason=f"more than {limits.ZIP_UNPACKED_BYTES // limits.MEGABYTE} MB"
        )
    ratio = unpacked / max(1, packed)
    if unpacked > limits.ZIP_RATIO_FROM_BYTES and ratio > limits.ZIP_RATIO:
        raise failure("unpacks-too-large", reason=f"more than {limits.ZIP_RATIO} times its size")


def _zip(job: Job, members: Members) -> Iterator[Event]:
    path = job.path
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > limits.ZIP_ENTRIES:
                raise failure("unpacks-too-large", reason=f"{len(entries):,} members")
            _check_size(sum(entry.file_size for entry in entries), path.stat().st_size)
            if job.passwords and any(entry.flag_bits & _ENCRYPTED for entry in entries):
                yield from seven_zip.read(job)
                return
            if entries and all(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise failure("encrypted")
            for entry in entries:
                name = _zip_name(entry)
                if (entry.external_attr >> 16) & 0o170000 == _LINK_MODE:
                    members.lose(name, LINK)
                elif entry.flag_bits & _ENCRYPTED:
                    members.lose(name, SEALED)
                else:
                    yield from members.put(name, _zip_chunks(archive, entry))
    except (zipfile.BadZipFile, *_DAMAGE) as error:
        raise failure("damaged", kind="ZIP archive") from error
    yield from members.close()


def _zip_chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member. Raises ValueError for every kind of damage."""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError) as error:
        raise ValueError("damaged") from error


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The path of a member. Old programs write it in the encoding of their machine and do not say so."""
    if entry.flag_bits & _IN_UTF_8:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return entry.filename


def _is_tar(head: bytes) -> bool:
    if len(head) < _TAR_BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_TAR_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _tar(stream: BinaryIO, members: Members) -> Iterator[Event]:
    """The members of a TAR in order; what comes before damage is kept."""
    is_cut = False
    total = 0
    with stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as archive:
                for entry in archive:
                    if entry.isdir():
                        continue
                    total += entry.size if entry.isfile() else 0
                    # A hole in a file is declared, not stored.
                    _check_size(total, limits.ZIP_UNPACKED_BYTES)
                    if members.expected > limits.ZIP_ENTRIES:
                        raise failure("unpacks-too-large", reason=f"more than {limits.ZIP_ENTRIES:,} members")
                    name = _readable(entry.name)
                    held = archive.extractfile(entry) if entry.isfile() else None
                    if held is None:
                        members.lose(name, LINK)
                    elif entry.size > limits.ATTACHMENT_BYTES:
                        members.lose(name, LARGE)
                    else:
                        yield from members.put(name, _chunks(held))
        except _DAMAGE as error:
            if not members.expected:
                raise failure("damaged", kind="TAR archive") from error
            is_cut = True
    yield from members.close(is_cut=is_cut)


def _readable(name: str) -> str:
    """A path that was written in another encoding than UTF-8."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode(raw)[0]


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a member. Raises ValueError where they end too early."""
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except (tarfile.TarError, zlib.error, lzma.LZMAError) as error:
        raise ValueError("damaged") from error


def _opened(path: Path, head: bytes) -> BinaryIO:
    if head.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    if head.startswith(b"BZh"):
        return cast(BinaryIO, bz2.open(path, "rb"))
    return cast(BinaryIO, lzma.open(path, "rb"))


def _packed(job: Job, head: bytes, members: Members) -> Iterator[Event]:
    """One packed stream: a TAR, or a single file."""
    unpacked, is_whole = 0, True
    begin = b""
    packed = job.path.stat().st_size
    with _opened(job.path, head) as stream:
        try:
            while chunk := stream.read(_CHUNK):
                begin = begin or chunk[:_TAR_BLOCK]
                unpacked += len(chunk)
                _check_size(unpacked, packed)
        except _DAMAGE:
            is_whole = False
    if not unpacked:
        if is_whole:
            raise failure("empty")
        raise failure("damaged", kind="packed file")
    if _is_tar(begin):
        yield from _tar(_opened(job.path, head), members)
        return
    with _opened(job.path, head) as stream:
        # A log that was cut off is worth reading up to there.
        yield from members.put(_name_inside(job, head), _first(stream, unpacked))
    yield from members.close(is_cut=not is_whole)


def _first(stream: BinaryIO, count: int) -> Iterator[bytes]:
    while count > 0 and (chunk := stream.read(min(_CHUNK, count))):
        count -= len(chunk)
        yield chunk


def _name_inside(job: Job, head: bytes) -> str:
    """What the packed file was called: as the header says, else the name without its ending."""
    if head.startswith(b"\x1f\x8b") and len(head) > 10 and head[3] & _NAME_FOLLOWS and not head[3] & 0x04:
        name = decode(head[10:].partition(b"\x00")[0])[0].rpartition("/")[2].strip()
        if name and name not in {".", ".."}:
            return name
    path = PurePosixPath(job.name)
    return f"{path.stem}{_ENDINGS.get(path.suffix.lower(), '')}" or "content"
