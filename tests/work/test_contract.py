"""The rules that leased work keeps, whatever room it is of."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from ingest.work import leases, running, services
from ingest.work.errors import LeaseLost, Refused, Stopped, SubjectGone, TryAgain
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.progress import Progress, Throttled
from ingest.work.registry import Kind, register, unregister
from tests.work.conftest import Steered

State = Job.State
pytestmark = pytest.mark.django_db


def later(hours: float = 2) -> datetime:
    """When a lease of an hour has run out."""
    return timezone.now() + timedelta(hours=hours)


def held(job: Job, *, now: datetime | None = None) -> Held:
    taken = acquire(job.pk, now=now)
    assert taken is not None
    return taken


def stands(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def raising(error: Exception):  # type: ignore[no-untyped-def]
    def does(_held: Held) -> str:
        raise error

    return does


# Enqueueing


def test_what_waits_or_is_in_work_is_not_enqueued_twice(kind: Kind) -> None:
    first = services.enqueue(kind, "a")
    assert services.enqueue(kind, "a").pk == first.pk
    held(first)
    assert services.enqueue(kind, "a").pk == first.pk
    assert services.enqueue(kind, "b").pk != first.pk


def test_the_database_itself_keeps_two_unfinished_jobs_of_a_subject_apart(kind: Kind) -> None:
    services.enqueue(kind, "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind=kind.name, subject="a", queue=kind.queue)


def test_what_is_done_can_be_asked_for_anew(kind: Kind) -> None:
    first = services.enqueue(kind, "a")
    held(first).complete()
    assert services.enqueue(kind, "a").pk != first.pk


def test_asked_for_once_more_while_it_is_in_work_it_is_done_again_after_that(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    ours = held(job)
    services.enqueue(kind, "a", once_more=True)
    ours.complete()
    again = Job.objects.get(pk=job.pk)
    assert (again.state, again.attempts, again.is_repeat_wanted) == (State.WAITING, 0, False)


def test_a_worker_is_woken_when_the_transaction_is_committed_and_not_before(
    kind: Kind, woken: list[str], django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks(execute=True):
        services.enqueue(kind, "a")
        assert woken == []
    assert woken == ["testing"]


def test_a_thousand_jobs_are_not_a_thousand_messages(
    kind: Kind, woken: list[str], django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    for number in range(40):
        with django_capture_on_commit_callbacks(execute=True):
            services.enqueue(kind, str(number))
    assert len(woken) < 12


# Lease and fencing token


def test_of_two_workers_one_has_the_job(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    held(job)
    assert acquire(job.pk) is None


def test_a_lease_that_ran_out_goes_to_the_next_with_another_token(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    first = held(job)
    second = held(job, now=later())
    assert second.token != first.token
    assert second.attempts == 2


def test_a_heartbeat_extends_the_lease_for_its_holder_only(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    first = held(job)
    first.renew(now=later(3))
    assert acquire(job.pk, now=later(3.5)) is None
    held(job, now=later(5))
    with pytest.raises(LeaseLost):
        first.renew()


def test_a_zombie_changes_nothing(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    zombie = held(job)
    living = held(job, now=later())
    for change in (
        lambda: zombie.update(progress_done=9),
        lambda: zombie.on_progress(Progress(9, 9)),
        zombie.checkpoint,
        zombie.complete,
        lambda: zombie.fail("no"),
        zombie.stop,
        zombie.give_back,
    ):
        with pytest.raises(LeaseLost):
            change()
    with pytest.raises(LeaseLost), zombie.writing():
        Job.objects.filter(pk=job.pk).update(notice="from the dead")
    now = Job.objects.get(pk=job.pk)
    assert (now.token, now.state, now.progress_done, now.notice) == (living.token, State.RUNNING, 0, "")


def test_what_is_written_with_the_token_is_undone_with_it(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    ours = held(job)
    with pytest.raises(ZeroDivisionError), ours.finishing("done"):
        services.enqueue(kind, "half")
        raise ZeroDivisionError
    assert stands(job) == State.RUNNING
    assert not Job.objects.filter(subject="half").exists()


def test_a_zombie_that_finishes_leaves_nothing(kind: Kind, steered: Steered) -> None:
    """The lease runs out in the middle of the handler, and the next worker is done before it."""
    job = services.enqueue(kind, "a")

    def overtaken(ours: Held) -> str:
        held(job, now=later()).complete("the living")
        with ours.finishing("the dead"):
            services.enqueue(kind, "by the dead")
        return ""

    steered.does = overtaken
    running.run_job(job.pk)
    assert Job.objects.get(pk=job.pk).notice == "the living"
    assert not Job.objects.filter(subject="by the dead").exists()


# Attempts


def test_a_job_whose_workers_die_too_often_is_given_up(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    for number in range(kind.attempts):
        held(job, now=later(2 * number))
    assert acquire(job.pk, now=later(10)) is None
    given_up = Job.objects.get(pk=job.pk)
    assert (given_up.state, given_up.notice) == (State.FAILED, kind.given_up)
    assert steered.states == [State.RUNNING] * kind.attempts + [State.FAILED]


def test_a_job_that_reaches_checkpoints_is_killed_often_and_never_given_up(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    for number in range(3 * kind.attempts):
        held(job, now=later(2 * number)).checkpoint()
    assert stands(job) == State.RUNNING


def test_an_unexpected_error_is_tried_again_and_then_told_without_its_words(
    kind: Kind, steered: Steered
) -> None:
    job = services.enqueue(kind, "a")
    steered.does = raising(IndexError("words of a secret document"))
    running.run_job(job.pk)
    assert stands(job) == State.WAITING
    running.run_job(job.pk)
    failed = Job.objects.get(pk=job.pk)
    assert failed.state == State.FAILED
    assert "IndexError" in failed.notice
    assert "secret" not in failed.notice


def test_a_refusal_is_final_and_a_try_again_is_not(kind: Kind, steered: Steered) -> None:
    first, second = services.enqueue(kind, "a"), services.enqueue(kind, "b")
    steered.does = raising(Refused("There are no rows."))
    running.run_job(first.pk)
    assert Job.objects.get(pk=first.pk).notice == "There are no rows."
    assert stands(first) == State.FAILED
    steered.does = raising(TryAgain("No model answers.", after=timedelta(minutes=1), counts=False))
    running.run_job(second.pk)
    waiting = Job.objects.get(pk=second.pk)
    assert (waiting.state, waiting.attempts, waiting.notice) == (State.WAITING, 0, "No model answers.")
    assert acquire(second.pk) is None, "not before it is due"
    assert acquire(second.pk, now=later(0.1)) is not None


def test_what_is_gone_stops_its_job(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    steered.does = raising(SubjectGone())
    running.run_job(job.pk)
    assert stands(job) == State.STOPPED


# Cancelling and retrying


def test_a_job_that_waits_is_cancelled_at_once(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    assert services.cancel(job.pk)
    assert stands(job) == State.STOPPED
    assert steered.states == [State.STOPPED]
    assert not services.cancel(job.pk)


def test_a_job_in_work_hears_that_it_is_to_stop(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")

    def cancelled_meanwhile(ours: Held) -> str:
        services.cancel(job.pk)
        ours.check()
        return "went on"

    steered.does = cancelled_meanwhile
    running.run_job(job.pk)
    stopped = Job.objects.get(pk=job.pk)
    assert (stopped.state, stopped.notice) == (State.STOPPED, leases.CANCELLED)


def test_a_job_whose_worker_is_dead_is_cancelled_for_it(kind: Kind) -> None:
    asked_before, asked_after = services.enqueue(kind, "a"), services.enqueue(kind, "b")
    held(asked_before)
    held(asked_after)
    services.cancel(asked_before.pk)
    assert stands(asked_before) == State.RUNNING
    assert acquire(asked_before.pk, now=later()) is None
    assert stands(asked_before) == State.STOPPED
    services.cancel(asked_after.pk, now=later())
    assert stands(asked_after) == State.STOPPED


def test_children_are_cancelled_with_their_parent(kind: Kind) -> None:
    parent = services.enqueue(kind, "a")
    child = services.enqueue(kind, "b", parent=parent)
    grandchild = services.enqueue(kind, "c", parent=child)
    held(parent).complete()
    services.cancel(parent.pk)
    assert (stands(parent), stands(child), stands(grandchild)) == (
        State.DONE,
        State.STOPPED,
        State.STOPPED,
    )


def test_retrying_gives_all_attempts_back(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    held(job).fail("no")
    again = services.retry(job.pk)
    assert again is not None
    assert (again.state, again.attempts, again.notice) == (State.WAITING, 0, "")
    assert steered.states[-1] == State.WAITING
    assert services.retry(job.pk) is None, "it waits already"


def test_retrying_what_was_asked_for_anew_meanwhile_leaves_that_one(kind: Kind) -> None:
    job = services.enqueue(kind, "a")
    held(job).fail("no")
    newer = services.enqueue(kind, "a")
    assert services.retry(job.pk) == newer


# Reconciling


def test_a_wiped_broker_loses_nothing(kind: Kind, woken: list[str]) -> None:
    services.enqueue(kind, "a")
    woken.clear()
    assert services.reconcile()["testing"] == 1
    assert woken == ["testing"]


def test_reconciling_finds_what_a_dead_worker_left_and_leaves_the_living_alone(
    kind: Kind, woken: list[str]
) -> None:
    held(services.enqueue(kind, "a"))
    assert "testing" not in services.reconcile()
    assert services.reconcile(now=later())["testing"] == 1


def test_a_queue_that_is_busy_for_hours_is_not_filled_with_messages(kind: Kind, woken: list[str]) -> None:
    held(services.enqueue(kind, "a"))
    for number in range(5):
        services.enqueue(kind, str(number))
    assert services.reconcile()["testing"] == 1


def test_a_kind_that_this_process_does_not_know_is_left_alone(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    unregister(kind)
    assert acquire(job.pk) is None
    assert running.run_queue("testing") == 0
    assert stands(job) == State.WAITING


def test_what_is_done_again_and_again_is_one_row(steered: Steered, woken: list[str]) -> None:
    hourly = Kind("test.hourly", "hourly", steered, queue="testing", every=timedelta(hours=1))
    register(hourly)
    try:
        services.reconcile()
        services.reconcile()
        job = Job.objects.get(kind=hourly.name)
        running.run_job(job.pk)
        services.reconcile()
        assert stands(job) == State.DONE
        services.reconcile(now=later())
        assert stands(job) == State.WAITING
        assert Job.objects.filter(kind=hourly.name).count() == 1
    finally:
        unregister(hourly)


# Rounds of a worker


def test_a_worker_goes_on_while_work_waits_the_most_urgent_first(kind: Kind, steered: Steered) -> None:
    done: list[str] = []

    def noted(ours: Held) -> str:
        done.append(ours.subject)
        return ""

    steered.does = noted
    for subject in "abc":
        services.enqueue(kind, subject)
    Job.objects.filter(subject="c").update(rank=-1)
    assert running.run_queue("testing") == 3
    assert done == ["c", "a", "b"]


def test_a_round_that_takes_long_wakes_the_next(kind: Kind, woken: list[str]) -> None:
    for subject in "abc":
        services.enqueue(kind, subject)
    assert running.run_queue("testing", seconds=0) == 0
    assert woken == ["testing"]


def test_a_failing_job_does_not_keep_the_others(kind: Kind, steered: Steered) -> None:
    def fails_first(ours: Held) -> str:
        if ours.subject == "a":
            raise Refused("no")
        return "yes"

    steered.does = fails_first
    for subject in "ab":
        services.enqueue(kind, subject)
    running.run_queue("testing")
    assert [job.state for job in Job.objects.order_by("subject")] == [State.FAILED, State.DONE]


# A busy database


def test_a_busy_database_does_not_undo_what_was_done(
    kind: Kind, steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = services.enqueue(kind, "a")
    really, times = leases.settle, []

    def busy_at_first(*args: object, **more: object) -> Job | None:
        times.append(1)
        if len(times) == 1:
            raise OperationalError("database is locked")
        return really(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "settle", busy_at_first)
    steered.does = lambda ours: "done"
    running.run_job(job.pk)
    assert stands(job) == State.DONE


def test_progress_is_told_twice_a_second_at_most_and_at_its_end() -> None:
    told: list[int] = []
    clock = iter([0.0, 0.1, 0.2, 0.6, 0.7])
    on_progress = Throttled(lambda progress: told.append(progress.done), clock=lambda: next(clock))
    for done in (1, 2, 3, 4, 5):
        on_progress(Progress(done, 5))
    assert told == [1, 4, 5]


def test_stopped_and_refused_say_their_own_words(kind: Kind, steered: Steered) -> None:
    job = services.enqueue(kind, "a")
    steered.does = raising(Stopped("Interrupted at the keyboard."))
    running.run_job(job.pk)
    assert Job.objects.get(pk=job.pk).notice == "Interrupted at the keyboard."
