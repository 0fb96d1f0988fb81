"""What a worker of the campaign does: what the task of the broker does, and what an open page does."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import Empty

from celery import current_app
from django.db import connection

from donovan.assistant.jobs import events_of
from donovan.assistant.models import Answer
from donovan.assistant.runs import OPEN, registry
from donovan.assistant.work import ANSWER
from ingest.work import tasks
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Handler, handler_of, known, load_handlers, register
from tests.benchmarks.killing.nursery import WEB, say

_MESSAGE_SECONDS = 1.0
_LOOK_SECONDS = 0.2


class Told(Handler):
    """The handler of a kind, that says when it begins and ends."""

    def __init__(self, kind: str, does: Handler, out: int) -> None:
        self._kind, self._does, self._out = kind, does, out
        self.refusals = does.refusals

    def run(self, held: Held) -> str:
        about = {"job": str(held.job.pk), "pid": os.getpid()}
        say(self._out, {"began": self._kind, **about})
        try:
            return self._does.run(held)
        finally:
            say(self._out, {"ended": self._kind, **about})

    def follow(self, job: Job) -> None:
        self._does.follow(job)


def loaded(queue: str) -> Callable[[int], None]:
    """What a worker of this queue does, loaded before it is forked."""
    if queue == WEB:
        return _pages
    load_handlers([queue])
    connection.close()
    return partial(_queue, queue)


def _queue(queue: str, out: int) -> None:
    for kind in known(queue):
        register(replace(kind, handler=Told(kind.name, handler_of(kind), out)))
    with current_app.connection_for_read() as broker, broker.SimpleQueue(queue) as messages:
        while True:
            with suppress(Empty):
                messages.get(timeout=_MESSAGE_SECONDS).ack()
                tasks.run(queue)


def _pages(out: int) -> None:
    """A page of each answer that is open, in one process of the web service."""
    while True:
        waiting = Answer.objects.filter(state__in=OPEN).order_by("created_at").values_list("pk", flat=True)
        for answer in list(waiting):
            run = registry.start_if_unclaimed(answer, partial(events_of, answer))
            if run is None or run.has_ended:
                continue
            about = {"job": str(run._held.job.pk), "pid": os.getpid()}
            say(out, {"began": ANSWER.name, **about})
            run.wait(600)
            say(out, {"ended": ANSWER.name, **about})
        time.sleep(_LOOK_SECONDS)
