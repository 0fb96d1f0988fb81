"""Names, dates and positions of a pasted text that documents of the scope name too."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.library.lookup import LookedUp, look_up_on_record

from .conftest import MakeReport


def look(user: User, text: str) -> LookedUp:
    return look_up_on_record(Caller.named(user, source="test"), text)


def names(found: LookedUp) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in found.known]


def test_names_dates_and_positions_are_known_in_another_form(report: MakeReport, ana: User) -> None:
    report("Colonel Anna Orlova met the envoy in Damascus on 5 July 2026. Grid 37S BT 47123 11234.")
    text = "On 2026-07-05 ANNA ORLOVA'S car left Damascus (37SBT4712311234)."
    found = look(ana, text)
    kinds = {one.kind: text[one.places[0][0] : one.places[0][1]] for one in found.known}
    assert kinds["person"] == "ANNA ORLOVA"
    assert kinds["place"] == "Damascus"
    assert kinds["date"] == "2026-07-05"
    assert "37SBT4712311234" in {text[s:e] for one in found.known for s, e in one.places}
    assert [one.places[0] for one in found.known] == sorted(one.places[0] for one in found.known)


def test_a_name_leads_to_its_page_and_to_the_search_for_it(
    report: MakeReport, ana: User, client_for: Callable[[User], Client]
) -> None:
    report("Colonel Anna Orlova spoke to the press. Anna Orlova left at noon.")
    (known,) = (one for one in look(ana, "Who is Anna Orlova?").known if one.kind == "person")
    assert (known.documents, known.counted) == (1, 2)
    assert known.search == 'entity:"anna orlova"'
    assert client_for(ana).get(known.address).status_code == 200


def test_a_small_word_is_no_name_where_the_text_has_capitals(report: MakeReport, ana: User) -> None:
    report("Major Pavel Dragunov visited Damascus. Pavel Dragunov returned.")
    assert names(look(ana, "A pavel dragunov is no name here. Damascus.")) == [("place", "Damascus")]
    assert [kind for kind, _ in names(look(ana, "pavel dragunov was there"))] == ["person"]


@pytest.mark.parametrize("marking", ["SECRET//NOFORN", "SECRET//HARBOR"])
def test_what_may_not_be_read_is_not_known(marking: str, report: MakeReport, ana: User, ben: User) -> None:
    report("Colonel Anna Orlova met the envoy in Damascus on 5 July 2026.")
    text = "Anna Orlova, Pavel Dragunov and Damascus on 6 July 2026, TR 4471."
    alone = look(ben, text)
    report("Major Pavel Dragunov met Anna Orlova in Damascus on 6 July 2026. TR-4471.", marking=marking)
    mine, hers = look(ben, text), look(ana, text)
    assert mine.known == alone.known
    assert mine.notices == alone.notices
    assert "Major Pavel Dragunov" in {one.name for one in hers.known}


def test_the_page_says_what_waits_to_be_read(
    report: MakeReport, ana: User, client_for: Callable[[User], Client]
) -> None:
    report("Colonel Anna Orlova met the envoy in Damascus.")
    response = client_for(ana).post(reverse("library:lookup"), {"text": "Anna Orlova"})
    assert "still wait to be looked through for names" in response.content.decode()
