"""What work relies on of its database: one writer at a time, and a connection that may be cut off."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from ingest.work import running, services
from ingest.work.connections import is_unreachable
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.registry import HERE, Kind, register, unregister
from tests.work.conftest import Steered

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of PostgreSQL; make test runs it there, too"
)


def beside(*does: Callable[[], None]) -> None:
    """Each in a thread with a connection of its own; what one raises is raised here."""
    errors: list[Exception] = []

    def work(one: Callable[[], None]) -> None:
        try:
            one()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(one,)) for one in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


def test_what_a_transaction_has_read_stays_so_until_it_is_committed(kind: Kind, woken: list[str]) -> None:
    job = services.enqueue(kind, "a")

    def count() -> None:
        for _ in range(5):
            with transaction.atomic():
                done = Job.objects.get(pk=job.pk).progress_done
                time.sleep(0.01)
                Job.objects.filter(pk=job.pk).update(progress_done=done + 1)

    beside(count, count, count, count)
    assert Job.objects.get(pk=job.pk).progress_done == 20


def test_who_changes_two_rows_waits_for_nobody_in_a_circle(kind: Kind, woken: list[str]) -> None:
    one, other = services.enqueue(kind, "a"), services.enqueue(kind, "b")

    def change(first: Job, second: Job) -> None:
        for _ in range(5):
            with transaction.atomic():
                Job.objects.filter(pk=first.pk).update(rank=1)
                time.sleep(0.01)
                Job.objects.filter(pk=second.pk).update(rank=1)

    beside(lambda: change(one, other), lambda: change(other, one))
    assert set(Job.objects.values_list("rank", flat=True)) == {1}


def test_what_ends_while_it_is_asked_for_once_more_is_done_once_more(
    kind: Kind, steered: Steered, woken: list[str]
) -> None:
    """Whoever asks is committed before it ends, or finds that it has ended: nothing falls in between."""
    services.enqueue(kind, "a")
    seen: list[int] = []
    wanted = threading.Event()

    def look(_held: Held) -> str:
        seen.append(Job.objects.filter(kind="news").count())
        wanted.set()
        return ""

    def ask() -> None:
        assert wanted.wait(30)
        with transaction.atomic():
            services.enqueue(kind, "a", once_more=True)
            time.sleep(0.2)
            Job.objects.create(kind="news", subject="n", queue="none")

    steered.does = look
    beside(lambda: running.run_queue("testing") and None, ask)
    running.run_queue("testing")
    assert seen[-1] == 1


@on_postgresql
def test_who_waits_for_the_writers_too_long_is_told_so_and_may_try_again(kind: Kind) -> None:
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            holds.set()
            may_end.wait(30)

    def wait() -> None:
        assert holds.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError), transaction.atomic():
            raise AssertionError("there were two writers")
        assert not connection.in_atomic_block
        assert Job.objects.count() == 0, "reading waits for nobody"
        may_end.set()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        with transaction.atomic():
            Job.objects.create(kind="written", subject="w", queue="none")

    beside(hold, wait)
    assert Job.objects.get().kind == "written"


def cut_off() -> None:
    """End the connection of this thread as the server's operator would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    finally:
        other.close()


@on_postgresql
@pytest.mark.parametrize("is_within", [False, True], ids=["between", "within a transaction"])
def test_work_that_was_cut_off_from_its_database_is_done_by_the_next_attempt(
    kind: Kind, steered: Steered, woken: list[str], is_within: bool
) -> None:
    def work(held: Held) -> str:
        with held.writing():
            Job.objects.create(kind="result", subject=str(held.attempts), queue="none")
            if held.attempts == 1 and is_within:
                cut_off()
            Job.objects.filter(kind="result").update(rank=1)
        if held.attempts == 1:
            cut_off()
            Job.objects.count()
        return ""

    steered.does = work
    job = services.enqueue(kind, "a")
    beside(lambda: running.run_queue("testing") and None)
    assert Job.objects.get(pk=job.pk).state == Job.State.WAITING, "it rests before it is tried again"
    Job.objects.update(due_at=timezone.now())
    beside(lambda: running.run_queue("testing") and None)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert Job.objects.get(pk=job.pk).attempts == 2
    results = set(Job.objects.filter(kind="result").values_list("subject", flat=True))
    assert results == ({"2"} if is_within else {"1", "2"})


def test_work_that_never_reaches_its_database_fails_with_a_sentence_about_it(
    kind: Kind, steered: Steered, woken: list[str]
) -> None:
    def work(_held: Held) -> str:
        raise OperationalError("words of the server")

    steered.does = work
    job = services.enqueue(kind, "a")
    for _ in range(kind.attempts):
        Job.objects.update(due_at=timezone.now())
        running.run_queue("testing")
    ended = Job.objects.get(pk=job.pk)
    assert (ended.state, ended.notice) == (Job.State.FAILED, running.NOT_REACHED)


def test_what_no_worker_does_is_told_at_once_that_its_database_was_not_reached(
    steered: Steered, woken: list[str]
) -> None:
    """Nobody would take it up again."""
    here = Kind("test.here", "test", steered, queue=HERE, lease=timedelta(hours=1), attempts=1000)
    register(here)
    try:

        def work(_held: Held) -> str:
            raise OperationalError("words of the server")

        steered.does = work
        job = services.enqueue(here, "a")
        running.run_job(job.pk)
        assert Job.objects.get(pk=job.pk).state == Job.State.FAILED
    finally:
        unregister(here)


@on_postgresql
def test_a_heartbeat_that_was_cut_off_goes_on(kind: Kind, woken: list[str]) -> None:
    services.enqueue(kind, "a")
    held = acquire(Job.objects.get().pk)
    assert held is not None

    def beat() -> None:
        cut_off()
        with pytest.raises(OperationalError) as raised:
            held.renew()
        assert is_unreachable(raised.value)
        connection.close_if_unusable_or_obsolete()
        held.renew()

    beside(beat)
