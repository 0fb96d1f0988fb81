"""The process that holds the embedding model for everybody on the machine.

One thread a core takes one text at a time from a queue in which queries stand before passages, so that a
question waits for at most one passage however much is being ingested.

The host follows the pointer of `retrieval.serving`: it looks at it every second, and at once when a caller
names another model than the one it holds. A newly promoted model is loaded beside and then takes over; work
that was begun with the old one is finished with it, and then its memory is given back. A model that is
refused takes nobody's place: the old one stays, and callers are told the reason.
"""

import ctypes
import fcntl
import itertools
import logging
import math
import os
import queue
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import DatabaseError, close_old_connections

from . import reader_host, serving, tagger_host
from .embedding import (
    ROLE,
    LocalEmbedder,
    free_what_was_let_go,
    pointed_model,
    preload_engines,
    return_freed_memory,
)
from .embedding_errors import EmbedderUnavailable
from .embedding_frames import FrameError, receive, send
from .model_folders import folder_of
from .serving import Pointer

logger = logging.getLogger(__name__)

MOST_TEXTS = 512

LOOK_SECONDS = 1.0
"""Between two looks at the pointer when nobody hints that it moved."""

READY_SECONDS = 600.0
"""A model that was made ready and never came to serve is let go after this long."""

FREE_AFTER_SECONDS = 5.0
"""A model that was replaced is taken apart after this long: by then what was begun with it has ended."""

QUIET_SECONDS = 3.0
"""After this long without work the memory of the last batch goes back to the system."""

_QUERY, _PASSAGE = 0, 1
_M_ARENA_MAX = -8


class _Work:
    """The texts of one request and the places of their vectors."""

    def __init__(self, texts: Sequence[str], is_query: bool, embedder: LocalEmbedder) -> None:
        self.texts = texts
        self.is_query = is_query
        self.embedder = embedder
        self.vectors: npt.NDArray[np.float32] = np.zeros((len(texts), embedder.dimensions), dtype=np.float32)
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
    """The model and its queue. `serves` is the key of the pointer that the model was loaded for."""

    def __init__(self, embedder: LocalEmbedder, threads: int | None = None, *, serves: str = "") -> None:
        self._held = (embedder, serves)
        self._refused = ("", "")
        self._ready: tuple[LocalEmbedder, str, float] | None = None
        self._free_at = math.inf
        self._wanted = threading.Event()
        self._queue: queue.PriorityQueue[tuple[int, int, int, _Work]] = queue.PriorityQueue()
        self._turn = itertools.count()
        for number in range(threads or os.cpu_count() or 1):
            threading.Thread(target=self._work, name=f"embed-{number}", daemon=True).start()

    @property
    def embedder(self) -> LocalEmbedder:
        return self._held[0]

    def describe(self, key: str | None = None) -> dict[str, Any]:
        """Who this host is, as a frame head. `key` is the pointer as the caller sees it: it may be newer."""
        (embedder, serves), (refused, sentence) = self._held, self._refused
        if key is not None and key != serves:
            self._wanted.set()
        return {
            "name": embedder.name,
            "dimensions": embedder.dimensions,
            "languages": sorted(embedder.languages),
            "serves": serves,
            **({"refused": refused, "sentence": sentence} if sentence else {}),
        }

    def follow(self, at: Pointer, load: Callable[[Pointer], LocalEmbedder]) -> None:
        """Hold the model that the pointer `at` names. One that was refused is tried again when the pointer
        moved.
        """
        if at.key == self._held[1]:
            self._refused = ("", "")
            return
        if at.key == self._refused[0] and self._refused[1]:
            return
        ready = self._ready
        try:
            loaded = ready[0] if ready and ready[1] == at.key else load(at)
        except EmbedderUnavailable as error:
            logger.warning("The embedding host keeps its model: %s", error.sentence)
            self._refused = (at.key, error.sentence)
            return
        self._held, self._refused, self._ready = (loaded, at.key), ("", ""), None
        logger.info("Embedding host now holds %s", loaded.name)
        self._free_at = time.monotonic() + FREE_AFTER_SECONDS

    def make_ready(self, at: Pointer, load: Callable[[Pointer], LocalEmbedder]) -> None:
        """Load a model that is about to serve; it takes over when the pointer names it. Raises
        EmbedderUnavailable.
        """
        if at.key != self._held[1]:
            self._ready = (load(at), at.key, time.monotonic() + READY_SECONDS)

    def follow_for_ever(self, look: Callable[[], Pointer], load: Callable[[Pointer], LocalEmbedder]) -> None:
        """Follow the pointer that `look` gives, on the calling thread. `look` may raise DatabaseError."""
        while True:
            try:
                self.follow(look(), load)
            except DatabaseError as error:
                logger.warning("The embedding host could not look which model serves: %s", error)
            except Exception:
                # Whatever is wrong with one model must not end the thread that would load the next.
                logger.exception("The embedding host could not change its model.")
            self._let_go()
            self._wanted.wait(LOOK_SECONDS)
            # A caller that names a model that never comes must not make this a busy loop.
            time.sleep(0.05)
            self._wanted.clear()

    def _let_go(self) -> None:
        if self._ready and time.monotonic() > self._ready[2]:
            self._ready, self._free_at = None, 0.0
        if time.monotonic() >= self._free_at:
            self._free_at = math.inf
            free_what_was_let_go()

    def encode(self, texts: Sequence[str], *, is_query: bool, connection: socket.socket) -> _Work:
        """Queue texts and wait for their vectors, or until the caller at `connection` has gone."""
        work = _Work(texts, is_query, self.embedder)
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
                    work.vectors[position] = work.embedder.encode_one(
                        work.texts[position], is_query=work.is_query
                    )
            except Exception:
                # One text that the model cannot take must not end the thread that serves everybody.
                logger.exception("A text could not be embedded.")
                work.error = "A text could not be embedded. The log of the embedding host says why."
            finally:
                work.one_done()
                # While this thread waits for the next text it must not keep a model alive that was replaced.
                del work


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
            key = head.get("serves")
            send(self.request, host.describe(key if isinstance(key, str) else None))
            return
        if head.get("do") == "make ready":
            self._make_ready(str(head.get("name", "")), str(head.get("digest", "")))
            return
        if head.get("do") == "familiarity":
            self._tell_familiarity(str(head.get("text", "")))
            return
        if head.get("do") in reader_host.REQUESTS:
            send(self.request, reader_host.answer(head))
            return
        if head.get("do") in tagger_host.REQUESTS:
            send(self.request, tagger_host.answer(head))
            return
        texts = head.get("texts")
        if head.get("do") != "encode" or not _is_texts(texts):
            send(self.request, {"error": "The embedding host did not understand the request."})
            return
        if head.get("model", host.embedder.name) != host.embedder.name:
            # Told at once: the caller asked this host who it is before it changed to another model.
            send(self.request, {"name": host.embedder.name})
            return
        work = host.encode(texts or [], is_query=head.get("is_query") is True, connection=self.request)
        if work.error:
            send(self.request, {"error": work.error})
        elif not work.is_abandoned:
            send(self.request, {"name": work.embedder.name}, work.vectors.astype("<f4").tobytes())

    def _tell_familiarity(self, text: str) -> None:
        try:
            send(self.request, {"familiarity": self.server.host.embedder.familiarity(text)})
        except (ValueError, RuntimeError, IndexError):
            logger.exception("It could not be told how familiar a text is.")
            send(self.request, {"error": "A text could not be read. The log of the embedding host says why."})

    def _make_ready(self, name: str, digest: str) -> None:
        try:
            base = Pointer(None, base=serving.base_of(ROLE))
            at = Pointer(folder_of(ROLE, name), digest) if name and digest else base
            self.server.host.make_ready(at, _loaded)
            send(self.request, {"is_ready": True})
        except EmbedderUnavailable as error:
            send(self.request, {"error": error.sentence})
        except ValueError:
            send(self.request, {"error": "The embedding host knows no model of that name."})


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


def serve(path: Path) -> None:
    """Load the model that serves and answer at the Unix socket `path` until the process is ended.

    Raises EmbedderUnavailable when another host already holds the socket or the model cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EmbedderUnavailable(f"Another embedding host already answers at {path}.") from error
        preload_engines()
        at = serving.pointer(ROLE)
        host = EmbeddingHost(_loaded(at), serves=at.key)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = _Server(path, host)
        finally:
            os.umask(before)
        following = threading.Thread(
            target=host.follow_for_ever, args=(_look, _loaded), name="follow", daemon=True
        )
        following.start()
        threading.Thread(target=reader_host.warm_up, name="reader", daemon=True).start()
        logger.info("Embedding host ready: %s", host.embedder.name)
        with server:
            server.serve_forever()


def _loaded(at: Pointer) -> LocalEmbedder:
    return LocalEmbedder(pointed_model(at))


def _look() -> Pointer:
    close_old_connections()
    return serving.pointer(ROLE)
