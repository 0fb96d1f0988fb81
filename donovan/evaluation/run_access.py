"""Which runs and scores a person may read: every label and the marking of what they hold are checked anew."""

import uuid

from donovan.access.clearance import clearance_of
from donovan.access.labels import cached_marking
from donovan.access.markings import MarkingError
from donovan.access.models import User
from donovan.access.scope import scope_for
from retrieval.scope import AccessScope

from .models import ItemScore, SuiteRun


def readable_run(user: User, run_id: uuid.UUID) -> SuiteRun:
    """One run. Raises SuiteRun.DoesNotExist where there is none, and where it may not be read."""
    run = SuiteRun.objects.select_related("started_by").get(pk=run_id)
    if not may_read_run(user, scope_for(user), run):
        raise SuiteRun.DoesNotExist
    return run


def readable_runs(user: User, suite: str = "") -> list[SuiteRun]:
    """The runs that this person may read, newest first; of one suite, or of all."""
    scope = scope_for(user)
    rows = SuiteRun.objects.select_related("started_by").order_by("-created_at")
    if suite:
        rows = rows.filter(suite=suite)
    return [run for run in rows if may_read_run(user, scope, run)]


def may_read_run(user: User, scope: AccessScope, run: SuiteRun) -> bool:
    """Whether this person may read the figures of a run: all that it was made of, at its marking."""
    if not all(scope.may_read(label) for label in run.labels):
        return False
    if not run.marking or run.labels:
        return True
    clearance = clearance_of(user)
    try:
        return clearance is not None and clearance.permits(cached_marking(run.marking))
    except MarkingError:
        return False


def readable_scores(scope: AccessScope, scores: list[ItemScore]) -> list[ItemScore]:
    """The scores of items of which everything may be read."""
    return [score for score in scores if all(scope.may_read(label) for label in score.labels)]
