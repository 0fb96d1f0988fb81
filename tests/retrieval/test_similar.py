"""What is like a passage: found by meaning and by words, in the scope alone, and never itself."""

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ingest.models import Document, Status
from retrieval.filters import allowed_rows
from retrieval.indexing import forget_document, index_pending
from retrieval.opening import open_scope
from retrieval.scope import AccessScope
from retrieval.search import NO_FILTERS
from retrieval.similar import MOST_WORDS, Reference, reference, similar, telling_words

from .conftest import RELIEF, SECRET, Text
from .test_twins import LABELS, clear, corpus, seen

Texts = Callable[..., list[Document]]
SCOPE = AccessScope.of([RELIEF])

CHOLERA = Text("cholera", ("Forty patients with cholera were treated at the field clinic in Jasen.",))
FEVER = Text("fever", ("Doctors at the hospital admitted many sick people with fever and diarrhoea.",))
CRANE = Text("crane", ("The harbour crane is broken and ships wait outside the port.",))
CLINIC = Text("clinic", ("The field clinic in Jasen has no more beds.",))


def like(document: Document, scope: AccessScope = SCOPE, ordinal: int | None = None) -> Reference:
    found = reference(document.pk, ordinal, scope)
    assert found is not None
    return found


def test_what_means_the_same_is_nearer_than_what_does_not_and_itself_is_left_out(texts: Texts) -> None:
    cholera, _, _, _ = texts(CHOLERA, FEVER, CRANE, CLINIC)
    index_pending()
    found = similar(like(cholera), SCOPE)
    names = [hit.name for hit in found.result.hits]
    assert names[:2] in (["clinic", "fever"], ["fever", "clinic"])
    assert "cholera" not in names
    assert found.result.documents_searched == found.result.passages_searched == 3
    assert found.is_by_meaning
    assert {"field", "clinic", "jasen"} == set(found.words)


def test_a_passage_is_compared_by_itself_and_a_document_by_all_of_it(texts: Texts) -> None:
    both, _, _ = texts(Text("both", (*CHOLERA.passages, *CRANE.passages)), FEVER, CRANE)
    index_pending()
    assert similar(like(both, ordinal=0), SCOPE).result.hits[0].name == "fever"
    assert similar(like(both, ordinal=1), SCOPE).result.hits[0].name == "crane"
    assert similar(like(both), SCOPE).result.documents_found == 2


def test_what_is_not_there_not_readable_or_not_ready_is_the_same_nothing(texts: Texts) -> None:
    (secret, open_) = texts(Text("plan", ("The landing begins at dawn.",), label=SECRET), CRANE)
    index_pending()
    assert reference(uuid4(), None, SCOPE) is None
    assert reference(secret.pk, None, SCOPE) is None
    assert reference(open_.pk, 7, SCOPE) is None
    Document.objects.filter(pk=open_.pk).update(status=Status.RUNNING)
    assert reference(open_.pk, None, SCOPE) is None
    assert reference(open_.pk, None, AccessScope.of([])) is None


def test_small_words_are_never_compared_and_there_is_an_end_to_words(texts: Texts) -> None:
    many = [f"thing{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]
    long, _ = texts(
        Text("long", ("The port of the and is " + " ".join(many),)),
        Text("other", (" ".join(many) + " the of",)),
    )
    index_pending()
    opened = open_scope(SCOPE, [])
    words = telling_words(like(long).texts, opened, allowed_rows(opened, NO_FILTERS, SCOPE))
    assert len(words) == MOST_WORDS
    assert not {"the", "of", "and", "is"} & set(words)


@pytest.mark.parametrize("text", ["!!! ... ---", "", "  \n "])
def test_a_text_without_a_word_finds_by_meaning_or_not_at_all_and_never_breaks(
    text: str, texts: Texts
) -> None:
    signs, _ = texts(Text("signs", (text,)), CRANE)
    index_pending()
    found = similar(like(signs), SCOPE)
    assert found.words == ()
    assert found.result.documents_searched == 1


def test_script_without_spaces_is_compared_too(texts: Texts) -> None:
    one, _, _ = texts(
        Text("one", ("北京的霍乱疫情正在蔓延。",), language="zh"),
        Text("two", ("霍乱疫情在上海也出现了。",), language="zh"),
        Text("three", ("港口的起重机坏了。",), language="zh"),
    )
    index_pending()
    found = similar(like(one), SCOPE)
    assert found.result.hits[0].name == "two"
    assert "霍乱" in found.words


def test_a_document_that_left_the_index_is_compared_by_words_and_that_is_said(texts: Texts) -> None:
    cholera, _ = texts(CHOLERA, CLINIC)
    index_pending()
    forget_document(cholera.pk)
    found = similar(like(cholera), SCOPE)
    assert not found.is_by_meaning
    assert "by its words only" in " ".join(found.result.notices)
    assert [hit.name for hit in found.result.hits] == ["clinic"]


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_similar_is_the_same_to_the_byte_with_secrets_beside(seed: int, texts: Texts) -> None:
    public, secret = corpus(seed, LABELS, 12), corpus(seed + 100, (SECRET,), 9)
    scope = AccessScope.of(LABELS)

    def everything(documents: list[Document], within: AccessScope) -> list[Any]:
        found = []
        for document in documents:
            for ordinal in (None, 0):
                result = similar(like(document, within, ordinal), within, limit=50)
                found.append([seen(result.result), result.words, result.is_by_meaning])
        return found

    made = texts(*public)
    index_pending()
    alone = everything(made[:4], scope)
    assert any(hits for (hits, *_), _, _ in alone)
    clear()
    mixed = [*public, *secret]
    random.Random(seed).shuffle(mixed)
    for some in (mixed[:5], mixed[5:9], mixed[9:]):
        texts(*some)
        index_pending()
    assert everything(made[:4], scope) == alone
    assert everything(made[:4], AccessScope.of([*LABELS, SECRET])) != alone
