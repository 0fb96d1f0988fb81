"""Several workers at one database, as they are in an installation: threads with connections of their own."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ingest.work import running, services
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.registry import Kind
from tests.work.conftest import Steered

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def at_once(does) -> None:  # type: ignore[no-untyped-def]
    """`does(number)` in several threads, which begin together."""
    gate = threading.Barrier(WORKERS)

    def work(number: int) -> None:
        try:
            gate.wait(30)
            does(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_each_job_is_done_once_whoever_races_for_it(kind: Kind, steered: Steered, woken: list[str]) -> None:
    done: list[str] = []

    def noted(ours: Held) -> str:
        done.append(ours.subject)
        return ""

    steered.does = noted
    for number in range(12):
        services.enqueue(kind, str(number))
    at_once(lambda _: running.run_queue("testing"))
    assert Counter(done) == Counter(str(number) for number in range(12))
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}


def test_whoever_enqueues_at_the_same_moment_gets_the_same_job(kind: Kind, woken: list[str]) -> None:
    found: list[object] = []
    at_once(lambda _: found.append(services.enqueue(kind, "a").pk))
    assert len(found) == WORKERS
    assert len(set(found)) == 1


def test_a_lease_that_ran_out_goes_to_one_of_those_who_want_it(kind: Kind, woken: list[str]) -> None:
    job = services.enqueue(kind, "a")
    acquire(job.pk)
    taken: list[Held] = []

    def take(_number: int) -> None:
        held = acquire(job.pk, now=timezone.now() + timedelta(hours=2))
        if held is not None:
            taken.append(held)

    at_once(take)
    assert len(taken) == 1
    assert Job.objects.get(pk=job.pk).token == taken[0].token


def test_nobody_acquires_between_the_token_and_the_result(kind: Kind, woken: list[str]) -> None:
    """A write that began with the right token is committed before another worker can have the job."""
    job = services.enqueue(kind, "a")
    ours = acquire(job.pk)
    assert ours is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    asked, answers = threading.Event(), []

    def take() -> None:
        asked.set()
        answers.append(acquire(job.pk))
        connection.close()

    with ours.finishing("kept"):
        other = threading.Thread(target=take)
        other.start()
        asked.wait(10)
        services.enqueue(kind, "result")
    other.join(60)
    assert answers == [None]
    assert Job.objects.get(pk=job.pk).notice == "kept"


def test_a_heartbeat_outlives_a_database_that_is_busy(kind: Kind, woken: list[str]) -> None:
    job = services.enqueue(kind, "a")
    ours = acquire(job.pk)
    assert ours is not None
    with ours.kept_alive(), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(notice="a long write")
    ours.complete()
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
