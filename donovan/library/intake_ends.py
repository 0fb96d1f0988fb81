"""What became of the files of an intake: their ends, counted, listed and written out as a table."""

import csv
import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from donovan.access.labels import split_label
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.inert import inert
from donovan.library.models import Intake, IntakeFile
from donovan.library.selectors import HELD, IN_WORK, UNREADABLE, WITHOUT_TEXT
from ingest import limits
from ingest.models import Document, Status

Outcome = IntakeFile.Outcome
ENDS = {
    "ready": "ready",
    "without-text": "ready, no text found",
    "there": "already there",
    "waiting": "waiting or in work",
    "growing": "still being written",
    "held": "held for a reviewer",
    "failed": "failed",
    "refused": "refused",
    "unreadable": "not readable",
    "changed": "changed while it was read",
    "gone": "gone when its turn came",
    "link": "link, left out",
    "device": "no file, left out",
    "hidden": "hidden, left out",
    "removed": "removed since",
}
"""Every end in the order of a table, in words."""

GOOD = frozenset({"ready", "without-text", "there", "link", "device", "hidden", "removed"})
"""Ends after which there is nothing to do."""

COLUMNS = (
    "path",
    "end",
    "title",
    "sentence",
    "size",
    "modified",
    "sha256",
    "document",
    "marking",
    "pages",
    "version",
)
_ON_ITS_WAY = (Outcome.TAKEN, Outcome.THERE)
_HELD_SENTENCE = (
    "It bears a higher marking than it was handed in with, so that a reviewer decides who may read it."
)


def with_ends(intake: Intake, caller: Caller | None = None) -> QuerySet[IntakeFile]:
    """The rows of an intake with their `end`, a key of ENDS, in the order in which they were found.

    To its owner a document that they may not read is held, whatever became of it there. To others it is not
    there. Without a caller the operator of the machine asks.
    """
    return _ended(IntakeFile.objects.filter(intake=intake), caller)


def _ended(rows: QuerySet[IntakeFile], caller: Caller | None) -> QuerySet[IntakeFile]:
    whens = []
    if caller is not None:
        closed = Q(document__isnull=False) & ~Q(document__label__in=caller.scope.labels)
        rows = rows.exclude(closed & ~Q(intake__owner=caller.name))
        whens = [When(closed, then=Value("held"))]
    return rows.annotate(
        end=Case(
            *whens,
            When(~Q(outcome__in=_ON_ITS_WAY), then=F("outcome")),
            When(document__isnull=True, then=Value("removed")),
            When(outcome=Outcome.THERE, then=Value("there")),
            When(document__status__in=IN_WORK, then=Value("waiting")),
            When(document__status=Status.QUARANTINED, document__error_code=HELD, then=Value("held")),
            When(document__status__in=UNREADABLE, then=Value("failed")),
            When(document__error_code=WITHOUT_TEXT, then=Value("without-text")),
            default=Value("ready"),
            output_field=CharField(),
        )
    ).order_by("pk")


def counts(intake: Intake, caller: Caller | None = None) -> dict[str, int]:
    """By end how many files there are, in the order of ENDS."""
    return counts_of([intake], caller)[intake.pk]


def counts_of(intakes: Sequence[Intake], caller: Caller | None = None) -> dict[UUID, dict[str, int]]:
    """The same for several intakes, by their ids."""
    ended = _ended(IntakeFile.objects.filter(intake__in=intakes), caller).order_by()
    rows = ended.values("intake", "end").annotate(count=Count("pk"))  # type: ignore[misc]
    found = {(row["intake"], row["end"]): row["count"] for row in rows}
    return {
        intake.pk: {end: found[intake.pk, end] for end in ENDS if (intake.pk, end) in found}
        for intake in intakes
    }


def of_end(rows: QuerySet[IntakeFile], *ends: str) -> QuerySet[IntakeFile]:
    """The rows of these ends, with their documents."""
    return rows.filter(end__in=ends).select_related("document")  # type: ignore[misc]


def not_in(intake: Intake) -> QuerySet[IntakeFile]:
    """What was not taken in, or could not be read."""
    return of_end(with_ends(intake), *(end for end in ENDS if end not in GOOD and end != "waiting"))


def inside(intake: Intake) -> dict[str, int]:
    """By status how many documents came out of what was taken in: attachments and members, at any depth."""
    family = Q()
    for level in range(1, limits.ATTACHMENT_DEPTH + 1):
        family |= Q(**{"__".join(["parent"] * level) + "__found_as__intake": intake})
    rows = Document.objects.filter(family).order_by().values_list("status")
    return dict(rows.annotate(count=Count("pk", distinct=True)))


def sentence_of(row: Any) -> str:
    """Why a file came to its end, where that needs a sentence. `row` is one of `with_ends`."""
    if row.sentence:
        return str(row.sentence)
    if row.end in ("failed", "without-text", "ready") and row.document is not None:
        return " ".join(str(row.document.error).split("\n"))
    return _HELD_SENTENCE if row.end == "held" else ""


def outcomes(intakes: Sequence[Intake]) -> dict[UUID, dict[str, int]]:
    """How many files were taken in, are being written, and were not taken in; never what became of them."""
    found = {intake.pk: {"taken": 0, "growing": 0, "not_taken": 0} for intake in intakes}
    rows = IntakeFile.objects.filter(intake__in=intakes).order_by().values_list("intake", "outcome")
    for key, outcome, number in rows.annotate(count=Count("pk")):
        is_in = outcome in _ON_ITS_WAY
        found[key]["taken" if is_in else "growing" if outcome == Outcome.GROWING else "not_taken"] += number
    return found


def visible_intakes(caller: Caller) -> QuerySet[Intake]:
    """Those whose label the caller may read, if they are theirs or in a collection that they add to."""
    mine = Q(owner=caller.name)
    for slug in caller.adds_to:
        mine |= Q(label__startswith=f"{slug}:")
    return Intake.objects.filter(mine, label__in=caller.scope.labels)


def visible_intake(caller: Caller, intake_id: UUID) -> Intake:
    """Raises NotFoundHere alike where there is none and where it is not for the caller."""
    found = visible_intakes(caller).filter(pk=intake_id).first()
    if found is None:
        raise NotFoundHere
    return found


def facts(rows: QuerySet[IntakeFile]) -> Iterator[dict[str, object]]:
    """The rows as a report has them: one dict of COLUMNS each."""
    found = rows.select_related("document", "intake").defer("document__metadata", "document__languages")
    for row in found.iterator(chunk_size=500):
        document, end = row.document, str(getattr(row, "end", ""))
        label = document.label if document is not None and end != "held" else row.intake.label
        yield {
            "path": row.path,
            "end": end,
            "title": document.title if document is not None and end != "held" else "",
            "sentence": sentence_of(row),
            "size": row.size,
            "modified": _moment(row.modified_ns),
            "sha256": document.blob_id if document is not None else "",
            "document": str(document.pk) if document is not None else "",
            "marking": split_label(label)[1].canonical,
            "pages": document.page_count if document is not None else 0,
            "version": row.version,
        }


def _moment(nanoseconds: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC; none for what has no time, or one that no calendar holds."""
    try:
        moment = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.isoformat(timespec="seconds") if nanoseconds else ""


def write_report(intake: Intake, path: Path) -> int:
    """Write what became of every file, as JSON lines where the name ends in .jsonl, else as CSV; how many.

    It is written beside and put in place whole. Raises LibraryError where the disk does not take it.
    """
    beside = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with beside.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            is_csv = path.suffix.lower() != ".jsonl"
            if is_csv:
                table.writerow(COLUMNS)
            for fact in facts(with_ends(intake)):
                if is_csv:
                    table.writerow([inert(fact[column]) for column in COLUMNS])
                else:
                    out.write(json.dumps(fact, ensure_ascii=False) + "\n")
                count += 1
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        reason = error.strerror or "unknown reason"
        raise LibraryError(f"The report could not be written to {path}: {reason}.") from error
    return count
