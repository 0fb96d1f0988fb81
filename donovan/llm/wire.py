"""The protocol between the model host and those who ask it: one JSON object a line over a Unix socket.

To the host: {"op": "hello"}, {"op": "count", "text"}, {"op": "generate", ...the fields of
GenerationRequest} and, while a generation runs, {"op": "cancel"}. From the host: {"event": ...} with the
fields of the event; besides the events of the interface "hello", "count", "alive" (nothing new, but I live)
and "unavailable". Sizes are capped on both sides.
"""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from donovan.llm.interface import (
    Event,
    Finished,
    GenerationRequest,
    Message,
    Queued,
    Restarted,
    Started,
    Token,
)

LONGEST_LINE = 4 * 1024 * 1024
LONGEST_READ = 65536
ALIVE_SECONDS = 5.0
_EVENTS: dict[str, type[Any]] = {
    "queued": Queued,
    "restarted": Restarted,
    "started": Started,
    "token": Token,
    "finished": Finished,
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}
_ROLES = frozenset({"system", "user", "assistant"})


class ProtocolError(Exception):
    """The other side sent what the protocol does not know."""


def encode(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def event_message(event: Event) -> dict[str, Any]:
    return {"event": _NAMES[type(event)], **asdict(event)}


def event_from(message: Mapping[str, Any]) -> Event:
    """The event of a line from the host. Raises ProtocolError."""
    fields = dict(message)
    kind = _EVENTS.get(str(fields.pop("event", "")))
    if kind is None:
        raise ProtocolError(f"unknown event {message.get('event')!r}")
    try:
        event: Event = kind(**fields)
    except TypeError as error:
        raise ProtocolError(str(error)) from error
    return event


def request_message(request: GenerationRequest) -> dict[str, Any]:
    return {"op": "generate", **asdict(request)}


def request_from(message: Mapping[str, Any]) -> GenerationRequest:
    """The request of a line from a client, every field checked. Raises ProtocolError."""
    try:
        turns = tuple(Message(turn["role"], str(turn["content"])) for turn in message["messages"])
        request = GenerationRequest(
            messages=turns,
            max_tokens=int(message["max_tokens"]),
            temperature=float(message.get("temperature", 0.0)),
            seed=int(message.get("seed", 0)),
            stop=tuple(str(text) for text in message.get("stop", ()) if text),
            requester=str(message.get("requester", ""))[:200],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"the request cannot be read: {error}") from error
    if not turns or any(turn.role not in _ROLES for turn in turns):
        raise ProtocolError("the request holds no messages, or one with an unknown role")
    if request.max_tokens < 1 or not 0 <= request.temperature <= 10:
        raise ProtocolError("max_tokens must be at least 1 and temperature between 0 and 10")
    return request


class LineSocket:
    """JSON lines over a connected socket. One thread reads and one writes.

    Descriptors are taken only where `takes_descriptors` says so, and one at a time.
    """

    def __init__(self, connection: socket.socket, *, takes_descriptors: bool = False) -> None:
        self._socket = connection
        self._buffer = bytearray()
        self._takes_descriptors = takes_descriptors
        self._descriptors: list[int] = []

    def send(self, message: Mapping[str, Any]) -> None:
        self._socket.sendall(encode(message))

    def send_with(self, message: Mapping[str, Any], descriptor: int) -> None:
        """Send a short message together with an open descriptor, of which the other side gets its own."""
        data = encode(message)
        sent = socket.send_fds(self._socket, [data], [descriptor])
        self._socket.sendall(data[sent:])

    def take_descriptor(self) -> int | None:
        """The descriptor that came with what was received, None without one. The caller closes it."""
        return self._descriptors.pop() if self._descriptors else None

    def receive(self, timeout: float | None = None) -> dict[str, Any] | None:
        """The next message, or None when the other side has closed.

        Raises TimeoutError when `timeout` seconds pass without a whole line, and ProtocolError for a line
        that is too long or not a JSON object.
        """
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LONGEST_LINE:
                raise ProtocolError(f"a line of more than {LONGEST_LINE} bytes")
            self._socket.settimeout(timeout)
            try:
                chunk = self._read_some()
            finally:
                self._socket.settimeout(None)
            if not chunk:
                return None
            self._buffer += chunk
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ProtocolError("a line that is not JSON") from error
        if not isinstance(message, dict):
            raise ProtocolError("a line that is not an object")
        return message

    def close(self) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()
        self._socket.close()

    def _read_some(self) -> bytes:
        if not self._takes_descriptors:
            return self._socket.recv(LONGEST_READ)
        chunk, given, _flags, _address = socket.recv_fds(self._socket, LONGEST_READ, 1)
        self._descriptors += given
        if len(self._descriptors) > 1:
            raise ProtocolError("more descriptors than asked for")
        return chunk
