"""Every change to a document that somebody asks for: hand in, retry, relabel, remove.

The caller decides who may; these functions decide nothing about people and may be wrapped in its transaction.
"""

import uuid
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction

from ingest import blobs, ledger, pages, passwords
from ingest.errors import IngestError, failure
from ingest.kinds import READ
from ingest.models import Blob, Document, Passage, Stage, Status, Submission
from ingest.protocol import clean
from ingest.work.services import again, enqueue

_NAME_CHARACTERS = 400


def receive(
    stream: BinaryIO, *, name: str, label: str, received_by: str, parent: Document | None = None
) -> Submission:
    """Keep the bytes of `stream` and a document for them; a worker is called once the transaction commits.

    The same bytes under the same label give a Submission with `is_duplicate` of the document that is there
    already.
    Raises IngestError "empty", "too-large" or "not-stored", and then nothing is kept.
    """
    incoming = blobs.receive_bytes(stream)
    return register(incoming, name=name, label=label, received_by=received_by, parent=parent)


def register(
    incoming: blobs.Incoming,
    *,
    name: str,
    label: str,
    received_by: str,
    parent: Document | None = None,
    is_path: bool = False,
) -> Submission:
    """The rows for bytes that `blobs.receive_bytes` has taken in, in one short transaction.

    Callers with a transaction of their own receive the bytes before it, so that a slow upload holds no lock.
    Where the name `is_path`, it says where in a folder the file was found, and is kept as that of a member of
    a container is; the same bytes found there once more by the same person are no second submission (what is
    given back then is not kept). Raises IngestError "not-stored".
    """
    shown = member_name(name) if is_path else plain_name(name)
    try:
        with transaction.atomic():
            blob, _ = Blob.objects.get_or_create(digest=incoming.digest, defaults={"size": incoming.size})
            blobs.place(incoming)
            document = _existing(blob, label, shown, parent)
            if document is None and is_path:
                document = _held(blob, label, received_by)
            is_duplicate = document is not None
            if document is None:
                document = Document.objects.create(
                    blob=blob,
                    parent=parent,
                    label=label,
                    name=shown,
                    title=PurePosixPath(shown).name,
                    received_by=received_by,
                )
                ledger.written(document, Stage.RECEIVED)
                enqueue(READ, document.pk, asked_by=received_by)
            submission = Submission(
                document=document, name=shown, received_by=received_by, is_duplicate=is_duplicate
            )
            same = Submission.objects.filter(document=document, name=shown, received_by=received_by)
            if not (is_path and is_duplicate and same.exists()):
                submission.save()
            return submission
    finally:
        incoming.discard()


def _existing(blob: Blob, label: str, name: str, parent: Document | None) -> Document | None:
    same = Document.objects.filter(blob=blob, label=label, parent=parent)
    # A mail may hold the same bytes twice under two names, and then both are wanted.
    return same.filter(name=name).first() if parent is not None else same.first()


def _held(blob: Blob, label: str, received_by: str) -> Document | None:
    """The same bytes that the same person handed in so labelled, and that wait for a decision on it."""
    held = Document.objects.filter(
        blob=blob, parent=None, status=Status.QUARANTINED, metadata__handed_in_as=label
    )
    return held.filter(submissions__received_by=received_by).first()


def member_name(untrusted: str) -> str:
    """The path of a member of a container, without what leads out of it; cut from its front to fit."""
    parts = [plain_name(part) for part in untrusted.replace("\\", "/").split("/") if part.strip(". ")]
    return "/".join(parts)[-_NAME_CHARACTERS:].lstrip("/") or "unnamed"


def plain_name(untrusted: str) -> str:
    """A file name without folders and control characters, cut to fit, its extension kept."""
    name = " ".join(clean(untrusted.replace("\\", "/").rsplit("/", 1)[-1]).split()).strip(". ") or "unnamed"
    if len(name) <= _NAME_CHARACTERS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:_NAME_CHARACTERS]
    return f"{stem[: _NAME_CHARACTERS - len(extension) - 1]}.{extension}"


def give_passwords(document_id: uuid.UUID, words: tuple[str, ...]) -> None:
    """Passwords for a document that waits, and for what it holds; one that failed for want of a password is
    read again. A document that is read is left as it is.

    Within the transaction that hands the document in, so that no worker reads it without them. Raises
    IngestError "passwords" and "not-stored", Document.DoesNotExist.
    """
    words = passwords.checked(words)
    if not words:
        return
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        if document.status == Status.FAILED and document.error_code == "encrypted":
            passwords.keep(document.pk, words)
            again(READ, document.pk, asked_by=document.received_by)
        elif document.status == Status.PENDING:
            passwords.keep(document.pk, words)


def retry(document_id: uuid.UUID) -> Document:
    """Put a document that failed or was set aside back in line, with its attempts counted anew.

    A document that waits, is in work or is ready is left as it is. Raises Document.DoesNotExist.
    """
    with transaction.atomic():
        document = Document.objects.get(pk=document_id)
        if document.status in (Status.FAILED, Status.QUARANTINED):
            again(READ, document.pk, asked_by=document.received_by)
            document.refresh_from_db()
    return document


def decide_label(document_id: uuid.UUID, label: str) -> list[Document]:
    """`relabel`, and read the document again without asking what it says of its label; the documents changed.

    Raises as `relabel` does.
    """
    with transaction.atomic():
        Document.objects.filter(pk=document_id).update(is_label_decided=True)
        family = relabel(document_id, label)
        retry(document_id)
    return family


def relabel(document_id: uuid.UUID, label: str) -> list[Document]:
    """Give a document, what is attached to it under the same label, and all their passages another label; the
    documents changed. An attachment that stands under another label was put there for what it says itself.

    Raises Document.DoesNotExist, and IngestError "already-there" when the same file is there under that
    label.
    """
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        with_it = (member for member in _descendants(document) if member.label == document.label)
        family = [document, *with_it]
        taken = Document.objects.filter(blob=document.blob, label=label, parent__isnull=True).exclude(
            pk=document.pk
        )
        if document.parent_id is None and taken.exists():
            raise failure("already-there")
        keys = [member.pk for member in family]
        Document.objects.filter(pk__in=keys).update(label=label)
        Passage.objects.filter(document__in=keys).update(label=label)
        for member in family:
            member.label = label
    return family


def attached_to(document: Document) -> list[Document]:
    """Everything attached to a document, at any depth."""
    return _descendants(document)


def remove(document_id: uuid.UUID) -> None:
    """Delete a document, its attachments, pages, passages and images; originals that nobody else has go too.

    Raises Document.DoesNotExist.
    """
    with transaction.atomic():
        document = Document.objects.get(pk=document_id)
        family = [document, *_descendants(document)]
        keys = [member.pk for member in family]
        digests = {member.blob_id for member in family}
        document.delete()
        for digest in digests:
            if not Document.objects.filter(blob_id=digest).exists():
                Blob.objects.filter(digest=digest).delete()
        transaction.on_commit(lambda: _erase(keys, digests))


def _erase(keys: list[uuid.UUID], digests: set[str]) -> None:
    for key in keys:
        pages.forget(key)
        passwords.forget(key)
    # A transaction of its own: the same bytes may be handed in again at this moment, and then they stay.
    with transaction.atomic():
        for digest in digests:
            if not Blob.objects.filter(digest=digest).exists():
                blobs.erase(digest)


def _descendants(document: Document) -> list[Document]:
    found: list[Document] = []
    level = [document]
    while level:
        level = list(Document.objects.filter(parent__in=level))
        found.extend(level)
    return found


__all__ = [
    "IngestError",
    "give_passwords",
    "member_name",
    "plain_name",
    "receive",
    "register",
    "relabel",
    "remove",
    "retry",
]
