"""Measuring a run that this process has taken: in a process of its own, kept with the score of every item."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.audit import services as audit
from donovan.llm.interface import ModelUnavailable
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered

from . import beside, leases, own_suite
from .attacks import attacks_for_a_run
from .catalogue import OWN
from .errors import SuiteStopped, UnusableData
from .figures import figures_of
from .kept_items import KeptItems
from .measuring import WENT_ON, Told
from .models import ItemScore, SuiteRun
from .process import measure_apart
from .run_access import bound_of
from .subjects import Subject, subject_of

logger = logging.getLogger(__name__)

DATA_VARIABLE: Final = "DONOVAN_EVAL_DATA"
UNEXPECTED: Final = "Something went wrong while this suite was measured ({name}). Run it again."
STOPPED: Final = "It was stopped."
_TELL_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 2.0


def data_folder() -> Path | None:
    """The folder of larger sets, where the site has one."""
    said = os.environ.get(DATA_VARIABLE, "")
    return Path(said) if said and Path(said).is_dir() else None


def record(run: SuiteRun, actor: str, change: str, labels: list[str] | None = None) -> None:
    """Put on record what happens to a run."""
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


def perform_taken(run: SuiteRun, *, data: Path | None, tell: Told, is_stopped: Callable[[], bool]) -> None:
    """One run from its claim to its end, whatever that is."""
    began = time.monotonic()
    try:
        with leases.renewed(run):
            result = _measure(run, data, _teller(run, tell), _stopper(run, is_stopped))
        _keep(run, result, round(time.monotonic() - began, 1))
    except leases.LeaseLost:
        logger.info("suite run %s was taken over", run.pk)
    except SuiteStopped:
        end(run, SuiteRun.State.STOPPED, STOPPED)
    except (UnusableData, ModelTampered, EmbedderUnavailable, ModelUnavailable) as error:
        end(run, SuiteRun.State.FAILED, error.sentence)
    except Exception as error:
        logger.error("suite run %s failed: %s", run.pk, type(error).__name__)
        end(run, SuiteRun.State.FAILED, UNEXPECTED.format(name=type(error).__name__))


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
        kept = KeptItems(run, data)
        folder = kept.data or data_folder()
        request |= {"data": str(folder.resolve()) if folder else None}
        if run.suite == "red-team":
            attacks = attacks_for_a_run(run.started_by)
            request["attacks"] = [attack.as_json() for attack in attacks]
            if attacks:
                # Figures over attacks of a marking are of that marking.
                run.figures_marking = bound_of(attack.marking for attack in attacks)
        request["known"] = known = kept.read()
        leases.change(run, facts={WENT_ON: len(known)} if known else {})
        result = measure_apart(request, subject, tell=tell, is_stopped=is_stopped, keep=kept.add)
        result["facts"]["has_larger_sets"] = folder is not None
        return result
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
    labels = work.labels
    if own_suite.passages_to_embed(work, run.size, subject):
        held = beside.labels_held(work.scope().labels)
        request |= {"beside": held}
        labels = sorted({*labels, *held})
    # Before anything is told: how far a run is, and why it failed, says how much there is of these.
    run.labels, run.marking = labels, marking_of(labels).canonical if labels else ""
    leases.change(run, labels=labels, marking=run.marking, figures_marking=run.marking)
    if "beside" not in request and subject.digest == subject_of().digest:
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
        record(run, run.started_by.get_username(), "run done", labels=labels)
    KeptItems(run).forget()


def end(run: SuiteRun, state: SuiteRun.State, sentence: str) -> None:
    """Let a run that is ours end in `state`, with why in a sentence."""
    try:
        with transaction.atomic():
            leases.change(run, state=state, notice=sentence, finished_at=timezone.now(), lease_until=None)
            record(run, run.started_by.get_username(), f"run {state}")
    except leases.LeaseLost:
        logger.info("suite run %s was taken over", run.pk)


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
