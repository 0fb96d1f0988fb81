"""Making scheduled reports when they are due. Any number of sweeps may do this at once.

A due row is taken by comparing and setting `next_at` and `seen_until` in the same transaction that starts the
report and writes the run, so that each cause has one report: not two when two workers look at once, and none
lost when one is killed. The report itself is then made by the workers of reports, under their leases.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from donovan.access.clearance import clearance_of
from donovan.access.models import Membership
from donovan.audit import services as audit
from donovan.audit.services import AuditUnavailable
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports import services
from donovan.reports.due import MOST_SIGNATURES, SETTLES_IN, Cause, cause_of, next_time, within
from donovan.reports.errors import ReportError
from donovan.reports.schedules import Schedule, ScheduledRun
from ingest.work.registry import Calling

logger = logging.getLogger(__name__)

ACCOUNT_CLOSED = "The account of its owner is closed, so nothing can be read on its behalf."
NO_MEMBER = "Its owner is no longer a member of any collection, so there is nothing to make it from."
NO_CLEARANCE = "The clearance of its owner cannot be read, so nothing can be read on its behalf."
NOT_A_MEMBER = "Its owner is no longer a member of the collection “{collection}”."
TEMPLATE_GONE = "Its template is gone. Make a new scheduled report from another one."
_SOURCE = "schedule"


def run_due(now: datetime | None = None) -> list[ScheduledRun]:
    """Start every scheduled report that is due; the runs that this call has started."""
    now = now or timezone.now()
    due = Schedule.objects.filter(state=Schedule.State.ACTIVE, next_at__lte=now).order_by("next_at")
    runs = []
    for schedule in list(due.select_related("owner")):
        try:
            run = _look(schedule, now)
        except AuditUnavailable:
            # Nothing happened, and the next sweep tries again; so will every other schedule.
            logger.error("scheduled report %s waits, because the record cannot be written", schedule.pk)
            continue
        runs += [run] if run is not None else []
    return runs


def _look(schedule: Schedule, now: datetime) -> ScheduledRun | None:
    reason = why_stopped(schedule)
    if reason:
        stop(schedule, reason)
        return None
    caller = Caller.named(schedule.owner, source=_SOURCE)
    cause = cause_of(schedule, within(caller.scope, schedule.collection), now)
    if cause is None:
        return None
    return start(schedule, caller, cause, now)


def why_stopped(schedule: Schedule) -> str:
    """Why a schedule can run no more, as a sentence; empty while it can."""
    owner = schedule.owner
    owner.refresh_from_db()
    if not owner.is_active:
        return ACCOUNT_CLOSED
    if clearance_of(owner) is None:
        return NO_CLEARANCE
    memberships = Membership.objects.filter(user=owner)
    if schedule.collection and not memberships.filter(collection_id=schedule.collection).exists():
        return NOT_A_MEMBER.format(collection=schedule.collection)
    return "" if memberships.exists() else NO_MEMBER


def start(schedule: Schedule, caller: Caller, cause: Cause, now: datetime) -> ScheduledRun | None:
    """Start the report of one cause; None when another worker has done it.

    A template that is gone, or that can no longer be used, stops the schedule with the sentence.
    """
    try:
        with transaction.atomic():
            if not _taken(schedule, cause, now):
                return None
            report = services.start_report(
                caller,
                schedule.template,
                collection=schedule.collection,
                title=f"{schedule.title}, {now.day} {now:%B %Y %H%M} UTC",
                parameters=schedule.parameters,
            )
            return ScheduledRun.objects.create(
                schedule=schedule, key=cause.key, cause=cause.words, report=report, started_at=now
            )
    except IntegrityError:
        return None
    except NotFoundHere:
        failure = TEMPLATE_GONE
    except ReportError as error:
        failure = error.sentence
    stop(schedule, failure, cause=cause)
    return None


DUE = Calling(run_due)


def stop(schedule: Schedule, reason: str, *, cause: Cause | None = None) -> None:
    """Stop a schedule for good, with the reason on its page and on record."""
    with transaction.atomic():
        stopped = Schedule.objects.filter(pk=schedule.pk, state=Schedule.State.ACTIVE).update(
            state=Schedule.State.STOPPED, stopped_because=reason[:400], next_at=None
        )
        if stopped != 1:
            return
        ScheduledRun.objects.create(
            schedule=schedule,
            key=f"stopped {uuid.uuid4().hex}",
            cause=cause.words if cause else "looked whether it was due",
            failure=reason[:400],
        )
        audit.record(
            schedule.owner.get_username(),
            "report",
            "failed",
            source=_SOURCE,
            detail={"change": "schedule stopped", "schedule": str(schedule.pk)},
        )


def _taken(schedule: Schedule, cause: Cause, now: datetime) -> bool:
    """Move the row on, if it still is where this worker saw it."""
    is_timed = schedule.when in (Schedule.When.DAILY, Schedule.When.WEEKLY)
    on_request = schedule.next_at is None or cause.key.startswith("request ")
    changes: dict[str, object] = {}
    if not on_request:
        quiet = timedelta(minutes=schedule.quiet_minutes)
        changes["next_at"] = next_time(schedule, now) if is_timed else now + quiet
    if schedule.when in (Schedule.When.DOCUMENT, Schedule.When.ANOMALY):
        # A report on request covers what is there, so it puts off the next one too.
        changes["seen_until"] = min(cause.seen_until, now - SETTLES_IN) if on_request else cause.seen_until
        marks = dict.fromkeys([*schedule.seen_signatures, *cause.signatures])
        changes["seen_signatures"] = list(marks)[-MOST_SIGNATURES:]
    same = Schedule.objects.filter(
        pk=schedule.pk,
        state=Schedule.State.ACTIVE,
        next_at=schedule.next_at,
        seen_until=schedule.seen_until,
    )
    return (same.update(**changes) if changes else same.count()) == 1
