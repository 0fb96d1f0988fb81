"""What was made of a document is closed with it: relabelled above its reader, or removed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant import selectors
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer
from donovan.assistant.views.streams import _frame_if_readable
from donovan.library import services
from donovan.library.callers import Caller
from ingest.models import Document

from .conftest import Asker

ClientFor = Callable[[User], Client]
QUESTION = "What is the load limit of the Orlov bridge?"


@pytest.fixture
def answer(ask: Asker, ben: User) -> Answer:
    made, _ = ask(ben, QUESTION)
    assert made.text and selectors.is_readable(scope_for(ben), made)
    return made


def raise_marking(document: Document, rita: User) -> None:
    services.relabel(Caller.named(rita, source="test"), document.pk, marking="SECRET")


def remove(document: Document, rita: User) -> None:
    services.remove(Caller.named(rita, source="test"), document.pk)


@pytest.mark.parametrize("close", [raise_marking, remove])
def test_an_answer_and_the_name_of_its_thread_are_closed_with_their_document(
    close: Callable[[Document, User], None],
    answer: Answer,
    archive: dict[str, Document],
    cast: dict[str, User],
    client_for: ClientFor,
) -> None:
    ben = cast["ben"]
    pages = [reverse("assistant:thread", args=[answer.thread_id]), reverse("assistant:home")]
    assert all("load limit of the Orlov" in client_for(ben).get(page).content.decode() for page in pages)
    close(archive["bridge"], cast["rita"])
    for page in pages:
        shown = client_for(ben).get(page).content.decode()
        assert "Orlov" not in shown and "40 tonnes" not in shown
        assert "resting on what you may not read now" in shown
    for name in ("answer", "events"):
        assert client_for(ben).get(reverse(f"assistant:{name}", args=[answer.pk])).status_code == 404


def test_who_may_read_the_higher_marking_reads_on(
    ask: Asker, archive: dict[str, Document], cast: dict[str, User]
) -> None:
    made, _ = ask(cast["ana"], QUESTION)
    raise_marking(archive["bridge"], cast["rita"])
    assert selectors.is_readable(scope_for(cast["ana"]), made)


@pytest.mark.django_db(transaction=True)
def test_words_in_the_making_stop_when_what_was_shown_before_them_is_closed(
    archive: dict[str, Document], cast: dict[str, User]
) -> None:
    ben, document = cast["ben"], archive["bridge"]
    draft = AskEvent("draft", {"text": "The load limit is"}, (document.label,))
    assert _frame_if_readable(draft, 3, ben, frozenset({document.pk})) is not None
    raise_marking(document, cast["rita"])
    assert _frame_if_readable(draft, 3, ben, frozenset({document.pk})) is None


def test_a_follow_up_leans_on_no_answer_that_is_closed(
    answer: Answer, ask: Asker, archive: dict[str, Document], cast: dict[str, User]
) -> None:
    open_one, _ = ask(cast["ben"], "And who is its engineer?", thread=answer.thread)
    assert "Orlov" in open_one.read_as
    raise_marking(archive["bridge"], cast["rita"])
    closed, _ = ask(cast["ben"], "And who is its engineer?", thread=answer.thread)
    assert "Orlov" not in closed.read_as
