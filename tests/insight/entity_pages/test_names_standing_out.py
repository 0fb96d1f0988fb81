"""Names that documents hold far more often than the rest of the scope, as links of the search page."""

import re
from collections.abc import Callable
from html import unescape

from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.services import extract_entities
from donovan.insight.entities.standing_out import standing_names
from tests.library.conftest import HandIn, hand_in
from tests.support.index import own_index

from .conftest import MakeReport

__all__ = ["hand_in", "own_index"]


HERE = [f"Colonel Anna Orlova met envoy {n} in Damascus about cholera." for n in range(5)]
REST = [f"The convoy {n} went from Sarajevo to Zagreb; Damascus is far." for n in range(9)]


def test_a_name_of_these_documents_alone_stands_out_and_one_of_all_does_not(
    report: MakeReport, ana: User, ben: User
) -> None:
    here, _ = [report(text) for text in HERE], [report(text) for text in REST]
    found = standing_names(scope_for(ana), [document.pk for document in here])
    assert [(one.name, one.inside, one.outside) for one in found] == [("Colonel Anna Orlova", 5, 0)]
    assert standing_names(scope_for(ana), []) == []
    chosen = [document.pk for document in here]
    alone = standing_names(scope_for(ben), chosen)
    for n in range(9):
        report(f"Colonel Anna Orlova and Pavel Dragunov met again, {n}.", marking="SECRET//NOFORN")
    assert standing_names(scope_for(ben), chosen) == alone
    assert standing_names(scope_for(ana), chosen) != alone


def test_the_search_page_links_each_name_to_the_passages_that_have_it(
    hand_in: HandIn, ana: User, client_for: Callable[[User], Client]
) -> None:
    for number, text in enumerate([*HERE, *REST]):
        extract_entities(hand_in(ana, text, f"{number}.txt").pk)
    client = client_for(ana)
    page = client.get(reverse("library:search"), {"q": "cholera OR typhus"})
    (row,) = [line for line in page.content.decode().splitlines() if "person, 5 here, 0 elsewhere" in line]
    assert "Colonel Anna Orlova" in row
    (address,) = re.findall(r'href="(/search/[^"]*)"', row)
    assert "entity%3A%22anna+orlova%22" in address
    assert len(client.get(unescape(address)).context["result"].hits) == 5
