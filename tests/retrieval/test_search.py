import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from ingest.models import Document
from retrieval.base_models import ENGLISH
from retrieval.embedding import EmbedderUnavailable
from retrieval.indexing import index_pending
from retrieval.querying.tree import InLanguages
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope
from retrieval.search import search

from .conftest import BRIDGE, CLINIC, HARBOUR, PLAN, RELIEF, SECRET, Text

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])
ALL = AccessScope.of([RELIEF, SECRET])


def names(query: str, scope: AccessScope = OPEN, **options: Any) -> list[str]:
    return [hit.name for hit in search(query, scope, **options).hits]


def test_a_scope_must_be_given() -> None:
    with pytest.raises(TypeError):
        search("harbour")  # type: ignore[call-arg]


def test_an_empty_scope_finds_nothing(texts: Texts) -> None:
    texts(HARBOUR)
    index_pending()
    result = search("harbour crane", AccessScope.of([]))
    assert (result.hits, result.documents_searched, result.passages_searched, result.generation) == (
        [],
        0,
        0,
        "",
    )


def test_words_and_meaning_both_find(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    assert index_pending() == 3
    assert names("harbour crane")[0] == "harbour"
    assert names("sick people in hospital", mode="dense")[0] == "clinic"
    assert names("sick people in hospital")[0] == "clinic"
    assert names("Orla", mode="bm25") == ["bridge"]


def test_a_hit_says_where_its_words_stand(texts: Texts) -> None:
    document = texts(HARBOUR)[0]
    index_pending()
    hit = search("fuel Tuesday", OPEN).hits[0]
    page = document.pages.get()
    assert page.text[hit.start : hit.end] == hit.text == "Fuel arrives on Tuesday."
    assert (hit.page, hit.label, hit.document_id) == (1, RELIEF, document.pk)


def test_labels_outside_the_scope_are_never_found_and_filters_never_widen_it(texts: Texts) -> None:
    texts(HARBOUR, PLAN)
    index_pending()
    assert names("harbour crane seized at dawn") == ["harbour", "harbour"]
    assert names("harbour crane", ALL)[0] in {"harbour", "plan"}
    widened = SearchFilters(labels=frozenset({SECRET, RELIEF}))
    assert "plan" not in names("harbour crane seized", filters=widened)
    assert names("harbour crane", ALL, filters=SearchFilters(labels=frozenset({SECRET}))) == ["plan"]


def test_filters_are_exact_and_do_not_starve_the_result(texts: Texts) -> None:
    crowd = [Text(f"crowd {i}", ("harbour crane harbour crane",)) for i in range(30)]
    last = Text("last", ("the harbour",), date="2024-03-01", media_type="text/html", language="fr")
    made = texts(*crowd, last, BRIDGE)
    index_pending()
    spring = SearchFilters(date_from=datetime.date(2024, 3, 1), date_to=datetime.date(2024, 3, 1))
    for filters in (
        spring,
        SearchFilters(media_types=frozenset({"text/html"})),
        SearchFilters(languages=frozenset({"fr"})),
        SearchFilters(documents=frozenset({made[30].pk})),
        SearchFilters(documents=frozenset({made[30].pk, made[0].pk}), date_to=datetime.date(2024, 12, 1)),
    ):
        result = search("harbour crane", OPEN, limit=1, filters=filters)
        assert [h.name for h in result.hits] == ["last"]
        assert (result.documents_searched, result.passages_searched) == (1, 1)
    assert names("harbour", filters=SearchFilters(date_from=datetime.date(2030, 1, 1))) == []


def test_a_serbo_croatian_document_is_found_from_either_script(texts: Texts) -> None:
    texts(
        Text("latin", ("Brodovi čekaju ispred luke Đurđevo.",), language="hr"),
        Text("cyrillic", ("Болница у Београду је пуна.",), language="sr"),
    )
    index_pending()
    assert names("Ђурђево луке", mode="bm25") == ["latin"]
    assert names("bolnica Beograd", mode="bm25") == ["cyrillic"]


def test_a_question_finds_what_it_means_in_another_language(texts: Texts) -> None:
    texts(
        Text("right", ("Мост через реку отремонтирован.",), language="ru"),
        Text("wrong", ("Завтра будет дождь.",), language="ru"),
        Text("also", ("The bridge is a card game for four.",)),
    )
    index_pending()
    assert names("has the bridge over the river been repaired")[0] == "right"


def test_languages_the_model_cannot_read_are_ranked_by_words_alone(
    texts: Texts, settings: LazySettings
) -> None:
    settings.EMBEDDER = ENGLISH.name
    texts(
        Text("right", ("Мост через реку отремонтирован.",), language="ru"),
        Text("wrong", ("Завтра будет дождь.",), language="ru"),
    )
    index_pending()
    hits = search("мост через реку", OPEN).hits
    assert [h.name for h in hits] == ["right"]
    assert hits[0].dense_score == 0


def test_nothing_is_found_for_a_query_without_words(texts: Texts) -> None:
    texts(HARBOUR)
    index_pending()
    assert names("   ") == []
    assert names("?!", mode="bm25") == []


@pytest.mark.parametrize(
    "nonsense", ["asdfqwerzxcv", "qvfddrr hjkl", "шщжфывапр", "شلفقبغعهخ", "XQ7741", "9999"]
)
def test_what_means_nothing_and_stands_nowhere_finds_nothing(texts: Texts, nonsense: str) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    index_pending()
    result = search(nonsense, OPEN)
    assert result.hits == []
    assert "not compared by meaning" in result.notices[0], "a rare word could be meant: it is said"


def test_a_passage_that_shares_only_small_words_is_no_hit(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, Text("snow", ("The Matterhorn is the mountain of the Swiss.",)))
    index_pending()
    assert "snow" not in names("is the harbour crane of the port broken")
    assert names("the of") != [], "where there is nothing else, small words are looked for"


def test_everything_that_meets_a_condition_is_counted_and_ordered_by_date(texts: Texts) -> None:
    """Not only the nearest: whoever asks for the newest paper is not shown the newest of the nearest."""
    days = [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 28)]
    texts(*(Text(f"paper {day}", (f"Nothing happened on {day}.",), date=day) for day in days[:240]))
    index_pending()
    filters = SearchFilters(condition=InLanguages(frozenset({"en"}), "in English"))
    result = search("", OPEN, limit=1, filters=filters, order_by="newest")
    assert (result.documents_found, len(result.documents)) == (240, 240)
    assert result.hits[0].name == f"paper {days[239]}"
    assert search("", OPEN, limit=1, filters=filters, order_by="oldest").hits[0].name == f"paper {days[0]}"


def test_a_misspelt_word_is_offered_as_it_stands_in_the_scope(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE, PLAN)
    index_pending()
    result = search("choelra", OPEN)
    assert result.spelling == (("choelra", "cholera"),)
    assert search("cholera", OPEN).spelling == ()
    assert search("siezed", ALL).spelling == (("siezed", "seized"),)
    assert search("siezed", OPEN).spelling == ()


def test_a_word_that_stands_nowhere_still_finds_what_it_means(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    index_pending()
    assert names("hospital")[0] == "clinic"


def test_a_very_long_question_is_shortened_and_says_so(texts: Texts) -> None:
    texts(HARBOUR)
    index_pending()
    result = search("harbour crane " * 10_000, OPEN)
    assert result.hits[0].name == "harbour"
    assert "very long" in result.notices[0]


def test_without_a_model_words_are_searched_and_the_result_says_so(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()

    def missing() -> None:
        raise EmbedderUnavailable("The model is away.")

    monkeypatch.setattr("retrieval.search.get_embedder", missing)
    result = search("harbour crane", OPEN)
    assert {h.name for h in result.hits} == {"harbour"}
    assert result.notices == ("The model is away. The search went by words only.",)
