"""Originals, stored once under their SHA-256: staged, flushed to disk, renamed, the folder flushed
too. In the words of the field a file is staged, then committed.
"""

import contextlib
import hashlib
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from ingest import limits
from ingest.errors import failure

_CHUNK = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Incoming:
    """Bytes that were received and flushed to disk beside the store, but are not yet part of it."""

    digest: str
    size: int
    path: Path

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def blob_path(digest: str) -> Path:
    """Where the original with this SHA-256 lies. Raises ValueError for anything that is no SHA-256."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256")
    return Path(settings.BLOB_DIR) / digest[:2] / digest


def receive_bytes(stream: BinaryIO) -> Incoming:
    """Copy a stream to disk while hashing it. Raises IngestError "empty", "too-large" or "not-stored"."""
    folder = Path(settings.BLOB_DIR) / "incoming"
    path = folder / uuid.uuid4().hex
    sha = hashlib.sha256()
    size = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limits.FILE_BYTES:
                    raise failure("too-large", limit=f"{limits.FILE_BYTES // limits.MEGABYTE} MB")
                sha.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise failure("empty")
    except OSError as error:
        path.unlink(missing_ok=True)
        raise failure("not-stored", reason=error.strerror or "the disk did not take it") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Incoming(sha.hexdigest(), size, path)


def place(incoming: Incoming) -> None:
    """Make received bytes part of the store. Call it inside the transaction that writes their row: the only
    writer there is keeps others from placing or erasing originals until it ends.

    Raises IngestError "not-stored".
    """
    target = blob_path(incoming.digest)
    try:
        if target.exists() and target.stat().st_size == incoming.size:
            incoming.discard()
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.path.replace(target)
        flush_folder(target.parent)
        flush_folder(target.parent.parent)
    except OSError as error:
        incoming.discard()
        raise failure("not-stored", reason=error.strerror or "the disk did not take it") from error


def erase(digest: str) -> None:
    """Remove an original from disk. Call it inside a transaction, after making sure that no row needs it."""
    blob_path(digest).unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def verify(digest: str) -> Path:
    """The path of an original whose bytes still have its digest. Raises IngestError "original-missing"."""
    path = blob_path(digest)
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise failure("original-missing") from error
    if found != digest:
        raise failure("original-missing")
    return path


def clear_leftovers(older_than: float) -> int:
    """Remove half-received files last written before `older_than` (seconds since 1970); how many there
    were.
    """
    count = 0
    for path in (Path(settings.BLOB_DIR) / "incoming").glob("*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < older_than:
                path.unlink()
                count += 1
    return count
