"""Documents that wait for the index, claimed one by one by compare-and-set on their row."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ingest.models import WHEN_READY, Document, Stage, StageRecord, Status
from ingest.work.services import announce

LEASE = timedelta(minutes=5)
ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=20)
DONE, FAILED, INTERRUPTED = "done", "failed", "interrupted"
OUR_STAGES = (Stage.EMBED, Stage.INDEX)

COULD_NOT = (
    "The text was read, but it could not be put into the search index, three times in a row. "
    "Retry the document; if it fails again, tell the administrator, who finds the reason in the worker's log."
)


class ClaimLost(Exception):
    """Somebody else has the document now, or it was removed: what was made of it is thrown away."""


def waiting() -> Q:
    """Documents whose passages wait for the index and that nobody works on."""
    return Q(status=Status.RUNNING, stage__in=OUR_STAGES) & (
        Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    )


@dataclass(frozen=True)
class Claim:
    """The right to index one document, as long as it is renewed."""

    document_id: uuid.UUID
    token: str

    @classmethod
    def next(cls) -> "Claim | None":
        """Claim the document that has waited longest, or None when none waits."""
        while True:
            document_id = (
                Document.objects.filter(waiting())
                .order_by("received_at", "pk")
                .values_list("pk", flat=True)
                .first()
            )
            if document_id is None:
                return None
            claim = cls(document_id, uuid.uuid4().hex)
            if claim._take():
                return claim

    @transaction.atomic
    def _take(self) -> bool:
        taken = Document.objects.filter(waiting(), pk=self.document_id).update(
            stage=Stage.EMBED,
            lease_token=self.token,
            lease_until=timezone.now() + LEASE,
            progress_done=0,
        )
        if taken:
            self._close(INTERRUPTED, "The worker stopped before this stage was finished.")
            StageRecord.objects.create(document_id=self.document_id, stage=Stage.EMBED)
        return bool(taken)

    def update(self, **values: object) -> None:
        """Change the document, if it is still claimed. Raises ClaimLost."""
        if not Document.objects.filter(pk=self.document_id, lease_token=self.token).update(**values):
            raise ClaimLost

    def progress(self, done: int, total: int) -> None:
        """Renew the claim and say how many passages are embedded. Raises ClaimLost."""
        self.update(progress_done=done, progress_total=total, lease_until=timezone.now() + LEASE)

    @transaction.atomic
    def enter_index(self) -> None:
        """The vectors are there. Raises ClaimLost."""
        self.update(stage=Stage.INDEX, lease_until=timezone.now() + LEASE)
        self._close(DONE)
        StageRecord.objects.create(document_id=self.document_id, stage=Stage.INDEX)

    def finish(self, label: str) -> bool:
        """Within the transaction that publishes: the document is ready. False when it is no longer ours to
        finish.
        """
        now = timezone.now()
        finished = Document.objects.filter(pk=self.document_id, lease_token=self.token, label=label).update(
            status=Status.READY, stage=Stage.DONE, lease_token="", lease_until=None, finished_at=now
        )
        if finished:
            self._close(DONE)
            announce(WHEN_READY, self.document_id)
        return bool(finished)

    @transaction.atomic
    def put_back(self, reason: str) -> None:
        """Let the document wait for the next round, with the reason in the ledger."""
        if self._release(lease_until=timezone.now() + RETRY_AFTER):
            self._close(INTERRUPTED, reason)

    @transaction.atomic
    def fail(self, reason: str) -> None:
        """Count a failure that lies in the document or in our code; after a few the document has failed."""
        before = StageRecord.objects.filter(
            document_id=self.document_id, stage__in=OUR_STAGES, outcome=FAILED
        )
        is_last = before.count() + 1 >= ATTEMPTS
        ended = {
            "status": Status.FAILED,
            "error_code": "not-indexed",
            "error": COULD_NOT,
            "finished_at": timezone.now(),
        }
        if self._release(**(ended if is_last else {"lease_until": timezone.now() + RETRY_AFTER})):
            self._close(FAILED, reason)

    def _release(self, **values: object) -> int:
        mine = Document.objects.filter(pk=self.document_id, lease_token=self.token)
        return mine.update(**{"lease_token": "", "lease_until": None, "stage": Stage.EMBED, **values})

    def _close(self, outcome: str, message: str = "") -> None:
        StageRecord.objects.filter(
            document_id=self.document_id, stage__in=OUR_STAGES, finished_at__isnull=True
        ).update(finished_at=timezone.now(), outcome=outcome, message=message)
