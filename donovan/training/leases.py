"""The right to work on one training job, taken by compare-and-set and renewed while its process trains.

A worker that is killed leaves its lease to run out; the sweep rings, and whoever takes the job goes on from
the last checkpoint. `attempts` counts from the last checkpoint on, so that a job which is killed often and
gets on all the same is never given up, and one that kills its process each time is. `lease_token` is the
fencing token of the job.
"""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donovan.audit.services import record
from donovan.insight.renewal import kept_alive
from donovan.training.errors import LeaseLost
from donovan.training.models import TrainingJob

State = TrainingJob.State
LEASE = timedelta(seconds=45)
RENEWAL_SECONDS = 10.0
ATTEMPTS = 3
INTERRUPTED = (
    "The training ended three times without reaching its next checkpoint, so it is left alone. "
    "Look at free memory, or train on fewer or shorter examples; then let it go on."
)


def claimable(now: datetime) -> Q:
    """Jobs that wait, and jobs whose worker has not been heard of for a whole lease."""
    return Q(state=State.WAITING) | Q(state__in=(State.RUNNING, State.STOPPING), lease_until__lt=now)


def unfinished() -> QuerySet[TrainingJob]:
    """Jobs that nobody living works on, in the order they were asked for."""
    return TrainingJob.objects.filter(claimable(timezone.now())).order_by("created_at")


def take(job_id: uuid.UUID) -> TrainingJob | None:
    """The job, now ours, or None when it is settled or somebody else works on it.

    One that was being stopped when its worker died is settled as stopped; one that has died too often without
    getting on is settled as failed.
    """
    now = timezone.now()
    with transaction.atomic():
        job = TrainingJob.objects.filter(claimable(now), pk=job_id).first()
        if job is None:
            return None
        ours = TrainingJob.objects.filter(claimable(now), pk=job_id, attempts=job.attempts, state=job.state)
        if job.state == State.STOPPING:
            ours.update(state=State.STOPPED, lease_until=None, finished_at=now)
            return None
        if job.attempts >= ATTEMPTS:
            if ours.update(state=State.FAILED, notice=INTERRUPTED, finished_at=now, lease_until=None):
                record(
                    job.started_by.get_username(),
                    "training",
                    "failed",
                    labels=job.labels,
                    detail={"change": "give up", "job": str(job.pk)},
                )
            return None
        taken = ours.update(
            state=State.RUNNING,
            attempts=job.attempts + 1,
            lease_token=uuid.uuid4().hex,
            lease_until=now + LEASE,
            started_at=job.started_at or now,
            finished_at=None,
            seconds_per_step=None,
            notice="",
        )
    if taken != 1:
        return None
    return TrainingJob.objects.select_related("started_by").get(pk=job_id)


def change(job: TrainingJob, **values: object) -> None:
    """Change a job that is still ours. Raises LeaseLost when it is not."""
    changed = TrainingJob.objects.filter(
        pk=job.pk, lease_token=job.lease_token, state__in=(State.RUNNING, State.STOPPING)
    ).update(**values)
    if changed != 1:
        raise LeaseLost


def renewed(job: TrainingJob) -> AbstractContextManager[None]:
    """Keep the lease alive: reading a large data set, or one step of a large model, takes a while."""
    ours = TrainingJob.objects.filter(pk=job.pk, lease_token=job.lease_token)
    return kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-training-{job.pk}",
    )
