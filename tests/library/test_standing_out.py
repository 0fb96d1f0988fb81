"""What stands out: counted links on the search page, of a document and of a collection."""

import io
import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]
PLACES = ("harbour", "market", "school", "bridge", "tower", "mill", "farm", "depot")
DREDGED = [f"The dredgers at {place} worked on the canal. " * 40 for place in PLACES[:4]]


@pytest.fixture
def wells(hand_in: HandIn, ben: User) -> None:
    for place in PLACES[:5]:
        hand_in(ben, f"The well at the {place} holds cholera, says Langmoor.", f"{place}.txt", marking="CUI")
    for number in range(12):
        place = PLACES[number % len(PLACES)]
        hand_in(ben, f"Convoy {number} passed the {place} at noon.", f"c{number}.txt", collection="logistics")


def test_the_search_page_shows_counted_links(wells: None, ben: User, client_for: ClientFor) -> None:
    response = client_for(ben).get(reverse("library:search"), {"q": "cholera OR typhus"})
    terms = {term.word: (term.inside, term.outside, address) for term, address in response.context["terms"]}
    inside, outside, address = terms["Langmoor"]
    assert (inside, outside) == (5, 0)
    assert response.context["page_marking"] == "CUI"
    assert "5 here, 0 elsewhere" in response.content.decode()
    narrowed = client_for(ben).get(f"{reverse('library:search')}?{address}")
    assert narrowed.context["asked"].query == "(cholera OR typhus) AND langmoor"
    assert len(narrowed.context["result"].hits) == inside


def test_a_document_and_a_collection_have_a_page_of_their_own(
    wells: None, hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    document = hand_in(ben, "\n\n".join(DREDGED), "canal.txt")
    client = client_for(ben)
    address = f"{reverse('library:standing-out')}?document={document.pk}"
    assert address in client.get(reverse("library:document", args=[document.pk])).content.decode()
    page = client.get(address).content.decode()
    assert f"{reverse('library:document', args=[document.pk])}?find=" in page
    whole = client.get(reverse("library:standing-out"), {"collection": "logistics"})
    (term, link) = next((t, a) for t, a in whole.context["rows"] if t.word == "Convoy")
    assert (term.inside, term.outside) == (12, 0)
    assert len(client.get(link + "&k=100").context["result"].hits) == 12


def test_what_is_not_there_not_readable_or_not_ready_gets_one_answer(
    hand_in: HandIn, ana: User, ben: User, client_for: ClientFor, without_token: Callable[[bytes], bytes]
) -> None:
    secret = hand_in(ana, "Secret wells.", "secret.txt", marking="SECRET")
    waiting = hand_in(ben, "Wells.", "waiting.txt", is_read=False)
    given = [{"document": str(pk)} for pk in (uuid4(), secret.pk, waiting.pk, "no-such")]
    given += [{"collection": "no-such"}, {"collection": ""}, {}]
    answers = [client_for(ben).get(reverse("library:standing-out"), one) for one in given]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_token(answer.content) for answer in answers}) == 1


def test_the_command_prints_them(wells: None, ben: User) -> None:
    out = io.StringIO()
    call_command("search", "cholera OR typhus", "--as", "ben", "--terms", "--json", stdout=out)
    assert {"word": "Langmoor", "inside": 5, "outside": 0} in json.loads(out.getvalue())["terms"]
    plain = io.StringIO()
    call_command("search", "cholera OR typhus", "--as", "ben", "--terms", stdout=plain)
    assert "Langmoor: 5 here, 0 elsewhere" in plain.getvalue()
