"""Takes documents that can be read through the steps of insight: a job for each step, one after the other."""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.steps import STEPS, Step
from donovan.insight.processing.work import STEP_KINDS
from ingest.models import Document, Status
from ingest.work import running
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Handler, Kind
from ingest.work.services import OPEN, enqueue

State = DocumentStep.State
SETTLED = (State.DONE, State.FAILED)
CAUGHT_UP_AT_ONCE = 200


class StepHandler(Handler):
    """Does one step of a document. A step that fails does not keep the others."""

    def __init__(self, step: Step, following: Kind | None) -> None:
        self._step, self._following = step, following

    def run(self, held: Held) -> str:
        document = Document.objects.filter(pk=held.subject, status=Status.READY).first()
        if document is None:
            raise SubjectGone
        return self._step.run(document.pk)

    def follow(self, job: Job) -> None:
        document = Document.objects.filter(pk=job.subject)
        reading = document.values_list("finished_at", flat=True).first()
        rows = DocumentStep.objects.filter(document_id=uuid.UUID(job.subject), name=self._step.name)
        if job.state == Job.State.STOPPED and job.notice == running.GONE:
            # It was removed, or is being read again: then it becomes ready, and is looked into, once more.
            rows.delete()
            return
        if not document.exists():
            return
        if job.state == Job.State.RUNNING:
            DocumentStep.objects.update_or_create(
                document_id=uuid.UUID(job.subject),
                name=self._step.name,
                defaults={
                    "version": self._step.version,
                    "reading": reading,
                    "state": State.RUNNING,
                    "message": "",
                    "started_at": job.started_at or timezone.now(),
                    "finished_at": None,
                },
            )
            return
        state = State.FAILED if job.state == Job.State.STOPPED else job.state
        rows.update(state=state, message=job.notice[:2000], finished_at=job.finished_at)
        if not job.is_open and self._following is not None:
            enqueue(self._following, job.subject, once_more=True)


HANDLERS = tuple(
    StepHandler(step, following) for step, following in zip(STEPS, (*STEP_KINDS[1:], None), strict=True)
)
TABLES, ENTITIES, ANOMALIES, TEXTS, WATCH = HANDLERS


def waiting_documents() -> QuerySet[Document]:
    """Readable documents with a step that is still to do or in work, oldest first."""
    to_do = Q()
    for step in STEPS:
        to_do |= Q(~Exists(_settled(step)))
    return Document.objects.filter(to_do, status=Status.READY).order_by("finished_at")


def _settled(step: Step) -> QuerySet[DocumentStep]:
    return DocumentStep.objects.filter(
        document=OuterRef("pk"),
        name=step.name,
        version=step.version,
        reading=OuterRef("finished_at"),
        state__in=SETTLED,
    )


def catch_up() -> int:
    """Enqueue documents with a step to do and no job for it: those of before this was a job, or of an earlier
    version of a step. How many.
    """
    names = [kind.name for kind in STEP_KINDS]
    count = 0
    for step, kind in zip(STEPS, STEP_KINDS, strict=True):
        has_job = set(Job.objects.filter(kind__in=names, state__in=OPEN).values_list("subject", flat=True))
        lacking = Document.objects.filter(~Exists(_settled(step)), status=Status.READY)
        for key in lacking.order_by("finished_at").values_list("pk", flat=True)[: 4 * CAUGHT_UP_AT_ONCE]:
            if str(key) not in has_job and count < CAUGHT_UP_AT_ONCE:
                enqueue(kind, key)
                count += 1
    return count


def process(document_id: uuid.UUID) -> None:
    """Do every step of one document that is still to do, here and now."""
    for step, kind in zip(STEPS, STEP_KINDS, strict=True):
        if Document.objects.filter(~Exists(_settled(step)), pk=document_id, status=Status.READY).exists():
            enqueue(kind, document_id, wakes=False)
            running.run_subject(kind, document_id)
