"""The right to measure one run, taken by compare-and-set and renewed while the measuring process works.

A worker that is killed leaves its lease to run out; whoever comes next takes the run over: a fixed suite from
the items that were kept (`kept_items`), own questions from their start. After `ATTEMPTS` it is given up.
`lease_token` is the fencing token of the run.
"""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.insight.renewal import kept_alive

from .models import SuiteRun

LEASE: Final = timedelta(seconds=60)
RENEWAL_SECONDS: Final = 15.0
ATTEMPTS: Final = 3
INTERRUPTED: Final = (
    "The worker stopped each time while it measured this suite, most likely for lack of memory. "
    "Run it again in the quick size."
)


class LeaseLost(Exception):
    """Somebody else works on this run now."""


def claimable(now: datetime) -> Q:
    """Runs that wait, and runs whose worker has not been heard of for a whole lease."""
    return Q(state=SuiteRun.State.WAITING) | Q(state=SuiteRun.State.RUNNING, lease_until__lt=now)


def unfinished() -> list[uuid.UUID]:
    """Runs that nobody living works on, oldest first."""
    rows = SuiteRun.objects.filter(claimable(timezone.now())).order_by("created_at")
    return list(rows.values_list("pk", flat=True))


def take(run_id: uuid.UUID) -> SuiteRun | None:
    """The run, now ours, or None when it is settled or somebody else has it."""
    now = timezone.now()
    with transaction.atomic():
        run = SuiteRun.objects.filter(claimable(now), pk=run_id).first()
        if run is None:
            return None
        ours = SuiteRun.objects.filter(claimable(now), pk=run_id, attempts=run.attempts)
        if run.attempts >= ATTEMPTS:
            ours.update(state=SuiteRun.State.FAILED, notice=INTERRUPTED, finished_at=now, lease_until=None)
            return None
        taken = ours.update(
            state=SuiteRun.State.RUNNING,
            attempts=run.attempts + 1,
            lease_token=uuid.uuid4().hex,
            lease_until=now + LEASE,
            started_at=now,
            progress_done=0,
            progress_total=0,
            progress_words="",
        )
    return SuiteRun.objects.select_related("started_by").get(pk=run_id) if taken == 1 else None


def change(run: SuiteRun, **values: object) -> None:
    """Change a run that is still ours. Raises LeaseLost when it is not."""
    changed = SuiteRun.objects.filter(
        pk=run.pk, lease_token=run.lease_token, state=SuiteRun.State.RUNNING
    ).update(**values)
    if changed != 1:
        raise LeaseLost


def renewed(run: SuiteRun) -> AbstractContextManager[None]:
    """Keep the lease alive, because one question may be minutes inside a model."""
    ours = SuiteRun.objects.filter(pk=run.pk, lease_token=run.lease_token)
    return kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-suite-{run.pk}",
    )
