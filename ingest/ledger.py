"""Who reads which document, and one line for every stage that it goes through.

The job of a document (`documents.read`) says who has it; its row and its ledger follow.
"""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ingest.errors import IngestError, failure
from ingest.kinds import READ
from ingest.models import Document, Stage, StageRecord, Status
from ingest.work import running
from ingest.work.leases import Held, acquirable
from ingest.work.models import Job
from ingest.work.progress import Progress

OUR_STAGES = (Stage.RECEIVED, Stage.IDENTIFY, Stage.PARSE, Stage.OCR, Stage.PASSAGES)
DONE, FAILED, CRASHED, INTERRUPTED = "done", "failed", "crashed", "interrupted"
WORKER_STOPPED = "The worker stopped before this stage was finished."


def written(document: Document, stage: Stage, message: str = "") -> StageRecord:
    """A line of the ledger for something that is over as soon as it is written."""
    now = timezone.now()
    return StageRecord.objects.create(
        document=document, stage=stage, started_at=now, finished_at=now, outcome=DONE, message=message
    )


def free_jobs() -> QuerySet[Job]:
    """Jobs of documents that wait to be read, or whose reader is dead; the next one first."""
    return Job.objects.filter(acquirable(timezone.now()), kind=READ.name).order_by("rank", "created_at", "pk")


def held_documents(keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those that a living worker has at this moment, to read or to index them."""
    alive = _in_work(keys).filter(lease_until__gte=timezone.now())
    return {uuid.UUID(subject) for subject in alive.values_list("subject", flat=True)}


def progress_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Progress]:
    """How far those are that are in work."""
    return {
        uuid.UUID(job.subject): Progress(job.progress_done, job.progress_total, job.progress_words)
        for job in _in_work(keys).filter(progress_total__gt=0)
    }


def _in_work(keys: Iterable[uuid.UUID]) -> QuerySet[Job]:
    subjects = [str(key) for key in keys]
    return Job.objects.filter(kind__startswith="documents.", subject__in=subjects, state=Job.State.RUNNING)


class Reading:
    """The right to read one document. Every write checks that it still holds."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.document_id = uuid.UUID(held.subject)

    @property
    def token(self) -> str:
        return self.held.token

    def alive(self) -> None:
        """Raises LeaseLost, and Stopped when somebody wants it stopped."""
        self.held.check()

    def progress(self, done: int, total: int) -> None:
        """Say how many pages are done. Raises LeaseLost."""
        self.held.on_progress(Progress(done, total))

    def enter(self, stage: Stage) -> None:
        """Finish the stage at hand and begin the next. Raises LeaseLost."""
        with self.held.writing():
            self.change(stage=stage)
            close_stage(self.document_id, DONE)
            StageRecord.objects.create(document_id=self.document_id, stage=stage)

    def change(self, **values: object) -> None:
        """Within a transaction that began with the token: change the document."""
        Document.objects.filter(pk=self.document_id).update(**values)

    def end(self, status: Status, error: IngestError) -> None:
        """Let go of the document with its error. Raises LeaseLost."""
        with self.held.writing():
            self.change(
                status=status, error_code=error.code, error=error.sentence, finished_at=timezone.now()
            )
            close_stage(self.document_id, FAILED if status == Status.FAILED else CRASHED, error.sentence)
            self.held.fail(error.sentence)

    def give_back(self, error: IngestError) -> None:
        """Let the document wait for another attempt. Raises LeaseLost."""
        with self.held.writing():
            self.held.give_back(error.sentence)
            self.change(error_code=error.code)
            close_stage(self.document_id, CRASHED, error.sentence)


def close_stage(document_id: uuid.UUID | str, outcome: str, message: str = "") -> None:
    """Write how the stage at hand ended."""
    StageRecord.objects.filter(document_id=document_id, finished_at__isnull=True).update(
        finished_at=timezone.now(), outcome=outcome, message=message
    )


def count_since_received(document_id: uuid.UUID, outcome: str) -> int:
    """How often a stage ended this way since the document was received or last retried."""
    records = StageRecord.objects.filter(document_id=document_id)
    received = records.filter(stage=Stage.RECEIVED).order_by("-id").values_list("id", flat=True).first() or 0
    return records.filter(id__gt=received, outcome=outcome).count()


def follow(job: Job) -> None:
    """Bring a document to the state of its job. How one ended for a reason of its own is written already."""
    in_work = Document.objects.filter(pk=job.subject, status__in=(Status.PENDING, Status.RUNNING))
    if job.state == Job.State.RUNNING:
        taken = in_work.update(
            status=Status.RUNNING,
            stage=Stage.IDENTIFY,
            started_at=job.started_at,
            finished_at=None,
            error_code="",
            error="",
        )
        if taken:
            close_stage(job.subject, INTERRUPTED, WORKER_STOPPED)
            StageRecord.objects.create(document_id=job.subject, stage=Stage.IDENTIFY)
    elif job.state == Job.State.WAITING:
        if not in_work.update(status=Status.PENDING, error=job.notice):
            _take_back(job)
    elif job.state == Job.State.FAILED:
        error = failure("interrupted", count=job.attempts)
        _set_aside(in_work, job, Status.QUARANTINED, error.code, error.sentence)
    elif job.state == Job.State.STOPPED and job.notice != running.GONE:
        _set_aside(in_work, job, Status.FAILED, "stopped", job.notice)


def _take_back(job: Job) -> None:
    """A document that failed or was set aside stands in line again."""
    ended = Document.objects.filter(pk=job.subject, status__in=(Status.FAILED, Status.QUARANTINED))
    if ended.update(
        status=Status.PENDING,
        stage=Stage.RECEIVED,
        error_code="",
        error="",
        started_at=None,
        finished_at=None,
    ):
        written(Document.objects.get(pk=job.subject), Stage.RECEIVED, "Retried.")


def _set_aside(documents: QuerySet[Document], job: Job, status: Status, code: str, sentence: str) -> None:
    outcome = INTERRUPTED if status == Status.QUARANTINED else FAILED
    with transaction.atomic():
        if documents.update(status=status, error_code=code, error=sentence, finished_at=job.finished_at):
            close_stage(job.subject, outcome, sentence)
