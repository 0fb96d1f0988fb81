"""Runs of suites: asked for, measured at once, stopped, gone on with.

request_run -> a job waits -> a worker has it (performing) -> a process measures -> kept, recorded
run_suite   -> the same at once, for a command and for the gate
"""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.db import transaction

from donovan.access.models import Role, User
from donovan.access.scope import scope_for
from donovan.llm.interface import never
from ingest.work import running, services
from ingest.work.errors import LeaseLost
from ingest.work.leases import CANCELLED, Held, acquire

from . import held_out
from .catalogue import HELD_OUT, NO_TRIAGE_SUITE, OWN, SUITES, TRIAGE
from .errors import EvaluationRefused, SuiteInterrupted, UnusableData
from .measuring import FULL, QUICK, OnProgress
from .models import OwnSuite, ScheduledSuite, SuiteRun
from .own_questions import readable_suites
from .performing import Measuring, nobody, record
from .subjects import Subject
from .work import SUITE

MAY_RUN: Final = frozenset({Role.REVIEWER, Role.MODEL_OWNER})
_UNFINISHED: Final = (SuiteRun.State.STOPPED, SuiteRun.State.FAILED)
_LOOK_SECONDS: Final = 2.0


def run_suite(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = QUICK,
    limit: int | None = None,
    data: Path | None = None,
    on_progress: OnProgress = nobody,
    is_stopped: Callable[[], bool] = never,
    joins: bool = False,
) -> SuiteRun:
    """Measure the suite `name` (a key of SUITES, or `own:<slug>`) on `subject` now; the finished run.

    `size` is "quick" or "full"; `limit` takes at most so many items of each set, evenly spread; `data` is a
    folder of larger sets (default: DONOVAN_EVAL_DATA where that is set). The run is kept whatever comes of
    it: its state is done, failed (`notice` says why) or stopped. With `joins` a run of the same that waits or
    is in work is gone on with, or waited for: whoever was killed during it has left one. Raises
    EvaluationRefused for who may not, and UnusableData for a suite or size that does not exist.
    """
    with transaction.atomic():
        run = _open_run(name, subject, size, limit) if joins else None
        if run is None:
            run = _begin(name, subject, user=user, size=size, limit=limit)
            services.enqueue(SUITE, run.pk, asked_by=user.get_username(), wakes=False)
    return _taken_and_done(run, data=data, on_progress=on_progress, is_stopped=is_stopped)


def request_run(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = QUICK,
    limit: int | None = None,
    schedule: ScheduledSuite | None = None,
) -> SuiteRun:
    """Let the training worker measure a suite; the run, which waits. Raises as `run_suite` does."""
    with transaction.atomic():
        run = _begin(name, subject, user=user, size=size, limit=limit, schedule=schedule)
        services.enqueue(SUITE, run.pk, asked_by=user.get_username())
    return run


def stop_run(run: SuiteRun, *, user: User) -> None:
    """Stop a run that waits or is in work; its worker sees this within seconds."""
    check_may_run(user, run.suite)
    with transaction.atomic():
        job = services.job_of(SUITE, run.pk)
        if job is not None and services.cancel(job.pk):
            record(run, user.get_username(), "stop wanted")


def go_on(run: SuiteRun, *, user: User) -> None:
    """Let a worker go on with a run that was stopped or that failed.

    What it has measured stays measured, as long as the same code and models would measure it. Raises
    EvaluationRefused, and UnusableData for a run that is done or in work.
    """
    with transaction.atomic():
        _wait_again(run, user)


def go_on_now(
    run: SuiteRun,
    *,
    user: User,
    data: Path | None = None,
    on_progress: OnProgress = nobody,
    is_stopped: Callable[[], bool] = never,
) -> SuiteRun:
    """The same at once, for a command; the finished run. Takes over a run whose worker was killed, too."""
    job = services.job_of(SUITE, run.pk)
    if job is None or not services.is_free(job):
        _wait_again(run, user, wakes=False)
    else:
        check_may_run(user, run.suite)
    return _taken_and_done(run, data=data, on_progress=on_progress, is_stopped=is_stopped)


def may_go_on(user: User, run: SuiteRun) -> bool:
    """Whether this person may go on with a run, and there is something to go on with.

    Own questions are asked as who started the run may read, so nobody else goes on with them.
    """
    is_theirs = not run.suite.startswith(OWN) or run.started_by_id == user.pk
    return run.state in _UNFINISHED and is_theirs and may_run(user, run.suite)


def _wait_again(run: SuiteRun, user: User, *, wakes: bool = True) -> None:
    check_may_run(user, run.suite)
    if run.state in _UNFINISHED and not may_go_on(user, run):
        raise EvaluationRefused("Only who started a run of own questions goes on with it. Start a new one.")
    with transaction.atomic():
        if not SuiteRun.objects.filter(pk=run.pk, state__in=_UNFINISHED).exists():
            raise UnusableData("Only a run that was stopped or that failed can be gone on with.")
        services.again(SUITE, run.pk, asked_by=user.get_username(), wakes=wakes)
        record(run, user.get_username(), "go on")


def perform(run_id: uuid.UUID) -> None:
    """Measure a waiting run, if nobody else does."""
    running.run_subject(SUITE, run_id)


def check_suite(name: str, size: str) -> None:
    """Raises UnusableData for a suite or size that does not exist."""
    if size not in (QUICK, FULL):
        raise UnusableData("The size of a run is quick or full.")
    if name == TRIAGE:
        raise UnusableData(f"{NO_TRIAGE_SUITE} From a shell: manage.py promote CANDIDATE --check.")
    is_own = name.startswith(OWN) and OwnSuite.objects.filter(slug=name.removeprefix(OWN)).exists()
    if name not in SUITES and not is_own and not held_out.is_there(name):
        raise UnusableData(
            f"There is no suite named “{name[:80]}”. There are: {', '.join(SUITES)}, and own:NAME."
        )


def check_subject(name: str, subject: Subject) -> None:
    """Raises UnusableData for a model that no fixed suite says anything about."""
    if subject.names(TRIAGE):
        raise UnusableData(f"{NO_TRIAGE_SUITE} From a shell: manage.py promote CANDIDATE --check.")


def may_run(user: User, suite: str) -> bool:
    """Reviewers and model owners run every suite that they may see, and analysts their own questions."""
    if not user.is_active:
        return False
    if suite.startswith(OWN):
        slug = suite.removeprefix(OWN)
        return any(row.suite.slug == slug for row in readable_suites(user, scope_for(user)))
    return user.role in MAY_RUN


def check_may_run(user: User, suite: str) -> None:
    """Raises EvaluationRefused for a suite that this person may not run."""
    if may_run(user, suite):
        return
    if suite.startswith(OWN):
        # Of what somebody may not see not even that it is there.
        raise EvaluationRefused(f"There is no suite named “{suite[:80]}” that you may run.")
    raise EvaluationRefused("Only reviewers and model owners may run a suite that is not their own.")


def _begin(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str,
    limit: int | None,
    schedule: ScheduledSuite | None = None,
) -> SuiteRun:
    check_may_run(user, name)
    check_suite(name, size)
    check_subject(name, subject)
    if name.startswith(HELD_OUT):
        held_out.version_of(name, user)
    with transaction.atomic():
        run = SuiteRun.objects.create(
            suite=name,
            size=size,
            limit=limit,
            subject=subject.as_json(),
            subject_digest=subject.digest_for(name),
            started_by=user,
            schedule=schedule,
        )
        record(run, user.get_username(), "run asked for")
    return run


def _open_run(name: str, subject: Subject, size: str, limit: int | None) -> SuiteRun | None:
    same = SuiteRun.objects.filter(
        suite=name, subject_digest=subject.digest_for(name), size=size, limit=limit
    )
    is_open = same.filter(state__in=(SuiteRun.State.WAITING, SuiteRun.State.RUNNING))
    return is_open.order_by("created_at").first()


def _taken_and_done(
    run: SuiteRun, *, data: Path | None, on_progress: OnProgress, is_stopped: Callable[[], bool]
) -> SuiteRun:
    """Measured here; where a worker was quicker it measures the same, and leaves it to us when it dies. One
    that was given back, because the database could not be reached, is taken again when it is due.
    """
    while True:
        job = services.job_of(SUITE, run.pk)
        held = None
        if job is not None:
            held = acquire(
                job.pk, handler=Measuring(data=data, on_progress=on_progress, is_stopped=is_stopped)
            )
        if held is not None:
            _do(held, run)
        run.refresh_from_db()
        if job is None or not run.is_open:
            return run
        on_progress(job.progress_done, job.progress_total, job.progress_words)
        time.sleep(_LOOK_SECONDS)


def _do(held: Held, run: SuiteRun) -> None:
    try:
        running.run_held(held)
    except KeyboardInterrupt:
        # A person at the keyboard means this run; a worker that is stopped leaves its runs to the next one.
        with suppress(LeaseLost):
            held.stop(CANCELLED)
        raise SuiteInterrupted(run.pk) from None
