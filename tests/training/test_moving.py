"""Moves and evaluations that a worker makes: one at a time, and never by who was taken for dead."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.management import call_command

from donovan.access.models import User
from donovan.evaluation import performing
from donovan.evaluation.catalogue import target_of
from donovan.evaluation.models import SuiteRun
from donovan.evaluation.subjects import CURRENT, Subject, subject_of
from donovan.feedback.datasets.models import DatasetVersion
from donovan.training import evaluating, moving
from donovan.training.errors import TrainingError
from donovan.training.models import AskedMove, Candidate, Move
from donovan.training.targets import FEWEST_TO_PROVE, suites_for, target_for
from donovan.training.work import EVALUATE, MOVE
from ingest.work import leases, running, services
from ingest.work.command import TOKEN_VARIABLE
from ingest.work.errors import LeaseLost
from ingest.work.leases import acquire
from ingest.work.models import Job
from retrieval.serving import current
from tests.support.work import (
    held_by_a_worker,
    let_lease_run_out,
    let_leases_run_out,
    run_job_after_its_lease,
)
from tests.training.making import claims, made_candidate, make_dataset
from tests.training.test_promotion import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(mia: User) -> DatasetVersion:
    return make_dataset(mia, "claims", claims())


@pytest.fixture
def asked(mia: User, rita: User, version: DatasetVersion) -> AskedMove:
    """A move that waits for a worker. The role of a small model stands for that of an embedder."""
    candidate = approved(mia, rita, version, "first")
    asked = AskedMove.objects.create(role="verifier", candidate=candidate, asked_by=mia)
    services.enqueue(MOVE, asked.pk, asked_by="mia")
    return asked


def test_the_process_of_a_move_holds_the_job_of_its_worker(
    asked: AskedMove, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = held_by_a_worker(MOVE, asked.pk)
    monkeypatch.setenv(TOKEN_VARIABLE, "another")
    call_command("carry_out_move", str(held.job.pk))
    assert current("verifier") is None
    monkeypatch.setenv(TOKEN_VARIABLE, held.token)
    call_command("carry_out_move", str(held.job.pk))
    served = current("verifier")
    assert served is not None and served.name == "first"
    assert not AskedMove.objects.exists()
    assert Job.objects.get(pk=held.job.pk).state == Job.State.DONE


def test_who_was_taken_for_dead_moves_no_pointer(asked: AskedMove) -> None:
    """A move had no token: whoever came to its end had made it, whoever had it by then."""
    zombie = held_by_a_worker(MOVE, asked.pk)
    let_lease_run_out(zombie.job)
    living = acquire(zombie.job.pk)
    assert living is not None
    with pytest.raises(LeaseLost):
        moving.MovesHere().run(zombie)
    assert current("verifier") is None
    assert not Move.objects.exists()
    moving.MovesHere().run(living)
    assert current("verifier") is not None


def test_a_move_that_cannot_be_made_says_why_and_can_be_asked_for_again(mia: User, asked: AskedMove) -> None:
    Candidate.objects.update(digest="0" * 64)
    job = services.job_of(MOVE, asked.pk)
    assert job is not None
    running.run_job(job.pk, handler=moving.MovesHere())
    asked.refresh_from_db()
    assert asked.notice
    services.retry(job.pk)
    asked.refresh_from_db()
    assert asked.notice == "", "it waits again"


def test_a_candidate_is_measured_once_at_a_time(mia: User, version: DatasetVersion) -> None:
    candidate = made_candidate(mia, version, "first")
    evaluating.request_evaluation(mia, candidate.pk)
    with pytest.raises(TrainingError, match="being measured"):
        evaluating.request_evaluation(mia, candidate.pk)
    held_by_a_worker(EVALUATE, candidate.pk)
    job = services.job_of(EVALUATE, candidate.pk)
    assert job is not None and acquire(job.pk) is None


def test_who_was_taken_for_dead_says_nothing_of_a_candidate(
    mia: User, version: DatasetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An evaluation had no token: the end of the first worker was taken for that of the second."""
    candidate = made_candidate(mia, version, "first")
    evaluating.request_evaluation(mia, candidate.pk)
    zombie = held_by_a_worker(EVALUATE, candidate.pk)
    let_lease_run_out(zombie.job)
    assert acquire(zombie.job.pk) is not None

    def refuses(*_: object, **__: object) -> None:
        raise TrainingError("from the dead")

    monkeypatch.setattr(evaluating, "evaluate_missing", refuses)
    running.run_held(zombie)
    candidate.refresh_from_db()
    assert (candidate.evaluation_asked_by, candidate.evaluation_words) == (mia, "")
    run_job_after_its_lease(zombie.job)
    candidate.refresh_from_db()
    assert (candidate.evaluation_asked_by, candidate.evaluation_words) == (None, "from the dead")


def _measured_apart(request: Mapping[str, Any], subject: Subject, **_: object) -> dict[str, Any]:
    """In place of a process that measures: a candidate is better than what serves, quickly."""
    score = 0.9 if subject.words != CURRENT else 0.4
    metric = target_of(request["suite"])
    items = [
        {"id": f"{at}", "scores": {metric: score}, "slices": {}, "detail": {}, "labels": [], "marking": ""}
        for at in range(FEWEST_TO_PROVE)
    ]
    return {"items": items, "material": request["suite"], "unmeasured": [], "facts": {}}


def test_the_suite_that_a_killed_evaluation_was_at_is_not_measured_a_second_time(
    mia: User, version: DatasetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a job of its own: the next worker began another run, and somebody did the first one too."""
    candidate = made_candidate(mia, version, "first")
    evaluating.request_evaluation(mia, candidate.pk)
    job = services.job_of(EVALUATE, candidate.pk)
    assert job is not None

    def killed(*_: object, **__: object) -> dict[str, Any]:
        raise SystemExit

    monkeypatch.setattr(performing, "measure_apart", killed)
    with pytest.raises(SystemExit):
        running.run_job(job.pk)
    monkeypatch.setattr(performing, "measure_apart", _measured_apart)
    let_leases_run_out()
    running.run_queue("training")
    made = Counter(SuiteRun.objects.values_list("suite", "subject_digest"))
    assert set(made.values()) == {1}, made
    assert len(made) == 2 * len(suites_for(candidate))
    assert set(SuiteRun.objects.values_list("state", flat=True)) == {SuiteRun.State.DONE}


def test_where_the_target_is_missed_nothing_else_is_measured_and_the_gate_says_so(
    mia: User, version: DatasetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = made_candidate(mia, version, "no-better")

    def same(request: Mapping[str, Any], _subject: Subject, **_: object) -> dict[str, Any]:
        return _measured_apart(request, subject_of((CURRENT,)))

    monkeypatch.setattr(performing, "measure_apart", same)
    report = evaluating.evaluate(candidate, mia, on_progress=lambda _words: None)
    assert set(SuiteRun.objects.values_list("suite", flat=True)) == {target_for(candidate).suite}
    reasons = {one["key"]: one["reason"] for one in report.content["checks"] if not one["is_passed"]}
    assert "not better in what it is for, so nothing else was measured" in reasons["runs"]
    assert "not better by more than noise" in reasons["target"]


def test_an_evaluation_that_is_cancelled_is_stopped_and_so_is_its_suite(
    mia: User, version: DatasetVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = made_candidate(mia, version, "first")
    evaluating.request_evaluation(mia, candidate.pk)
    job = services.job_of(EVALUATE, candidate.pk)
    assert job is not None

    def cancelled(_request: object, _subject: object, *, on_progress: Any, **_: object) -> dict[str, Any]:
        services.cancel(job.pk)
        on_progress(1, 2, "")
        raise AssertionError("it went on")

    monkeypatch.setattr(performing, "measure_apart", cancelled)
    monkeypatch.setattr(leases, "_LOOK_SECONDS", -1.0)
    running.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED
    assert list(SuiteRun.objects.values_list("state", flat=True)) == [SuiteRun.State.STOPPED]
