"""Starting, stopping and going on with a training: permission, change and record in one transaction."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.services import record
from donovan.feedback.datasets import reading
from donovan.feedback.datasets.models import DatasetVersion
from donovan.training.code_version import code_version
from donovan.training.errors import TrainingError, WrongField
from donovan.training.kinds import Kind, check_rows, kind_fitting, role_for
from donovan.training.models import TrainingJob
from donovan.training.permissions import may_read, require_model_owner
from donovan.training.setting_list import check_settings
from donovan.training.work import TRAIN
from ingest.work.services import again, cancel, enqueue, job_of

State = TrainingJob.State
_MOST_SETTINGS_BYTES = 10_000
_LARGEST_SEED = 2**31 - 1
WRONG_SEED = "The seed must be a whole number from 0 to 2147483647."
UNKNOWN = "There is no such training."


def start_job(
    person: User,
    kind: str,
    dataset: str,
    *,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    wakes: bool = True,
) -> TrainingJob:
    """Ask for a training on a data set, "name" or "name@3". `wakes`: a worker takes it at once.

    Without a kind it is the one that learns from such data. Settings are checked now, so that no mistake
    waits for the worker. Raises TrainingError with a sentence, DatasetError where the data set is not there
    for this person.
    """
    require_model_owner(person, "start a training")
    chosen = dict(settings or {})
    if not 0 <= seed <= _LARGEST_SEED:
        raise WrongField("seed", WRONG_SEED)
    if len(json.dumps(chosen)) > _MOST_SETTINGS_BYTES:
        raise WrongField("settings", "There are too many settings.")
    version = reading.find_version(dataset, scope_for(person))
    kind = kind or kind_fitting(version.task)
    role = role_for(kind, version.task)
    check_settings(kind, Kind(kind).label, version.task, chosen)
    check_rows(kind, version.counts)
    with transaction.atomic():
        job = TrainingJob.objects.create(
            kind=kind,
            role=role,
            dataset=_named(version),
            dataset_version=version.number,
            dataset_digest=version.digest,
            task=version.task,
            settings=chosen,
            seed=seed,
            code_version=code_version(),
            kept_labels=version.labels,
            documents=version.documents,
            started_by=person,
        )
        _record(person, job, "start")
        enqueue(TRAIN, job.pk, asked_by=person.get_username(), wakes=wakes)
    return job


@transaction.atomic
def stop_job(person: User, job_id: uuid.UUID | str) -> TrainingJob:
    """Let a job stop at its next checkpoint; one that nobody works on is stopped at once."""
    require_model_owner(person, "stop a training")
    job = _readable(person, job_id)
    if not job.is_open:
        raise TrainingError(f"This training is {job.get_state_display()}; there is nothing to stop.")
    its_job = job_of(TRAIN, job.pk)
    if its_job is not None:
        cancel(its_job.pk)
    job.refresh_from_db()
    _record(person, job, "stop")
    return job


@transaction.atomic
def continue_job(person: User, job_id: uuid.UUID | str, *, wakes: bool = True) -> TrainingJob:
    """Let a stopped or failed job go on from its last checkpoint."""
    require_model_owner(person, "let a training go on")
    job = _readable(person, job_id)
    if not job.may_go_on:
        raise TrainingError(f"This training is {job.get_state_display()}; only a stopped one can go on.")
    if problem := settings_problem(job):
        raise TrainingError(f"{problem} Start a new training instead.")
    again(TRAIN, job.pk, asked_by=person.get_username(), wakes=wakes)
    job.refresh_from_db()
    _record(person, job, "continue")
    return job


def settings_problem(job: TrainingJob) -> str:
    """Why the settings of a job cannot be used, in words; empty where they can."""
    try:
        check_settings(job.kind, job.get_kind_display(), job.task, job.settings)
    except WrongField as error:
        return error.sentence
    return ""


def job_to_go_on_with(
    person: User, kind: str, dataset: str, settings: Mapping[str, Any], seed: int
) -> TrainingJob | None:
    """The newest unfinished job of the same kind, data, settings and seed, or None."""
    version = reading.find_version(dataset, scope_for(person))
    same = TrainingJob.objects.filter(
        kind=kind, dataset=_named(version), dataset_version=version.number, seed=seed
    ).exclude(state=State.DONE)
    return next((job for job in same if job.settings == dict(settings)), None)


def _named(version: DatasetVersion) -> str:
    return f"{version.dataset.created_by.get_username()}/{version.dataset.name}"


def parsed_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """`key=value` pairs as settings: numbers and JSON as such, anything else as text."""
    found: dict[str, Any] = {}
    for pair in pairs:
        if not pair.strip():
            continue
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise WrongField("settings", f"“{pair[:60]}” is no setting. Write it as key=value.")
        try:
            found[key.strip()] = json.loads(value)
        except ValueError:
            found[key.strip()] = value.strip()
    return found


def parsed_seed(text: str) -> int:
    """A seed as it was typed; nothing is 0."""
    if text and not (text.isascii() and text.isdigit()):
        raise WrongField("seed", WRONG_SEED)
    return int(text or 0)


def _readable(person: User, job_id: uuid.UUID | str) -> TrainingJob:
    job = TrainingJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not may_read(scope_for(person), job.labels):
        raise TrainingError(UNKNOWN)
    return job


def _record(person: User, job: TrainingJob, change: str) -> None:
    record(
        person.get_username(),
        "training",
        labels=job.labels,
        detail={
            "change": change,
            "job": str(job.pk),
            "kind": job.kind,
            "dataset": job.dataset_named,
            "seed": job.seed,
        },
    )
