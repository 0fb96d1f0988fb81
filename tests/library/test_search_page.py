"""Search: what was found, what was searched, and a sentence for everything else."""

import hashlib
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from tests.library.conftest import HandIn


def test_hits_lead_to_the_words_and_mark_the_terms(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client]
) -> None:
    document = hand_in(ben, "Cholera at <Camp Jasen>: 40 cases & rising.", "jasen.txt", marking="CUI")
    response = client_for(ben).get(reverse("library:search"), {"q": "cholera cases"})
    shown = response.content.decode()
    assert f"{reverse('library:document', args=[document.pk])}?page=1&amp;start=" in shown
    assert "<mark>Cholera</mark>" in shown
    assert "&lt;Camp Jasen&gt;" in shown
    assert "<Camp" not in shown
    assert response.context["page_marking"] == "CUI"
    assert "from 1 document (1 passage searched)" in " ".join(shown.split())


def test_the_record_keeps_a_digest_of_the_query_and_not_its_words(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client]
) -> None:
    document = hand_in(ben, "Cholera at the camp.")
    client_for(ben).get(reverse("library:search"), {"q": "cholera outbreak"})
    record = AuditRecord.objects.filter(action="search").latest("sequence")
    assert record.detail["query_sha256"] == hashlib.sha256(b"cholera outbreak").hexdigest()
    assert "cholera" not in json.dumps(record.detail)
    assert record.documents == [str(document.pk)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_query_of_a_hundred_thousand_characters_gets_a_sentence(
    method: str, ben: User, client_for: Callable[[User], Client]
) -> None:
    response = getattr(client_for(ben), method)(reverse("library:search"), {"q": "water " * 16_667})
    assert response.status_code == 400
    shown = response.content.decode()
    assert "at most 2,000 can be searched for" in shown
    assert len(shown) < 50_000


def test_a_sent_query_goes_to_an_address_that_can_be_kept(
    ben: User, client_for: Callable[[User], Client]
) -> None:
    response = client_for(ben).post(
        reverse("library:search"), {"q": "water & wells", "type": "pdf", "collection": "", "other": "x"}
    )
    assert response.status_code == 302
    assert response["Location"] == reverse("library:search") + "?q=water+%26+wells&type=pdf"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": "water", "from": "yesterday"}, "is not a date"),
        ({"q": "water", "from": "2026-13-40"}, "is not a date"),
        ({"q": "water", "from": "2026-05-02", "to": "2026-05-01"}, "lies after"),
    ],
)
def test_wrong_filters_get_a_sentence(
    query: dict[str, str], sentence: str, ben: User, client_for: Callable[[User], Client]
) -> None:
    response = client_for(ben).get(reverse("library:search"), query)
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_an_empty_scope_says_what_was_searched(
    hand_in: HandIn, ana: User, omar: User, client_for: Callable[[User], Client]
) -> None:
    hand_in(ana, "Cholera at the camp.")
    shown = client_for(omar).get(reverse("library:search"), {"q": "cholera"}).content.decode()
    assert "0 documents with 0 passages were searched" in " ".join(shown.split())


def test_filters_narrow_and_never_widen(
    hand_in: HandIn, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    table = hand_in(ana, "place,wells\nJasen,3\n", "wells.csv", collection="logistics")
    note = hand_in(ana, "Three wells at Jasen.", "wells.txt")
    hidden = hand_in(ana, "Secret wells at Jasen.", "hidden.txt", marking="SECRET", collection="logistics")

    def found(**query: str) -> set[object]:
        response = client_for(ben).get(reverse("library:search"), {"q": "wells Jasen", **query})
        return {row.hit.document_id for row in response.context["rows"]}

    assert found() == {table.pk, note.pk}
    assert found(collection="logistics") == {table.pk}
    assert found(type="text") == {note.pk}
    assert found(collection="no-such") == set()
    assert found(**{"from": "2030-01-01"}) == set()
    assert hidden.pk not in found(collection="logistics", type="text")


def test_feedback_can_be_given_on_each_hit(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client]
) -> None:
    hand_in(ben, "Cholera at the camp.")
    response = client_for(ben).get(reverse("library:search"), {"q": "cholera"})
    (row,) = response.context["rows"]
    shown = response.content.decode()
    assert "Not relevant" in shown
    assert f'value="{row.hit.passage_id}"' in shown
