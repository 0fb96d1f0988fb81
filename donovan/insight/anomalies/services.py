"""Every change in this room: permission, change and audit record in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from donovan.access.labels import split_label
from donovan.audit import services as audit
from donovan.insight.anomalies import examining
from donovan.insight.anomalies.checks.detections import KINDS
from donovan.insight.anomalies.checks.settings import Settings, SettingsRefused, settings_from
from donovan.insight.anomalies.models import Disposition, Examination, RuleSwitch, Specification
from donovan.insight.anomalies.selectors import Shown, labels_of, readable_finding
from donovan.insight.anomalies.signatures import digest_of
from donovan.insight.anomalies.work import EXAMINE
from donovan.insight.errors import InsightError
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_table
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from ingest.models import Document
from ingest.work.services import enqueue

LONGEST_NOTE = 2000


def examine_document(document_id: UUID) -> str:
    """Examine all tables of a document now, by their saved specifications or the defaults; the sentence about
    what came of it. What was found before is replaced. Raises InsightError.
    """
    return examining.examine_at_once(Document.objects.get(pk=document_id))


def examine(
    caller: Caller, table_id: UUID | str, specification: Mapping[str, Any] | None = None
) -> Examination:
    """Ask for a new examination of the document that a table is in, because its tables are compared with each
    other. A `specification` that differs from the one in force is saved as a new version first.

    Returns the examination, waiting; one that is waiting already is returned as it is. Raises NotFoundHere,
    and InsightError for a specification that cannot be right.
    """
    table = readable_table(caller.scope, table_id)
    with transaction.atomic():
        version = _save_specification(caller, table, specification) if specification is not None else None
        waiting = Examination.objects.filter(
            document=table.document_id, state=Examination.State.WAITING
        ).first()
        examination = waiting or Examination.objects.create(document=table.document, requested_by=caller.name)
        enqueue(EXAMINE, examination.pk, asked_by=caller.name)
        _record(
            caller,
            table.document,
            {"change": "examine", "table": str(table.pk), "specification": version or "as it was"},
        )
    return examination


def settings_in_force(table: DataTable) -> tuple[Settings, Specification | None]:
    """The settings that the next examination of a table will use, and the version they come from."""
    saved = Specification.objects.filter(document=table.document_id, table_name=table.name).first()
    return (settings_from(saved.settings), saved) if saved is not None else (Settings(), None)


def _save_specification(caller: Caller, table: DataTable, given: Mapping[str, Any]) -> int | None:
    try:
        checked = settings_from(given).as_json()
    except SettingsRefused as error:
        raise InsightError(str(error)) from error
    before, saved = settings_in_force(table)
    if checked == before.as_json():
        return None
    version = saved.version + 1 if saved is not None else 1
    Specification.objects.create(
        document=table.document,
        table_name=table.name,
        version=version,
        settings=checked,
        digest=digest_of([repr(sorted(checked.items()))]),
        author=caller.name,
    )
    return version


def dispose(caller: Caller, finding_id: UUID | str, *, verdict: str, note: str = "") -> Disposition:
    """Say what a finding is: real, expected or data_error. What was said before is undone, not lost.

    Raises NotFoundHere, and InsightError for an unknown verdict or too long a note.
    """
    if verdict not in Disposition.Verdict.values:
        raise InsightError("Say whether it is real, expected or a data error.")
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise InsightError(f"The note has {len(note):,} characters; at most {LONGEST_NOTE:,} can be kept.")
    with transaction.atomic():
        finding = readable_finding(caller.scope, finding_id).finding
        document = finding.document
        _in_force(document, finding.signature).update(undone_at=timezone.now(), undone_by=caller.name)
        disposition = Disposition.objects.create(
            document=document,
            collection=split_label(document.label)[0],
            finding_id=finding.pk,
            signature=finding.signature,
            kind=finding.kind,
            column=finding.column,
            verdict=verdict,
            note=note,
            user=caller.user,
        )
        _record(caller, document, {"change": "disposition", "finding": str(finding.pk), "verdict": verdict})
    return disposition


def undo(caller: Caller, finding_id: UUID | str) -> bool:
    """Take back what was said of a finding here; whether there was anything. Raises NotFoundHere."""
    with transaction.atomic():
        finding = readable_finding(caller.scope, finding_id).finding
        undone = _in_force(finding.document, finding.signature).update(
            undone_at=timezone.now(), undone_by=caller.name
        )
        if undone:
            _record(caller, finding.document, {"change": "disposition undone", "finding": str(finding.pk)})
    return bool(undone)


def _in_force(document: Document, signature: str) -> Any:
    return Disposition.objects.filter(document=document, signature=signature, undone_at=None)


def switch_rule(caller: Caller, *, collection: str, kind: str, column: str, is_on: bool) -> None:
    """Turn a learnt rule off or on again, for everyone in the collection.

    Raises NotFoundHere for a collection of which the caller may read nothing, InsightError for an unknown
    kind.
    """
    labels = [label for label in caller.scope.labels if split_label(label)[0] == collection]
    if not labels:
        raise NotFoundHere
    if kind not in KINDS:
        raise InsightError(f"There is no kind of anomaly called “{kind[:40]}”.")
    key = {"collection": collection, "kind": kind, "column": column.casefold()[:300]}
    with transaction.atomic():
        if is_on:
            RuleSwitch.objects.filter(**key).delete()
        else:
            RuleSwitch.objects.get_or_create(**key, defaults={"turned_off_by": caller.name})
        audit.record(
            caller.name,
            "label",
            source=caller.source,
            labels=labels,
            detail={"change": "learnt rule", "kind": kind, "is_on": is_on, "collection": collection},
        )


def note_looked_at(caller: Caller, shown: Sequence[Shown]) -> None:
    """Put on record that a list of findings was looked at, with the documents it quotes."""
    audit.record(
        caller.name,
        "view",
        source=caller.source,
        labels=labels_of(shown),
        documents=sorted({str(item.finding.document_id) for item in shown}),
        detail={"page": "anomalies", "findings": len(shown)},
    )


def _record(caller: Caller, document: Document, detail: Mapping[str, object]) -> None:
    audit.record(
        caller.name,
        "label",
        source=caller.source,
        labels=[document.label],
        documents=[str(document.pk)],
        detail=detail,
    )
