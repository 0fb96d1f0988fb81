"""What is no question, or no document to speak of, ends in one sentence, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import Collection, Membership, User
from donovan.assistant.models import Answer
from donovan.assistant.reading import ONE_WORD, UNREAD
from donovan.assistant.spans import LONGEST_SPAN, cut
from ingest.models import Document
from retrieval.embedding import get_embedder
from tests.assistant.conftest import Asker
from tests.assistant.material import add_document, index_all

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("wordy " * 16_667, "characters; 4,000 is the most that is taken"),
        ("?!… ¿?", "The question holds no words."),
        ("", "There is no question."),
    ],
)
def test_what_cannot_be_asked_stays_in_the_box_with_one_sentence(
    archive: dict[str, Document], ben: User, client_for: ClientFor, typed: str, sentence: str
) -> None:
    given = {"question": typed, "document": str(archive["bridge"].pk)}
    response = client_for(ben).post(reverse("assistant:start"), given)
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count("notice--error") == 1
    assert sentence in page
    assert f"autofocus>{typed}</textarea>" in page
    assert f'name="document" value="{archive["bridge"].pk}"' in page, (
        "what was asked about is not lost either"
    )
    assert not Answer.objects.exists()


def test_one_word_finds_what_speaks_of_it_and_says_so(ask: Asker, ben: User) -> None:
    answer, _events = ask(ben, "Orlov")
    assert answer.notice == ONE_WORD
    assert answer.state == Answer.State.DONE
    assert any("Orlov" in passage["text"] for passage in answer.evidence)


def test_a_question_in_a_language_that_no_model_reads_says_that_its_words_were_compared(
    ask: Asker, ben: User
) -> None:
    answer, _events = ask(ben, "ორლოვის ხიდი როდის დაიხურა Orlov?")
    assert answer.notice == ("" if get_embedder().reads("ka") else UNREAD)
    assert answer.state == Answer.State.DONE


def test_a_collection_with_nothing_in_it_was_not_searched(ask: Asker, ben: User) -> None:
    empty = Collection.objects.create(slug="attic", title="Attic")
    Membership.objects.create(user=ben, collection=empty)
    answer, _events = ask(ben, "When was the Orlov bridge closed?", collection="attic")
    assert answer.ending == Answer.Ending.NOTHING
    assert answer.text == "Nothing was searched: what was asked about holds no document that you may read."
    assert answer.evidence == []


@pytest.mark.parametrize(
    "line",
    [
        "The pumps of shed nine were checked, and nothing was found. " * 3_000,
        "pumps shed nine checked nothing found " * 4_000,
        "x" * 100_000,
    ],
    ids=["sentences", "words", "one word"],
)
def test_a_document_that_is_all_one_line_is_cut_without_losing_a_word(line: str) -> None:
    places = list(cut(line))
    assert all(0 < end - start <= LONGEST_SPAN for start, end in places)
    assert "".join(line[start:end] for start, end in places).replace(" ", "") == line.replace(" ", "")


def test_a_fact_inside_a_document_of_one_line_is_found(
    archive: dict[str, Document], ask: Asker, ben: User
) -> None:
    filling = "The pumps of shed nine were checked, and nothing was found. " * 40
    add_document("Log in one line", f"{filling}The Halma tower is 62 metres high. {filling}")
    index_all()
    answer, _events = ask(ben, "How high is the Halma tower?")
    shown = [answer.text, *(row["text"] for row in answer.result.get("nearest", []))]
    assert any("62 metres" in text for text in shown)
    assert not any(len(text) > LONGEST_SPAN for text in shown)
