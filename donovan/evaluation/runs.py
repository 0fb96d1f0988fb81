"""Running a suite on a subject: in a process of its own, kept with the score of every item.

request_run -> waits -> perform (worker, lease) -> a process measures -> kept, recorded
run_suite   -> the same at once, for a command and for the gate
"""

import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.access.models import Role, User
from donovan.audit import services as audit
from donovan.llm.interface import ModelUnavailable, never
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered

from . import beside, doorbell, leases, own_suite
from .attacks import attacks_for_a_run
from .catalogue import OWN, SUITES
from .errors import EvaluationRefused, SuiteStopped, UnusableData
from .figures import figures_of
from .measuring import FULL, QUICK, Told
from .models import ItemScore, OwnSuite, StandingSuite, SuiteRun
from .process import measure_apart
from .run_access import bound_of
from .subjects import Subject, subject_of

logger = logging.getLogger(__name__)

MAY_RUN: Final = frozenset({Role.REVIEWER, Role.MODEL_OWNER})
DATA_VARIABLE: Final = "DONOVAN_EVAL_DATA"
UNEXPECTED: Final = "Something went wrong while this suite was measured ({name}). Run it again."
_TELL_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 2.0


def nobody(done: int, total: int, words: str) -> None:
    """For runs that nobody watches."""


def run_suite(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = QUICK,
    limit: int | None = None,
    data: Path | None = None,
    tell: Told = nobody,
    is_stopped: Callable[[], bool] = never,
) -> SuiteRun:
    """Measure the suite `name` (a key of SUITES, or `own:<slug>`) on `subject` now; the finished run.

    `size` is "quick" or "full"; `limit` takes at most so many items of each set, evenly spread; `data` is a
    folder of larger sets (default: DONOVAN_EVAL_DATA where that is set). The run is kept whatever comes of
    it: its state is done, failed (`notice` says why) or stopped. Raises EvaluationRefused for who may not,
    and UnusableData for a suite or size that does not exist.
    """
    run = _begin(name, subject, user=user, size=size, limit=limit)
    taken = leases.take(run.pk)
    if taken is None:
        # A worker's sweep was quicker; it measures the same.
        return _waited_for(run.pk)
    _perform(taken, data=data, tell=tell, is_stopped=is_stopped)
    return SuiteRun.objects.get(pk=run.pk)


def request_run(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = QUICK,
    limit: int | None = None,
    standing: StandingSuite | None = None,
) -> SuiteRun:
    """Let the training worker measure a suite; the run, which waits. Raises as `run_suite` does."""
    with transaction.atomic():
        run = _begin(name, subject, user=user, size=size, limit=limit, standing=standing)
        doorbell.ring(run.pk)
    return run


def stop_run(run: SuiteRun, *, user: User) -> None:
    """Stop a run that waits or is in work; its worker sees this within seconds."""
    _check_may(user, run.suite)
    with transaction.atomic():
        waiting = SuiteRun.objects.filter(pk=run.pk, state=SuiteRun.State.WAITING).update(
            state=SuiteRun.State.STOPPED, is_stop_wanted=True, finished_at=timezone.now()
        )
        running = SuiteRun.objects.filter(pk=run.pk, state=SuiteRun.State.RUNNING).update(is_stop_wanted=True)
        if waiting or running:
            _record(run, user.get_username(), "stop wanted")


def perform(run_id: uuid.UUID) -> None:
    """Measure a waiting run, if nobody else does."""
    run = leases.take(run_id)
    if run is not None:
        _perform(run, data=None, tell=nobody, is_stopped=never)


def check_suite(name: str, size: str) -> None:
    """Raises UnusableData for a suite or size that does not exist."""
    if size not in (QUICK, FULL):
        raise UnusableData("The size of a run is quick or full.")
    is_own = name.startswith(OWN) and OwnSuite.objects.filter(slug=name.removeprefix(OWN)).exists()
    if name not in SUITES and not is_own:
        raise UnusableData(
            f"There is no suite named “{name[:80]}”. There are: {', '.join(SUITES)}, and own:NAME."
        )


def data_folder() -> Path | None:
    """The folder of larger sets, where the site has one."""
    said = os.environ.get(DATA_VARIABLE, "")
    return Path(said) if said and Path(said).is_dir() else None


def may_run(user: User, suite: str) -> bool:
    """Reviewers and model owners run every suite, and analysts their own questions."""
    is_own = (
        suite.startswith(OWN) and OwnSuite.objects.filter(slug=suite.removeprefix(OWN), owner=user).exists()
    )
    return user.is_active and (user.role in MAY_RUN or is_own)


def _check_may(user: User, suite: str) -> None:
    if not may_run(user, suite):
        raise EvaluationRefused("Only reviewers and model owners may run a suite that is not their own.")


def _begin(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str,
    limit: int | None,
    standing: StandingSuite | None = None,
) -> SuiteRun:
    _check_may(user, name)
    check_suite(name, size)
    with transaction.atomic():
        run = SuiteRun.objects.create(
            suite=name,
            size=size,
            limit=limit,
            subject=subject.as_json(),
            subject_digest=subject.digest,
            started_by=user,
            standing=standing,
        )
        _record(run, user.get_username(), "run asked for")
    return run


def _perform(run: SuiteRun, *, data: Path | None, tell: Told, is_stopped: Callable[[], bool]) -> None:
    """One run from its claim to its end, whatever that is."""
    began = time.monotonic()
    try:
        with leases.renewed(run):
            result = _measure(run, data, _teller(run, tell), _stopper(run, is_stopped))
        _keep(run, result, round(time.monotonic() - began, 1))
    except leases.LeaseLost:
        logger.info("suite run %s was taken over", run.pk)
    except SuiteStopped:
        _end(run, SuiteRun.State.STOPPED, "It was stopped.")
    except (UnusableData, ModelTampered, EmbedderUnavailable, ModelUnavailable) as error:
        _end(run, SuiteRun.State.FAILED, error.sentence)
    except Exception as error:
        logger.error("suite run %s failed: %s", run.pk, type(error).__name__)
        _end(run, SuiteRun.State.FAILED, UNEXPECTED.format(name=type(error).__name__))


def _measure(
    run: SuiteRun, data: Path | None, tell: Told, is_stopped: Callable[[], bool]
) -> Mapping[str, Any]:
    subject = Subject.from_json(run.subject)
    subject.check()
    request: dict[str, Any] = {
        "suite": run.suite,
        "size": run.size,
        "limit": run.limit,
        "prompts": dict(subject.prompts),
    }
    if not run.suite.startswith(OWN):
        folder = data or data_folder()
        request |= {"data": str(folder.resolve()) if folder else None}
        if run.suite == "red-team":
            attacks = attacks_for_a_run(run.started_by)
            request["attacks"] = [attack.as_json() for attack in attacks]
            if attacks:
                # Figures over attacks of a marking are of that marking.
                run.figures_marking = bound_of(attack.marking for attack in attacks)
        return measure_apart(request, subject, tell=tell, is_stopped=is_stopped)
    return _measure_own(run, subject, request, tell, is_stopped)


def _measure_own(
    run: SuiteRun,
    subject: Subject,
    request: dict[str, Any],
    tell: Told,
    is_stopped: Callable[[], bool],
) -> Mapping[str, Any]:
    """Own questions: where they are asked depends on what can read the index that serves."""
    slug = run.suite.removeprefix(OWN)
    work = own_suite.own_work(slug, user=run.started_by_id)
    present = subject_of()
    is_other = subject.models["embedder"].digest != present.models["embedder"].digest
    labels = work.labels
    if is_other or own_suite.is_asked_in_part(work, run.size):
        held = beside.labels_held(work.scope().labels)
        request |= {"beside": held}
        labels = sorted({*labels, *held})
    # Before anything is told: how far a run is, and why it failed, says how much there is of these.
    run.labels, run.marking = labels, marking_of(labels).canonical if labels else ""
    leases.change(run, labels=labels, marking=run.marking, figures_marking=run.marking)
    if "beside" not in request and subject.digest == present.digest:
        # What serves is asked where it serves.
        return own_suite.measure(
            slug, user=run.started_by_id, limit=run.limit, tell=_stopping(tell, is_stopped)
        ).as_json()
    request |= {"own": slug, "user": run.started_by_id}
    return measure_apart(request, subject, tell=tell, is_stopped=is_stopped)


def _keep(run: SuiteRun, result: Mapping[str, Any], seconds: float) -> None:
    """Keep figures and scores, with the record, in one transaction."""
    items = result["items"]
    overall, slices = figures_of(
        (metric, float(score), item["slices"]) for item in items for metric, score in item["scores"].items()
    )
    labels = sorted({*run.labels, *(label for item in items for label in item["labels"])})
    of_figures = marking_of(labels).canonical if labels else run.figures_marking
    with transaction.atomic():
        leases.change(
            run,
            state=SuiteRun.State.DONE,
            figures=overall,
            slices=slices,
            material=result["material"],
            unmeasured=list(dict.fromkeys(result["unmeasured"])),
            facts=result["facts"],
            labels=labels,
            figures_marking=of_figures,
            marking=bound_of([of_figures, *(item["marking"] for item in items)]),
            seconds=seconds,
            finished_at=timezone.now(),
            lease_until=None,
        )
        ItemScore.objects.filter(run=run).delete()
        ItemScore.objects.bulk_create(
            ItemScore(
                run=run,
                item=item["id"][:120],
                metric=metric,
                score=min(1.0, max(0.0, float(score))),
                slices=item["slices"],
                detail=item["detail"],
                labels=item["labels"],
                marking=item["marking"],
            )
            for item in items
            for metric, score in item["scores"].items()
        )
        _record(run, run.started_by.get_username(), "run done", labels=labels)


def _end(run: SuiteRun, state: SuiteRun.State, sentence: str) -> None:
    try:
        with transaction.atomic():
            leases.change(run, state=state, notice=sentence, finished_at=timezone.now(), lease_until=None)
            _record(run, run.started_by.get_username(), f"run {state}")
    except leases.LeaseLost:
        logger.info("suite run %s was taken over", run.pk)


def _record(run: SuiteRun, actor: str, change: str, labels: list[str] | None = None) -> None:
    audit.record(
        actor,
        "evaluate",
        labels=labels or [],
        detail={
            "change": change,
            "run": str(run.pk),
            "suite": run.suite,
            "size": run.size,
            "subject": run.subject_digest,
        },
    )


def _teller(run: SuiteRun, tell: Told) -> Told:
    told_at = 0.0

    def both(done: int, total: int, words: str) -> None:
        nonlocal told_at
        tell(done, total, words)
        if time.monotonic() - told_at > _TELL_SECONDS or done == total:
            told_at = time.monotonic()
            leases.change(run, progress_done=done, progress_total=total, progress_words=words[:200])

    return both


def _stopper(run: SuiteRun, is_stopped: Callable[[], bool]) -> Callable[[], bool]:
    looked_at = 0.0

    def stopped() -> bool:
        nonlocal looked_at
        if is_stopped():
            return True
        if time.monotonic() - looked_at < _LOOK_SECONDS:
            return False
        looked_at = time.monotonic()
        return SuiteRun.objects.filter(pk=run.pk, is_stop_wanted=True).exists()

    return stopped


def _stopping(tell: Told, is_stopped: Callable[[], bool]) -> Told:
    def told(done: int, total: int, words: str) -> None:
        tell(done, total, words)
        if is_stopped():
            raise SuiteStopped

    return told


def _waited_for(run_id: uuid.UUID) -> SuiteRun:
    while True:
        run = SuiteRun.objects.get(pk=run_id)
        if not run.is_open:
            return run
        time.sleep(_LOOK_SECONDS)
