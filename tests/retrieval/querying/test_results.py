"""What a query of the language finds: real index, real database, one scope."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.models import Document
from retrieval.indexing import index_pending
from retrieval.querying.reading import read
from retrieval.results import SearchFilters, SearchResult
from retrieval.scope import AccessScope
from retrieval.search import search
from tests.retrieval.conftest import RELIEF, SECRET, Text

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])
ALL = AccessScope.of([RELIEF, SECRET])

DEPOT = Text(
    "depot",
    (
        "The fuel convoy reached the depot.\nIts trucks were unloaded at night.",
        "Fuel\nconvoys leave from the southern gate every second day.",
        "The convoy carried no fuel.",
    ),
    title="Movements",
)
CLINIC = Text(
    "clinic", ("The clinic needs transport for women; fuel is transported by river.",), title="Needs"
)
HAPPY = Text("happy", ("A happy crew was transporting fule to the universe.",), title="Crews")
ALL_TEXTS = (DEPOT, CLINIC, HAPPY)


def asked(query: str, scope: AccessScope = OPEN, **options: Any) -> SearchResult:
    reading = read(query)
    assert reading is not None, query
    return search(reading.words, scope, limit=50, filters=SearchFilters(condition=reading.tree), **options)


def found(query: str, scope: AccessScope = OPEN, **options: Any) -> set[tuple[str, int]]:
    """The document and the number of each passage found."""
    by_start = {
        (text.name, sum(len(p) + 1 for p in text.passages[:i])): i
        for text in ALL_TEXTS
        for i in range(len(text.passages))
    }
    return {(hit.name, by_start.get((hit.name, hit.start), 0)) for hit in asked(query, scope, **options).hits}


@pytest.fixture
def indexed(texts: Texts) -> None:
    texts(*ALL_TEXTS)
    index_pending()


@pytest.mark.parametrize(
    ("query", "passages"),
    [
        ("fuel AND convoy", {("depot", 0), ("depot", 1), ("depot", 2)}),
        ("fuel NOT convoy", {("clinic", 0)}),
        ("fuel AND NOT convoy", {("clinic", 0)}),
        ('"fuel convoy"', {("depot", 0)}),
        ('"fuel convoys"', {("depot", 1)}),
        ("“fuel convoy” OR “fuel convoys”", {("depot", 0), ("depot", 1)}),
        ("fuel NEAR/1 convoy", {("depot", 0), ("depot", 1)}),
        ("fuel NEAR/3 convoy", {("depot", 0), ("depot", 1), ("depot", 2)}),
        ("convoy NEAR/1 fuel", {("depot", 0), ("depot", 1)}),
        ("(gate OR trucks) NEAR/5 convoy", {("depot", 0), ("depot", 1)}),
        ("(gate OR night) AND fuel", {("depot", 0), ("depot", 1)}),
        ("gate OR night AND river", {("depot", 1)}),
        ("transport*", {("clinic", 0), ("happy", 0)}),
        ("transporting*", {("happy", 0)}),
        ("fuel AND transporte?", {("clinic", 0)}),
        ("*ort", {("clinic", 0)}),
        ("*iverse", {("happy", 0)}),
        ("wom?n", {("clinic", 0)}),
        ("happy*", {("happy", 0)}),
        ("happi*", set()),
        ("crew AND univers?", {("happy", 0)}),
        ("univer?ity", set()),
        ("deopt~1", {("depot", 0)}),
        ("dopt~1 NOT clinic", {("depot", 0)}),
        ("universaty~1", set()),
        ("univirse~", {("happy", 0)}),
        ("NOT fuel", {("happy", 0)}),
        ("title:clinic", {("clinic", 0)}),
        ("title:clin* OR title:happy", {("clinic", 0), ("happy", 0)}),
        ("fuel NOT title:depot", {("clinic", 0)}),
    ],
)
def test_a_query_finds_the_passages_that_meet_it_and_no_other(
    indexed: None, query: str, passages: set[tuple[str, int]]
) -> None:
    assert found(query) == passages
