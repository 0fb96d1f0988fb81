"""Watched folders: what comes to rest in them is taken in by a worker, recorded, and never moved or deleted.

Each is an intake that does not end. A file is taken in once it has kept its size and its time for a while, so
one that is renamed into the folder is, and one that is still being copied is not.
"""

import os
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donovan.access.labels import split_label
from donovan.access.models import User
from donovan.audit import services as audit
from donovan.library import intakes, services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.folders import Seen, everything_in
from donovan.library.models import Intake, IntakeFile
from ingest.errors import IngestError
from ingest.work.leases import Held, fenced
from ingest.work.registry import Handler

Outcome = IntakeFile.Outcome
AT_REST_AFTER = timedelta(seconds=10)
TRIED_AGAIN_AFTER = timedelta(minutes=10)
_BATCH = 200
_LOOK_SECONDS = 60.0
"""One look takes no longer, so that files are read in between; the next goes on behind what is taken in."""

_UNFINISHED_NAMES = (".part", ".partial", ".crdownload", ".filepart", ".download", ".tmp", ".swp", "~")
_UNFINISHED = "Its name says that it is still being written; under its final name it is taken in."
_NOT_AT_REST = "It has been here for a moment only, or is being written to."
_GONE = "It was being written, and then it was there no longer: removed, or renamed."
_NO_OWNER = "{owner} is no active user any more. Stop this folder, and add it again for somebody else."
_NO_FOLDER = "The folder is not there, or not readable for the workers. It is looked for again and again."


def watch(asked: intakes.Asked) -> tuple[Intake, bool]:
    """Watch a folder on behalf of a person, with their rights at each look; and whether that is new.

    Raises LibraryError where they may not hand in files so labelled, or where the folder cannot be watched.
    """
    if asked.caller is None:
        raise LibraryError("A folder is watched on behalf of somebody: say with --as on whose.")
    (place,) = asked.places
    try:
        place.encode()
    except UnicodeEncodeError as error:
        raise LibraryError(
            "The name of a watched folder has to be UTF-8. Rename it, or link to it."
        ) from error
    return intakes.begin(asked)


def watched() -> QuerySet[Intake]:
    """The folders that are watched, the first one first."""
    return Intake.objects.filter(kind=Intake.Kind.WATCHED, stopped_at=None).order_by("created_at")


def stop_watching(actor: str, intake_id: UUID, *, source: str) -> Intake:
    """Stop watching a folder; what was taken in stays. Raises LibraryError where it is not watched."""
    with transaction.atomic():
        intake = watched().select_for_update().filter(pk=intake_id).first()
        if intake is None:
            raise LibraryError("That folder is not watched, or no longer.")
        intake.stopped_at = timezone.now()
        intake.save(update_fields=["stopped_at"])
        audit.record(
            actor,
            "administer",
            source=source,
            labels=[intake.label],
            detail={"change": "stop watching a folder", "intake": str(intake.pk)},
        )
    return intake


class _Looks(Handler):
    """Looks through every watched folder once."""

    def run(self, held: Held) -> str:
        for intake in watched():
            _look(intake, held)
        return ""


LOOKS = _Looks()


def _look(intake: Intake, held: Held) -> None:
    """One look; what stops it is said where the folder is listed, and the other folders get theirs."""
    try:
        notice = _take_what_rests(intake, held)
    except (LibraryError, IngestError) as error:
        notice = error.sentence
    with held.writing():
        Intake.objects.filter(pk=intake.pk).update(notice=notice, looked_at=timezone.now())


def _take_what_rests(intake: Intake, held: Held) -> str:
    """Hand in what has come to rest; the sentence of what keeps the rest of it from being looked at."""
    user = User.objects.filter(username=intake.owner, is_active=True).first()
    if user is None:
        return _NO_OWNER.format(owner=intake.owner)
    caller = Caller.named(user, source="watched folder")
    slug, marking = split_label(intake.label)
    services.label_for_upload(caller, slug, marking.canonical)
    places = list(map(str, intake.places))
    if not all(os.access(place, os.R_OK | os.X_OK) and Path(place).is_dir() for place in places):
        return _NO_FOLDER
    began, growing, has_taken = time.monotonic(), set[str](), False
    for batch in _batches(everything_in(places, with_hidden=intake.with_hidden)):
        resting = _take_batch(intake, caller, batch, growing)
        has_taken = has_taken or resting > 0
        held.checkpoint()
        still_watched = watched().filter(pk=intake.pk).exists()
        if not still_watched or (has_taken and time.monotonic() - began > _LOOK_SECONDS):
            return ""
    _let_go(intake, growing)
    return ""


def _let_go(intake: Intake, growing: set[str]) -> None:
    """What was still being written and is there no longer, under that name."""
    rows = IntakeFile.objects.filter(intake=intake, outcome=Outcome.GROWING)
    gone = [pk for pk, key in rows.values_list("pk", "key") if key not in growing]
    with fenced():
        for first in range(0, len(gone), _BATCH):
            rows.filter(pk__in=gone[first : first + _BATCH]).update(outcome=Outcome.GONE, sentence=_GONE)


def _batches(found: Iterable[Seen]) -> Iterator[list[Seen]]:
    found = iter(found)
    while batch := list(islice(found, _BATCH)):
        yield batch


def _take_batch(intake: Intake, caller: Caller, batch: list[Seen], growing: set[str]) -> int:
    """Hand in what rests of a batch, and add the keys of what does not yet to `growing`; how much rested."""
    known = intakes.newest(intake, batch)
    now = timezone.now()
    waiting: list[IntakeFile] = []
    resting = 0
    for seen in batch:
        before = known.get(seen.key)
        if before is not None and intakes.is_settled(before, seen):
            continue
        if seen.kind != "file":
            if before is None or before.outcome != intakes.LEFT_OUT[seen.kind]:
                outcome = intakes.LEFT_OUT[seen.kind]
                waiting.append(intakes.row_for(intake, seen, before, outcome, seen.sentence))
        elif seen.path.lower().endswith(_UNFINISHED_NAMES) or "/~$" in seen.path:
            growing.add(seen.key)
            if before is None or _has_changed(before, seen):
                waiting.append(intakes.row_for(intake, seen, before, Outcome.GROWING, _UNFINISHED))
        elif before is None or _has_changed(before, seen):
            waiting.append(intakes.row_for(intake, seen, before, Outcome.GROWING, _NOT_AT_REST))
        elif now - before.seen_at >= _patience(before):
            intakes.take(intake, caller, seen, before)
            resting += 1
        elif before.outcome == Outcome.GROWING:
            growing.add(seen.key)
    intakes.keep(waiting)
    growing.update(row.key for row in waiting)
    return resting


def _has_changed(before: IntakeFile, seen: Seen) -> bool:
    return (before.size, before.modified_ns) != (seen.size, seen.modified_ns)


def _patience(row: IntakeFile) -> timedelta:
    return AT_REST_AFTER if row.outcome == Outcome.GROWING else TRIED_AGAIN_AFTER
