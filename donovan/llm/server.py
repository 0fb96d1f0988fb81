"""The model host's socket: who is connected, whose turn it is, and when a generation has to stop.

One thread accepts, one per connection reads and writes, and one does the inference; only that one touches
the model.
"""

import logging
import queue
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from donovan.llm.adapting import AdapterBytes, take_over
from donovan.llm.engine import Engine
from donovan.llm.fairness import FairQueue
from donovan.llm.interface import (
    Finished,
    GenerationRequest,
    Message,
    ModelUnavailable,
    PromptTooLong,
    Queued,
    Started,
    Token,
)
from donovan.llm.speed import Speedometer
from donovan.llm.wire import ALIVE_SECONDS, LineSocket, ProtocolError, event_message, request_from

LONGEST_QUEUE = 200
MOST_CONNECTIONS = 500
KEPT_ADAPTERS = 4
_LISTEN_SECONDS = 1.0
_OTHER_ADAPTER = (
    "The model host does not hold the adapter that this request is for, so it did not answer. Ask again."
)

# Read once after loading, so that already the first answer is cut to what this machine can do.
_TRIAL = GenerationRequest(
    (Message("user", "Say what you see. " + "A boat lies at the quay, and two men carry boxes. " * 4),),
    max_tokens=8,
    requester="the model host itself",
)

_log = logging.getLogger("donovan.llm")


class Job:
    """One generation: its request, and the messages that its connection has yet to send."""

    def __init__(self, request: GenerationRequest, adapter: AdapterBytes | None) -> None:
        self.request = request
        self.adapter = adapter
        self.outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.position: int | None = None
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def tell_position(self, position: int) -> None:
        if position != self.position:
            self.position = position
            self.outbox.put(event_message(Queued(position)))

    def fail(self, sentence: str, code: str = "unavailable") -> None:
        self.outbox.put({"event": "unavailable", "sentence": sentence, "code": code})
        self.outbox.put(None)


class ModelServer:
    """Serves an engine on a listening socket.

    `load` makes the engine; while it raises ModelUnavailable every request is answered with its sentence,
    and the next one tries again, so that a repaired file needs no restart. `is_orphaned` ends the host when
    it turns true.
    """

    def __init__(
        self,
        listener: socket.socket,
        load: Callable[[], Engine],
        *,
        hello: dict[str, Any],
        is_orphaned: Callable[[], bool] = lambda: False,
    ) -> None:
        self._listener = listener
        self._load = load
        self._hello = hello
        self._is_orphaned = is_orphaned
        self._queue: FairQueue[Job] = FairQueue()
        self._running: Job | None = None
        self._engine: Engine | None = None
        self._engine_lock = threading.Lock()
        self._adapters: OrderedDict[str, AdapterBytes] = OrderedDict()
        self._adapters_lock = threading.Lock()
        self._speedometer = Speedometer()
        self._connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._is_stopping = threading.Event()

    def serve(self) -> None:
        """Answer until `stop` or until nobody is left to serve. The model is loaded at once, not at the
        first word.
        """
        worker = threading.Thread(target=self._infer, name="inference", daemon=True)
        worker.start()
        self._listener.settimeout(_LISTEN_SECONDS)
        while not self._is_stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                if self._is_orphaned():
                    break
                continue
            connection.settimeout(None)
            if not self._connections.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._attend, args=(connection,), name="connection", daemon=True).start()
        self._is_stopping.set()
        self._queue.close()

    def stop(self) -> None:
        self._is_stopping.set()

    def _attend(self, connection: socket.socket) -> None:
        line = LineSocket(connection, takes_descriptors=True)
        adapter: AdapterBytes | None = None
        try:
            while (message := line.receive()) is not None:
                operation = message.get("op")
                if operation == "hello":
                    line.send({"event": "hello", **self._hello, **self._told_speed()})
                elif operation == "count":
                    self._count(line, str(message.get("text", "")))
                elif operation == "adapter":
                    adapter = self._adapter(line, str(message.get("digest", "")))
                elif operation == "generate":
                    self._generate(line, message, adapter)
                elif operation != "cancel":
                    # A cancellation can arrive after its generation has ended; that is no mistake.
                    raise ProtocolError(f"unknown operation {operation!r}")
        except (OSError, ProtocolError) as error:
            _log.info("a connection ended: %s", error)
        finally:
            line.close()
            self._connections.release()

    def _told_speed(self) -> dict[str, Any]:
        speed = self._speedometer.speed
        return {"speed": asdict(speed)} if speed is not None else {}

    def _count(self, line: LineSocket, text: str) -> None:
        try:
            line.send({"event": "count", "tokens": self._loaded().count_tokens(text)})
        except ModelUnavailable as error:
            line.send({"event": "unavailable", "sentence": error.sentence, "code": "unavailable"})

    def _adapter(self, line: LineSocket, digest: str) -> AdapterBytes | None:
        """The adapter that a connection names, from what is held or from the descriptor that came along."""
        descriptor = line.take_descriptor()
        try:
            given = take_over(descriptor, digest) if descriptor is not None else None
        except ModelUnavailable as error:
            line.send({"event": "unavailable", "sentence": error.sentence, "code": "adapter"})
            return None
        with self._adapters_lock:
            adapter = given or self._adapters.get(digest)
            if adapter is not None:
                self._adapters[digest] = adapter
                self._adapters.move_to_end(digest)
            if len(self._adapters) > KEPT_ADAPTERS:
                self._adapters.popitem(last=False)
        line.send({"event": "adapter", "digest": digest, "is_held": adapter is not None})
        return adapter

    def _generate(self, line: LineSocket, message: dict[str, Any], adapter: AdapterBytes | None) -> None:
        wanted = str(message.get("adapter", ""))
        if wanted and (adapter is None or adapter.digest != wanted):
            line.send({"event": "unavailable", "sentence": _OTHER_ADAPTER, "code": "adapter"})
            return
        try:
            job = Job(request_from(message), adapter if wanted else None)
        except ProtocolError as error:
            line.send(
                {
                    "event": "unavailable",
                    "sentence": f"The model host cannot use this: {error}.",
                    "code": "bad",
                }
            )
            return
        if len(self._queue) >= LONGEST_QUEUE:
            line.send(
                {
                    "event": "unavailable",
                    "sentence": f"{LONGEST_QUEUE} requests already wait for the model. Try again later.",
                    "code": "busy",
                }
            )
            return
        self._queue.put(job.request.requester, job)
        self._tell_positions()
        sender = threading.Thread(target=_send_all, args=(line, job), name="sender", daemon=True)
        sender.start()
        try:
            while sender.is_alive():
                try:
                    heard = line.receive(timeout=0.2)
                except TimeoutError:
                    continue
                if heard is None or heard.get("op") == "cancel":
                    break
        finally:
            job.cancel()
            if self._queue.remove(job):
                job.outbox.put(event_message(Finished("cancelled", 0, 0, 0.0)))
                job.outbox.put(None)
                self._tell_positions()
            sender.join()

    def _tell_positions(self) -> None:
        # Whoever is at work goes before all that wait.
        ahead = 1 if self._running is not None else 0
        for job, place in self._queue.positions().items():
            if place + ahead > 0 or job.position is not None:
                job.tell_position(place + ahead)

    def _loaded(self) -> Engine:
        with self._engine_lock:
            if self._engine is None:
                started = time.monotonic()
                self._engine = self._load()
                _log.info("the language model was loaded in %.1f seconds", time.monotonic() - started)
            return self._engine

    def _infer(self) -> None:
        try:
            self._run(Job(_TRIAL, None), self._loaded())
            _log.info("it reads and writes so many tokens a second: %s", self._speedometer.speed)
        except ModelUnavailable as error:
            _log.error("%s", error.sentence)
        except Exception:
            _log.exception("the trial after loading failed")
        while not self._is_stopping.is_set():
            job = self._queue.take(_LISTEN_SECONDS)
            if job is None:
                continue
            self._running = job
            self._tell_positions()
            try:
                self._run(job, self._loaded())
            except PromptTooLong as error:
                job.fail(error.sentence, "too-long")
            except ModelUnavailable as error:
                job.fail(error.sentence)
            except Exception:
                _log.exception("a generation failed")
                job.fail(
                    "The language model failed on this request. Ask again; the log of the model host says "
                    "more."
                )
            finally:
                self._running = None

    def _run(self, job: Job, engine: Engine) -> None:
        started = time.monotonic()
        job.outbox.put(event_message(Started()))
        produced = 0
        engine.use(job.adapter)
        begun = read_at = time.monotonic()
        for number, step in enumerate(engine.generate(job.request, lambda: job.is_cancelled)):
            if number == 0:
                read_at = time.monotonic()
            produced += step.is_token
            if step.text:
                job.outbox.put(event_message(Token(step.text)))
            if step.reason:
                self._speedometer.add(
                    read=step.prompt_tokens - step.reused_tokens if number else 0,
                    read_seconds=read_at - begun,
                    written=produced - 1,
                    write_seconds=time.monotonic() - read_at,
                )
                seconds = round(time.monotonic() - started, 4)
                job.outbox.put(
                    event_message(
                        Finished(step.reason, step.prompt_tokens, produced, seconds, step.reused_tokens)
                    )
                )
        job.outbox.put(None)


def _send_all(line: LineSocket, job: Job) -> None:
    """Send what the job has to say. In quiet times a sign of life, which also finds out that nobody
    listens.
    """
    while True:
        try:
            message = job.outbox.get(timeout=ALIVE_SECONDS)
        except queue.Empty:
            message = {"event": "alive"}
        if message is None:
            return
        try:
            line.send(message)
        except OSError:
            job.cancel()
            return
