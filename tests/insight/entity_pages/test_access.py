"""Who may, and who may not: the whole cast at every page of entities."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.insight.entities.models import Appearance, Decision, Entity
from donovan.insight.entities.selectors import entities_in
from tests.insight.entity_pages.conftest import MakeReport

ABSENT = "00000000-0000-4000-8000-000000000000"
LISTS = ("entities", "graph", "timeline", "map")
OPEN = "The convoy went from Sarajevo to Zagreb on 3 September 2026."
CLOSED = "The source met the crew in Montevideo on 9 November 2026."


@pytest.fixture
def worlds(report: MakeReport) -> None:
    """What everyone in the collection may read, and what only Ana may."""
    report(OPEN)
    report(CLOSED, date(2026, 11, 9), marking="SECRET//HARBOR//NOFORN")


def entity_named(word: str) -> Entity:
    return Appearance.objects.filter(name=word).select_related("entity")[0].entity


@pytest.mark.parametrize("page", LISTS)
def test_each_sees_what_they_may_read_and_nothing_else(
    page: str, worlds: None, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    seen = {
        name: client_for(cast[name]).get(reverse(f"entities:{page}"), {"within": "page"}).content.decode()
        for name in ("ana", "ben", "omar")
    }
    words = ("November 2026",) if page == "timeline" else ("Montevideo",)
    for word in words:
        assert (word in seen["ana"]) is (page != "graph")
        assert word not in seen["ben"]
        assert word not in seen["omar"]
    known = "3 September 2026" if page == "timeline" else "Sarajevo"
    assert known in seen["ana"] and known in seen["ben"] and known not in seen["omar"]


@pytest.mark.parametrize("page", LISTS)
def test_the_banner_is_the_least_upper_bound_of_what_is_shown(
    page: str, worlds: None, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    expected = {"ana": "SECRET//HARBOR//NOFORN", "ben": "UNCLASSIFIED", "omar": "UNCLASSIFIED"}
    for name, banner in expected.items():
        response = client_for(cast[name]).get(reverse(f"entities:{page}"))
        assert response.status_code == 200
        assert response.context["page_marking"] == banner


@pytest.mark.parametrize("page", [*LISTS, "entity"])
def test_a_page_is_to_the_byte_the_same_without_what_may_not_be_read(
    page: str,
    report: MakeReport,
    ben: User,
    client_for: Callable[[User], Client],
    without_token: Callable[[bytes], bytes],
) -> None:
    report(OPEN)
    client = client_for(ben)
    sarajevo = entity_named("Sarajevo").pk
    address = reverse(f"entities:{page}", args=[sarajevo] if page == "entity" else [])
    before = without_token(client.get(address, {"within": "page"}).content)
    report(CLOSED, marking="SECRET//HARBOR//NOFORN")
    report(f"{OPEN} {OPEN} It came back from Zagreb.", marking="SECRET")
    assert without_token(client.get(address, {"within": "page"}).content) == before


@pytest.mark.parametrize("page", ["entity", "split"])
def test_an_entity_above_the_reader_looks_like_one_that_does_not_exist(
    page: str,
    worlds: None,
    ben: User,
    client_for: Callable[[User], Client],
    without_token: Callable[[bytes], bytes],
) -> None:
    client = client_for(ben)
    forbidden = client.get(reverse(f"entities:{page}", args=[entity_named("Montevideo").pk]))
    absent = client.get(reverse(f"entities:{page}", args=[ABSENT]))
    assert forbidden.status_code == absent.status_code == 404
    assert without_token(forbidden.content) == without_token(absent.content)


@pytest.mark.parametrize("page", ["graph", "timeline", "together", "merge"])
def test_an_entity_above_the_reader_cannot_be_asked_about_on_other_pages(
    page: str, worlds: None, ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    secret, known = entity_named("Montevideo").pk, entity_named("Sarajevo").pk
    for key in (secret, ABSENT):
        asked = {"around": key, "entity": key, "one": known, "other": key, "id": [known, key]}
        assert client.get(reverse(f"entities:{page}"), asked).status_code == 404


def test_decisions_about_what_may_not_be_read_are_refused(
    worlds: None, ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    secret, known = entity_named("Montevideo").pk, entity_named("Sarajevo").pk
    assert client.post(reverse("entities:merge"), {"id": [secret, known]}).status_code == 404
    assert client.post(reverse("entities:reject", args=[secret])).status_code == 404
    assert client.post(reverse("entities:separate", args=[secret]), {"other": known}).status_code == 404
    assert client.post(reverse("entities:undo", args=[ABSENT])).status_code == 404
    assert not Decision.objects.exists()


def test_a_place_above_the_reader_is_on_no_map(
    worlds: None, ben: User, client_for: Callable[[User], Client]
) -> None:
    """Not even the edges of the map may be drawn for a place that is not on it."""
    response = client_for(ben).get(reverse("entities:map"))
    assert response.context["total"] == len(
        [row for row in entities_in(scope_for(ben), ["place"]).rows if "latitude" in row.value]
    )
    names = {place.name for place, _ in response.context["listed"]}
    assert names == {"Sarajevo", "Zagreb"}


def test_what_was_shown_is_on_record_without_its_words(
    worlds: None, ana: User, client_for: Callable[[User], Client]
) -> None:
    client_for(ana).get(reverse("entities:entity", args=[entity_named("Montevideo").pk]))
    shown = AuditRecord.objects.filter(action="view").order_by("-sequence")[0]
    assert shown.actor == "ana"
    assert shown.labels == ["relief:SECRET//HARBOR//NOFORN"]
    assert "Montevideo" not in str(shown.detail)


@pytest.mark.parametrize("page", LISTS)
def test_without_a_sign_in_no_page_is_shown(page: str, worlds: None) -> None:
    response = Client().get(reverse(f"entities:{page}"))
    assert response.status_code == 302 and "/sign-in/" in response["Location"]
