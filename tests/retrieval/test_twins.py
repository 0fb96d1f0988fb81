"""What lies outside the scope must not show: two corpora, one with secrets beside, give the same bytes."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from ingest.models import Blob, Document, Passage
from retrieval import opened
from retrieval.indexing import forget_document, index_pending
from retrieval.models import IndexSegment
from retrieval.querying.grammar import parse
from retrieval.results import SearchFilters, SearchResult
from retrieval.scope import AccessScope
from retrieval.search import search

from .conftest import RELIEF, SECRET, Text

Texts = Callable[..., list[Document]]

WORDS = "harbour crane bridge river clinic fuel convoy dawn cholera landing engineer depot radio".split()  # noqa: SIM905
QUERIES = ("broken harbour crane", "convoy at dawn", "who has cholera", "fuel depot 7", "мост конвой", "zzz")
LABELS = (RELIEF, "logistics|UNCLASSIFIED")


def corpus(seed: int, labels: tuple[str, ...], size: int) -> list[Text]:
    chance = random.Random(seed)
    found = []
    for i in range(size):
        passages = [
            " ".join(chance.choices(WORDS, k=chance.randint(4, 40))) + f" {chance.randint(1, 9)}"
            for _ in range(chance.randint(1, 3))
        ]
        language = chance.choice(("en", "en", "en", "ru", ""))
        found.append(Text(f"{seed}-{i}", tuple(passages), label=chance.choice(labels), language=language))
    return found


def seen(result: SearchResult) -> list[Any]:
    """All that a caller learns, but for ids that the database counts up and the time it took."""
    hits = [
        (
            h.document_id,
            h.page,
            h.start,
            h.text,
            h.score.hex(),
            h.dense_score.hex(),
            h.bm25_score.hex(),
            h.label,
        )
        for h in result.hits
    ]
    return [hits, result.documents_searched, result.passages_searched, result.generation, result.notices]


def everything(scope: AccessScope) -> list[Any]:
    return [
        seen(search(query, scope, limit=limit, mode=mode))
        for query in QUERIES
        for mode in ("fused", "dense", "bm25")
        for limit in (3, 50)
    ]


def clear() -> None:
    Passage.objects.all().delete()
    Document.objects.all().delete()
    Blob.objects.all().delete()
    IndexSegment.objects.all().delete()
    opened.forget_all()


@pytest.fixture(params=["compared in full", "by code first"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the nearest are found: a large scope looks through codes first, here a small one too."""
    if request.param == "by code first":
        monkeypatch.setattr("retrieval.dense.EXACT_BELOW", 0)
        monkeypatch.setattr("retrieval.dense.BY_CODE", 7)
        monkeypatch.setattr("retrieval.dense.FOR_EACH", 0)
        monkeypatch.setattr("retrieval.search.CANDIDATES", 5)
        monkeypatch.setattr("retrieval.lexical.DEAR", 0)
        monkeypatch.setattr("retrieval.segment_file.LARGE", 0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("seed", [1, 2])
def test_results_are_the_same_to_the_byte_with_secrets_beside(seed: int, texts: Texts) -> None:
    public, secret = corpus(seed, LABELS, 12), corpus(seed + 100, (SECRET,), 9)
    scope = AccessScope.of(LABELS)
    texts(*public)
    index_pending()
    alone = everything(scope)
    assert any(hits for hits, *_ in alone)
    clear()
    mixed = [*public, *secret]
    random.Random(seed).shuffle(mixed)
    for some in (mixed[:5], mixed[5:9], mixed[9:]):
        texts(*some)
        index_pending()
    assert everything(scope) == alone
    assert everything(AccessScope.of([*LABELS, SECRET])) != alone


@pytest.mark.usefixtures("way")
def test_a_document_that_left_is_as_if_it_had_never_been(texts: Texts) -> None:
    public = corpus(5, (RELIEF,), 8)
    texts(*public)
    index_pending()
    alone = everything(AccessScope.of([RELIEF]))
    clear()
    made = texts(*public, *[Text(t.name, t.passages, RELIEF, t.language) for t in corpus(77, (RELIEF,), 3)])
    index_pending()
    assert everything(AccessScope.of([RELIEF])) != alone
    for document in made[8:]:
        forget_document(document.pk)
    assert everything(AccessScope.of([RELIEF])) == alone


@pytest.mark.usefixtures("way")
def test_words_of_a_document_that_left_are_offered_to_nobody(texts: Texts) -> None:
    left = Text("left", ("Zebra convoys of Akhmedov pass the harbours at dusk, TR 4471.", "Мосты открыты."))
    public = [*corpus(6, (RELIEF,), 6), Text("names", ("Colonel Achmedov saw a zebu.",))]

    def asked() -> list[Any]:
        scope, told = AccessScope.of([RELIEF]), []
        for query in ("zebrra", "akhmedof", "Akhmedov", "TR-4471", "zebu"):
            result = search(query, scope)
            told.append([seen(result), result.variants, result.spelling, result.documents_found])
        for condition in ("zeb*", "*bra", "zebre~1", "NOT zebu", "harb?ur*"):
            result = search("", scope, filters=SearchFilters(condition=parse(condition)))
            told.append([seen(result), result.documents_found])
        return told

    texts(*public)
    index_pending()
    alone = asked()
    clear()
    made = texts(*public, left)
    index_pending()
    assert asked() != alone
    forget_document(made[-1].pk)
    assert asked() == alone


def test_no_segment_outside_the_scope_is_opened(
    texts: Texts, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    texts(*corpus(3, (RELIEF, SECRET), 6))
    index_pending()
    opened.forget_all()
    asked: list[str] = []
    real = opened.segments.read

    def watch(folder: str, digest: str, **more: Any) -> Any:
        asked.append(IndexSegment.objects.get(folder=folder).label)
        return real(folder, digest, **more)

    monkeypatch.setattr("retrieval.opened.segments.read", watch)
    search("harbour", AccessScope.of([RELIEF]))
    assert set(asked) == {RELIEF}
