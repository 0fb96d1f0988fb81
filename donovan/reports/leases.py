"""The right to make one section, taken by compare-and-set and renewed from a thread while the work goes on.

A worker that is killed leaves its lease to run out; whoever comes next takes the section over. The lease is
short, so that a report goes on soon, and a section is given up after so many attempts, so that one that kills
its worker each time does not do so for ever. `lease_token` is its fencing token.
"""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donovan.insight.renewal import kept_alive
from donovan.reports.errors import LeaseLost
from donovan.reports.models import Report, Section

LEASE = timedelta(seconds=30)
RENEWAL_SECONDS = 8.0
ATTEMPTS = 5
INTERRUPTED = (
    "The worker stopped each time while it made this section, so it is left out. "
    "Make it again, or make it smaller."
)


def claimable(now: datetime) -> Q:
    """Sections that wait, and sections whose worker has not been heard of for a whole lease."""
    return Q(state=Section.State.WAITING) | Q(state=Section.State.RUNNING, lease_until__lt=now)


def unfinished(report_id: uuid.UUID | None = None) -> QuerySet[Section]:
    """Sections of drafts that nobody living works on, in order."""
    rows = Section.objects.filter(claimable(timezone.now()), report__state=Report.State.DRAFT)
    if report_id is not None:
        rows = rows.filter(report_id=report_id)
    return rows.order_by("report__created_at", "ordinal")


def take(section_id: int) -> Section | None:
    """The section, now ours, or None when it is settled or somebody else makes it.

    One whose workers have died too often is settled as failed instead.
    """
    now = timezone.now()
    token = uuid.uuid4().hex
    with transaction.atomic():
        section = Section.objects.filter(claimable(now), pk=section_id).first()
        if section is None:
            return None
        ours = Section.objects.filter(claimable(now), pk=section_id, attempts=section.attempts)
        if section.attempts >= ATTEMPTS:
            ours.update(state=Section.State.FAILED, notice=INTERRUPTED, finished_at=now, lease_until=None)
            return None
        taken = ours.update(
            state=Section.State.RUNNING,
            attempts=section.attempts + 1,
            lease_token=token,
            lease_until=now + LEASE,
            started_at=now,
            finished_at=None,
            progress_done=0,
            progress_total=0,
            progress_words="",
            notice="",
        )
    if taken != 1:
        return None
    return Section.objects.select_related("report", "report__author").get(pk=section_id)


def change(section: Section, **values: object) -> None:
    """Change a section that is still ours. Raises LeaseLost when it is not."""
    changed = Section.objects.filter(
        pk=section.pk, lease_token=section.lease_token, state=Section.State.RUNNING
    ).update(**values)
    if changed != 1:
        raise LeaseLost


def renewed(section: Section) -> AbstractContextManager[None]:
    """Keep the lease alive, because one question may be minutes inside a model."""
    ours = Section.objects.filter(pk=section.pk, lease_token=section.lease_token)
    return kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-section-{section.pk}",
    )
