"""One examination of a document: done from nothing, kept in one transaction.

One that somebody asked for is a job; the step of insight examines within its own. It changes nothing before
its last transaction, so that nothing is found twice and nothing is half kept.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.utils import timezone

from donovan.insight.anomalies import engines, material, versions
from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.examination import examine
from donovan.insight.anomalies.checks.settings import Settings, settings_from
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.models import Examination, Finding, Specification
from donovan.insight.anomalies.signatures import family_of, finding_id, signature_of
from donovan.insight.anomalies.work import EXAMINE
from donovan.insight.errors import InsightError
from ingest.models import Document
from ingest.work import running
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held, fenced
from ingest.work.models import Job
from ingest.work.progress import OnProgress, Progress, nobody
from ingest.work.registry import Handler

State = Examination.State


class _Examinations(Handler):
    """Does an examination that somebody asked for."""

    def run(self, held: Held) -> str:
        examination = Examination.objects.select_related("document").filter(pk=held.subject).first()
        if examination is None:
            raise SubjectGone

        def keep(values: Mapping[str, Any]) -> None:
            Examination.objects.filter(pk=examination.pk).update(**values)

        return _examine(examination.document, held.finishing, keep, held.on_progress)

    def follow(self, job: Job) -> None:
        state = State.FAILED if job.state == Job.State.STOPPED else job.state
        Examination.objects.filter(pk=job.subject).update(
            state=state, message=job.notice, finished_at=job.finished_at
        )


EXAMINATIONS = _Examinations()


def run(examination_id: uuid.UUID) -> str:
    """Do an examination that waits here and now; the sentence about what came of it."""
    job = running.run_subject(EXAMINE, examination_id)
    return job.notice if job is not None else ""


def examine_at_once(document: Document) -> str:
    """Examine a document within whatever is being done; the sentence about what came of it. Raises
    InsightError when a table cannot be opened; the examination that is kept then says so.
    """
    made = Examination(document=document)

    def keep(values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(made, name, value)
        made.state, made.finished_at = State.DONE, timezone.now()

    try:
        return _examine(document, lambda message: _kept_with(made, message), keep, nobody)
    except InsightError as error:
        made.state, made.message, made.finished_at = State.FAILED, error.sentence, timezone.now()
        with fenced():
            made.save()
        raise


@contextmanager
def _kept_with(made: Examination, message: str) -> Iterator[None]:
    with fenced():
        yield
        made.message = message
        made.save()


def _examine(
    document: Document,
    finishing: Callable[[str], AbstractContextManager[None]],
    keep: Callable[[Mapping[str, Any]], None],
    on_progress: OnProgress,
) -> str:
    sheets = material.sheets_of(document.pk)
    settings_of = _settings_of(document.pk, sheets)

    detections = examine(
        sheets,
        settings_of,
        more=[*engines.found_by_engines(sheets, settings_of)],
        on_step=lambda done, total: on_progress(Progress(done, total)),
    )
    # What rests on another document takes in nothing that this one shows by itself.
    known = {detection.place for detection in detections}
    against = versions.against_earlier(document, sheets, settings_of)
    detections += [detection for detection in against if detection.place not in known]
    message = _sentence(len(detections), len(sheets))
    with finishing(message):
        keep(
            {
                "settings": {sheet.name: settings_of[sheet.key].as_json() for sheet in sheets},
                "notes": {sheet.name: sheet.notes for sheet in sheets if sheet.notes},
            }
        )
        _keep(document, sheets, detections)
    return message


def _sentence(found: int, tables: int) -> str:
    if not tables:
        return "The document has no tables."
    where = f"{tables} {'table' if tables == 1 else 'tables'}"
    if not found:
        return f"Nothing odd was found in {where}."
    return f"{found} {'anomaly was' if found == 1 else 'anomalies were'} found in {where}."


def _settings_of(document_id: uuid.UUID, sheets: list[Sheet]) -> dict[str, Settings]:
    """The newest saved specification of each table, or the defaults."""
    saved: dict[str, Settings] = {}
    for specification in Specification.objects.filter(document=document_id).order_by("version"):
        saved[specification.table_name] = settings_from(specification.settings)
    return {sheet.key: saved.get(sheet.name, Settings()) for sheet in sheets}


def _keep(document: Document, sheets: list[Sheet], detections: list[Detection]) -> None:
    by_key: Mapping[str, Sheet] = {sheet.key: sheet for sheet in sheets}
    Finding.objects.filter(document=document, origin=Finding.Origin.TABLES).delete()
    seen: set[uuid.UUID] = set()
    through = Finding.rests_on.through
    for detection in detections:
        family = family_of(document.name, by_key[detection.sheet].name)
        signature = signature_of(detection, by_key, family)
        key = finding_id(document.pk, signature, detection.rows)
        if key in seen:
            continue
        seen.add(key)
        Finding.objects.create(
            id=key,
            document=document,
            table_id=detection.sheet,
            kind=detection.kind,
            rows=list(detection.rows),
            column=detection.column[:300],
            value=detection.value[:2000],
            why=detection.why,
            method=detection.method[:300],
            choice=detection.choice,
            baseline=detection.baseline,
            expected=detection.expected[:300],
            reasons=list(detection.reasons),
            score=detection.score,
            signature=signature,
        )
        further = {other for other in detection.others if other not in by_key}
        for other in sorted(further):
            through.objects.create(finding_id=key, document_id=other)
