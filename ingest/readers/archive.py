"""Office files are zip archives: how much they unpack to is checked before anything in them is opened."""

import zipfile
from pathlib import Path, PurePosixPath

from ingest import limits
from ingest.errors import failure

_HEAD_BYTES = 64 * 1024
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_ENCRYPTED_FLAG = 0x1
_LINK = 0o120000


def check(path: Path, kind: str) -> None:
    """Refuse archives that would cost too much or reach outside themselves.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large" or "unsafe-content".
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(path, entries)
            for entry in entries:
                _check_entry(archive, entry)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise failure("damaged", kind=kind) from error


def check_size(path: Path, kind: str) -> None:
    """Refuse archives that would cost too much. Raises IngestError "damaged" or "unpacks-too-large"."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive.infolist())
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise failure("damaged", kind=kind) from error


def _check_sizes(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > limits.ZIP_ENTRIES:
        raise failure("unpacks-too-large", reason=f"{len(entries)} parts")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.ZIP_UNPACKED_BYTES:
        raise failure("unpacks-too-large", reason=f"{unpacked // limits.MEGABYTE} MB")
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > limits.ZIP_RATIO_FROM_BYTES and ratio > limits.ZIP_RATIO:
        raise failure("unpacks-too-large", reason=f"{ratio:.0f} times its size")


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        raise failure("unsafe-content", reason="a part that points outside the file")
    if (entry.external_attr >> 16) & 0o170000 == _LINK:
        raise failure("unsafe-content", reason="a link to another file")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise failure("encrypted")
    if name.suffix.lower() in {".xml", ".rels"}:
        with archive.open(entry) as part:
            head = part.read(_HEAD_BYTES)
        if any(mark in head for mark in _DOCTYPE):
            raise failure("unsafe-content", reason="XML with entity definitions")
