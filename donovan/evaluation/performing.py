"""Measuring a run that this process has taken: in a process of its own, kept with the score of every item."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from donovan.access.labels import marking_of
from donovan.audit import services as audit
from donovan.llm.interface import ModelUnavailable, never
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ModelTampered

from . import held_out, own_suite, staged_index
from .attacks import attacks_for_a_run
from .catalogue import HELD_OUT, OWN
from .errors import SuiteStopped, UnusableData
from .figures import figures_of
from .kept_items import KeptItems
from .measuring import WENT_ON, OnProgress
from .models import ItemScore, SuiteRun
from .process import measure_apart
from .run_access import bound_of
from .subjects import Subject, subject_of

logger = logging.getLogger(__name__)

DATA_VARIABLE: Final = "DONOVAN_EVAL_DATA"


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


def nobody(done: int, total: int, words: str) -> None:
    """For runs that nobody watches."""


class Measuring(Handler):
    """Measures a run, from where an earlier attempt left off. A command watches it through its own."""

    refusals = (UnusableData, ModelTampered, EmbedderUnavailable, ModelUnavailable)

    def __init__(
        self,
        *,
        data: Path | None = None,
        on_progress: OnProgress = nobody,
        is_stopped: Callable[[], bool] = never,
    ) -> None:
        self._data, self._on_progress, self._is_stopped = data, on_progress, is_stopped

    def run(self, held: Held) -> str:
        run = SuiteRun.objects.select_related("started_by").filter(pk=held.subject).first()
        if run is None:
            raise SubjectGone
        began = time.monotonic()

        def on_progress(done: int, total: int, words: str) -> None:
            self._on_progress(done, total, words)
            held.on_progress(Progress(done, total, words))

        def is_stopped() -> bool:
            return self._is_stopped() or held.is_cancel_wanted()

        result = _measure(held, run, self._data, on_progress, is_stopped)
        _keep(held, run, result, round(time.monotonic() - began, 1))
        KeptItems(run).forget()
        return ""

    def follow(self, job: Job) -> None:
        SuiteRun.objects.filter(pk=job.subject).update(
            state=job.state, notice=job.notice, started_at=job.started_at, finished_at=job.finished_at
        )
        if job.state in (Job.State.STOPPED, Job.State.FAILED):
            run = SuiteRun.objects.select_related("started_by").filter(pk=job.subject).first()
            if run is not None:
                record(run, run.started_by.get_username(), f"run {job.state}")


SUITES_MEASURED = Measuring()


def _write(held: Held, run: SuiteRun, **values: object) -> None:
    with held.writing():
        SuiteRun.objects.filter(pk=run.pk).update(**values)


def _measure(
    held: Held, run: SuiteRun, data: Path | None, on_progress: OnProgress, is_stopped: Callable[[], bool]
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
        if run.suite.startswith(HELD_OUT):
            version = held_out.version_of(run.suite, run.started_by)
            request |= held_out.request_of(run.suite, version)
            _bear(held, run, version.labels)
        request["known"] = known = kept.read()
        _write(held, run, facts={WENT_ON: len(known)} if known else {})
        result = measure_apart(
            request, subject, on_progress=on_progress, is_stopped=is_stopped, keep=kept.add
        )
        result["facts"]["has_larger_sets"] = folder is not None
        return result
    return _measure_own(held, run, subject, request, on_progress=on_progress, is_stopped=is_stopped)


def _measure_own(
    held: Held,
    run: SuiteRun,
    subject: Subject,
    request: dict[str, Any],
    *,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Mapping[str, Any]:
    """Own questions: where they are asked depends on what can read the index that serves."""
    slug = run.suite.removeprefix(OWN)
    work = own_suite.own_work(slug, user=run.started_by_id)
    labels = work.labels
    if own_suite.passages_to_embed(work, run.size, subject):
        read_staged = staged_index.labels_held(work.scope().labels)
        request |= {"beside": read_staged}
        labels = sorted({*labels, *read_staged})
    # Before anything is told: how far a run is, and why it failed, says how much there is of these.
    _bear(held, run, labels)
    if "beside" not in request and subject.digest == subject_of().digest:
        # What serves is asked where it serves.
        return own_suite.measure(
            slug, user=run.started_by_id, limit=run.limit, on_progress=_stopping(on_progress, is_stopped)
        ).as_json()
    request |= {"own": slug, "user": run.started_by_id}
    return measure_apart(request, subject, on_progress=on_progress, is_stopped=is_stopped)


def _bear(held: Held, run: SuiteRun, labels: list[str]) -> None:
    """Let the run bear the labels of what it reads."""
    run.labels, run.marking = labels, marking_of(labels).canonical if labels else ""
    _write(held, run, labels=labels, marking=run.marking, figures_marking=run.marking)


def _keep(held: Held, run: SuiteRun, result: Mapping[str, Any], seconds: float) -> None:
    """Keep figures and scores, with the record, in one transaction."""
    items = result["items"]
    overall, slices = figures_of(
        (metric, float(score), item["slices"]) for item in items for metric, score in item["scores"].items()
    )
    labels = sorted({*run.labels, *(label for item in items for label in item["labels"])})
    of_figures = marking_of(labels).canonical if labels else run.figures_marking
    with held.finishing():
        SuiteRun.objects.filter(pk=run.pk).update(
            figures=overall,
            slices=slices,
            material=result["material"],
            unmeasured=list(dict.fromkeys(result["unmeasured"])),
            facts=result["facts"],
            labels=labels,
            figures_marking=of_figures,
            marking=bound_of([of_figures, *(item["marking"] for item in items)]),
            seconds=seconds,
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


def _stopping(on_progress: OnProgress, is_stopped: Callable[[], bool]) -> OnProgress:
    def told(done: int, total: int, words: str) -> None:
        on_progress(done, total, words)
        if is_stopped():
            raise SuiteStopped

    return told
