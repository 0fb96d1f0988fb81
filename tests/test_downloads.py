"""Files leave through the same server as at work, an asynchronous one, whole and under their marking."""

import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.db import connections
from django.http import HttpResponseBase
from django.test import AsyncClient, Client
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.datasets.publishing import publish
from donovan.library.callers import Caller
from tests.feedback.datasets.conftest import row
from tests.insight.tables.conftest import Tables, tables_of  # noqa: F401 - fixture
from tests.library.conftest import HandIn, hand_in  # noqa: F401 - fixture

# What Django says where a file is taken from the disk as a whole before it is sent.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]

Fetch = Callable[..., tuple[HttpResponseBase, bytes]]


@pytest.fixture(autouse=True)
def _folders_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATASETS_DIR = tmp_path / "datasets"
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()


@pytest.fixture
def fetch(client_for: Callable[[User], Client]) -> Fetch:
    """`fetch(ana, "/documents/.../original/")` is the answer of the asynchronous server, and its whole body.
    With `sent` it is a form that is sent.
    """

    def act(user: User, path: str, sent: dict[str, str] | None = None) -> tuple[HttpResponseBase, bytes]:
        client = AsyncClient()
        client.cookies = client_for(user).cookies

        async def whole() -> tuple[HttpResponseBase, bytes]:
            response = await (client.get(path) if sent is None else client.post(path, sent))
            if not response.streaming:
                return response, response.content
            return response, b"".join([part async for part in response])

        def apart() -> tuple[HttpResponseBase, bytes]:
            try:
                return async_to_sync(whole)()
            finally:
                connections.close_all()

        # The browser of other tests keeps a loop in this thread.
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(apart).result()

    return act


def test_an_original_leaves_as_it_came(fetch: Fetch, hand_in: HandIn, ana: User, ben: User) -> None:  # noqa: F811
    content = b"The weir above Sutina failed.\n" * 20_000
    document = hand_in(ana, content, "weir.txt", marking="SECRET//NOFORN", is_read=False)
    path = reverse("library:original", args=[document.pk])
    response, body = fetch(ana, path)
    assert response.status_code == 200
    assert body == content
    assert response["X-Marking"] == "SECRET//NOFORN"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Cache-Control"] == "private, no-store"
    assert fetch(ben, path)[0].status_code == 404


def test_rows_of_a_table_leave_between_their_markings(fetch: Fetch, tables_of: Tables, ana: User) -> None:  # noqa: F811
    table = tables_of("camp,people\nLipa,1200\nJasen,900\n", "camps.csv", marking="CUI")[0]
    sql = "SELECT * FROM camps"
    response, body = fetch(ana, reverse("tables:export", args=[table.pk]), {"sql": sql})
    assert response.status_code == 200, body.decode()
    assert body.decode().splitlines() == ["CUI", "_row,camp,people", "2,Lipa,1200", "3,Jasen,900", "CUI"]
    assert response["X-Marking"] == "CUI"


def test_a_data_set_leaves_as_a_whole_archive(fetch: Fetch, mia: User) -> None:
    label_for("relief", parse_marking("UNCLASSIFIED"))
    rows = [row(number, split=("train", "dev", "test")[number % 3]) for number in range(12)]
    caller = Caller.named(mia, source="test")
    version = publish(caller, "classes", "document_class", rows, {}, action="built").version
    path = reverse("datasets:export", args=[version.dataset_id, version.number])
    response, body = fetch(mia, path, {"form": "jsonl"})
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        lines = sum(archive.read(name).count(b"\n") for name in archive.namelist() if name.endswith(".jsonl"))
    assert lines == len(rows)
