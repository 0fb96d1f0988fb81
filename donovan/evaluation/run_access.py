"""Which runs and scores a person may read: every label and the marking of what they hold are checked anew.

Two things are told apart. Figures over the built-in material are shares that say nothing of its texts, so
everybody who runs suites reads them; its items quote the texts and carry their markings. Figures over own
questions and added attacks are as secret as these.
"""

import uuid
from collections.abc import Iterable, Sequence

from donovan.access.clearance import clearance_of
from donovan.access.labels import cached_marking
from donovan.access.markings import MarkingError, least_upper_bound, parse_marking
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
    """Whether this person may read the figures of a run: all that they tell of, at its marking."""
    if not all(scope.may_read(label) for label in run.labels):
        return False
    return bool(run.labels) or is_cleared_for(user, run.figures_marking)


def is_cleared_for(user: User, marking: str) -> bool:
    """Whether this person's clearance opens a marking; nobody needs one for what has none."""
    if not marking:
        return True
    clearance = clearance_of(user)
    try:
        return clearance is not None and clearance.permits(cached_marking(marking))
    except MarkingError:
        return False


def readable_scores(user: User, scope: AccessScope, scores: Sequence[ItemScore]) -> list[ItemScore]:
    """The scores of items of which everything may be read: all labels, and the marking of built-in texts."""
    opened = {marking: is_cleared_for(user, marking) for marking in {score.marking for score in scores}}
    return [
        score
        for score in scores
        if opened[score.marking] and all(scope.may_read(label) for label in score.labels)
    ]


def marking_of_page(user: User, runs: Sequence[SuiteRun], shown: Sequence[ItemScore]) -> str:
    """The marking of a page with these runs and `shown` of their items: that of the runs.

    For who is not cleared for all items of a run, it is that of the figures and of the items shown.
    """
    markings = {score.marking for score in shown}
    for run in runs:
        # Whose labels a person may read, they may read whole.
        is_whole = bool(run.labels) or is_cleared_for(user, run.marking)
        markings.add(run.marking if is_whole else run.figures_marking)
    return bound_of(markings)


def bound_of(markings: Iterable[str]) -> str:
    """The least upper bound of markings as a banner; empty of none."""
    held = [parse_marking(marking) for marking in set(markings) if marking]
    return least_upper_bound(held).canonical if held else ""
