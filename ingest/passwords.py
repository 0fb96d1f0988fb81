"""Passwords that were handed in with a file, for it and what it holds.

They lie in a folder of their own, which is in no backup, readable by the service alone, in no database and no
record, and only until reading has come to an end; what comes out of the file has its own copy until it is
read itself.
"""

import contextlib
import json
import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ingest.blobs import flush_folder
from ingest.errors import failure
from ingest.ledger import OUR_STAGES
from ingest.models import Document, Status

MOST = 50
LONGEST = 200
# The document of younger ones may be handed in at this moment, and not be there yet for others.
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
    path = folder / f"{document_id}.{uuid.uuid4().hex}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(json.dumps(words))
            out.flush()
            os.fsync(out.fileno())
        path.replace(folder / str(document_id))
        flush_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise failure("not-stored", reason=error.strerror or "the disk refused it") from error


def of(document_id: uuid.UUID) -> tuple[str, ...]:
    """The passwords that wait for a document."""
    try:
        return tuple(json.loads((_folder() / str(document_id)).read_text()))
    except (OSError, ValueError):
        return ()


def forget(document_id: uuid.UUID) -> None:
    """Remove the passwords of a document."""
    path = _folder() / str(document_id)
    with contextlib.suppress(OSError):
        path.unlink()
        flush_folder(path.parent)


def forget_ended(document_id: uuid.UUID) -> bool:
    """Remove the passwords of a document unless it waits to be read, for the first time or again, or is in
    work; whether they were removed.
    """
    if not (_folder() / str(document_id)).exists():
        return False
    # Whoever hands new ones in for it does so in a transaction of its own, before this one or after it.
    with transaction.atomic():
        is_wanted = Document.objects.select_for_update().filter(
            pk=document_id, status__in=(Status.PENDING, Status.RUNNING), stage__in=OUR_STAGES
        )
        if is_wanted.exists():
            return False
        forget(document_id)
    return True


def clear_leftovers() -> int:
    """Remove the passwords of documents whose reading has ended or that are gone, as a killed worker leaves
    them; how many.
    """
    before = time.time() - _YOUNG_SECONDS
    count = 0
    for path in _folder().glob("*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before:
                count += _is_cleared(path)
    return count


def _is_cleared(path: Path) -> bool:
    try:
        return forget_ended(uuid.UUID(path.name))
    except ValueError:
        path.unlink()  # half-written
        return True


def _folder() -> Path:
    return Path(settings.PASSWORD_DIR)
