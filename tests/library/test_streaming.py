"""What leaves is read as it is sent: a large original costs the web service next to no memory."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.asgi import application
from tests.library.conftest import HandIn

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024


def fetched(client: Client, path: str) -> tuple[int, int, str, int]:
    """Status, bytes, SHA-256 and the number of parts of what the whole site sends."""
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie)], "http_version": "1.1", "scheme": "http",
        "server": ("localhost", 80), "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"}, "root_path": "",
    }  # fmt: skip
    sha, statuses, sizes = hashlib.sha256(), [], []
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.sleep(3600)
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            sha.update(message.get("body", b""))
            sizes.append(len(message.get("body", b"")))

    def apart() -> None:
        try:
            asyncio.run(asyncio.wait_for(application(scope, receive, send), 120))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(apart).result()
    return statuses[0], sum(sizes), sha.hexdigest(), len(sizes)


def test_a_large_original_is_never_in_memory_as_a_whole(
    hand_in: HandIn, client_for: Callable[[User], Client], people: dict[str, User]
) -> None:
    content = b"The weir above Sutina failed.\n" * (64 * MEGABYTE // 30)
    wanted = hashlib.sha256(content).hexdigest()
    size = len(content)
    document = hand_in(people["ana"], content, "weir.txt", marking="UNCLASSIFIED", is_read=False)
    del content
    client = client_for(people["ana"])
    tracemalloc.start()
    try:
        status, sent, digest, parts = fetched(client, reverse("library:original", args=[document.pk]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (status, sent, digest) == (200, size, wanted)
    assert parts > 500
    assert peak < 30 * MEGABYTE
