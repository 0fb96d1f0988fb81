"""Taking folders in: what is found is handed in file by file, and a row of each says what became of it.

The rows are the truth: a file and its row are kept in one transaction, so that whatever ends the process, the
next call goes on behind the last file that was kept.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from donovan.access.labels import split_label
from donovan.audit import services as audit
from donovan.library import services
from donovan.library.batches import OPERATOR
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.folders import Changed, Gone, Seen, Source, Unreadable, everything_in, for_people, opened
from donovan.library.models import Intake, IntakeFile
from donovan.library.selectors import IN_WORK
from ingest.blobs import Incoming, receive_bytes
from ingest.errors import IngestError
from ingest.models import Document, Submission
from ingest.work.leases import fenced

Outcome = IntakeFile.Outcome
_BATCH = 200
_READINGS = 2
_TRIED_AGAIN = frozenset({Outcome.UNREADABLE, Outcome.CHANGED, Outcome.GONE, Outcome.GROWING})
LEFT_OUT = {
    "link": Outcome.LINK,
    "device": Outcome.DEVICE,
    "hidden": Outcome.HIDDEN,
    "unreadable": Outcome.UNREADABLE,
    "gone": Outcome.GONE,
}
_CHANGED = "It was written to while it was read, twice. Take the folder in again when it is at rest."
_GONE = "It was there when the folder was looked through, and gone when its turn came."


class TakenElsewhere(LibraryError):
    """Another process is taking the same folder in at this moment."""


@dataclass(frozen=True)
class Asked:
    """What is to be taken in: absolute places, where it belongs, and on whose behalf (None: the operator)."""

    places: list[str]
    collection: str
    marking: str
    caller: Caller | None = None
    with_hidden: bool = False
    kind: Intake.Kind = Intake.Kind.FOLDER

    @property
    def owner(self) -> str:
        return self.caller.name if self.caller is not None else OPERATOR

    def identity(self, label: str) -> str:
        parts = [self.kind, label, self.owner, str(self.with_hidden), *self.places]
        return hashlib.sha256(b"\0".join(os.fsencode(part) for part in parts)).hexdigest()


def label_of(asked: Asked) -> str:
    """The label that the files get. Raises LibraryError where they may not be handed in so."""
    if asked.caller is None:
        return services.label_for_operator(asked.collection, asked.marking)
    services.check_upload(asked.caller, asked.collection, asked.marking)
    return services.label_for_upload(asked.caller, asked.collection, asked.marking)


def check_places(places: list[str]) -> None:
    """Raises LibraryError where the installation would take in its own data."""
    data = Path(settings.DATA_DIR)
    for place in map(Path, places):
        if place == data or data in place.parents or place in data.parents:
            raise LibraryError(
                f"“{for_people(str(place))}” holds the data of this installation, or lies in them. "
                "Name the folders beside them."
            )


def begin(asked: Asked) -> tuple[Intake, bool]:
    """The intake of these places that is not finished, or a new one; and whether it is new.

    Raises LibraryError when the files may not be handed in so.
    """
    check_places(asked.places)
    label = label_of(asked)
    identity = asked.identity(label)
    unfinished = Intake.objects.filter(identity=identity, finished_at=None, stopped_at=None)
    intake = unfinished.first()
    if intake is not None:
        return intake, False
    try:
        with transaction.atomic():
            intake = Intake.objects.create(
                kind=asked.kind,
                identity=identity,
                places=[for_people(place) for place in asked.places],
                label=label,
                owner=asked.owner,
                with_hidden=asked.with_hidden,
            )
            audit.record(
                asked.owner,
                "upload",
                source=asked.caller.source if asked.caller is not None else "console",
                labels=[label],
                detail={"change": f"begin an intake, {asked.kind}", "intake": str(intake.pk)},
            )
    except IntegrityError:
        return unfinished.get(), False
    return intake, True


@contextmanager
def alone(intake: Intake) -> Iterator[None]:
    """While this process takes it in. The lock ends with the process, however that ends.

    Raises TakenElsewhere when another one on this machine does.
    """
    path = Path(settings.RUN_DIR) / f"intake-{intake.pk}.lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TakenElsewhere(
                "Another command is taking the same files in at this moment. It goes on; let it end."
            ) from error
        yield
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def count(intake: Intake, places: list[str]) -> None:
    """Count what there is, before the first file is taken."""
    files = size = 0
    for seen in everything_in(places, with_hidden=intake.with_hidden):
        files += 1
        size += seen.size
    intake.found_files, intake.found_bytes = files, size
    intake.looked_at = timezone.now()
    intake.save(update_fields=["found_files", "found_bytes", "looked_at"])


def take_all(
    intake: Intake, caller: Caller | None, found: Iterable[Seen], *, on_file: Callable[[int], None]
) -> None:
    """Hand in what was found and is not handed in yet; `on_file` gets how many were gone through so far.

    Raises LibraryError, IngestError and AuditUnavailable where nothing more can be handed in; what was
    stays.
    """
    found = iter(found)
    done = 0
    while batch := list(islice(found, _BATCH)):
        known = newest(intake, batch)
        left_out: list[IntakeFile] = []
        for seen in batch:
            before = known.get(seen.key)
            if before is None or not is_settled(before, seen):
                if seen.kind == "file":
                    take(intake, caller, seen, before)
                else:
                    left_out.append(row_for(intake, seen, before, LEFT_OUT[seen.kind], seen.sentence))
            done += 1
            on_file(done)
        keep(left_out)
        Intake.objects.filter(pk=intake.pk).update(looked_at=timezone.now())


def newest(intake: Intake, batch: Iterable[Seen]) -> dict[str, IntakeFile]:
    """The last row of each path of a batch, by its key."""
    rows = IntakeFile.objects.filter(intake=intake, key__in=[seen.key for seen in batch])
    return {row.key: row for row in rows.order_by("version")}


def is_settled(row: IntakeFile, seen: Seen) -> bool:
    """Whether a row says what became of this very content."""
    if row.outcome in _TRIED_AGAIN:
        return False
    if row.outcome in LEFT_OUT.values():
        return LEFT_OUT.get(seen.kind) == row.outcome
    return seen.kind == "file" and (row.size, row.modified_ns) == (seen.size, seen.modified_ns)


def keep(rows: list[IntakeFile]) -> None:
    """Keep rows of files that are not handed in; those that another process kept meanwhile stay."""
    if not rows:
        return
    with fenced():
        IntakeFile.objects.bulk_create([row for row in rows if row.pk is None], ignore_conflicts=True)
        for row in rows:
            if row.pk is not None:
                row.save()


def take(intake: Intake, caller: Caller | None, seen: Seen, before: IntakeFile | None) -> None:
    """Hand one file in, or keep why not."""
    try:
        incoming, source = _received(seen)
    except Unreadable as error:
        return keep([row_for(intake, seen, before, Outcome.UNREADABLE, error.sentence)])
    except Gone:
        return keep([row_for(intake, seen, before, Outcome.GONE, _GONE)])
    except Changed:
        return keep([row_for(intake, seen, before, Outcome.CHANGED, _CHANGED)])
    except IngestError as error:
        if error.code not in ("empty", "too-large"):
            raise
        return keep([row_for(intake, seen, before, Outcome.REFUSED, error.sentence)])

    def also(submission: Submission) -> None:
        row = row_for(intake, seen, before, _outcome(intake, submission), "")
        row.size, row.modified_ns = source.size, source.modified_ns
        row.document = submission.document
        row.save()

    slug, marking = split_label(intake.label)
    try:
        services.take_found(
            caller,
            incoming,
            path=seen.shown,
            collection=slug,
            marking=marking.canonical,
            operator=intake.owner,
            also=also,
        )
    except IntegrityError:
        # Another process has kept this very file meanwhile; its row counts, and nothing is doubled.
        if not IntakeFile.objects.filter(intake=intake, key=seen.key).exists():
            raise
    return None


def _received(seen: Seen) -> tuple[Incoming, Source]:
    """The bytes of a file. One that is written to while it is read is read once more."""
    for reading in range(_READINGS):
        incoming = None
        try:
            with opened(seen.path) as source:
                incoming = receive_bytes(cast(BinaryIO, source))
            return incoming, source
        except BaseException as error:
            if incoming is not None:
                incoming.discard()
            if not isinstance(error, Changed) or reading + 1 == _READINGS:
                raise
    raise Changed


def _outcome(intake: Intake, submission: Submission) -> Outcome:
    """TAKEN where this intake waits for the document: it is new, or an earlier call left it unread."""
    document = submission.document
    is_waited_for = IntakeFile.objects.filter(intake=intake, document=document).exists()
    is_new = not submission.is_duplicate or document.status in IN_WORK
    return Outcome.TAKEN if is_new and not is_waited_for else Outcome.THERE


def row_for(
    intake: Intake, seen: Seen, before: IntakeFile | None, outcome: Outcome, sentence: str
) -> IntakeFile:
    """The row to keep: that of the last call where it came to nothing, else the next version of the path."""
    row = IntakeFile(intake=intake, key=seen.key)
    if before is not None and (before.outcome in _TRIED_AGAIN or before.outcome in LEFT_OUT.values()):
        row = before
    elif before is not None:
        row.version = before.version + 1
    row.path, row.outcome, row.sentence, row.seen_at = seen.shown, outcome, sentence, timezone.now()
    row.size, row.modified_ns = seen.size, seen.modified_ns
    return row


def unsettled(intake: Intake) -> Iterator[UUID]:
    """The documents whose end nobody has seen yet, in the order in which they were taken in."""
    last = 0
    waits = IntakeFile.objects.filter(
        intake=intake, outcome=Outcome.TAKEN, settled_at=None, document__isnull=False
    )
    while rows := list(waits.filter(pk__gt=last).order_by("pk").values_list("pk", "document")[:_BATCH]):
        last = rows[-1][0]
        yield from (document for _, document in rows if document is not None)


def settle(intake: Intake, document: Document) -> IntakeFile | None:
    """Keep that the end of a document was seen; the row of its file."""
    rows = IntakeFile.objects.filter(intake=intake, document=document, outcome=Outcome.TAKEN)
    rows.filter(settled_at=None).update(settled_at=timezone.now())
    return rows.order_by("pk").first()


def finish(intake: Intake) -> bool:
    """End the intake, if nothing of it waits any more; whether it did."""
    if next(unsettled(intake), None) is not None:
        return False
    intake.finished_at = intake.looked_at = timezone.now()
    intake.save(update_fields=["finished_at", "looked_at"])
    return True
