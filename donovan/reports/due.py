"""When a scheduled report is due, and why: times for clocks, reads in the owner's scope for events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from donovan.access.labels import split_label
from donovan.insight.anomalies.selectors import readable_findings
from donovan.insight.processing.selectors import progress
from donovan.library.selectors import readable_documents
from donovan.reports.schedules import Schedule
from ingest.models import Status
from retrieval.scope import AccessScope

# What was written a moment ago may stand in a transaction that is not committed yet; the next look finds it.
SETTLES_IN = timedelta(seconds=10)
MOST_SIGNATURES = 5000


@dataclass(frozen=True)
class Cause:
    """Why a report is made now. `key` tells this time from all others; `seen_until` is what it covers."""

    key: str
    words: str
    seen_until: datetime
    signatures: tuple[str, ...] = ()


def next_time(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment after `after` at which to look; None for one that runs on request alone."""
    if schedule.when == Schedule.When.REQUEST:
        return None
    if schedule.when in (Schedule.When.DOCUMENT, Schedule.When.ANOMALY):
        return after
    if schedule.at is None:
        return None
    day = after.astimezone(UTC).date()
    moment = datetime.combine(day, schedule.at, tzinfo=UTC)
    if schedule.when == Schedule.When.WEEKLY:
        moment += timedelta(days=((schedule.weekday or 0) - day.weekday()) % 7)
    step = timedelta(days=7 if schedule.when == Schedule.When.WEEKLY else 1)
    while moment <= after:
        moment += step
    return moment


def missed_times(schedule: Schedule, now: datetime) -> int:
    """How many times passed since the one that is due, which are made up for together."""
    if schedule.next_at is None or schedule.when not in (Schedule.When.DAILY, Schedule.When.WEEKLY):
        return 0
    step = timedelta(days=7 if schedule.when == Schedule.When.WEEKLY else 1)
    return max(0, (now - schedule.next_at) // step)


def cause_of(schedule: Schedule, scope: AccessScope, now: datetime) -> Cause | None:
    """Why the report is due now, or None when nothing happened. `scope` is the owner's, in the collection."""
    if schedule.next_at is None:
        return None
    if schedule.when == Schedule.When.DOCUMENT:
        return _new_documents(schedule, scope, now)
    if schedule.when == Schedule.When.ANOMALY:
        return _new_findings(schedule, scope, now)
    words = f"due {schedule.next_at:%d %B %Y at %H%M} UTC"
    missed = missed_times(schedule, now)
    if missed:
        words += f", made once for {missed + 1} times while nothing ran"
    return Cause(f"{schedule.next_at:%Y-%m-%dT%H:%M}Z", words, now)


def _new_documents(schedule: Schedule, scope: AccessScope, now: datetime) -> Cause | None:
    until = now - SETTLES_IN
    new = readable_documents(scope).filter(
        status=Status.READY, finished_at__gt=schedule.seen_until, finished_at__lte=until
    )
    times = sorted(time for time in new.values_list("finished_at", flat=True) if time is not None)
    if not times or _is_still_coming(schedule, scope, times[0], now):
        return None
    words = "1 new document" if len(times) == 1 else f"{len(times):,} new documents"
    return Cause(f"documents to {times[-1].isoformat()}", words, times[-1])


def _new_findings(schedule: Schedule, scope: AccessScope, now: datetime) -> Cause | None:
    until = now - SETTLES_IN
    rows = readable_findings(scope, collection=schedule.collection or None).filter(
        found_at__gt=schedule.seen_until, found_at__lte=until
    )
    known = set(schedule.seen_signatures)
    found = [(at, mark) for at, mark in rows.values_list("found_at", "signature") if mark not in known]
    if not found or _is_still_coming(schedule, scope, min(at for at, _ in found), now):
        return None
    marks = tuple(sorted({mark for _, mark in found}))
    last = max(at for at, _ in found)
    words = "1 new anomaly" if len(marks) == 1 else f"{len(marks):,} new anomalies"
    return Cause(f"anomalies to {last.isoformat()}", words, last, marks)


def _is_still_coming(schedule: Schedule, scope: AccessScope, first: datetime, now: datetime) -> bool:
    """Whether more of the same batch is being read, so that one report can cover it.

    That is waited for no longer than the quiet time.
    """
    if now - first >= timedelta(minutes=schedule.quiet_minutes):
        return False
    in_work = readable_documents(scope).filter(status__in=(Status.PENDING, Status.RUNNING))
    return in_work.exists() or not progress(scope).is_complete


def within(scope: AccessScope, collection: str) -> AccessScope:
    """The part of a scope that lies in one collection; all of it for none."""
    if not collection:
        return scope
    return AccessScope.of(label for label in scope.labels if split_label(label)[0] == collection)
