"""The names in what was found, counted among the facets of the search page."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.in_facets import names_in
from donovan.insight.entities.services import extract_entities
from tests.library.conftest import HandIn, hand_in
from tests.support.index import own_index

from .conftest import MakeReport

__all__ = ["hand_in", "own_index"]

HERE = [f"Colonel Anna Orlova met envoy {n} in Damascus about cholera." for n in range(3)]
THERE = [f"The cholera ward {n} in Zagreb is full." for n in range(2)]


def test_each_name_is_counted_and_leads_to_the_documents_that_have_it(
    hand_in: HandIn, ana: User, client_for: Callable[[User], Client]
) -> None:
    for number, text in enumerate([*HERE, *THERE]):
        extract_entities(hand_in(ana, text, f"{number}.txt").pk)
    client = client_for(ana)
    page = client.get(reverse("library:search"), {"q": "cholera OR typhus"})
    (named,) = (values for facet, values in page.context["facets"] if facet.title == "Named")
    counted = {value.name: (value.count, address) for value, address in named}
    assert {name: count for name, (count, _) in counted.items()} == {
        "Colonel Anna Orlova": 3,
        "Damascus": 3,
        "Zagreb": 2,
    }
    narrowed = client.get(f"{reverse('library:search')}?{counted['Colonel Anna Orlova'][1]}")
    assert narrowed.context["result"].documents_found == 3
    plain = client.get(reverse("library:search"), {"q": "cholera"})
    (named,) = (values for facet, values in plain.context["facets"] if facet.title == "Named")
    assert {address for _, address in named} == {""}, "plain words are not turned into conditions"


def test_a_name_is_shown_as_the_documents_found_have_it(report: MakeReport, ana: User, ben: User) -> None:
    here = [report(text).pk for text in HERE]
    before = names_in(here, scope_for(ben))
    report("Colonel Anna Sergeyevna Orlova (Anna Orlova) went to Zagreb.", marking="SECRET//NOFORN")
    assert names_in(here, scope_for(ben)) == before
    shown = names_in(here, scope_for(ana))
    assert shown is not None
    assert all("Sergeyevna" not in value.name for value in shown.values)
    assert names_in([], scope_for(ana)) is None
