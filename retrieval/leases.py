"""Documents that wait for the index, acquired one by one; their rows and the ledger follow their jobs."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from ingest.models import WHEN_READY, Document, Stage, StageRecord, Status
from ingest.work.errors import LeaseLost
from ingest.work.leases import Held, acquirable, acquire
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.running import GONE
from ingest.work.services import OPEN, announce, enqueue

from .work import COULD_NOT, INDEX

ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=20)
DONE, FAILED, INTERRUPTED = "done", "failed", "interrupted"
OUR_STAGES = (Stage.EMBED, Stage.INDEX)
NOT_INDEXED = "not-indexed"
RELABELLED = "The document was moved while it was embedded. It is embedded again."


def enqueue_lacking() -> None:
    """A job for each document that waits for the index and has none."""
    waiting = Document.objects.filter(status=Status.RUNNING, stage__in=OUR_STAGES)
    jobs = Job.objects.filter(kind=INDEX.name, state__in=OPEN).values_list("subject", flat=True)
    has_job = set(jobs)
    for key in waiting.order_by("received_at", "pk").values_list("pk", flat=True):
        if str(key) not in has_job:
            enqueue(INDEX, key, wakes=False)


def follow(job: Job) -> None:
    """Bring a document to the state of its job. Call it in the transaction that changes the job."""
    ours = Document.objects.filter(pk=job.subject, status=Status.RUNNING, stage__in=OUR_STAGES)
    if job.state == Job.State.RUNNING:
        if ours.update(stage=Stage.EMBED):
            _close(job.subject, INTERRUPTED, "The worker stopped before this stage was finished.")
            StageRecord.objects.create(document_id=job.subject, stage=Stage.EMBED)
    elif job.state == Job.State.WAITING:
        if not ours.update(stage=Stage.EMBED):
            Document.objects.filter(pk=job.subject, status=Status.FAILED, error_code=NOT_INDEXED).update(
                status=Status.RUNNING, stage=Stage.EMBED, error_code="", error="", finished_at=None
            )
    elif (
        job.state != Job.State.DONE
        and job.notice != GONE
        and ours.update(
            status=Status.FAILED, error_code=NOT_INDEXED, error=job.notice, finished_at=job.finished_at
        )
    ):
        _close(job.subject, FAILED, job.notice)


def _close(document_id: str, outcome: str, message: str = "") -> None:
    StageRecord.objects.filter(
        document_id=document_id, stage__in=OUR_STAGES, finished_at__isnull=True
    ).update(finished_at=timezone.now(), outcome=outcome, message=message)


class LeasedDocument:
    """The right to index one document, as long as it is renewed."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self.document_id = uuid.UUID(held.subject)

    @classmethod
    def next(cls) -> "LeasedDocument | None":
        """Acquire the document that has waited longest, or None when none waits."""
        passed = set[uuid.UUID]()
        while True:
            free = Job.objects.filter(acquirable(timezone.now()), kind=INDEX.name).exclude(pk__in=passed)
            key = free.order_by("created_at", "pk").values_list("pk", flat=True).first()
            if key is None:
                return None
            held = acquire(key)
            if held is not None:
                return cls(held)
            passed.add(key)

    def progress(self, done: int, total: int) -> None:
        """Renew the lease and say how many passages are embedded. Raises LeaseLost."""
        self._held.renew()
        self._held.on_progress(Progress(done, total))

    def enter_index(self) -> None:
        """The vectors are there. Raises LeaseLost."""
        with self._held.writing():
            Document.objects.filter(pk=self.document_id).update(stage=Stage.INDEX)
            _close(self._held.subject, DONE)
            StageRecord.objects.create(document_id=self.document_id, stage=Stage.INDEX)

    def finish(self, label: str) -> bool:
        """Within the transaction that publishes: the document is ready. False when it is no longer ours to
        finish.
        """
        try:
            self._held.renew()
        except LeaseLost:
            return False
        finished = Document.objects.filter(pk=self.document_id, label=label).update(
            status=Status.READY, stage=Stage.DONE, finished_at=timezone.now()
        )
        if finished:
            _close(self._held.subject, DONE)
            announce(WHEN_READY, self.document_id)
            self._held.complete()
        return bool(finished)

    def put_back(self, reason: str) -> None:
        """Let the document wait for the next round, with the reason in the ledger."""
        with suppress(LeaseLost), self._held.writing():
            _close(self._held.subject, INTERRUPTED, reason)
            self._held.give_back(reason, after=RETRY_AFTER, counts=False)

    def fail(self, reason: str) -> None:
        """Count a failure that lies in the document or in our code; after a few the document has failed."""
        failed = StageRecord.objects.filter(
            document_id=self.document_id, stage__in=OUR_STAGES, outcome=FAILED
        )
        with suppress(LeaseLost), self._held.writing():
            _close(self._held.subject, FAILED, reason)
            if failed.count() >= ATTEMPTS:
                self._held.fail(COULD_NOT)
            else:
                self._held.give_back(reason, after=RETRY_AFTER, counts=False)

    def drop(self) -> None:
        """The document is gone."""
        with suppress(LeaseLost):
            self._held.stop(GONE)
