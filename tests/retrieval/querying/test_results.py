"""What a query of the language finds: real index, real database, one scope."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.models import Document, Page, Passage
from retrieval.indexing import index_pending
from retrieval.querying import rows
from retrieval.querying import texts as texts_of_rows
from retrieval.querying.marking import marked
from retrieval.querying.reading import read, wanted
from retrieval.querying.tree import QueryError
from retrieval.results import Mode, SearchFilters, SearchResult
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


def asked(query: str, scope: AccessScope = OPEN, mode: Mode = "bm25") -> SearchResult:
    """By words alone unless said otherwise: what meets a query does not rest on the mode."""
    reading = read(query)
    assert reading is not None, query
    filters = SearchFilters(condition=reading.tree)
    return search(reading.words, scope, limit=50, filters=filters, mode=mode)


def found(query: str, mode: Mode = "bm25") -> set[tuple[str, int]]:
    """The document and the number of each passage found."""
    by_start = {
        (text.name, sum(len(p) + 1 for p in text.passages[:i])): i
        for text in ALL_TEXTS
        for i in range(len(text.passages))
    }
    return {(hit.name, by_start.get((hit.name, hit.start), 0)) for hit in asked(query, mode=mode).hits}


@pytest.fixture
def indexed(texts: Texts) -> None:
    texts(*ALL_TEXTS)
    index_pending()


FOUND: dict[str, set[tuple[str, int]]] = {
    "fuel AND convoy": {("depot", 0), ("depot", 1), ("depot", 2)},
    "fuel NOT convoy": {("clinic", 0)},
    "fuel AND NOT convoy": {("clinic", 0)},
    '"fuel convoy"': {("depot", 0)},
    '"fuel convoys"': {("depot", 1)},
    "“fuel convoy” OR “fuel convoys”": {("depot", 0), ("depot", 1)},
    "fuel NEAR/1 convoy": {("depot", 0), ("depot", 1)},
    "fuel NEAR/3 convoy": {("depot", 0), ("depot", 1), ("depot", 2)},
    "fuel NEAR/9 fuel": set(),
    "reached NEAR/1 (river OR fuel)": set(),
    "reached NEAR/2 (river OR fuel)": {("depot", 0)},
    "convoy NEAR/1 fuel": {("depot", 0), ("depot", 1)},
    "(gate OR trucks) NEAR/5 convoy": {("depot", 0), ("depot", 1)},
    "(gate OR night) AND fuel": {("depot", 0), ("depot", 1)},
    "gate OR night AND river": {("depot", 1)},
    "transport*": {("clinic", 0), ("happy", 0)},
    "transporting*": {("happy", 0)},
    "fuel AND transporte?": {("clinic", 0)},
    "*ort": {("clinic", 0)},
    "*iverse": {("happy", 0)},
    "wom?n": {("clinic", 0)},
    "happy*": {("happy", 0)},
    "happi*": set(),
    "crew AND univers?": {("happy", 0)},
    "univers*s*s*s*" + "*u*n*i" * 100: set(),
    "univer?ity": set(),
    "deopt~1": {("depot", 0)},
    "depo~1 NOT clinic": {("depot", 0)},
    "universaty~1": set(),
    "univirse~": {("happy", 0)},
    "NOT fuel": {("happy", 0)},
    "title:clinic": {("clinic", 0)},
    "title:clin* OR title:happy": {("clinic", 0), ("happy", 0)},
    "fuel NOT title:depot": {("clinic", 0)},
}


def test_a_query_finds_the_passages_that_meet_it_and_no_other(indexed: None) -> None:
    assert {query: found(query) for query in FOUND} == FOUND


@pytest.mark.parametrize("mode", ["fused", "dense"])
def test_the_mode_only_ranks(indexed: None, mode: Mode) -> None:
    for query in ("fuel NOT convoy", "wom?n", "NOT fuel", '"fuel convoy" OR crew'):
        assert found(query, mode) == found(query) != set()


def test_what_meets_a_query_is_found_though_nothing_ranks_it(indexed: None) -> None:
    """The letters of a pattern are no word of the index, and NOT alone gives no word to rank by."""
    assert [(hit.name, hit.bm25_score) for hit in asked("wom?n").hits] == [("clinic", 0.0)]
    assert [hit.name for hit in asked("NOT fuel").hits] == ["happy"]
    assert asked("NOT fuel").passages_searched == 5


def test_those_that_meet_a_query_are_ranked_by_its_words(texts: Texts) -> None:
    texts(
        Text("little", ("The convoy passed the river, the hills, the gate and two small towns with fuel.",)),
        Text("much", ("Fuel convoy, fuel convoy.",)),
    )
    index_pending()
    assert [hit.name for hit in asked("fuel AND convoy").hits] == ["much", "little"]
    scores = [hit.score for hit in asked("fuel AND convoy").hits]
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[1]


def test_fields_narrow_by_what_is_known_of_the_document(texts: Texts) -> None:
    march, may, _ = texts(
        Text("march", ("Fuel in March.", "Fuel on the second page."), date="2024-03-31"),
        Text("may", ("Fuel in May.",), date="2024-05-01"),
        Text("undated", ("Fuel some day.",)),
    )
    Document.objects.filter(pk=march.pk).update(
        metadata={"From": "Ben Ito <ben@orla.example>", "To": "Ana Ruiz"}
    )
    Document.objects.filter(pk=may.pk).update(
        metadata={"From": "Ana Ruiz", "To": "x", "Cc": "ben@orla.example"}
    )
    second = Page.objects.create(document=march, number=2, text="Fuel on the second page.")
    Passage.objects.filter(document=march, ordinal=1).update(page=second, start=0)
    index_pending()

    def names(query: str) -> list[str]:
        return sorted({hit.name for hit in asked(query).hits})

    assert names("fuel date:2024-03") == ["march"]
    assert names("fuel date:>=2024-03-31") == ["march", "may"]
    assert names("fuel date:>2024-03") == ["may"]
    assert names("fuel NOT date:2024-03") == ["may", "undated"]
    assert names("date:2024") == ["march", "may"]
    assert names("from:ben") == ["march"]
    assert names("from:ben@orla.example") == ["march"]
    assert names('from:"ana ruiz"') == ["may"]
    assert names("to:ben OR to:ruiz") == ["march", "may"]
    assert names("from:b*") == ["march"]
    assert [hit.text for hit in asked("fuel page:2..9").hits] == ["Fuel on the second page."]
    assert [hit.text for hit in asked("fuel date:2024-03 page:1").hits] == ["Fuel in March."]
    assert names("fuel page:7") == []


def test_words_of_other_scripts_are_read_as_their_language_has_them(texts: Texts) -> None:
    texts(
        Text("arabic", ("وصلت قافلة الوقود R-27 إلى المستودع.",), language="ar"),
        Text("chinese", ("港口的水不安全，燃料车队已到达。",), language="zh"),
        Text("serbian", ("Болница у Београду је пуна.",), language="sr"),
        Text("french", ("Le dépôt de carburant est fermé.",), language="fr"),
    )
    index_pending()

    def names(query: str) -> list[str]:
        return sorted({hit.name for hit in asked(query).hits})

    assert names("وقود AND R-27") == ["arabic"]
    assert names("\u200fوقود NOT R-27\u200f") == []
    assert names('"قافلة الوقود"') == ["arabic"]
    assert names("مستود*") == ["arabic"]
    assert names("港口 AND 燃料") == ["chinese"]
    assert names('"燃料车队"') == ["chinese"]
    assert names('"车队燃料"') == []
    assert names('"bolnica u Beogradu"') == ["serbian"]
    assert names("depo? AND carbur*") == ["french"]
    assert names('"depot de carburant"') == ["french"]


QUERIES = (
    *(
        "fuel NOT convoy",
        '"fuel convoy"',
        "fuel NEAR/4 convoy",
        "plan*",
        "harbor~2",
        "title:plan",
        "from:general",
    ),
    *("date:2024..2025", "page:1", "NOT fuel", "seiz* OR fuel", "*ing", "fuel OR title:plan", "type*"),
)
BESIDE = (
    Text("plan", ("The landing plan: fuel convoy seized at the harbour.",), label=SECRET, date="2024-05-05"),
    Text("planning", ("Planning fuel for the convoy, and planes.",), label=SECRET, title="The plan"),
)


def seen(query: str, scope: AccessScope) -> list[Any]:
    result = asked(query, scope)
    hits = [(h.document_id, h.start, h.text, h.score.hex(), h.bm25_score.hex()) for h in result.hits]
    return [hits, result.passages_searched, result.documents_searched, result.notices, result.generation]


def everything(scope: AccessScope, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All that the queries give, also where a limit is so low that they ask for too much."""
    given: list[Any] = []
    for most, expansions in ((rows.MOST_READ, rows.MOST_EXPANSIONS), (2, 5_000), (20_000, 3)):
        with monkeypatch.context() as low:
            low.setattr(rows.rows_meeting, "__kwdefaults__", {"most": most})
            low.setattr(rows, "MOST_EXPANSIONS", expansions)
            for query in QUERIES:
                try:
                    given.append(seen(query, scope))
                except QueryError as error:
                    given.append(error.sentence)
    return given


def test_a_query_gives_the_same_whether_or_not_there_is_anything_outside_the_scope(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(*ALL_TEXTS)
    index_pending()
    alone = everything(OPEN, monkeypatch)
    assert any(isinstance(given, str) for given in alone) and any(given[3] for given in alone)
    secret = texts(*BESIDE)
    Document.objects.filter(pk=secret[0].pk).update(metadata={"From": "The general"})
    index_pending()
    assert everything(OPEN, monkeypatch) == alone
    assert everything(ALL, monkeypatch) != alone


def test_a_pattern_that_stands_for_too_many_words_gets_a_sentence_with_the_place(
    indexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_EXPANSIONS", 3)
    with pytest.raises(
        QueryError, match=r"^Character 10, “t.”: this may stand for more than 3 different words"
    ):
        asked("fuel AND t*")
    assert found("convo*") == {("depot", 0), ("depot", 1), ("depot", 2)}


def test_what_was_too_much_to_read_is_neither_found_nor_excluded_and_said(
    indexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows.rows_meeting, "__kwdefaults__", {"most": 1})
    held, not_held = asked('"fuel convoy"'), asked('fuel NOT "fuel convoy"')
    for result in (held, not_held):
        assert result.notices[0].startswith("1 passages were read for the phrases and patterns of the query")
    both = {(hit.name, hit.start) for hit in (*held.hits, *not_held.hits)}
    assert len(both) == len(held.hits) + len(not_held.hits)
    assert len(both) < len(asked("fuel OR fuel").hits)


def test_a_passage_is_read_once_for_a_query(indexed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[int] = []
    real = texts_of_rows.Texts._load
    monkeypatch.setattr(
        texts_of_rows.Texts, "_load", lambda self, new: (loaded.append(len(new)), real(self, new))[1]
    )
    asked('"fuel convoy" OR "convoy fuel" OR fuel NEAR/9 convoy')
    assert sum(loaded) == 3


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("fuel NOT convoy", ["Fuel", "fuel"]),
        ('"fuel convoys"', ["Fuel\nconvoys"]),
        ("convoy", []),
        ("conv* AND gat?", ["convoys", "gate"]),
        ("gaet~ OR NOT fuel", ["gate"]),
        ("fuel NEAR/3 leave title:gate", ["Fuel", "leave", "fuel"]),
    ],
)
def test_what_is_wanted_is_marked_and_nothing_else(query: str, places: list[str]) -> None:
    text = "Fuel\nconvoys leave by the gate for fuel."
    reading = read(query)
    leaves = wanted(reading.tree) if reading else []
    assert [text[start:end] for start, end in marked(text, "en", leaves)] == places


def test_signs_of_scripts_without_spaces_are_marked_where_they_stand() -> None:
    reading = read('"燃料车队"')
    assert reading is not None
    text = "港口的水不安全，燃料车队已到达。"
    assert [text[a:b] for a, b in marked(text, "zh", wanted(reading.tree))] == ["燃料车队"]
