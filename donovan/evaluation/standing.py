"""Standing suites: what serves is measured again and again, so that a slow loss is seen.

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
from .models import StandingSuite, SuiteRun
from .runs import MAY_RUN, check_suite, request_run
from .subjects import subject_of

logger = logging.getLogger(__name__)
LONGEST_DAYS = 365


def keep_standing(suite: str, *, user: User, size: str, every_days: int) -> StandingSuite:
    """Measure a suite every so many days from now on; an earlier rhythm of the same suite is replaced.

    Raises EvaluationRefused and UnusableData.
    """
    if user.role not in MAY_RUN:
        raise EvaluationRefused("Only reviewers and model owners may let a suite run regularly.")
    if not 1 <= every_days <= LONGEST_DAYS:
        raise UnusableData(f"A suite can run every 1 to {LONGEST_DAYS} days.")
    check_suite(suite, size)
    with transaction.atomic():
        standing, _ = StandingSuite.objects.update_or_create(
            suite=suite,
            size=size,
            defaults={
                "every_days": every_days,
                "next_at": timezone.now(),
                "is_active": True,
                "owner": user,
            },
        )
        _record(user, standing, f"every {every_days} days")
    return standing


def end_standing(standing: StandingSuite, *, user: User) -> None:
    """Measure it no more by itself. Raises EvaluationRefused."""
    if user.role not in MAY_RUN:
        raise EvaluationRefused("Only reviewers and model owners may end this.")
    with transaction.atomic():
        StandingSuite.objects.filter(pk=standing.pk).update(is_active=False)
        _record(user, standing, "ended")


def run_due(now: datetime | None = None) -> list[SuiteRun]:
    """Ask for a run of every standing suite that is due; the runs that this call has asked for."""
    now = now or timezone.now()
    asked = []
    for standing in StandingSuite.objects.filter(is_active=True, next_at__lte=now).select_related("owner"):
        with transaction.atomic():
            following = now + timedelta(days=standing.every_days)
            same = StandingSuite.objects.filter(pk=standing.pk, is_active=True, next_at=standing.next_at)
            if same.update(next_at=following) != 1:
                continue
            try:
                asked.append(
                    request_run(
                        standing.suite,
                        subject_of(),
                        user=standing.owner,
                        size=standing.size,
                        standing=standing,
                    )
                )
            except (UnusableData, ModelTampered) as error:
                # Its owner may no longer run it, or its suite is gone: it waits for its next time.
                logger.warning("the standing suite %s was not run: %s", standing.pk, error.sentence)
    return asked


DUE = Calling(run_due)


def _record(user: User, standing: StandingSuite, change: str) -> None:
    audit.record(
        user.get_username(),
        "evaluate",
        detail={"change": f"standing suite {change}", "suite": standing.suite, "size": standing.size},
    )
