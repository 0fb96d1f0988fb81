"""What a person does with scheduled reports: begin, pause, go on, run now, end. Each is on record.

A scheduled report is its owner's alone: it reads what the owner may read, each time anew.
"""

import uuid
from collections.abc import Mapping
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donovan.access.models import Collection, User
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports import scheduling, services
from donovan.reports.due import Cause, next_time
from donovan.reports.errors import ReportError
from donovan.reports.models import Section
from donovan.reports.schedules import Schedule, ScheduledRun

LONGEST_TITLE = 150
MOST_SCHEDULES = 50
SHORTEST_QUIET, LONGEST_QUIET = 5, 7 * 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def own_schedules(user: User) -> QuerySet[Schedule]:
    """The scheduled reports of a person, newest first."""
    return Schedule.objects.filter(owner=user).order_by("-created_at")


def own_schedule(user: User, schedule_id: uuid.UUID | str) -> Schedule:
    """One of them. Raises NotFoundHere for any other, whether there is one or not."""
    try:
        return Schedule.objects.select_related("owner").get(pk=schedule_id, owner=user)
    except (Schedule.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None


def begin(
    caller: Caller,
    *,
    title: str,
    template: str,
    when: str,
    collection: str = "",
    at: str = "",
    weekday: str = "",
    quiet_minutes: str = "",
    parameters: Mapping[str, str] | None = None,
) -> Schedule:
    """A new scheduled report. `at` is "HH:MM" in UTC, `weekday` 0 (Monday) to 6, both as a form sends them.

    Raises ReportError with the sentence for anything that cannot be used, so that it is said now and not in
    the night.
    """
    title = " ".join(title.replace("\x00", " ").split())
    if not title or len(title) > LONGEST_TITLE:
        raise ReportError(f"A scheduled report needs a title of at most {LONGEST_TITLE} characters.")
    if own_schedules(caller.user).count() >= MOST_SCHEDULES:
        raise ReportError(f"You have {MOST_SCHEDULES} scheduled reports already. End one first.")
    if when not in Schedule.When.values:
        raise ReportError(f"Choose when it is made: {', '.join(Schedule.When.labels)}.")
    if collection and not Collection.objects.filter(slug=collection, memberships__user=caller.user).exists():
        raise ReportError("There is no such collection among yours. Choose one of the list, or none.")
    chosen = services.template_named(caller, template)
    told = services.checked_parameters(chosen, parameters or {})
    services.planned(chosen, told)
    now = timezone.now()
    schedule = Schedule(
        owner=caller.user,
        title=title,
        template=chosen.key,
        template_name=chosen.name,
        collection=collection,
        parameters=told,
        when=when,
        at=_time(at) if when in (Schedule.When.DAILY, Schedule.When.WEEKLY) else None,
        weekday=_weekday(weekday) if when == Schedule.When.WEEKLY else None,
        quiet_minutes=_quiet(quiet_minutes),
        seen_until=now,
    )
    schedule.next_at = next_time(schedule, now)
    with transaction.atomic():
        schedule.save()
        _record(caller, schedule, "schedule begun")
    return schedule


def pause(caller: Caller, schedule: Schedule) -> None:
    """Let it rest. What becomes due meanwhile is not made up for."""
    with transaction.atomic():
        changed = Schedule.objects.filter(
            pk=schedule.pk, owner=caller.user, state=Schedule.State.ACTIVE
        ).update(state=Schedule.State.PAUSED, next_at=None)
        if changed:
            _record(caller, schedule, "schedule paused")


def go_on(caller: Caller, schedule: Schedule) -> None:
    """Let a paused or stopped one go on from now. Raises ReportError while what stopped it still holds."""
    reason = scheduling.why_stopped(schedule)
    if reason:
        raise ReportError(f"It cannot go on. {reason}")
    services.template_named(caller, schedule.template)
    now = timezone.now()
    with transaction.atomic():
        changed = Schedule.objects.filter(pk=schedule.pk, owner=caller.user).exclude(
            state=Schedule.State.ACTIVE
        )
        if changed.update(
            state=Schedule.State.ACTIVE,
            stopped_because="",
            next_at=next_time(schedule, now),
            seen_until=now,
        ):
            _record(caller, schedule, "schedule goes on")


def run_now(caller: Caller, schedule: Schedule) -> ScheduledRun:
    """Make the report at once. Raises ReportError while the last one is still being made, or when it cannot
    run.
    """
    schedule.refresh_from_db()
    if schedule.state != Schedule.State.ACTIVE:
        raise ReportError(f"This scheduled report is {schedule.get_state_display()}. Let it go on first.")
    if is_in_work(schedule):
        raise ReportError("The last report of this one is still being made. Wait until it is done.")
    reason = scheduling.why_stopped(schedule)
    if reason:
        scheduling.stop(schedule, reason)
        raise ReportError(f"It was stopped. {reason}")
    now = timezone.now()
    # Two clicks in one second are one wish.
    cause = Cause(f"request {now:%Y-%m-%dT%H:%M:%S}", f"asked for by {caller.name}", now)
    run = scheduling.start(schedule, caller, cause, now)
    if run is None:
        schedule.refresh_from_db()
        raise ReportError(
            schedule.stopped_because or "Somebody else has just started it. Load the page again."
        )
    return run


def end(caller: Caller, schedule: Schedule) -> None:
    """Take a scheduled report away. The reports that it made stay."""
    with transaction.atomic():
        _record(caller, schedule, "schedule ended")
        Schedule.objects.filter(pk=schedule.pk, owner=caller.user).delete()


def is_in_work(schedule: Schedule) -> bool:
    """Whether a report that it started is still being made."""
    return Section.objects.filter(
        report__scheduled_runs__schedule=schedule, state__in=(Section.State.WAITING, Section.State.RUNNING)
    ).exists()


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise ReportError(f"“{text[:20]}” is not a time of day. Write it like 06:30 (UTC).") from None


def _weekday(text: str) -> int:
    if text not in {str(number) for number in range(7)}:
        raise ReportError(f"Choose a day of the week: {', '.join(WEEKDAYS)}.")
    return int(text)


def _quiet(text: str) -> int:
    if not text.strip():
        return 60
    is_number = text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) < 9
    if not is_number or not SHORTEST_QUIET <= int(text) <= LONGEST_QUIET:
        raise ReportError(f"The time between two reports is {SHORTEST_QUIET} to {LONGEST_QUIET:,} minutes.")
    return int(text)


def _record(caller: Caller, schedule: Schedule, change: str) -> None:
    audit.record(
        caller.name,
        "report",
        source=caller.source,
        detail={"change": change, "schedule": str(schedule.pk), "when": schedule.when},
    )
