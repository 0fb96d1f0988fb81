"""Every change and every opening of a document: permission, change and audit record in one transaction.

If the record cannot be written, AuditUnavailable passes through and nothing has happened.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from donovan.access.clearance import clearance_of
from donovan.access.labels import check_ceiling, label_for, split_label
from donovan.access.markings import Marking, MarkingError, parse_marking
from donovan.access.models import Collection
from donovan.access.scope import may_upload
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.models import Visit
from donovan.library.quotas import check_quotas
from donovan.library.selectors import UNREADABLE, is_held, readable_document
from ingest import services as ingest_services
from ingest.blobs import Incoming, receive_bytes
from ingest.errors import IngestError
from ingest.models import Document, Submission
from ingest.work.leases import fenced
from retrieval import indexing

VISIT_ENDS_AFTER = timedelta(minutes=60)
LONGEST_MARKING = 200


class Denied(LibraryError):
    """The caller lacks the right; the refusal itself goes on record."""


@dataclass(frozen=True)
class Rights:
    """What a caller may do with one document."""

    retry: bool
    remove: bool
    relabel: bool


def rights_to(caller: Caller, document: Document) -> Rights:
    """Uploaders of the collection may retry; they may remove what they handed in; reviewers may remove and
    relabel.

    Attachments go with their message: they are removed and relabelled through it, but for one that stands
    under a label of its own for what it bears itself.
    """
    slug, _ = split_label(document.label)
    is_readable = caller.scope.may_read(document.label)
    may_add = is_readable and caller.may_add_to(slug)
    is_whole = is_readable and document.parent_id is None
    return Rights(
        retry=may_add and document.status in UNREADABLE and not is_held(document),
        remove=is_whole and (caller.is_reviewer or (may_add and document.received_by == caller.name)),
        relabel=caller.is_reviewer and (is_whole or (is_readable and _stands_alone(document))),
    )


def _is_original_open(caller: Caller, document: Document) -> bool:
    if is_held(document) and not caller.is_reviewer:
        return False
    inside = ingest_services.attached_to(document)
    return all(caller.scope.may_read(member.label) for member in inside)


def _stands_alone(document: Document) -> bool:
    """Whether an attachment has a label of its own: held, or decided, for what it bears itself."""
    if document.parent_id is None or document.parent is None:
        return False
    return is_held(document) or document.parent.label != document.label


@contextmanager
def _one_action(caller: Caller, document_id: UUID | str = "") -> Iterator[None]:
    """One transaction. A refusal undoes it and is put on record by itself; a refused file becomes a
    LibraryError.

    The denial says which id was asked for and nothing else, whether there is such a document or not.
    """
    try:
        with transaction.atomic():
            yield
    except (Denied, NotFoundHere):
        asked = [str(document_id)[:64]] if document_id else []
        audit.record(caller.name, "denial", "refused", source=caller.source, documents=asked)
        raise
    except IngestError as error:
        raise LibraryError(error.sentence) from error


def _record(caller: Caller, action: str, document: Document, detail: dict[str, object] | None = None) -> None:
    audit.record(
        caller.name,
        action,
        source=caller.source,
        labels=[document.label],
        documents=[str(document.pk)],
        detail=detail,
    )


def open_document(
    caller: Caller, document_id: UUID | str, *, action: str = "view", detail: dict[str, object] | None = None
) -> Document:
    """A document in the caller's scope, with the opening (action "view" or "export") on record.

    Raises NotFoundHere, with the same denial on record, when there is none and when it may not be read. The
    original of one that is held goes to reviewers alone, and that of one with an attachment which the caller
    may not read, to nobody who may not: it holds the attachment.
    """
    with _one_action(caller, document_id):
        document = readable_document(caller.scope, document_id)
        if action == "export" and not _is_original_open(caller, document):
            raise NotFoundHere
        _record(caller, action, document, detail)
    return document


def upload(
    caller: Caller,
    stream: BinaryIO,
    *,
    name: str,
    collection: str,
    marking: str,
    passwords: tuple[str, ...] = (),
) -> Submission:
    """Take one file in, under a marking and a collection that the caller may add to; with passwords that are
    tried on it and on what it holds, and are forgotten once that is read.

    Raises LibraryError with the sentence for the person when the marking cannot be read, when they may not
    add to the collection under it, or when the file is refused. Nothing is kept then.
    """
    check_upload(caller, collection, marking)
    # The bytes come outside any transaction, so that a slow upload keeps nobody else from writing.
    incoming = _received(stream)
    try:
        with _one_action(caller):
            label = label_for_upload(caller, collection, marking)
            check_quotas(caller, label, incoming.size)
            submission = _register(incoming, name=name, label=label, actor=caller.name, source=caller.source)
            _give(submission, passwords)
            return submission
    finally:
        incoming.discard()


def _give(submission: Submission, passwords: tuple[str, ...]) -> None:
    try:
        ingest_services.give_passwords(submission.document_id, passwords)
    except IngestError as error:
        raise LibraryError(error.sentence) from error


def take_in(stream: BinaryIO, *, name: str, label: str, actor: str) -> Submission:
    """Take one file in for the operator of the machine, who answers for the label.

    Raises LibraryError when the file is refused; nothing is kept then.
    """
    incoming = _received(stream)
    try:
        with transaction.atomic():
            return _register(incoming, name=name, label=label, actor=actor, source="console")
    except IngestError as error:
        raise LibraryError(error.sentence) from error
    finally:
        incoming.discard()


def take_found(
    caller: Caller | None,
    incoming: Incoming,
    *,
    path: str,
    collection: str,
    marking: str,
    operator: str,
    also: Callable[[Submission], None],
) -> Submission:
    """Take in bytes that were found in a folder, under their path below it, by the caller or, without one, by
    the operator of the machine. What `also` keeps of it is kept in the same transaction.

    Raises LibraryError when they may not, and IngestError "not-stored".
    """
    try:
        if caller is None:
            with fenced():
                label = label_for_operator(collection, marking)
                submission = _register(
                    incoming, name=path, label=label, actor=operator, source="console", is_path=True
                )
                also(submission)
            return submission
        with _one_action(caller), fenced():
            label = label_for_upload(caller, collection, marking)
            submission = _register(
                incoming, name=path, label=label, actor=caller.name, source=caller.source, is_path=True
            )
            also(submission)
        return submission
    finally:
        incoming.discard()


def _received(stream: BinaryIO) -> Incoming:
    try:
        return receive_bytes(stream)
    except IngestError as error:
        raise LibraryError(error.sentence) from error


def _register(
    incoming: Incoming, *, name: str, label: str, actor: str, source: str, is_path: bool = False
) -> Submission:
    submission = ingest_services.register(
        incoming, name=name, label=label, received_by=actor, is_path=is_path
    )
    audit.record(
        actor,
        "upload",
        source=source,
        labels=[label],
        documents=[str(submission.document_id)],
        detail={"digest": audit.sign_of(incoming.digest), "duplicate": submission.is_duplicate},
    )
    return submission


def check_upload(caller: Caller, collection: str, marking: str) -> None:
    """Raises LibraryError when the caller may not hand in documents so marked; the refusal is on record."""
    with _one_action(caller):
        label_for_upload(caller, collection, marking)


def label_for_operator(collection: str, marking: str) -> str:
    """The label for documents that the operator of the machine hands in. Raises LibraryError."""
    try:
        return label_for(collection, parsed_marking(marking))
    except MarkingError as error:
        raise LibraryError(error.sentence) from error


def label_for_upload(caller: Caller, slug: str, marking: str) -> str:
    """The label that new documents of the caller get.

    Raises LibraryError when the marking cannot be read, and Denied when the caller may not add to the
    collection under it; a collection that does not exist and one that is closed to the caller get the same
    sentence.
    """
    parsed = parsed_marking(marking)
    collection = Collection.objects.filter(slug=slug).first()
    if collection is None or not caller.may_add_to(slug):
        raise Denied("You cannot add documents to that collection. Choose one of those in the list.")
    if not may_upload(caller.user, collection, parsed):
        raise Denied(
            f"You cannot add documents marked {parsed.canonical}, because you may not read them. "
            "Choose a marking within your clearance, or ask someone who holds it."
        )
    return label_for(collection, parsed)


def parsed_marking(text: str) -> Marking:
    """The marking that a person wrote. Raises LibraryError with the sentence of the grammar."""
    if not text.strip():
        raise LibraryError("Say how the documents are marked, for example UNCLASSIFIED or SECRET//NOFORN.")
    if len(text) > LONGEST_MARKING:
        raise LibraryError(f"A marking has at most {LONGEST_MARKING} characters.")
    try:
        parsed = parse_marking(text)
        check_ceiling(parsed)
    except MarkingError as error:
        raise LibraryError(error.sentence) from error
    return parsed


def retry(caller: Caller, document_id: UUID | str) -> Document:
    """Send a failed or quarantined document through the pipeline again."""
    with _one_action(caller, document_id):
        document = readable_document(caller.scope, document_id)
        if not rights_to(caller, document).retry:
            raise Denied(
                "Only an uploader of the collection can try a document again, and only one that failed."
            )
        _record(caller, "administer", document, {"change": "retry"})
        ingest_services.retry(document.pk)
    document.refresh_from_db()
    return document


def remove(caller: Caller, document_id: UUID | str) -> None:
    """Remove a document, its attachments and everything read from them; no search finds them from now on."""
    with _one_action(caller, document_id):
        document = readable_document(caller.scope, document_id)
        if not rights_to(caller, document).remove:
            raise Denied("Only the person who handed a document in, or a reviewer, can remove it.")
        if not all(caller.scope.may_read(each.label) for each in ingest_services.attached_to(document)):
            raise Denied(
                "Something attached to it is held for somebody who may read it; it can be removed then."
            )
        _record(caller, "administer", document, {"change": "remove", "digest": document.blob_id})
        indexing.forget_document(document.pk)
        ingest_services.remove(document.pk)


def relabel(caller: Caller, document_id: UUID | str, *, marking: str, reason: str = "") -> Document:
    """Give a document and its attachments another marking in the same collection.

    One that is held because it bears a higher marking than it was handed in with is decided by this and read.
    Less than it bears, or than it was marked, needs a reason, which goes on record. Raises
    LibraryError when the marking cannot be read, the reason is missing or the same file already stands under
    it, and Denied when the caller is no reviewer or may not read the new marking.
    """
    with _one_action(caller, document_id):
        document = readable_document(caller.scope, document_id)
        if not rights_to(caller, document).relabel:
            raise Denied("Only a reviewer can change how a document is marked.")
        parsed = parsed_marking(marking)
        slug, borne = split_label(document.label)
        is_decision = is_held(document)
        lowers = not parsed.protects(borne)
        if lowers and not reason.strip():
            bears = "The file bears" if is_decision else "The document is marked"
            raise LibraryError(
                f"{bears} {borne.canonical}. Say why it may be marked {parsed.canonical} all the same."
            )
        clearance = clearance_of(caller.user)
        if clearance is None or not clearance.permits(parsed):
            raise Denied(
                f"You cannot mark a document {parsed.canonical}, because you may not read that marking."
            )
        before, after = document.label, label_for(slug, parsed)
        if after != before or is_decision:
            if is_decision:
                family = ingest_services.decide_label(document.pk, after)
            else:
                family = ingest_services.relabel(document.pk, after)
                indexing.relabel_document(document.pk, before)
            audit.record(
                caller.name,
                "administer",
                source=caller.source,
                labels=[before, after],
                documents=[str(member.pk) for member in family],
                detail={
                    "change": "relabel",
                    **({"decides": True} if is_decision else {}),
                    **({"reason": reason} if is_decision or lowers else {}),
                    **({"lowers": True} if lowers else {}),
                },
            )
    document.refresh_from_db()
    return document


def note_visit(caller: Caller, now: datetime | None = None) -> datetime | None:
    """Note that a person looks at home. Returns when their visit before this one ended, or None on the first.

    A visit ends when a person has not looked for an hour, so that reloading the page does not hide what is
    new.
    """
    now = now or timezone.now()
    visit, is_first = Visit.objects.get_or_create(user=caller.user, defaults={"last_seen_at": now})
    if is_first:
        return None
    if now - visit.last_seen_at > VISIT_ENDS_AFTER:
        visit.previous_seen_at = visit.last_seen_at
    visit.last_seen_at = now
    visit.save(update_fields=["last_seen_at", "previous_seen_at"])
    return visit.previous_seen_at
