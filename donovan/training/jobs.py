"""Working on a training job: check the data, start the process, keep what it says, record the candidate.

The database says what is left to do. Whatever is killed - the process, the worker, the machine - the job goes
on from its last checkpoint when somebody takes it again, and ends with the same model.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from donovan.access.scope import scope_for
from donovan.audit.services import record
from donovan.evaluation.subjects import CURRENT, subject_of
from donovan.feedback.datasets import reading
from donovan.feedback.datasets.errors import DatasetError
from donovan.training import prelabelling  # noqa: F401 - label work in this worker asks the trained models
from donovan.training.code_version import code_version
from donovan.training.errors import TrainingError
from donovan.training.kinds import KINDS
from donovan.training.models import Candidate, TrainingJob
from donovan.training.permissions import may_read
from donovan.training.process import TrainingProcess
from donovan.training.work import TRAIN
from ingest.work import running
from ingest.work.errors import LeaseLost, Stopped, SubjectGone, TryAgain
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.registry import Handler
from ingest.work.services import job_of
from retrieval.model_folders import ModelFolder, ModelTampered, read_model

logger = logging.getLogger(__name__)
State = TrainingJob.State
OnProgress = Callable[[TrainingJob], None]

HISTORY_LENGTH = 240
STOP_PATIENCE_SECONDS = 120.0
_TELL_SECONDS = 1.0


def run_job(job_id: uuid.UUID, *, on_progress: OnProgress | None = None) -> TrainingJob | None:
    """Work on a job until it is settled; the job as it then stands, or None when it was not to be had.

    KeyboardInterrupt stops it: it goes on from its last checkpoint when it is asked to.
    """
    waiting = job_of(TRAIN, job_id)
    held = acquire(waiting.pk, handler=_Trainings(on_progress or _nobody)) if waiting is not None else None
    if held is None:
        return None
    try:
        running.run_held(held)
    except KeyboardInterrupt:
        with suppress(LeaseLost):
            held.stop("Interrupted at the keyboard.")
        raise
    return TrainingJob.objects.filter(pk=job_id).first()


def _nobody(_job: TrainingJob) -> None:
    """Nobody listens."""


class _Trainings(Handler):
    """Trains from the last checkpoint on. Each further checkpoint gives all attempts back."""

    refusals = (TrainingError, ModelTampered, DatasetError)

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress

    def run(self, held: Held) -> str:
        job = TrainingJob.objects.select_related("started_by").filter(pk=held.subject).first()
        if job is None:
            raise SubjectGone
        job.seconds_per_step = None
        _change(held, job, seconds_per_step=None)
        _work_on(held, job, self._on_progress)
        return ""

    def follow(self, job: Job) -> None:
        rows = TrainingJob.objects.filter(pk=job.subject)
        is_stopping = job.state == Job.State.RUNNING and job.is_cancel_wanted
        rows.update(
            state=State.STOPPING if is_stopping else job.state,
            notice=job.notice,
            finished_at=job.finished_at,
        )
        rows.filter(started_at=None).update(started_at=job.started_at)
        if job.state in (Job.State.FAILED, Job.State.STOPPED):
            for row in rows.select_related("started_by"):
                _record(row, job.state, {})


TRAININGS = _Trainings(_nobody)


def _change(held: Held, job: TrainingJob, **values: object) -> None:
    with held.writing():
        TrainingJob.objects.filter(pk=job.pk).update(**values)


def _work_on(held: Held, job: TrainingJob, on_progress: OnProgress) -> None:
    made = _made_already(job)
    if made is None:
        process = TrainingProcess(_request(held, job), subject_of((CURRENT,)).environment())
        try:
            ended = _Listener(held, job, process, on_progress).listen()
            how = process.ended()
        finally:
            process.close()
        if "stopped" in ended:
            raise Stopped
        if "refused" in ended:
            raise TrainingError(str(ended["refused"]))
        if "trained" not in ended:
            raise TryAgain(f"The process of the training ended early ({how}).")
        made = read_model(Path(settings.MODELS_DIR) / job.role / job.model_name, ended["trained"]["digest"])
    _record_candidate(held, job, made)


def _made_already(job: TrainingJob) -> ModelFolder | None:
    """The model of this job where its process had written it before its worker was killed."""
    folder = Path(settings.MODELS_DIR) / job.role / job.model_name
    if not folder.exists():
        return None
    model = read_model(folder)
    if model.facts.get("job") != str(job.pk):
        raise TrainingError(f"There is another model in the folder {job.role}/{job.model_name}.")
    return model


def _request(held: Held, job: TrainingJob) -> dict[str, Any]:
    """What the process is told. The data set is checked file by file first, each time."""
    if not job.started_by.is_active:
        raise TrainingError("The account of the person who started it is closed, so nothing is read for it.")
    if not may_read(scope_for(job.started_by), job.labels):
        raise TrainingError("Something in the data set was withdrawn from the person who started this.")
    version = reading.find_version(job.dataset_named, scope_for(job.started_by))
    reading.verify_version(version)
    if version.digest != job.dataset_digest:
        raise TrainingError("The data set is no longer the one this training was started with.")
    code = code_version()
    if code != job.code_version:
        _change(held, job, code_version=code, step=0, checkpoint=None, history=[])
        job.code_version, job.step, job.checkpoint, job.history = code, 0, None, []
    folder = reading.folder_of(version)
    kind = KINDS[job.kind]
    return {
        "trainer": kind.trainer,
        "megabytes": kind.megabytes,
        "train": str(folder / "train.jsonl"),
        "dev": str(folder / "dev.jsonl"),
        "work": str(job.work),
        "settings": job.settings,
        "seed": job.seed,
        "role": job.role,
        "name": job.model_name,
        "models_dir": str(settings.MODELS_DIR),
        "facts": _facts(job),
    }


def _facts(job: TrainingJob) -> dict[str, Any]:
    """What the manifest of the model says of its making, beside what the trainer adds."""
    return {
        "job": str(job.pk),
        "kind": job.kind,
        "task": job.task,
        "dataset": job.dataset,
        "dataset_version": job.dataset_version,
        "dataset_digest": job.dataset_digest,
        "seed": job.seed,
        "code_version": job.code_version,
        "settings": job.settings,
        "labels": job.labels,
        "marking": job.marking,
        "trained_by": job.started_by.get_username(),
    }


class _Listener:
    """Keeps what the process says, looks whether it should stop, and thins out what is written."""

    def __init__(
        self, held: Held, job: TrainingJob, process: TrainingProcess, on_progress: OnProgress
    ) -> None:
        self._held = held
        self._job, self._process, self._on_progress = job, process, on_progress
        self._began = self._wrote = time.monotonic()
        self._worked_before = job.worked_seconds
        self._first_step: tuple[int, float] | None = None
        self._stop_asked: float | None = None
        self._ended: dict[str, Any] = {}

    def listen(self) -> dict[str, Any]:
        """What the process ended with; empty when it ended without a word."""
        try:
            for message in self._process.messages():
                if message is not None and "progress" in message:
                    self._keep(message["progress"])
                elif message is not None:
                    self._ended = message
                self._look()
        except LeaseLost:
            self._process.kill()
            raise
        if self._stop_asked is not None and not self._ended:
            return {"stopped": True}
        self._write()
        return self._ended

    def _keep(self, said: Mapping[str, Any]) -> None:
        job, now = self._job, time.monotonic()
        if said["checkpoint"] is not None and said["checkpoint"] != job.checkpoint:
            # It gets on, so whatever ended it before is no reason to give up.
            self._held.checkpoint()
        job.step, job.total_steps = int(said["step"]), int(said["total"])
        job.checkpoint, job.words = said["checkpoint"], str(said["words"])
        if said["loss"] is not None:
            job.loss = float(said["loss"])
            job.history = bounded([*job.history, [job.step, round(job.loss, 6)]])
        if self._first_step is None:
            self._first_step = (job.step, now)
        elif job.step > self._first_step[0]:
            job.seconds_per_step = (now - self._first_step[1]) / (job.step - self._first_step[0])
        if now - self._wrote >= _TELL_SECONDS:
            self._write()

    def _write(self) -> None:
        job = self._job
        self._wrote = time.monotonic()
        job.worked_seconds = self._worked_before + self._wrote - self._began
        _change(
            self._held,
            job,
            step=job.step,
            total_steps=job.total_steps,
            checkpoint=job.checkpoint,
            words=job.words,
            loss=job.loss,
            history=job.history,
            seconds_per_step=job.seconds_per_step,
            worked_seconds=job.worked_seconds,
        )
        self._on_progress(job)

    def _look(self) -> None:
        now = time.monotonic()
        if self._held.is_cancel_wanted() and self._stop_asked is None:
            self._stop_asked = now
            self._process.ask_to_stop()
        if self._stop_asked is not None and now - self._stop_asked > STOP_PATIENCE_SECONDS:
            self._process.kill()


def bounded(history: list[list[float]]) -> list[list[float]]:
    """At most HISTORY_LENGTH points: when it grows longer, every other one is dropped, never the last."""
    if len(history) <= HISTORY_LENGTH:
        return history
    return [*history[:-1:2], history[-1]]


def _record_candidate(held: Held, job: TrainingJob, model: ModelFolder) -> None:
    with held.finishing():
        TrainingJob.objects.filter(pk=job.pk).update(
            metrics=model.facts.get("metrics", {}), step=job.total_steps, words=""
        )
        candidate = Candidate.objects.create(
            role=job.role,
            name=job.model_name,
            digest=model.digest,
            facts=dict(model.facts),
            kept_labels=job.labels,
            documents=job.documents,
            job=job,
        )
        _record(job, "done", {"candidate": str(candidate.pk), "digest": model.digest})


def _record(job: TrainingJob, outcome: str, detail: Mapping[str, object]) -> None:
    record(
        job.started_by.get_username(),
        "training",
        outcome,
        labels=job.labels,
        detail={"change": "job", "job": str(job.pk), **detail},
    )
