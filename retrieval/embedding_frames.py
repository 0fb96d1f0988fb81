"""Frames between the embedding host and its callers: a JSON head and raw float32, each with its length before
it.

One frame is: 4 bytes length of the head, 4 bytes length of the body (both big-endian), the head, the body.
Lengths are checked before anything is read; nothing that arrives is ever unpickled.
"""

import json
import socket
import struct
from pathlib import Path
from typing import Any

from .embedding_errors import EmbedderUnavailable

MOST_HEAD = 32 * 1024 * 1024
MOST_BODY = 256 * 1024 * 1024
_LENGTHS = struct.Struct("!II")


class FrameError(Exception):
    """The other side closed in the middle of a frame, or sent something that is none."""


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame."""
    encoded = json.dumps(head, ensure_ascii=False).encode("utf-8", "replace")
    connection.sendall(_LENGTHS.pack(len(encoded), len(body)) + encoded)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """One frame, or None when the other side has closed between frames. Raises FrameError."""
    lengths = _exactly(connection, _LENGTHS.size)
    if not lengths:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    if head_length > MOST_HEAD or body_length > MOST_BODY:
        raise FrameError("The frame is larger than any that is sent here.")
    encoded, body = _exactly(connection, head_length), _exactly(connection, body_length)
    if len(encoded) != head_length or len(body) != body_length:
        raise FrameError("The connection closed in the middle of a frame.")
    try:
        head = json.loads(encoded)
    except ValueError as error:
        raise FrameError("The head of the frame is not JSON.") from error
    if not isinstance(head, dict):
        raise FrameError("The head of the frame is not a JSON object.")
    return head, body


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            if parts:
                raise FrameError("The connection closed in the middle of a frame.")
            return b""
        parts += part
    return bytes(parts)


def ask_host(path: Path, head: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
    """One request to the host and its answer. Raises OSError, FrameError, and EmbedderUnavailable where the
    host says that it cannot.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        connection.connect(str(path))
        send(connection, head)
        answer = receive(connection)
    if answer is None:
        raise FrameError("The embedding host closed without an answer.")
    if "error" in answer[0]:
        raise EmbedderUnavailable(str(answer[0]["error"]))
    return answer
