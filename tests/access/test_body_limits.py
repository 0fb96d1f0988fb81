"""What a request may bring is decided by its length, its sender and its view, before any of it is kept."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections
from django.test import Client

from donovan.access import body_limits
from donovan.access.body_limits import UNSIGNED_BYTES, BodyLimit, SpoolingHandler
from donovan.access.models import OpenSession, User
from donovan.asgi import application as whole_site

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
Sent = Callable[..., tuple[int, int, bytes]]


async def _spooling(scope: Any, receive: Any, send: Any) -> None:
    """An application that takes everything in, as Django does."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"taken"})


@pytest.fixture
def sent() -> Sent:
    """`sent(path, size, client)` is the status, the bytes that were read off the line, and the page.

    Without `says_length` the body comes in parts and does not say how long it is.
    """

    def act(
        path: str, size: int, client: Client | None = None, *, says_length: bool = True, says: bytes = b"",
        whole: bool = False,
    ) -> tuple[int, int, bytes]:  # fmt: skip
        headers = [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")]
        if says_length:
            headers.append((b"content-length", says or str(size).encode()))
        if client is not None:
            headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": headers, "http_version": "1.1", "scheme": "http", "server": ("localhost", 80),
            "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"}, "root_path": "",
        }  # fmt: skip
        read, answers = 0, []

        async def receive() -> dict[str, Any]:
            nonlocal read
            if read >= size:
                await asyncio.sleep(3600)
            part = b"x" * min(65_000, size - read)
            read += len(part)
            return {"type": "http.request", "body": part, "more_body": read < size}

        async def send(message: Any) -> None:
            answers.append(message)

        def apart() -> None:
            application = whole_site if whole else BodyLimit(_spooling)
            try:
                asyncio.run(asyncio.wait_for(application(scope, receive, send), 30))  # type: ignore[arg-type]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(apart).result()
        body = b"".join(message.get("body", b"") for message in answers)
        return int(answers[0]["status"]), read, body

    return act


def test_who_is_not_signed_in_brings_next_to_nothing(sent: Sent) -> None:
    for path in ("/upload/", "/sign-in/", "/no/such/page/", "/static/ui/ui.css"):
        assert sent(path, UNSIGNED_BYTES)[0] == 200
        assert sent(path, UNSIGNED_BYTES + 1)[:2] == (413, 0)
        status, read, _ = sent(path, 50 * MEGABYTE, says_length=False)
        assert status == 413 and read < UNSIGNED_BYTES + 130_000


def test_who_is_signed_in_brings_a_form_and_files_only_where_files_are_taken(
    sent: Sent, client_for: Callable[[User], Client], people: dict[str, User], settings: LazySettings
) -> None:
    ana = client_for(people["ana"])
    assert sent("/upload/", 8 * MEGABYTE, ana)[0] == 200
    assert sent("/upload/", 8 * MEGABYTE, ana, says_length=False)[0] == 200
    assert sent("/ask/", 4 * MEGABYTE, ana)[:2] == (413, 0)
    assert sent("/upload/", 1, ana, says=str(settings.MAX_FORM_MB * MEGABYTE + 1).encode())[:2] == (413, 0)
    # Only who may enter the view brings what it takes.
    assert sent("/datasets/import/", 4 * MEGABYTE, ana)[:2] == (413, 0)
    assert sent("/datasets/import/", 4 * MEGABYTE, client_for(people["mia"]))[0] == 200


def test_a_session_that_has_ended_brings_no_more_than_nobody(
    sent: Sent, client_for: Callable[[User], Client], people: dict[str, User]
) -> None:
    ana = client_for(people["ana"])
    OpenSession.objects.update(end_reason="signed out", ended_at="2026-01-01T00:00:00Z")
    assert sent("/upload/", 8 * MEGABYTE, ana)[:2] == (413, 0)


def test_a_length_that_is_none_is_refused(sent: Sent) -> None:
    for says in (b"-1", b"1e9", b"0x10", b"9" * 40, "٣".encode()):
        assert sent("/upload/", 10, says=says)[:2] == (400, 0)


def test_what_the_disk_has_no_room_for_is_refused_by_its_length(
    sent: Sent, client_for: Callable[[User], Client], people: dict[str, User], settings: LazySettings
) -> None:
    settings.DISK_RESERVE_MB = 1 << 40
    status, read, body = sent("/upload/", 8 * MEGABYTE, client_for(people["ana"]))
    assert (status, read) == (507, 0)
    assert "not enough room" in body.decode()


def test_one_person_does_not_bring_any_number_at_once(settings: LazySettings) -> None:
    settings.MAX_FORM_MB = 1
    limit = BodyLimit(_spooling)
    limit._begin(1, 2 * MEGABYTE)
    with pytest.raises(body_limits._Refused):
        limit._begin(1, 2 * MEGABYTE)
    limit._begin(2, 2 * MEGABYTE)
    limit._end(1, 2 * MEGABYTE)
    limit._begin(1, 2 * MEGABYTE)


def test_the_site_itself_stands_behind_it_and_spools_beside_its_data(
    sent: Sent, settings: LazySettings
) -> None:
    assert isinstance(whole_site, BodyLimit)
    status, read, body = sent("/upload/", 600 * MEGABYTE, whole=True)
    assert (status, read) == (413, 0)
    assert "Send less" in body.decode()


def test_a_large_body_lies_beside_the_originals(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    parts = [{"type": "http.request", "body": b"x" * (3 * MEGABYTE), "more_body": False}]

    async def receive() -> Any:
        return parts.pop()

    with asyncio.run(SpoolingHandler().read_body(receive)) as body:
        place = Path(f"/proc/self/fd/{body.fileno()}").readlink()
    assert place.is_relative_to(tmp_path)
