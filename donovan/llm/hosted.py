"""The embedded provider: a client of this machine's model host, which brings the host back when it dies."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from donovan.llm.adapters import Adapter, joint_digest, joint_name
from donovan.llm.interface import (
    Event,
    Finished,
    GenerationRequest,
    ModelUnavailable,
    PromptTooLong,
    Restarted,
    never,
)
from donovan.llm.launch import CODE, HostPlan
from donovan.llm.speed import Speed
from donovan.llm.weights import chosen_weights
from donovan.llm.wire import ALIVE_SECONDS, LineSocket, ProtocolError, event_from, request_message

CONTEXT_TOKENS = 2048
# How long the supervisor is given to bring the host back before a client does it.
SUPERVISOR_SECONDS = 2.0
START_SECONDS = 60.0
SILENCE_SECONDS = 4 * ALIVE_SECONDS
POLL_SECONDS = 0.05
CANCEL_SECONDS = 10.0


class _HostLost(Exception):
    """The host went away in the middle."""


def host_plan() -> HostPlan:
    """The host that the settings describe. Raises ModelUnavailable."""
    return HostPlan(
        weights=chosen_weights(settings.LLM_MODEL, settings.LLM_DIGEST),
        socket_path=Path(settings.LLM_SOCKET),
        data_folder=Path(settings.DATA_DIR),
        context_tokens=CONTEXT_TOKENS,
        threads=os.cpu_count() or 1,
    )


def _told(plan: HostPlan) -> list[str]:
    """The plan as arguments of donovan.llm.start_host."""
    told = {
        "model": plan.weights.path,
        "digest": plan.weights.digest,
        "socket": plan.socket_path,
        "data": plan.data_folder,
        "context": plan.context_tokens,
        "threads": plan.threads,
    }
    return [word for name, value in told.items() for word in (f"--{name}", str(value))]


def _greeted(plan: HostPlan) -> LineSocket | None:
    """A connection to a host that answers, or None.

    A socket that takes a connection proves nothing: for a moment it outlives the process that answered on it.
    Raises ModelUnavailable if the host holds another model than this process expects.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line = LineSocket(connection)
    try:
        connection.connect(str(plan.socket_path))
        line.send({"op": "hello"})
        answer = line.receive(timeout=SILENCE_SECONDS)
    except (OSError, ProtocolError):
        line.close()
        return None
    if answer is None:
        line.close()
        return None
    if answer.get("digest") != plan.weights.digest:
        line.close()
        raise ModelUnavailable(
            "The model host holds another language model than the settings name. Restart Donovan, so that "
            "all its "
            "processes use the same one."
        )
    return line


class HostKeeper:
    """Starts a host for this process when no supervisor does. The host ends when this process does."""

    def __init__(self, supervisor_seconds: float = SUPERVISOR_SECONDS) -> None:
        self._lock = threading.Lock()
        self._supervisor_seconds = supervisor_seconds
        self._leash = -1
        self.process: subprocess.Popen[bytes] | None = None

    def connect(self, plan: HostPlan, *, is_cancelled: Callable[[], bool] = never) -> LineSocket:
        """A connection to the host, which is started if need be. Raises ModelUnavailable if none comes up."""
        patience = time.monotonic() + self._supervisor_seconds
        deadline = time.monotonic() + START_SECONDS
        while True:
            line = _greeted(plan)
            if line is not None:
                return line
            now = time.monotonic()
            if now > deadline or is_cancelled():
                raise ModelUnavailable(
                    "The language model's process does not start. Its log says why; restart Donovan, and "
                    "check that "
                    "the machine has memory to spare."
                )
            # A first start has nobody to wait for: without a lock file no supervisor has ever been here.
            if now > patience or not plan.lock_path.exists():
                self._start(plan)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End the host that this process has started, if any."""
        with self._lock:
            if self._leash >= 0:
                os.close(self._leash)
                self._leash = -1
            if self.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    self.process.terminate()
                self.process.wait()
                self.process = None

    def _start(self, plan: HostPlan) -> None:
        with self._lock:
            if self.process is not None and self.process.poll() is None:
                return
            if self._leash >= 0:
                os.close(self._leash)
            reading, self._leash = os.pipe()
            try:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "donovan.llm.start_host", *_told(plan), "--leash", str(reading)],
                    cwd=CODE,
                    pass_fds=(reading,),
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            finally:
                os.close(reading)


keeper = HostKeeper()


class HostedModel:
    """A language model behind the socket of the model host, as it is or with an adapter over it.

    The adapter is fixed when this is made, and every request names it: what `name` and `digest` say is what
    answers, or nothing does.
    """

    context_tokens = CONTEXT_TOKENS

    def __init__(
        self, plan: HostPlan, host_keeper: HostKeeper = keeper, *, adapter: Adapter | None = None
    ) -> None:
        self._plan = plan
        self._keeper = host_keeper
        self._adapter = adapter
        self.name = joint_name(plan.weights.name, adapter)
        self.digest = joint_digest(plan.weights.digest, adapter)

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` is for this model. Raises ModelUnavailable."""
        for _ in range(2):
            line = self._keeper.connect(self._plan)
            try:
                line.send({"op": "count", "text": text})
                answer = line.receive(timeout=START_SECONDS)
                if answer is not None:
                    _raise_if_unavailable(answer)
                    return int(answer["tokens"])
            except (OSError, ProtocolError, KeyError):
                pass
            finally:
                line.close()
        raise ModelUnavailable(_GIVEN_UP)

    def speed(self) -> Speed | None:
        """As the host measured it, None while it loads. Raises ModelUnavailable."""
        line = self._keeper.connect(self._plan)
        try:
            line.send({"op": "hello"})
            told = (line.receive(timeout=START_SECONDS) or {}).get("speed")
            return Speed(float(told["reads"]), float(told["writes"])) if isinstance(told, dict) else None
        except (OSError, ProtocolError, KeyError, TypeError, ValueError):
            return None
        finally:
            line.close()

    def generate(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool] = never
    ) -> Iterator[Event]:
        """See the interface. A host that dies is brought back once for each request."""
        try:
            yield from self._generate_once(request, is_cancelled)
            return
        except _HostLost:
            yield Restarted("The language model's process ended unexpectedly and is being started again.")
        try:
            yield from self._generate_once(request, is_cancelled)
        except _HostLost as error:
            raise ModelUnavailable(_GIVEN_UP) from error

    def _generate_once(self, request: GenerationRequest, is_cancelled: Callable[[], bool]) -> Iterator[Event]:
        line = self._keeper.connect(self._plan, is_cancelled=is_cancelled)
        try:
            try:
                if self._adapter is not None:
                    _hand_over(line, self._adapter)
                digest = self._adapter.digest if self._adapter else ""
                line.send({**request_message(request), "adapter": digest})
            except (OSError, ProtocolError) as error:
                raise _HostLost from error
            for event in _events(line, is_cancelled):
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            line.close()


_GIVEN_UP = (
    "The language model's process ended twice while working on this. Nothing was lost: ask again, and if "
    "it happens "
    "again, look into the log of the model host."
)


def _hand_over(line: LineSocket, adapter: Adapter) -> None:
    """Name the adapter to the host, and give it the file where the host does not hold it: after a start, or
    when others were used since. Raises _HostLost, ModelUnavailable.
    """
    line.send({"op": "adapter", "digest": adapter.digest})
    if _is_held(line):
        return
    descriptor = adapter.open()
    try:
        line.send_with({"op": "adapter", "digest": adapter.digest}, descriptor)
    finally:
        os.close(descriptor)
    if not _is_held(line):
        raise _HostLost


def _is_held(line: LineSocket) -> bool:
    answer = line.receive(timeout=START_SECONDS)
    if answer is None:
        raise _HostLost
    _raise_if_unavailable(answer)
    return answer.get("event") == "adapter" and bool(answer.get("is_held"))


def _events(line: LineSocket, is_cancelled: Callable[[], bool]) -> Iterator[Event]:
    """What the host says until the end of the generation. Raises _HostLost, or ModelUnavailable on its
    word.
    """
    heard_at = time.monotonic()
    cancelled_at: float | None = None
    while True:
        if cancelled_at is None and is_cancelled():
            cancelled_at = time.monotonic()
            with contextlib.suppress(OSError):
                line.send({"op": "cancel"})
        try:
            message = line.receive(timeout=POLL_SECONDS)
        except TimeoutError:
            if cancelled_at is not None and time.monotonic() - cancelled_at > CANCEL_SECONDS:
                yield Finished("cancelled", 0, 0, 0.0)
                return
            if time.monotonic() - heard_at > SILENCE_SECONDS:
                raise _HostLost from None
            continue
        except (OSError, ProtocolError) as error:
            raise _HostLost from error
        if message is None:
            if cancelled_at is not None:
                yield Finished("cancelled", 0, 0, 0.0)
                return
            raise _HostLost
        heard_at = time.monotonic()
        if message.get("event") == "alive":
            continue
        _raise_if_unavailable(message)
        yield event_from(message)


def _raise_if_unavailable(message: dict[str, object]) -> None:
    if message.get("event") != "unavailable":
        return
    sentence = str(message.get("sentence", ""))
    if message.get("code") == "too-long":
        raise PromptTooLong(sentence)
    raise ModelUnavailable(sentence)
