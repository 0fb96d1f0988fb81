"""What any process may ask of work: enqueue it, cancel it, requeue it; and that nothing waits for ever."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from ingest.work import registry
from ingest.work.leases import CANCELLED, acquirable, change, settle, wait_again
from ingest.work.models import Job
from ingest.work.registry import HERE, Handler, Kind, handler_of, kind_named
from ingest.work.waking import MOST_MESSAGES, wake, wake_on_commit

State = Job.State
OPEN = (State.WAITING, State.RUNNING)
KEPT = timedelta(days=30)
LEFT = "Its process ended."


def enqueue(
    kind: Kind,
    subject: object = "",
    *,
    asked_by: str = "",
    parent: Job | None = None,
    once_more: bool = False,
    due_at: datetime | None = None,
    wakes: bool = True,
) -> Job:
    """Have a job done: a new one, or the one of this kind and subject that waits or is in work already.

    `once_more`: where it is in work, what it read may have changed since, so it is done again after that. A
    worker is woken once the transaction at hand is committed; without `wakes` whoever asks does it here.
    """
    with transaction.atomic():
        job = _open_job(kind, str(subject))
        if job is None:
            try:
                with transaction.atomic():
                    job = Job.objects.create(
                        kind=kind.name,
                        subject=str(subject),
                        queue=kind.queue,
                        rank=kind.rank,
                        asked_by=asked_by,
                        parent=parent,
                        due_at=due_at or timezone.now(),
                    )
            except IntegrityError:
                job = Job.objects.get(kind=kind.name, subject=str(subject), state__in=OPEN)
        if once_more and job.state == State.RUNNING:
            Job.objects.filter(pk=job.pk, state=State.RUNNING).update(is_repeat_wanted=True)
        if wakes:
            wake_on_commit(kind.queue)
    return job


def announce(event: str, subject: object) -> None:
    """Enqueue whatever rooms have registered to follow this event, in the transaction at hand. So a room
    below need not know who waits for what it does.
    """
    for kind in registry.known():
        if kind.after == event:
            enqueue(kind, subject, once_more=True)


def again(kind: Kind, subject: object, *, asked_by: str = "", wakes: bool = True) -> Job:
    """Have a subject done from the beginning, with all attempts before it, whatever came of it so far; the
    room's row waits with it. One that a living worker has is left as it is.
    """
    with transaction.atomic():
        job = job_of(kind, subject)
        if job is None:
            job = enqueue(kind, subject, asked_by=asked_by, wakes=wakes)
            handler_of(kind).follow(job)
            return job
        free = Job.objects.filter(pk=job.pk).exclude(state=State.RUNNING, lease_until__gte=timezone.now())
        return wait_again(free, handler_of(kind), now=timezone.now(), wakes=wakes) or job


def is_free(job: Job) -> bool:
    """Whether it waits, or was left by a worker that is dead."""
    return Job.objects.filter(acquirable(timezone.now()), pk=job.pk).exists()


def _open_job(kind: Kind, subject: str) -> Job | None:
    return Job.objects.filter(kind=kind.name, subject=subject, state__in=OPEN).first()


def job_of(kind: Kind, subject: object) -> Job | None:
    """The newest job of this kind on this subject; the one that waits or is in work, if there is one."""
    jobs = Job.objects.filter(kind=kind.name, subject=str(subject))
    return jobs.filter(state__in=OPEN).first() or jobs.order_by("-created_at").first()


def cancel(job_id: uuid.UUID, *, now: datetime | None = None) -> bool:
    """Stop a job that waits, and let the worker of one that runs know; False when there was nothing to stop.

    One whose worker is dead is stopped at once. The children of a job are cancelled with it.
    """
    now = now or timezone.now()
    with transaction.atomic():
        job = Job.objects.filter(pk=job_id, state__in=OPEN).first()
        is_open = job is not None
        if job is not None:
            free = Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=now)
            ended = settle(
                Job.objects.filter(free, pk=job_id),
                _handler_of(job),
                state=State.STOPPED,
                notice=CANCELLED,
                now=now,
            )
            if ended is None:
                running = Job.objects.filter(pk=job_id, state=State.RUNNING)
                is_open = change(running, _handler_of(job), is_cancel_wanted=True) is not None
        for child in Job.objects.filter(parent=job_id, state__in=OPEN).values_list("pk", flat=True):
            cancel(child, now=now)
    return is_open


def retry(job_id: uuid.UUID, *, now: datetime | None = None) -> Job | None:
    """Let a job that failed or was stopped wait again; None when it did neither.

    Where another of this kind and subject waits or is in work by now, that one counts.
    """
    ended = Job.objects.filter(pk=job_id, state__in=(State.FAILED, State.STOPPED))
    # What no worker does is asked for again by whoever wants it.
    job = ended.exclude(queue=HERE).first()
    if job is None:
        return None
    kind = kind_named(job.kind)
    with transaction.atomic():
        other = _open_job(kind, job.subject) if kind is not None else None
        if other is not None:
            return other
        ended = Job.objects.filter(pk=job_id, state=job.state)
        return wait_again(ended, _handler_of(job), now=now or timezone.now())


def _handler_of(job: Job) -> Handler:
    kind = kind_named(job.kind)
    return handler_of(kind) if kind is not None else Handler()


def reconcile(*, now: datetime | None = None) -> dict[str, int]:
    """Make good whatever was lost: wake the queues in which something waits or was left by a dead worker, and
    have done again what is done again and again. By queue, how many messages were sent.
    """
    now = now or timezone.now()
    for kind in registry.known():
        if kind.every is not None:
            _repeat(kind, kind.every, now)
    Job.objects.filter(finished_at__lt=now - KEPT).exclude(state__in=OPEN).delete()
    _leave_off(now)
    sent = {}
    workers = Job.objects.filter(acquirable(now)).exclude(queue=HERE)
    for queue in workers.values_list("queue", flat=True).distinct():
        waiting = Job.objects.filter(acquirable(now), queue=queue).values_list("pk", flat=True)
        # Whoever lives goes on by itself; messages for a worker that is busy for hours would only pile up.
        is_alive = Job.objects.filter(queue=queue, state=State.RUNNING, lease_until__gte=now).exists()
        sent[queue] = len(waiting[: 1 if is_alive else MOST_MESSAGES])
        for _ in range(sent[queue]):
            wake(queue)
    return sent


def _leave_off(now: datetime) -> None:
    """What no worker does, and whose process is dead: whoever wants it asks for it again."""
    for job in Job.objects.filter(queue=HERE, state=State.RUNNING, lease_until__lt=now):
        same = Job.objects.filter(pk=job.pk, token=job.token, state=State.RUNNING, lease_until__lt=now)
        settle(same, _handler_of(job), state=State.STOPPED, notice=LEFT, now=now)


def _repeat(kind: Kind, every: timedelta, now: datetime) -> None:
    """One row for each kind that is done again and again: it waits once more when its time has come."""
    last = job_of(kind, "")
    if last is None:
        enqueue(kind)
    elif not last.is_open and last.created_at <= now - every:
        with transaction.atomic():
            ended = Job.objects.filter(pk=last.pk, state=last.state, created_at=last.created_at)
            if ended.update(created_at=now):
                # It has no row that follows it, so nothing of its room is loaded here.
                wait_again(Job.objects.filter(pk=last.pk), Handler(), now=now)
