"""How much a request may bring, decided before any of it is kept.

A body that says its length is refused by it; one that does not is cut where it passes. Who is not signed in
brings 64 KB, enough for the form to sign in; who is, 3 MB, and what a view that takes files declares
(`donovan.access.entry`).
"""

import json
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.db import DatabaseError, close_old_connections
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve

from donovan.access.entry import entry_rule
from donovan.access.middleware import SESSION_KEY
from donovan.access.models import User
from donovan.access.sign_in import is_open

UNSIGNED_BYTES = 64 * 1024
SIGNED_BYTES = 3 * 1024 * 1024
TOO_MUCH = "This is more than the page takes in at once. Send less, or one file at a time."
NO_ROOM = (
    "There is not enough room on the disk of this system for it. Nothing was kept; tell the system owner."
)
UNCLEAR = "The length of what was sent cannot be understood."

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Allowance:
    """What one request may bring, in bytes; for whom it is counted."""

    most: int
    person: int | None = None


class _Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class BodyLimit:
    """The ASGI application inside, which sees no more of a request than its sender may bring."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._coming: dict[int, int] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        body = _Body(scope, receive)
        answer = _Answer(send)
        person, counted = None, 0
        try:
            declared = _declared(scope)
            if declared is not None and declared > UNSIGNED_BYTES:
                allowance = await body.allowance()
                _check(declared, allowance)
                person, counted = allowance.person, declared
                self._begin(person, counted)
            await self._application(scope, body.receive, answer.send)
        except _Refused as refused:
            await _refuse(scope, send, refused)
            return
        finally:
            self._end(person, counted)
        if body.refused is not None and not answer.has_begun:
            await _refuse(scope, send, body.refused)

    def _begin(self, person: int | None, size: int) -> None:
        if person is None:
            return
        with self._lock:
            coming = self._coming.get(person, 0)
            if coming and coming + size > 2 * settings.MAX_FORM_MB * 1024 * 1024:
                raise _Refused(413, TOO_MUCH)
            self._coming[person] = coming + size

    def _end(self, person: int | None, size: int) -> None:
        if person is None or not size:
            return
        with self._lock:
            left = self._coming.get(person, 0) - size
            if left > 0:
                self._coming[person] = left
            else:
                self._coming.pop(person, None)


class _Body:
    """What arrives, counted. Past what is allowed the application is told that its sender went away."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._seen = 0
        self._allowance: Allowance | None = None
        self.refused: _Refused | None = None

    async def allowance(self) -> Allowance:
        if self._allowance is None:
            self._allowance = await sync_to_async(allowance_of)(self._scope)
        return self._allowance

    async def receive(self) -> Message:
        if self.refused is not None:
            return {"type": "http.disconnect"}
        message: Message = await self._receive()
        if message["type"] != "http.request":
            return message
        self._seen += len(message.get("body", b""))
        if self._seen > UNSIGNED_BYTES:
            try:
                _check(self._seen, await self.allowance())
            except _Refused as refused:
                self.refused = refused
                return {"type": "http.disconnect"}
        return message


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def send(self, message: Message) -> None:
        self.has_begun = True
        await self._send(message)


class SpoolingHandler(ASGIHandler):
    """Django's handler, which keeps a body that is too large for memory beside the originals instead of where
    the system keeps what is temporary, and sends what leaves in parts as they are asked for. Django by itself
    would read a file to its end before it sends the first of it.
    """

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await super().run_get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _parts(iter(response.streaming_content))  # type: ignore[arg-type]
        return response

    async def read_body(self, receive: Receive) -> IO[bytes]:
        body: IO[bytes] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the handler closes it
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b", dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body", False):
                break
        body.seek(0)
        return body


async def _parts(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each part is read when the one before it was sent, in the thread of its request."""
    take = sync_to_async(partial(next, parts, None))
    while (part := await take()) is not None:
        yield part


def allowance_of(scope: Message) -> Allowance:
    """What the sender of a request may bring, by the session of its cookie and the view it asks for."""
    nobody = Allowance(UNSIGNED_BYTES)
    if scope["method"] in {"GET", "HEAD", "OPTIONS", "TRACE"}:
        return nobody
    close_old_connections()
    try:
        user = _person(scope)
        if user is None:
            return nobody
        rule = entry_rule(resolve(str(scope["path"])).func)
    except (DatabaseError, Http404):
        return nobody
    finally:
        close_old_connections()
    if rule is None or not rule.needs_sign_in or not rule.admits(user.role):
        return nobody
    most = max(SIGNED_BYTES, (rule.body_megabytes or 0) * 1024 * 1024)
    return Allowance(most, user.pk)


def _person(scope: Message) -> User | None:
    """Whose open session the cookie names. Nothing is changed: that the session ended is noted elsewhere."""
    try:
        cookies = SimpleCookie(_header(scope, b"cookie").decode("latin-1"))
    except CookieError:
        return None
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is None:
        return None
    request = HttpRequest()
    request.session = SessionStore(cookie.value)
    user = get_user(request)
    return user if isinstance(user, User) and is_open(user, request.session.get(SESSION_KEY)) else None


def _check(size: int, allowance: Allowance) -> None:
    if size > allowance.most:
        raise _Refused(413, TOO_MUCH)
    # A form stands on the disk twice for a moment: as it came, and file by file.
    free = shutil.disk_usage(Path(settings.FILE_UPLOAD_TEMP_DIR)).free
    if free < 2 * size + settings.DISK_RESERVE_MB * 1024 * 1024:
        raise _Refused(507, NO_ROOM)


def _declared(scope: Message) -> int | None:
    text = _header(scope, b"content-length").decode("latin-1").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _Refused(400, UNCLEAR)
    return int(text)


def _header(scope: Message, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key.lower() == name), b"")


async def _refuse(scope: Message, send: Send, refused: _Refused) -> None:
    """The sentence, as a bare page or for a program. The connection ends: nobody reads what still comes."""
    if b"application/json" in _header(scope, b"accept") and b"text/html" not in _header(scope, b"accept"):
        kind, files = "application/json", [{"name": "", "outcome": "refused", "sentence": refused.sentence}]
        text = json.dumps({"problem": refused.sentence, "files": files})
    else:
        kind = "text/html; charset=utf-8"
        text = (
            f'<!doctype html><html lang="en"><title>Not taken in</title><h1>Not taken in</h1>'
            f"<p>{refused.sentence}</p>"
        )
    body = text.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"private, no-store"),
        (b"content-security-policy", b"default-src 'none'"),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
