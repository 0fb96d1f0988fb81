"""The Parquet files of tables on disk: one folder for each making of a document's tables, verified when
opened.

A file is staged, flushed, and its folder flushed; only then do the rows of the database point to it.
What no row points to any more is removed afterwards.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from donovan.insight.errors import InsightError
from ingest.blobs import flush_folder

MISSING = (
    "The stored form of this table is missing or has changed on disk. "
    "Read its document again to make it anew from the original."
)


def root() -> Path:
    """The folder that holds all tables."""
    return Path(settings.TABLE_DIR)


def new_generation(document_id: uuid.UUID) -> Path:
    """An empty folder for one making of the tables of a document."""
    folder = root() / str(document_id) / uuid.uuid4().hex[:12]
    folder.mkdir(parents=True)
    return folder


def publish(path: Path) -> tuple[str, str, int]:
    """Flush a finished file; its path below the folder of tables, its SHA-256 and its size in bytes."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    for folder in (path.parent, path.parent.parent, root()):
        flush_folder(folder)
    return path.relative_to(root()).as_posix(), digest, path.stat().st_size


def verified(relative: str, digest: str) -> Path:
    """The file of a table, whose bytes still have their digest. Raises InsightError."""
    path = _inside(relative)
    try:
        found = path.stat()
        is_same = (
            _digest(str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) == digest
        )
    except OSError as error:
        raise InsightError(MISSING) from error
    if not is_same:
        raise InsightError(MISSING)
    return path


@lru_cache(maxsize=256)
def _digest(path: str, inode: int, size: int, changed: int, status_changed: int) -> str:
    """Computed once for each state of the file; any write to it changes the time of its status."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _inside(relative: str) -> Path:
    folder = root().resolve()
    path = (folder / relative).resolve()
    if not relative or folder not in path.parents:
        raise InsightError(MISSING)
    return path


def erase(relative: str) -> None:
    """Remove one file, and the folders that it leaves empty."""
    try:
        path = _inside(relative)
    except InsightError:
        return
    path.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        try:
            folder.rmdir()
        except OSError:
            return


def keep_only(document_id: uuid.UUID, kept: Iterable[str]) -> None:
    """Remove every making of a document's tables but those in which a kept path lies."""
    folder = root() / str(document_id)
    wanted = {Path(relative).parent.name for relative in kept}
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name not in wanted:
                shutil.rmtree(entry, ignore_errors=True)
        if not wanted:
            shutil.rmtree(folder, ignore_errors=True)


def document_folders() -> list[uuid.UUID]:
    """The documents that have files here."""
    found = []
    for entry in root().glob("*-*-*-*-*"):
        try:
            found.append(uuid.UUID(entry.name))
        except ValueError:
            continue
    return found
