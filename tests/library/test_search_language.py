"""The query language on the search page and in the command: obeyed, said back, refused with the place."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.insight.entities.services import extract_entities
from tests.library.conftest import HandIn

ClientFor = Callable[[User], Client]
MAIL = (
    "From: Ben Ito <ben@orla.example>\r\nTo: ana@orla.example\r\nSubject: Fuel\r\n"
    "Date: Fri, 01 Mar 2024 10:00:00 +0000\r\n\r\nThe fuel for Kalena has arrived.\r\n"
)


def shown(client: Client, query: str, **more: str) -> Any:
    return client.get(reverse("library:search"), {"q": query, **more})


def names(client: Client, query: str, **more: str) -> list[str]:
    response = shown(client, query, **more)
    assert response.status_code == 200, response.context["problem"]
    return sorted({row.hit.name for row in response.context["rows"]})


@pytest.fixture
def papers(hand_in: HandIn, ana: User) -> None:
    hand_in(ana, "The fuel convoy left Kalena.", "convoy.txt")
    hand_in(ana, "Fuel is short at the clinic.", "clinic.txt")
    hand_in(ana, "place,fuel\nKalena,3\n", "stocks.csv", collection="logistics")
    hand_in(ana, MAIL, "letter.eml")
    hand_in(ana, "Secret fuel for the operation.", "hidden.txt", marking="SECRET")


def test_a_query_of_the_language_is_obeyed_and_said_back(
    papers: None, ben: User, client_for: ClientFor
) -> None:
    client = client_for(ben)
    response = shown(client, "fuel NOT convoy")
    page = response.content.decode()
    assert "Read as: passages that hold “fuel” and not “convoy”. One passage has to meet all of it." in page
    assert names(client, "fuel NOT convoy") == ["clinic.txt", "letter.eml", "stocks.csv"]
    assert names(client, '"fuel convoy"') == ["convoy.txt"]


def test_plain_words_are_not_said_back(papers: None, ben: User, client_for: ClientFor) -> None:
    response = shown(client_for(ben), "what about the fuel (as of May): open or closed?")
    assert response.context["understood"] is None
    assert "Read as:" not in response.content.decode()
    assert response.context["rows"]


def test_fields_of_the_library_narrow(papers: None, ben: User, client_for: ClientFor) -> None:
    client = client_for(ben)
    assert names(client, "fuel type:csv") == ["stocks.csv"]
    assert names(client, "fuel type:email") == ["letter.eml"]
    assert names(client, "fuel NOT type:txt") == ["letter.eml", "stocks.csv"]
    assert names(client, "fuel collection:logistics") == ["stocks.csv"]
    assert names(client, "fuel from:ben") == ["letter.eml"]
    assert names(client, "fuel to:ana@orla.example date:2024-03-01") == ["letter.eml"]
    assert names(client, "fuel marking:U type:text") == ["clinic.txt", "convoy.txt"]
    assert "in files of the type Mail" in shown(client, "fuel type:eml").content.decode()
    # What the form narrows stays narrowed.
    assert names(client, "fuel NOT convoy", collection="logistics") == ["stocks.csv"]


def test_a_language_is_told_by_its_code_or_its_name(
    hand_in: HandIn, ben: User, client_for: ClientFor
) -> None:
    report = "Колонна с топливом прибыла на склад рано утром, и солдаты разгрузили все машины до вечера."
    hand_in(ben, report, "report.txt")
    client = client_for(ben)
    assert names(client, "топлив* lang:russian") == names(client, "топлив* lang:ru") == ["report.txt"]
    assert names(client, "топлив* lang:English") == []
    assert "in Russian" in shown(client, "топлив* lang:RU").content.decode()


def test_a_marking_is_told_by_its_parts(hand_in: HandIn, ana: User, client_for: ClientFor) -> None:
    for marking in ("UNCLASSIFIED", "CUI", "SECRET", "SECRET//NOFORN"):
        hand_in(ana, "Fuel.", f"{marking.replace('/', '-')}.txt", marking=marking)
    client = client_for(ana)
    assert names(client, "fuel marking:secret") == ["SECRET--NOFORN.txt", "SECRET.txt"]
    assert names(client, "fuel marking:S//NF") == ["SECRET--NOFORN.txt"]
    assert names(client, "fuel marking:SECRET NOT marking:NOFORN") == ["SECRET.txt"]
    assert names(client, 'marking:"TOP SECRET"') == []


OUTSIDE = (
    *("fuel marking:SECRET", "fuel marking:NOFORN", "fuel collection:intel", "secr*", "operatoin~"),
    *("title:hidden", "NOT convoy", "fuel OR secret", "fuel NOT entity:Darsa", "entity:Orlova", "date:2024"),
)


def test_what_stands_only_outside_the_scope_changes_nothing(
    papers: None, hand_in: HandIn, ana: User, ben: User, client_for: ClientFor
) -> None:
    client = client_for(ben)

    def page(query: str) -> Any:
        response = shown(client, query)
        result, understood = response.context["result"], response.context["understood"]
        return (
            response.status_code,
            response.context["problem"],
            [row.hit.text for row in response.context["rows"]],
            understood and (understood.condition, understood.said),
            result and (result.notices, result.passages_searched, result.generation),
        )

    before = {query: page(query) for query in OUTSIDE}
    secret = hand_in(
        ana, "Secret fuel operation of Dr. Anna Orlova at Darsa.", "hidden-too.txt", marking="SECRET"
    )
    extract_entities(secret.pk)
    assert {query: page(query) for query in OUTSIDE} == before
    assert page("secr*")[2] == []


def test_an_entity_is_found_under_its_name_in_the_passages_that_name_it(
    hand_in: HandIn, ana: User, client_for: ClientFor
) -> None:
    for name, text in (
        ("named.txt", "Dr. Anna Orlova asked for fuel."),
        ("other.txt", "Nobody asked for fuel."),
    ):
        extract_entities(hand_in(ana, text, name).pk)
    client = client_for(ana)
    assert names(client, 'fuel entity:"Anna Orlova"') == ["named.txt"]
    assert names(client, "fuel entity:orlova") == ["named.txt"]
    assert names(client, "fuel NOT entity:orlova") == ["other.txt"]
    assert names(client, "fuel entity:nobody-known") == []


WRONG = {
    "fuel AND": "Character 6, “AND”",
    "fuel AND (convoy": "Character 10, “(”",
    "fuel type:sheet": "Character 11, “sheet”: that is not a type of file. Types are pdf, word",
    "fuel lang:klingonese": "Character 11, “klingonese”: that is not a language",
    "fuel date:soon": "Character 11, “soon”: that is not a date",
    "*": "alone it stands for every word",
    "((((": "this parenthesis is not closed",
    "وقود AND": "Character 6, “AND”",
    "(" * 900 + "fuel AND x" + ")" * 900: "parentheses can be 15 deep",
}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_query_gets_a_sentence_with_the_place(method: str, ben: User, client_for: ClientFor) -> None:
    client = client_for(ben)
    for query, sentence in WRONG.items():
        response = getattr(client, method)(reverse("library:search"), {"q": query}, follow=True)
        assert response.status_code == 400
        assert sentence in response.context["problem"]
        assert 'role="alert"' in response.content.decode()


def test_what_is_wanted_is_marked_and_what_is_not_is_left(
    papers: None, ben: User, client_for: ClientFor
) -> None:
    page = shown(client_for(ben), '"fuel convoy" OR (fuel AND NOT clinic)').content.decode()
    assert "<mark>fuel convoy</mark>" in page
    page = shown(client_for(ben), "short NOT convoy").content.decode()
    assert "<mark>short</mark>" in page
    assert "<mark>Fuel</mark>" not in page


def test_the_page_explains_the_language(ben: User, client_for: ClientFor) -> None:
    page = client_for(ben).get(reverse("library:search")).content.decode()
    for sign in ("NEAR/5", "transport*", "convoy~", "date:2024-01..2024-03", "entity:"):
        assert sign in page


def _printed(*words: str) -> str:
    out = io.StringIO()
    call_command("search", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_takes_the_language_too(papers: None, ben: User) -> None:
    printed = _printed("fuel NOT convoy", "--as", "ben")
    assert printed.startswith("Read as: passages that hold “fuel” and not “convoy”.")
    answer = json.loads(_printed("fuel NOT convoy", "--as", "ben", "--json"))
    assert answer["reading"].startswith("passages that hold “fuel” and not “convoy”")
    assert len(answer["hits"]) == 3
    assert "reading" not in json.loads(_printed("fuel", "--as", "ben", "--json"))
    with pytest.raises(CommandError, match="Character 6, “AND”"):
        _printed("fuel AND", "--as", "ben")
