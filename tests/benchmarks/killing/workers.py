"""What a worker of the campaign does: what the task of the broker does, and what an open page does."""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty

from celery import current_app

from donovan.assistant.jobs import events_of
from donovan.assistant.models import Answer
from donovan.assistant.runs import OPEN, registry
from donovan.assistant.work import ANSWER
from ingest.work import tasks
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import HERE, Handler, handler_of, known, register

_MESSAGE_SECONDS = 1.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Out:
    """Where the workers of a queue say what they are at."""

    descriptor: int
    queue: str

    def say(self, what: Mapping[str, object]) -> None:
        """In one write, so that lines of several workers do not mix."""
        os.write(self.descriptor, json.dumps({"queue": self.queue, **what}).encode() + b"\n")


class OnProgress(Handler):
    """The handler of a kind, that says when it begins and ends."""

    def __init__(self, kind: str, does: Handler, out: Out) -> None:
        self._kind, self._does, self._out = kind, does, out
        self.refusals = does.refusals

    def run(self, held: Held) -> str:
        about = {"job": str(held.job.pk), "pid": os.getpid()}
        self._out.say({"began": self._kind, **about})
        try:
            return self._does.run(held)
        finally:
            self._out.say({"ended": self._kind, **about})

    def follow(self, job: Job) -> None:
        self._does.follow(job)


def be_a_worker(queue: str, out: Out) -> None:
    """Work for this queue until the process is ended."""
    if queue == HERE:
        _be_the_pages(out)
    for kind in known(queue):
        register(replace(kind, handler=OnProgress(kind.name, handler_of(kind), out)))
    with current_app.connection_for_read() as broker, broker.SimpleQueue(queue) as messages:
        while True:
            with suppress(Empty):
                messages.get(timeout=_MESSAGE_SECONDS).ack()
                tasks.run(queue)


def _be_the_pages(out: Out) -> None:
    """A page for each answer that is open, in one process of the web service."""
    while True:
        waiting = Answer.objects.filter(state__in=OPEN).order_by("created_at").values_list("pk", flat=True)
        for answer in list(waiting):
            run = registry.start_unless_held(answer, partial(events_of, answer))
            if run is None or run.has_ended:
                continue
            about = {"job": str(run._held.job.pk), "pid": os.getpid()}
            out.say({"began": ANSWER.name, **about})
            run.wait(600)
            out.say({"ended": ANSWER.name, **about})
        time.sleep(_LOOK_SECONDS)
