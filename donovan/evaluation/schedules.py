"""Scheduled suites: what serves is measured again and again, so that a slow loss is seen.

A due row is moved on by compare-and-set in the transaction that asks for the run, so that each time has one
run, however many sweeps look at once.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from donovan.access.models import User
from donovan.audit import services as audit
from ingest.work.registry import Calling
from retrieval.model_folders import ModelTampered

from .errors import EvaluationRefused, UnusableData
from .models import ScheduledSuite, SuiteRun
from .runs import MAY_RUN, check_suite, request_run
from .subjects import subject_of

logger = logging.getLogger(__name__)
LONGEST_DAYS = 365


def keep_schedule(suite: str, *, user: User, size: str, every_days: int) -> ScheduledSuite:
    """Measure a suite every so many days from now on; an earlier rhythm of the same suite is replaced.

    Raises EvaluationRefused and UnusableData.
    """
    if user.role not in MAY_RUN:
        raise EvaluationRefused("Only reviewers and model owners may let a suite run regularly.")
    if not 1 <= every_days <= LONGEST_DAYS:
        raise UnusableData(f"A suite can run every 1 to {LONGEST_DAYS} days.")
    check_suite(suite, size)
    with transaction.atomic():
        schedule, _ = ScheduledSuite.objects.update_or_create(
            suite=suite,
            size=size,
            defaults={
                "every_days": every_days,
                "next_at": timezone.now(),
                "is_active": True,
                "owner": user,
            },
        )
        _record(user, schedule, f"every {every_days} days")
    return schedule


def end_schedule(schedule: ScheduledSuite, *, user: User) -> None:
    """Measure it no more by itself. Raises EvaluationRefused."""
    if user.role not in MAY_RUN:
        raise EvaluationRefused("Only reviewers and model owners may end this.")
    with transaction.atomic():
        ScheduledSuite.objects.filter(pk=schedule.pk).update(is_active=False)
        _record(user, schedule, "ended")


def run_due(now: datetime | None = None) -> list[SuiteRun]:
    """Ask for a run of every scheduled suite that is due; the runs that this call has asked for."""
    now = now or timezone.now()
    asked = []
    for schedule in ScheduledSuite.objects.filter(is_active=True, next_at__lte=now).select_related("owner"):
        with transaction.atomic():
            following = now + timedelta(days=schedule.every_days)
            same = ScheduledSuite.objects.filter(pk=schedule.pk, is_active=True, next_at=schedule.next_at)
            if same.update(next_at=following) != 1:
                continue
            try:
                asked.append(
                    request_run(
                        schedule.suite,
                        subject_of(),
                        user=schedule.owner,
                        size=schedule.size,
                        schedule=schedule,
                    )
                )
            except (UnusableData, ModelTampered) as error:
                # Its owner may no longer run it, or its suite is gone: it waits for its next time.
                logger.warning("the scheduled suite %s was not run: %s", schedule.pk, error.sentence)
    return asked


DUE = Calling(run_due)


def _record(user: User, schedule: ScheduledSuite, change: str) -> None:
    audit.record(
        user.get_username(),
        "evaluate",
        detail={"change": f"scheduled suite {change}", "suite": schedule.suite, "size": schedule.size},
    )
