"""Runs under their lease: asked for, taken once, stopped, taken over, failed with a sentence, repeated."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donovan.access.models import User
from donovan.evaluation import runs, schedules
from donovan.evaluation.errors import EvaluationRefused, UnusableData
from donovan.evaluation.models import ScheduledSuite, SuiteRun
from donovan.evaluation.subjects import subject_of
from donovan.evaluation.work import SUITE
from ingest.work import running
from ingest.work.errors import LeaseLost
from ingest.work.leases import acquire
from ingest.work.models import Job
from ingest.work.progress import Progress
from tests.support.work import held_by_a_worker, let_lease_run_out


@pytest.fixture
def waiting(mia: User) -> SuiteRun:
    return runs.request_run("retrieval", subject_of(["base"]), user=mia)


def test_one_worker_takes_a_run_and_another_finds_nothing(waiting: SuiteRun) -> None:
    held = held_by_a_worker(SUITE, waiting.pk)
    assert acquire(held.job.pk) is None
    runs.perform(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == SuiteRun.State.RUNNING


def test_a_run_whose_worker_died_is_taken_over_and_given_up_in_the_end(waiting: SuiteRun) -> None:
    first = held_by_a_worker(SUITE, waiting.pk)
    for _ in range(SUITE.attempts - 1):
        let_lease_run_out(first.job)
        held_by_a_worker(SUITE, waiting.pk)
    with pytest.raises(LeaseLost):
        first.on_progress(Progress(1, 2))
    let_lease_run_out(first.job)
    assert running.run_job(first.job.pk) is None
    waiting.refresh_from_db()
    assert (waiting.state, waiting.notice) == (SuiteRun.State.FAILED, SUITE.given_up)


def test_a_waiting_run_is_stopped_at_once_by_who_may(waiting: SuiteRun, ana: User, rita: User) -> None:
    with pytest.raises(EvaluationRefused):
        runs.stop_run(waiting, user=ana)
    runs.stop_run(waiting, user=rita)
    waiting.refresh_from_db()
    assert waiting.state == SuiteRun.State.STOPPED
    runs.perform(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == SuiteRun.State.STOPPED


def test_a_run_in_work_is_stopped_and_its_process_ended(mia: User) -> None:
    run = runs.run_suite("retrieval", subject_of(["base"]), user=mia, is_stopped=lambda: True)
    assert (run.state, run.notice) == (SuiteRun.State.STOPPED, "It was stopped.")
    assert not run.scores.exists()


def test_a_model_folder_changed_since_fails_with_its_sentence(waiting: SuiteRun) -> None:
    waiting.subject["models"]["embedder"] |= {"folder": "/nowhere/nine", "digest": "0" * 64}
    waiting.save()
    runs.perform(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == SuiteRun.State.FAILED
    assert "no manifest" in waiting.notice


def test_a_standing_suite_is_asked_for_once_each_time(mia: User) -> None:
    kept = schedules.keep_schedule("retrieval", user=mia, size="quick", every_days=7)
    assert len(schedules.run_due()) == 1
    assert schedules.run_due() == []
    assert len(schedules.run_due(timezone.now() + timedelta(days=7, minutes=1))) == 1
    assert SuiteRun.objects.filter(schedule=kept, subject__words="current").count() == 2
    schedules.end_schedule(ScheduledSuite.objects.get(), user=mia)
    assert schedules.run_due(timezone.now() + timedelta(days=30)) == []


def test_it_checks_who_may_keep_a_suite_standing(ana: User, mia: User) -> None:
    with pytest.raises(EvaluationRefused):
        schedules.keep_schedule("retrieval", user=ana, size="quick", every_days=7)
    with pytest.raises(UnusableData):
        schedules.keep_schedule("retrieval", user=mia, size="quick", every_days=0)
    with pytest.raises(UnusableData):
        schedules.keep_schedule("nothing", user=mia, size="quick", every_days=7)


def test_an_owner_who_may_no_longer_run_it_does_not_keep_others_waiting(mia: User, rita: User) -> None:
    schedules.keep_schedule("retrieval", user=mia, size="quick", every_days=7)
    schedules.keep_schedule("answers", user=rita, size="quick", every_days=7)
    mia.role = "analyst"
    mia.save()
    assert [run.suite for run in schedules.run_due()] == ["answers"]


def test_a_run_that_was_removed_stops_its_job(waiting: SuiteRun) -> None:
    held = held_by_a_worker(SUITE, waiting.pk)
    waiting.delete()
    running.run_held(held)
    assert Job.objects.get(pk=held.job.pk).state == Job.State.STOPPED
