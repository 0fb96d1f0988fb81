"""Significant terms: far more often here than elsewhere in the scope, and no stop word ever."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from ingest.models import Document
from retrieval.indexing import index_pending
from retrieval.results import SearchFilters, SignificantTerms
from retrieval.scope import AccessScope
from retrieval.search import search
from retrieval.significant import jlh, log_likelihood, significant_in

from .conftest import RELIEF, SECRET, Text
from .test_twins import LABELS, WORDS, clear, corpus

Texts = Callable[..., list[Document]]
SCOPE = AccessScope.of([RELIEF])


def of(documents: list[Document], scope: AccessScope = SCOPE) -> SignificantTerms:
    return significant_in(scope, SearchFilters(documents=frozenset(d.pk for d in documents)), [])


def words(found: SignificantTerms) -> list[str]:
    return [term.word for term in found.terms]


def rest(count: int = 30) -> list[Text]:
    chance, others = random.Random(7), [word for word in WORDS if word != "cholera"]
    said = ["The " + " ".join(chance.choices(others, k=20)) + " was there." for _ in range(count)]
    return [Text(f"rest{i}", (text,)) for i, text in enumerate(said)]


def test_the_measures_are_those_of_their_sources() -> None:
    # Foreground 40 %, background 2 %: (0.4 - 0.02) * (0.4 / 0.02).
    assert jlh(4, 16, 10, 990) == pytest.approx(7.6)
    # A table in which inside and outside agree is no surprise; G² of [[10, 0], [0, 10]] is 40 ln 2.
    assert log_likelihood(5, 50, 10, 100) == pytest.approx(0.0)
    assert log_likelihood(10, 0, 10, 10) == pytest.approx(27.7258872)


def test_what_stands_here_and_hardly_elsewhere_is_found_as_it_is_written(texts: Texts) -> None:
    here = [
        Text(f"a{i}", (f"The committee at Langmoor met about the dredgers of harbour {i}.",))
        for i in range(6)
    ]
    made = texts(*here, *rest())
    index_pending()
    found = of(made[:6])
    assert {"Langmoor", "committee", "dredgers"} <= set(words(found))
    assert (found.inside, found.outside) == (6, 30)
    counted = {term.word: (term.inside, term.outside) for term in found.terms}
    assert counted["Langmoor"] == (6, 0)


def test_stop_words_stand_never_out_in_any_language(texts: Texts) -> None:
    here = [Text(f"a{i}", ("with about from which the and of these those",)) for i in range(6)]
    here += [Text(f"es{i}", ("porque también los las desde cuando puente",), language="es") for i in range(6)]
    elsewhere = [Text(f"b{i}", ("barco mar sol",), language="es") for i in range(10)]
    made = texts(*here, *elsewhere, *rest())
    index_pending()
    assert words(of(made[:12])) == ["puente"]


def test_the_words_of_the_query_are_left_out_and_hits_are_what_is_selected(texts: Texts) -> None:
    here = [Text(f"a{i}", (f"Cholera at Jasen: the committee counted {i} patients.",)) for i in range(6)]
    texts(*here, *rest())
    index_pending()
    found = search("cholera", SCOPE, limit=6, most_counted=10**9).significant
    assert found is not None
    assert {"Jasen", "committee", "patients"} <= set(words(found))
    assert "Cholera" not in words(found)
    assert search("cholera", SCOPE, limit=6).significant is None
    assert search("cholera", SCOPE, limit=6, most_counted=5).significant is None


def test_a_language_alone_is_no_reason_and_one_passage_of_many_no_evidence(texts: Texts) -> None:
    russian = [Text(f"ru{i}", ("Мост закрыт и конвой стоит.",), language="ru") for i in range(6)]
    made = texts(*russian, *rest())
    index_pending()
    assert words(of(made[:6])) == []
    assert words(of([])) == []


def test_a_whole_scope_has_nothing_to_be_held_against(texts: Texts) -> None:
    made = texts(*rest(8))
    index_pending()
    assert words(of(made)) == []


@pytest.mark.parametrize("seed", [5, 6])
def test_terms_are_the_same_to_the_byte_with_secrets_beside(seed: int, texts: Texts) -> None:
    public, secret = corpus(seed, LABELS, 14), corpus(seed + 100, (SECRET,), 30)
    scope = AccessScope.of(LABELS)

    def everything(documents: list[Document], within: AccessScope) -> list[Any]:
        chosen = [of(documents[:5], within), of(documents[:1], within)]
        for query in ("broken harbour crane", "convoy"):
            for labels in (None, frozenset(LABELS[:1])):
                filters = SearchFilters(labels=labels)
                result = search(query, within, limit=6, filters=filters, most_counted=10**9)
                if result.significant:
                    chosen.append(result.significant)
        return [
            [(t.word, t.inside, t.outside, t.score.hex()) for t in found.terms]
            + [found.inside, found.outside]
            for found in chosen
        ]

    made = texts(*public)
    index_pending()
    alone = everything(made, scope)
    clear()
    mixed = [*public, *secret]
    random.Random(seed).shuffle(mixed)
    for some in (mixed[:5], mixed[5:19], mixed[19:]):
        texts(*some)
        index_pending()
    assert everything(made, scope) == alone
    assert everything(made, AccessScope.of([*LABELS, SECRET])) != alone
