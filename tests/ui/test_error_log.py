"""A page that fails is told in the log: where it failed, and not one word of what it failed at."""

import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.library.views import search

WORDS = "zanzibarfisch"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the handlers of Django's logger write."""
    written = StringIO()
    (handler,) = logging.getLogger("django").handlers
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def failing_client(
    client_for: Callable[[User], Client], ana: User, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Ana's browser, and a search that fails with her words in the error."""

    def fails(*_arguments: object, **_options: object) -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"nothing is known of {WORDS}") from error

    monkeypatch.setattr(search, "render", fails)
    client = client_for(ana)
    client.raise_request_exception = False
    return client


def test_the_log_says_where_a_page_failed_and_not_at_what(failing_client: Client, log: StringIO) -> None:
    response = failing_client.get("/search/", {"q": WORDS})
    assert response.status_code == 500
    assert "Nothing you handed in was lost" in response.content.decode()
    told = log.getvalue()
    assert told.count("ERROR django.request: Internal Server Error: /search/\n") == 1
    assert "donovan/library/views/search.py:" in told
    assert told.rstrip().splitlines()[-1] == "builtins.ValueError"
    assert "builtins.KeyError" in told.splitlines()
    assert WORDS not in told
    assert WORDS not in response.content.decode()


@pytest.mark.django_db
def test_what_is_not_there_is_no_error(
    client_for: Callable[[User], Client], ana: User, log: StringIO
) -> None:
    assert client_for(ana).get("/no/such/page/").status_code == 404
    assert log.getvalue() == ""
