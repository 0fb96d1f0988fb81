"""Passwords that were handed in with a file, for it and what it holds.

They lie in a file of their own beside the originals, readable by the service alone, in no database and no
record, and only until the file has been read; what comes out of it has its own copy until it is read itself.
"""

import contextlib
import json
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from ingest.errors import failure
from ingest.models import Document, Status

MOST = 50
LONGEST = 200
_YOUNG_SECONDS = 3600


def checked(untrusted: Iterable[str]) -> tuple[str, ...]:
    """The passwords without empty ones and doubles, in order. Raises IngestError "passwords"."""
    found = tuple(dict.fromkeys(word.strip("\r\n") for word in untrusted if word.strip()))
    if len(found) > MOST or any(len(word) > LONGEST or not word.isprintable() for word in found):
        raise failure("passwords", count=MOST, length=LONGEST)
    return found


def keep(document_id: uuid.UUID, words: tuple[str, ...]) -> None:
    """Keep passwords until the document is read. Raises IngestError "not-stored"."""
    if not words:
        return
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{document_id}.{uuid.uuid4().hex}"
        path.touch(mode=0o600)
        path.write_text(json.dumps(words))
        path.replace(folder / str(document_id))
    except OSError as error:
        raise failure("not-stored", reason=error.strerror or "the disk refused it") from error


def of(document_id: uuid.UUID) -> tuple[str, ...]:
    """The passwords that wait for a document."""
    try:
        return tuple(json.loads((_folder() / str(document_id)).read_text()))
    except (OSError, ValueError):
        return ()


def forget(document_id: uuid.UUID) -> None:
    """Remove the passwords of a document."""
    with contextlib.suppress(OSError):
        (_folder() / str(document_id)).unlink()


def clear_leftovers() -> int:
    """Remove the passwords of documents that are read or gone, as a killed worker leaves them; how many."""
    before = time.time() - _YOUNG_SECONDS
    count = 0
    for path in _folder().glob("*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before and not _is_wanted(path.name):
                path.unlink()
                count += 1
    return count


def _is_wanted(name: str) -> bool:
    try:
        number = uuid.UUID(name)
    except ValueError:
        return False
    return Document.objects.filter(pk=number, status__in=(Status.PENDING, Status.RUNNING)).exists()


def _folder() -> Path:
    return Path(settings.BLOB_DIR) / "passwords"
