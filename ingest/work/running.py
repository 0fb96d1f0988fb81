"""Doing the work: acquire, heartbeat, handler, and what becomes of the job. The only place that catches what
a handler raises, so that no job is left in work for ever and none keeps the others from being done.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.utils import timezone

from ingest.work import incidents, registry
from ingest.work.connections import UNREACHABLE, is_unreachable, reconnect
from ingest.work.errors import LeaseLost, Refused, Stopped, SubjectGone, TryAgain
from ingest.work.leases import Held, acquirable, acquire, at_hand
from ingest.work.models import Job
from ingest.work.registry import HERE, Handler, Kind
from ingest.work.services import job_of
from ingest.work.waking import wake

logger = logging.getLogger(__name__)
GONE = "What this was about is no longer there."
UNREACHED = "The database could not be reached; it is tried again."
ROUND_SECONDS = 20.0
UNREACHED_REST = timedelta(seconds=20)
NOT_REACHED = (
    "The database could not be reached, each time it was tried. Ask the administrator to look at it."
)
# A server that is started again refuses at once, for some seconds.
_SETTLING_PAUSES = (0.0, 1.0, 5.0, 15.0)


def run_queue(queue: str, *, seconds: float = ROUND_SECONDS) -> int:
    """Do what waits in a queue for about so many seconds; how many jobs were taken on.

    Where more waits then, the worker wakes itself: other messages get their turn in between.
    """
    began, count, passed = time.monotonic(), 0, set[uuid.UUID]()
    while True:
        job_id = _next(queue, passed)
        if job_id is None:
            return count
        if time.monotonic() - began >= seconds:
            wake(queue)
            return count
        try:
            done = run_job(job_id)
        except UNREACHABLE:
            raise
        except Exception as error:
            # Its room could not be loaded, or could not follow it: the others are done all the same.
            name = type(error).__name__
            logger.error("the job %s could not be acquired: %s", job_id, name, exc_info=error)
            done = None
        if done is None:
            passed.add(job_id)
        else:
            count += 1


def _next(queue: str, passed: set[uuid.UUID]) -> uuid.UUID | None:
    kinds = [kind.name for kind in registry.known(queue)]
    waiting = Job.objects.filter(acquirable(timezone.now()), queue=queue, kind__in=kinds)
    return (
        waiting.exclude(pk__in=passed)
        .order_by("rank", "created_at", "pk")
        .values_list("pk", flat=True)
        .first()
    )


def run_subject(kind: Kind, subject: object, *, handler: Handler | None = None) -> Job | None:
    """Do the job of this kind on this subject here and now; None when there is none to be had."""
    job = job_of(kind, subject)
    return run_job(job.pk, handler=handler) if job is not None else None


def run_job(job_id: uuid.UUID, *, handler: Handler | None = None) -> Job | None:
    """Do one job; how it then stands, or None when it was not to be had. `handler` replaces that of the kind,
    for a command that watches the work.
    """
    held = acquire(job_id, handler=handler)
    if held is None:
        return None
    run_held(held)
    return Job.objects.filter(pk=job_id).first()


def run_held(held: Held) -> None:
    """Do a job that is ours, and settle it, whatever happens.

    What stops the whole process goes through: the lease runs out, and the next worker goes on.
    """
    with incidents.under(incidents.new_number()):
        _run_held(held)


def _run_held(held: Held) -> None:
    try:
        with held.kept_alive(), at_hand(held):
            notice = held.handler.run(held)
        if not held.is_settled:
            _settle(held, lambda: held.complete(notice))
    except LeaseLost:
        logger.info("%s %s was taken over or settled elsewhere", held.job.kind, held.job.pk)
    except Exception as error:
        _settle(held, partial(_settle_error, held, error))


def _settle_error(held: Held, error: Exception) -> None:
    """Where it was settled already, the token no longer holds; where that was undone, it still does."""
    match error:
        case Stopped():
            held.stop(error.sentence)
        case SubjectGone():
            held.stop(GONE)
        case TryAgain():
            held.give_back(error.sentence, after=error.after, counts=error.counts)
        # What no worker does nobody would take up again: whoever waits for it is told.
        case _ if is_unreachable(error) and held.kind.queue != HERE:
            _settle_unreached(held, error)
        case _ if isinstance(error, (Refused, *held.handler.refusals)):
            held.fail(str(getattr(error, "sentence", error)))
        case _:
            _settle_unexpected(held, error)


def _settle_unreached(held: Held, error: Exception) -> None:
    name = type(error).__name__
    what = (held.job.kind, held.job.pk, name)
    logger.warning("the database could not be reached for %s %s: %s", *what, exc_info=error)
    if held.attempts < held.kind.attempts:
        held.give_back(UNREACHED, after=held.kind.retry_after or UNREACHED_REST)
    else:
        held.fail(NOT_REACHED)


def _settle_unexpected(held: Held, error: Exception) -> None:
    # The name and the places: the words of an error may hold words of a document.
    name = type(error).__name__
    logger.error("%s %s failed: %s", held.job.kind, held.job.pk, name, exc_info=error)
    notice = held.kind.unexpected.format(name=name) + incidents.told(incidents.current_number())
    if held.attempts < held.kind.tries:
        held.give_back(notice, after=held.kind.retry_after)
    else:
        held.fail(notice)


def _settle(held: Held, end: Callable[[], None]) -> None:
    """A database that is busy for long, or was cut off, is asked again; then the lease runs out by itself."""
    for pause in _SETTLING_PAUSES:
        time.sleep(pause)
        reconnect()
        try:
            return end()
        except LeaseLost:
            logger.info("%s %s was taken over or settled elsewhere", held.job.kind, held.job.pk)
            return None
        except UNREACHABLE:
            logger.warning("the database is busy; %s %s is settled again", held.job.kind, held.job.pk)
    return None
