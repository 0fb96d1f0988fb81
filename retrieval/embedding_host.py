"""The process that holds the embedding model for everybody on the machine.

One thread a core takes one text at a time from a queue in which queries stand before passages, so that a
question waits for at most one passage however much is being ingested.
"""

import ctypes
import fcntl
import itertools
import logging
import os
import queue
import socket
import socketserver
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .embedding import LocalEmbedder, return_freed_memory
from .embedding_errors import EmbedderUnavailable
from .embedding_frames import FrameError, receive, send

logger = logging.getLogger(__name__)

MOST_TEXTS = 512

QUIET_SECONDS = 3.0
"""After this long without work the memory of the last batch goes back to the system."""

_QUERY, _PASSAGE = 0, 1
_M_ARENA_MAX = -8


class _Work:
    """The texts of one request and the places of their vectors."""

    def __init__(self, texts: Sequence[str], is_query: bool, dimensions: int) -> None:
        self.texts = texts
        self.is_query = is_query
        self.vectors: npt.NDArray[np.float32] = np.zeros((len(texts), dimensions), dtype=np.float32)
        self.error: str = ""
        self.is_abandoned = False
        self._left = len(texts)
        self._lock = threading.Lock()
        self.finished = threading.Event()
        if not texts:
            self.finished.set()

    def one_done(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.finished.set()


class EmbeddingHost:
    """The model and its queue."""

    def __init__(self, embedder: LocalEmbedder, threads: int | None = None) -> None:
        self.embedder = embedder
        self._queue: queue.PriorityQueue[tuple[int, int, int, _Work]] = queue.PriorityQueue()
        self._turn = itertools.count()
        for number in range(threads or os.cpu_count() or 1):
            threading.Thread(target=self._work, name=f"embed-{number}", daemon=True).start()

    def describe(self) -> dict[str, Any]:
        """Who this host is, as a frame head."""
        return {
            "name": self.embedder.name,
            "dimensions": self.embedder.dimensions,
            "languages": sorted(self.embedder.languages),
        }

    def encode(self, texts: Sequence[str], *, is_query: bool, connection: socket.socket) -> _Work:
        """Queue texts and wait for their vectors, or until the caller at `connection` has gone."""
        work = _Work(texts, is_query, self.embedder.dimensions)
        rank = _QUERY if is_query else _PASSAGE
        for position in range(len(texts)):
            self._queue.put((rank, next(self._turn), position, work))
        while not work.finished.wait(1.0):
            if _has_gone(connection):
                work.is_abandoned = True
                break
        return work

    def _work(self) -> None:
        while True:
            try:
                _, _, position, work = self._queue.get(timeout=QUIET_SECONDS)
            except queue.Empty:
                return_freed_memory()
                _, _, position, work = self._queue.get()
            try:
                if not work.is_abandoned:
                    work.vectors[position] = self.embedder.encode_one(
                        work.texts[position], is_query=work.is_query
                    )
            except Exception:
                # One text that the model cannot take must not end the thread that serves everybody.
                logger.exception("A text could not be embedded.")
                work.error = "A text could not be embedded. The log of the embedding host says why."
            finally:
                work.one_done()


def share_one_heap() -> None:
    """Let all threads of this process share one heap: each would otherwise keep its own, mostly empty."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 1)


def _has_gone(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class _Caller(socketserver.BaseRequestHandler):
    """One connection: frames in, frames out, until the caller closes."""

    server: "_Server"

    def handle(self) -> None:
        try:
            while (asked := receive(self.request)) is not None:
                self._answer(asked[0])
        except (FrameError, OSError):
            # A caller that was killed, or that speaks something else, is its own business.
            return

    def _answer(self, head: dict[str, Any]) -> None:
        host = self.server.host
        if head.get("do") == "describe":
            send(self.request, host.describe())
            return
        texts = head.get("texts")
        if head.get("do") != "encode" or not _is_texts(texts):
            send(self.request, {"error": "The embedding host did not understand the request."})
            return
        work = host.encode(texts or [], is_query=head.get("is_query") is True, connection=self.request)
        if work.error:
            send(self.request, {"error": work.error})
        elif not work.is_abandoned:
            send(self.request, {"name": host.embedder.name}, work.vectors.astype("<f4").tobytes())


def _is_texts(value: object) -> bool:
    return (
        isinstance(value, list) and len(value) <= MOST_TEXTS and all(isinstance(text, str) for text in value)
    )


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, host: EmbeddingHost) -> None:
        self.host = host
        super().__init__(str(path), _Caller)


def serve(path: Path, folder: Path) -> None:
    """Load the model in `folder` and answer at the Unix socket `path` until the process is ended.

    Raises EmbedderUnavailable when another host already holds the socket or the model cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EmbedderUnavailable(f"Another embedding host already answers at {path}.") from error
        host = EmbeddingHost(LocalEmbedder(folder))
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = _Server(path, host)
        finally:
            os.umask(before)
        logger.info("Embedding host ready: %s", host.embedder.name)
        with server:
            server.serve_forever()
