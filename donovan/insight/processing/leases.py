"""The right to do one step of one document, taken by compare-and-set and renewed while the work goes on.

`lease_token` is its fencing token: who lost the lease writes nothing.
"""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.insight.processing.models import DocumentStep
from donovan.insight.renewal import kept_alive

LEASE = timedelta(seconds=90)
RENEWAL_SECONDS = 20.0
ATTEMPTS = 2
INTERRUPTED = (
    "The worker stopped twice while it did this, so it is left alone. Read the document again to retry."
)


def take(document_id: uuid.UUID, name: str, version: int, reading: datetime | None) -> DocumentStep | None:
    """The step, now ours, or None when it is settled or somebody else works on it.

    A step whose workers have died too often is settled as failed instead.
    """
    now = timezone.now()
    token = uuid.uuid4().hex
    with transaction.atomic():
        step, _ = DocumentStep.objects.get_or_create(
            document_id=document_id, name=name, defaults={"version": version, "reading": reading}
        )
        if (step.version, step.reading) != (version, reading):
            DocumentStep.objects.filter(pk=step.pk, version=step.version, reading=step.reading).update(
                version=version, reading=reading, state=DocumentStep.State.WAITING, attempts=0
            )
            step.refresh_from_db()
        claimable = Q(state=DocumentStep.State.WAITING) | Q(
            state=DocumentStep.State.RUNNING, lease_until__lt=now
        )
        if step.attempts >= ATTEMPTS:
            DocumentStep.objects.filter(claimable, pk=step.pk).update(
                state=DocumentStep.State.FAILED, message=INTERRUPTED, finished_at=now
            )
            return None
        taken = DocumentStep.objects.filter(claimable, pk=step.pk, attempts=step.attempts).update(
            state=DocumentStep.State.RUNNING,
            attempts=step.attempts + 1,
            lease_token=token,
            lease_until=now + LEASE,
            started_at=now,
            finished_at=None,
            message="",
        )
    if taken != 1:
        return None
    step.refresh_from_db()
    return step


def settle(step: DocumentStep, state: DocumentStep.State, message: str) -> bool:
    """End a step that is still ours; False when somebody else has it by now, whose result then counts."""
    changed = DocumentStep.objects.filter(
        pk=step.pk, lease_token=step.lease_token, state=DocumentStep.State.RUNNING
    ).update(state=state, message=message[:2000], finished_at=timezone.now(), lease_until=None)
    return changed == 1


def renewed(step: DocumentStep) -> AbstractContextManager[None]:
    """Keep the lease alive, because a step may be minutes inside a library."""
    ours = DocumentStep.objects.filter(pk=step.pk, lease_token=step.lease_token)
    return kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-step-{step.pk}",
    )
