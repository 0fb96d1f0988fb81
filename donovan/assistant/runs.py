"""Answers in the making: one thread each, followed by any number of open pages.

A run belongs to the process that has acquired the job of its answer. When the process dies, the lease ends
and the next page that asks for the answer starts it again from the question, which was never lost.
"""

import threading
import uuid
from collections.abc import Callable, Iterator

from django.db import connection, transaction

from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer
from donovan.assistant.work import ANSWER
from ingest.work import running
from ingest.work.errors import LeaseLost, SubjectGone
from ingest.work.incidents import current_number, told
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.registry import Handler
from ingest.work.services import enqueue

KEPT_AFTER_END = 200
OPEN = (Answer.State.WAITING, Answer.State.RUNNING)

EventSource = Callable[[Callable[[], bool]], Iterator[AskEvent]]


class Run:
    """The events of one answer so far, and the thread that adds to them."""

    def __init__(self, answer_id: uuid.UUID, source: EventSource, held: Held) -> None:
        self.answer_id = answer_id
        self._held = held
        self._code = self._number = ""
        self.events: list[AskEvent] = []
        self.has_ended = False
        self._source = source
        self._cancelled = threading.Event()
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._work, name=f"answer-{self.answer_id}", daemon=True).start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Whether the run ended within so many seconds."""
        return self._ended.wait(seconds)

    def _work(self) -> None:
        try:
            running.run_held(self._held)
            if self._code:
                said = {"sentence": ANSWER.unexpected + told(self._number), "code": self._code}
                self.events.append(AskEvent("failed", said))
        finally:
            self.has_ended = True
            self._ended.set()
            connection.close()

    def follow_source(self) -> None:
        """Keep each event as it comes. A defect in one answer ends that answer visibly, and hangs no page."""
        try:
            for event in self._source(self._is_cancelled):
                self.events.append(event)
        except LeaseLost:
            raise
        except Exception as error:
            self._code, self._number = type(error).__name__, current_number()
            raise

    def _is_cancelled(self) -> bool:
        return self._cancelled.is_set() or self._held.is_cancel_wanted()


class _Answers(Handler):
    """Follows the run of this process; what an answer is in the end its pipeline keeps."""

    def __init__(self, run: Run | None = None) -> None:
        self.of = run

    def run(self, held: Held) -> str:
        if self.of is None:
            raise SubjectGone
        self.of.follow_source()
        return ""

    def follow(self, job: Job) -> None:
        """A process that left it behind lets it wait for the next page that asks for it."""
        is_open = Answer.objects.filter(pk=job.subject, state__in=OPEN)
        if job.state == Job.State.RUNNING:
            is_open.update(state=Answer.State.RUNNING)
        elif job.state == Job.State.FAILED:
            is_open.update(state=Answer.State.FAILED, notice=job.notice, finished_at=job.finished_at)
        else:
            is_open.update(state=Answer.State.WAITING)


ANSWERS = _Answers()


class RunRegistry:
    """The runs of this process. It keeps the last ones that ended, for pages that connect late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[uuid.UUID, Run] = {}

    def find(self, answer_id: uuid.UUID) -> Run | None:
        with self._lock:
            return self._runs.get(answer_id)

    def start_unless_held(self, answer_id: uuid.UUID, source: EventSource) -> Run | None:
        """The run of this answer, started here unless a living process already has it (then None)."""
        with self._lock:
            run = self._runs.get(answer_id)
            if run is not None and not run.has_ended:
                return run
            held = _acquired(answer_id)
            if held is None:
                return run
            run = Run(answer_id, source, held)
            held.handler = _Answers(run)
            self._runs[answer_id] = run
            self._forget_oldest()
        run.start()
        return run

    def _forget_oldest(self) -> None:
        ended = [key for key, run in self._runs.items() if run.has_ended]
        for key in ended[: max(0, len(ended) - KEPT_AFTER_END)]:
            del self._runs[key]


def _acquired(answer_id: uuid.UUID) -> Held | None:
    """The job of an answer that is not settled, unless a living process has it."""
    with transaction.atomic():
        if not Answer.objects.filter(pk=answer_id, state__in=OPEN).exists():
            return None
        job = enqueue(ANSWER, answer_id, wakes=False)
    return acquire(job.pk, handler=_Answers())


registry = RunRegistry()
