"""The right to do one job, taken by compare-and-set and kept by heartbeat: lease, fencing token, attempts.

Every write of whoever holds a job checks the token first, in the same transaction. A worker that was taken
for dead and goes on all the same, a zombie, changes nothing.
"""

import logging
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ingest.work.errors import LeaseLost, Stopped
from ingest.work.heartbeat import kept_alive
from ingest.work.models import Job
from ingest.work.progress import Progress, Throttled
from ingest.work.registry import Handler, Kind, handler_of, kind_named
from ingest.work.waking import wake_on_commit

logger = logging.getLogger(__name__)
State = Job.State
CANCELLED = "It was stopped."
_LOOK_SECONDS = 1.0
_HEARTBEATS_PER_LEASE = 4
_at_hand: "ContextVar[Held | None]" = ContextVar("job at hand", default=None)


def acquirable(now: datetime) -> Q:
    """Jobs that wait and are due, and jobs whose worker has not been heard of for a whole lease."""
    return Q(state=State.WAITING, due_at__lte=now) | Q(state=State.RUNNING, lease_until__lt=now)


def acquire(
    job_id: uuid.UUID, *, now: datetime | None = None, handler: Handler | None = None
) -> "Held | None":
    """The job, now ours, or None when it is settled, not due, or somebody else has it.

    One that somebody wanted cancelled when its worker died is settled as stopped; one whose workers have died
    too often without getting on is given up. A kind that this process does not know is left alone.
    """
    now = now or timezone.now()
    with transaction.atomic():
        job = Job.objects.filter(acquirable(now), pk=job_id).first()
        if job is None:
            return None
        kind = kind_named(job.kind)
        if kind is None:
            logger.warning("there is no work of the kind %s in this process; it is left alone", job.kind)
            return None
        does = handler or handler_of(kind)
        same = Job.objects.filter(
            acquirable(now), pk=job_id, state=job.state, token=job.token, attempts=job.attempts
        )
        if job.is_cancel_wanted:
            settle(same, does, state=State.STOPPED, notice=CANCELLED, now=now)
            return None
        if job.attempts >= kind.attempts:
            settle(same, does, state=State.FAILED, notice=kind.given_up, now=now)
            return None
        taken = change(
            same,
            does,
            state=State.RUNNING,
            token=uuid.uuid4().hex,
            lease_until=now + kind.lease,
            attempts=job.attempts + 1,
            worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
            notice="",
            started_at=now,
            finished_at=None,
            progress_done=0,
            progress_total=0,
            progress_words="",
        )
    return Held(taken, kind, does) if taken is not None else None


def resume(job_id: uuid.UUID, token: str, *, handler: Handler) -> "Held | None":
    """A job that another process of ours has acquired, held by its token; None when it is held no more."""
    job = Job.objects.filter(pk=job_id, state=State.RUNNING, token=token).exclude(token="").first()
    kind = kind_named(job.kind) if job is not None else None
    return Held(job, kind, handler) if job is not None and kind is not None else None


def change(jobs: "QuerySet[Job]", handler: Handler, **values: object) -> Job | None:
    """Change the one job of `jobs`, and the room's row with it; the job, or None when it is not there."""
    with transaction.atomic():
        key = jobs.values_list("pk", flat=True).first()
        if key is None or jobs.update(**values) != 1:
            return None
        job = Job.objects.get(pk=key)
        handler.follow(job)
        return job


def settle(
    jobs: "QuerySet[Job]", handler: Handler, *, state: Job.State, notice: str, now: datetime
) -> Job | None:
    """End the one job of `jobs`, if it is still there. Where it was asked for once more it waits again."""
    with transaction.atomic():
        ended = change(jobs, handler, state=state, notice=notice, finished_at=now, token="", lease_until=None)
        if ended is None or not ended.is_repeat_wanted or state == State.STOPPED:
            return ended
        return wait_again(Job.objects.filter(pk=ended.pk, state=state), handler, now=now)


def wait_again(jobs: "QuerySet[Job]", handler: Handler, *, now: datetime, wakes: bool = True) -> Job | None:
    """Let the one job of `jobs` wait from the beginning, with all its attempts before it."""
    waiting = change(
        jobs,
        handler,
        state=State.WAITING,
        token="",
        lease_until=None,
        attempts=0,
        due_at=now,
        notice="",
        is_cancel_wanted=False,
        is_repeat_wanted=False,
        finished_at=None,
    )
    if waiting is not None and wakes:
        wake_on_commit(waiting.queue)
    return waiting


def fenced() -> AbstractContextManager[None]:
    """A transaction that begins with the token of the job that is being done in this thread, where there is
    one: for what is done as a job and by a command alike.
    """
    held = _at_hand.get()
    return held.writing() if held is not None else transaction.atomic()


@contextmanager
def at_hand(held: "Held") -> Iterator[None]:
    """While this job is being done in this thread."""
    before = _at_hand.set(held)
    try:
        yield
    finally:
        _at_hand.reset(before)


class Held:
    """A job as long as its lease is kept alive. Every change raises LeaseLost once it is no longer ours."""

    def __init__(self, job: Job, kind: Kind, handler: Handler) -> None:
        self.job, self.kind, self.handler = job, kind, handler
        self.token = job.token
        self.is_settled = False
        self._is_lost = False
        self._looked_at = float("-inf")
        self.on_progress = Throttled(self._keep_progress)
        """How far it is, a Progress; kept twice a second at most."""

    @property
    def subject(self) -> str:
        return self.job.subject

    @property
    def attempts(self) -> int:
        return self.job.attempts

    def _ours(self) -> "QuerySet[Job]":
        return Job.objects.filter(pk=self.job.pk, token=self.token, state=State.RUNNING)

    def update(self, **values: object) -> None:
        """Change the job, if it is still ours."""
        if self._is_lost or self._ours().update(**values) != 1:
            self._is_lost = True
            raise LeaseLost

    def renew(self, *, now: datetime | None = None) -> None:
        """Extend the lease; what the heartbeat does."""
        self.update(lease_until=(now or timezone.now()) + self.kind.lease)

    def kept_alive(self) -> AbstractContextManager[None]:
        """The heartbeat. Where it finds the lease lost, the next thing the worker does raises LeaseLost."""

        def beat() -> None:
            try:
                self.renew()
            except LeaseLost:
                logger.info("the lease of %s %s was lost", self.job.kind, self.job.pk)

        seconds = self.kind.lease.total_seconds() / _HEARTBEATS_PER_LEASE
        return kept_alive(beat, seconds=seconds, name=f"heartbeat-{self.job.kind}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that begins with the token: nobody acquires the job before it is committed."""
        with transaction.atomic():
            self.renew()
            yield

    @contextmanager
    def finishing(self, notice: str = "") -> Iterator[None]:
        """A transaction that keeps the result and ends the job as done."""
        with self.writing():
            yield
            self.complete(notice)

    def checkpoint(self, **values: object) -> None:
        """It gets on, so whatever ended it before is no reason to give up."""
        self.job.attempts = 1
        self.update(attempts=1, **values)

    def is_cancel_wanted(self) -> bool:
        """Whether somebody wants it stopped; looked up once a second at most."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return self.job.is_cancel_wanted
        self._looked_at = now
        wanted = self._ours().values_list("is_cancel_wanted", flat=True).first()
        if wanted is None:
            self._is_lost = True
            raise LeaseLost
        self.job.is_cancel_wanted = wanted
        return bool(wanted)

    def check(self) -> None:
        """Raises Stopped when somebody wants it stopped."""
        if self.is_cancel_wanted():
            raise Stopped

    def _keep_progress(self, progress: Progress) -> None:
        self.update(
            progress_done=progress.done,
            progress_total=progress.total,
            progress_words=progress.words[:200],
        )

    def _settled(self, job: Job | None) -> None:
        if job is None:
            self._is_lost = True
            raise LeaseLost
        self.job, self.is_settled = job, True

    def _end(self, state: Job.State, notice: str) -> None:
        now = timezone.now()
        self._settled(settle(self._ours(), self.handler, state=state, notice=notice, now=now))

    def complete(self, notice: str = "") -> None:
        """It is done."""
        self._end(State.DONE, notice)

    def fail(self, notice: str) -> None:
        """It cannot be done, for the reason in `notice`."""
        self._end(State.FAILED, notice)

    def stop(self, notice: str = "") -> None:
        """It was left off."""
        self._end(State.STOPPED, notice or CANCELLED)

    def give_back(self, notice: str = "", *, after: timedelta = timedelta(0), counts: bool = True) -> None:
        """Requeue it: it waits for another attempt. Without `counts` this attempt is none."""
        attempts = self.job.attempts if counts else max(0, self.job.attempts - 1)
        waiting = change(
            self._ours(),
            self.handler,
            state=State.WAITING,
            token="",
            lease_until=None,
            attempts=attempts,
            due_at=timezone.now() + after,
            notice=notice,
        )
        self._settled(waiting)
