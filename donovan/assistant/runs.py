"""Answers in the making: one thread each, followed by any number of open pages.

A run belongs to the process that claimed its answer by compare-and-set. The claim is a lease: when the
process dies, it ends and the next page that asks for the answer starts it again from the question, which was
never lost.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer

LEASE = timedelta(seconds=30)
RENEWAL_SECONDS = 10.0
KEPT_AFTER_END = 200

EventSource = Callable[[Callable[[], bool]], Iterator[AskEvent]]


class Run:
    """The events of one answer so far, and the thread that adds to them."""

    def __init__(self, answer_id: uuid.UUID, source: EventSource) -> None:
        self.answer_id = answer_id
        self.events: list[AskEvent] = []
        self.has_ended = False
        self._source = source
        self._cancelled = threading.Event()
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._work, name=f"answer-{self.answer_id}", daemon=True).start()
        threading.Thread(target=self._renew_lease, name=f"lease-{self.answer_id}", daemon=True).start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Whether the run ended within so many seconds."""
        return self._ended.wait(seconds)

    def _work(self) -> None:
        try:
            for event in self._source(self._cancelled.is_set):
                self.events.append(event)
        except Exception as error:  # a defect in one answer must end that answer visibly, not hang its page
            self._fail(error)
        finally:
            self.has_ended = True
            self._ended.set()
            connection.close()

    def _fail(self, error: Exception) -> None:
        sentence = "Something went wrong while answering. Nothing you asked was lost: ask again."
        Answer.objects.filter(pk=self.answer_id).exclude(state=Answer.State.DONE).update(
            state=Answer.State.FAILED, notice=sentence, finished_at=timezone.now(), lease_until=None
        )
        self.events.append(AskEvent("failed", {"sentence": sentence, "code": type(error).__name__}))

    def _renew_lease(self) -> None:
        while not self._ended.wait(RENEWAL_SECONDS):
            Answer.objects.filter(pk=self.answer_id).update(lease_until=timezone.now() + LEASE)
        connection.close()


class RunRegistry:
    """The runs of this process. It keeps the last ones that ended, for pages that connect late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[uuid.UUID, Run] = {}

    def find(self, answer_id: uuid.UUID) -> Run | None:
        with self._lock:
            return self._runs.get(answer_id)

    def start_if_unclaimed(self, answer_id: uuid.UUID, source: EventSource) -> Run | None:
        """The run of this answer, started here unless a living process already has it (then None)."""
        with self._lock:
            run = self._runs.get(answer_id)
            if run is not None and not run.has_ended:
                return run
            if not _claim(answer_id):
                return run
            run = Run(answer_id, source)
            self._runs[answer_id] = run
            self._forget_oldest()
        run.start()
        return run

    def _forget_oldest(self) -> None:
        ended = [key for key, run in self._runs.items() if run.has_ended]
        for key in ended[: max(0, len(ended) - KEPT_AFTER_END)]:
            del self._runs[key]


def _claim(answer_id: uuid.UUID) -> bool:
    now = timezone.now()
    unclaimed = Q(state=Answer.State.WAITING) | Q(state=Answer.State.RUNNING, lease_until__lt=now)
    claimed = Answer.objects.filter(unclaimed, pk=answer_id).update(
        state=Answer.State.RUNNING, lease_until=now + LEASE
    )
    return claimed == 1


registry = RunRegistry()
