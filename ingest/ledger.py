"""Who works on which document: leases taken by compare-and-set, and one line for every stage it goes
through. To renew a lease is its heartbeat; its token is a fencing token, without which nothing is written.
"""

import time
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ingest import limits
from ingest.errors import IngestError, failure
from ingest.models import Document, Stage, StageRecord, Status

OUR_STAGES = (Stage.RECEIVED, Stage.IDENTIFY, Stage.PARSE, Stage.OCR, Stage.PASSAGES)
DONE, FAILED, CRASHED, INTERRUPTED = "done", "failed", "crashed", "interrupted"
_PROGRESS_SECONDS = 0.5


class LeaseLost(Exception):
    """Somebody else has the document now, or it was removed, so whatever this worker has found is thrown
    away.
    """


def claimable(now: datetime) -> Q:
    """Documents that wait, and documents whose worker has not been heard of for a whole lease."""
    return Q(status=Status.PENDING) | Q(status=Status.RUNNING, stage__in=OUR_STAGES, lease_until__lt=now)


def written(document: Document, stage: Stage, message: str = "") -> StageRecord:
    """A line of the ledger for something that is over as soon as it is written."""
    now = timezone.now()
    return StageRecord.objects.create(
        document=document, stage=stage, started_at=now, finished_at=now, outcome=DONE, message=message
    )


class Lease:
    """The right to work on one document, as long as it is renewed. Every write checks that it still holds."""

    def __init__(self, document_id: uuid.UUID, token: str) -> None:
        self.document_id = document_id
        self.token = token
        self._renew_at = time.monotonic() + limits.LEASE_SECONDS / 3
        self._progress_at = 0.0

    @classmethod
    def take(cls, document_id: uuid.UUID) -> "Lease | None":
        """Claim a document, or None when it is not waiting or somebody else was first.

        A document whose workers have died too often is set aside instead.
        """
        now = timezone.now()
        token = uuid.uuid4().hex
        with transaction.atomic():
            changed = Document.objects.filter(claimable(now), pk=document_id).update(
                status=Status.RUNNING,
                stage=Stage.IDENTIFY,
                lease_token=token,
                lease_until=now + timedelta(seconds=limits.LEASE_SECONDS),
                attempts=F("attempts") + 1,
                started_at=now,
                finished_at=None,
                progress_done=0,
                progress_total=0,
                error_code="",
                error="",
            )
            if changed != 1:
                return None
            lease = cls(document_id, token)
            lease.close_stage(INTERRUPTED, "The worker stopped before this stage was finished.")
            interruptions = lease.count_since_received(INTERRUPTED)
            if interruptions >= limits.INTERRUPTIONS:
                lease.end(Status.QUARANTINED, failure("interrupted", count=interruptions))
                return None
            lease._open_stage(Stage.IDENTIFY)
        return lease

    def _mine(self, **values: object) -> None:
        """Change the document, if it is still ours. Raises LeaseLost."""
        changed = Document.objects.filter(
            pk=self.document_id, lease_token=self.token, status=Status.RUNNING
        ).update(**values)
        if changed != 1:
            raise LeaseLost

    def renew(self) -> None:
        """Extend the lease when a third of it has passed. Raises LeaseLost."""
        if time.monotonic() >= self._renew_at:
            self._mine(lease_until=timezone.now() + timedelta(seconds=limits.LEASE_SECONDS))
            self._renew_at = time.monotonic() + limits.LEASE_SECONDS / 3

    def progress(self, done: int, total: int) -> None:
        """Say how many pages are done; written twice a second at most. Raises LeaseLost."""
        if done < total and time.monotonic() < self._progress_at:
            return
        self._progress_at = time.monotonic() + _PROGRESS_SECONDS
        self._mine(progress_done=done, progress_total=total)

    def enter(self, stage: Stage) -> None:
        """Finish the stage at hand and begin the next. Raises LeaseLost."""
        with transaction.atomic():
            self._mine(stage=stage, lease_until=timezone.now() + timedelta(seconds=limits.LEASE_SECONDS))
            self.close_stage(DONE)
            self._open_stage(stage)

    def _open_stage(self, stage: Stage) -> None:
        StageRecord.objects.create(document_id=self.document_id, stage=stage)

    def close_stage(self, outcome: str, message: str = "") -> None:
        """Write how the stage at hand ended."""
        StageRecord.objects.filter(document_id=self.document_id, finished_at__isnull=True).update(
            finished_at=timezone.now(), outcome=outcome, message=message
        )

    def hold(self, **values: object) -> None:
        """Within a transaction: change the document, so that nobody can take it before the commit. Raises
        LeaseLost.
        """
        self._mine(**values)

    def end(self, status: Status, error: IngestError) -> None:
        """Let go of the document with its error. Raises LeaseLost."""
        with transaction.atomic():
            self._mine(
                status=status,
                error_code=error.code,
                error=error.sentence,
                finished_at=timezone.now(),
                lease_token="",
                lease_until=None,
            )
            self.close_stage(FAILED if status == Status.FAILED else CRASHED, error.sentence)

    def give_back(self, error: IngestError) -> None:
        """Let the document wait for another attempt. Raises LeaseLost."""
        with transaction.atomic():
            self._mine(
                status=Status.PENDING,
                lease_token="",
                lease_until=None,
                error_code=error.code,
                error=error.sentence,
            )
            self.close_stage(CRASHED, error.sentence)

    def count_since_received(self, outcome: str) -> int:
        """How often a stage ended this way since the document was received or last retried."""
        records = StageRecord.objects.filter(document_id=self.document_id)
        received = (
            records.filter(stage=Stage.RECEIVED).order_by("-id").values_list("id", flat=True).first() or 0
        )
        return records.filter(id__gt=received, outcome=outcome).count()
