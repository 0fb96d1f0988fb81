"""Another embedder takes over, and back: the old index answers until the new one is whole, and nothing is
lost, mixed or embedded twice.
"""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from ingest.models import Document, Passage, Status
from retrieval import catalogue, indexing, segments, serving, swapping
from retrieval.embedding import identity_of
from retrieval.indexing import forget_document, index_pending, relabel_document
from retrieval.model_folders import ModelFolder, ModelTampered
from retrieval.models import IndexedDocument, IndexSegment, KeptDocument
from retrieval.scope import AccessScope
from retrieval.search import search
from retrieval.swapping import SwapStopped, prepare, swap
from retrieval.sweeping import sweep
from tests.support.work import let_them_be_due

from .conftest import BRIDGE, CLINIC, HARBOUR, PLAN, RELIEF, SECRET, Text
from .test_twins import LABELS, clear, corpus, everything, seen

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])
ALL = AccessScope.of([RELIEF, SECRET])
QUERIES = ("sick people in hospital", "harbour crane", "the Orla")


def answers(scope: AccessScope = ALL) -> list[Any]:
    return [
        (seen(search(query, scope, mode=mode)), search(query, scope, mode=mode).models)
        for query in QUERIES
        for mode in ("fused", "dense", "bm25")
    ]


def models_of_index() -> set[str]:
    return set(IndexSegment.objects.filter(is_current=True).values_list("embedder", flat=True))


@pytest.fixture
def indexed(texts: Texts) -> list[Document]:
    made = texts(HARBOUR, CLINIC, BRIDGE, PLAN)
    index_pending()
    return made


def test_the_old_index_answers_while_the_new_one_is_made_and_then_the_new_one_does(
    indexed: list[Document], second: ModelFolder
) -> None:
    before = answers()
    told: list[tuple[int, int]] = []
    during: list[Any] = []

    def on_progress(done: int, total: int) -> None:
        told.append((done, total))
        during.append(answers())

    prepared = prepare(second, on_progress=on_progress)
    assert (prepared.documents, prepared.passages, prepared.embedded) == (4, 5, 5)
    assert told[-1] == (5, 5)
    assert all(some == before for some in during)
    sweep()
    assert answers() == before
    assert models_of_index() == {identity_of(None).name}
    row = swap(second)
    assert (row.name, serving.pointer_key("embedder")) == ("second", f"second@{second.digest}")
    assert models_of_index() == {prepared.embedder}
    result = search("sick people in hospital", OPEN)
    assert dict(result.models)["embedder"] == prepared.embedder
    assert result.notices == ()
    assert (result.documents_searched, result.passages_searched) == (3, 4)
    assert answers() != before


def test_going_back_gives_the_same_results_to_the_byte_and_embeds_nothing(
    indexed: list[Document], second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()
    swap(second)
    after = answers()
    monkeypatch.setattr("retrieval.swapping.embed", lambda *_: pytest.fail("embedded again"))
    swap(serving.model_of(serving.before("embedder")))
    assert answers() == before
    swap(second)
    assert answers() == after
    assert IndexedDocument.objects.count() == 4


def test_a_preparation_that_was_killed_goes_on_where_it_was(
    indexed: list[Document], second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()
    monkeypatch.setattr("retrieval.swapping.FLUSH_PASSAGES", 1)
    real, embedded = swapping.embed, []

    def embed(text: Any, *rest: Any) -> Any:
        if len(embedded) == 2:
            raise KeyboardInterrupt
        embedded.append(text.document_id)
        return real(text, *rest)

    monkeypatch.setattr("retrieval.swapping.embed", embed)
    with pytest.raises(KeyboardInterrupt):
        prepare(second)
    sweep()
    assert answers() == before
    embedded.clear()
    assert prepare(second).embedded < 4
    assert len(embedded) == 2
    swap(second)
    assert len(embedded) == 2
    assert search("harbour crane", ALL).documents_searched == 4


def test_whoever_stops_a_preparation_keeps_what_is_embedded(
    indexed: list[Document], second: ModelFolder
) -> None:
    asked: list[int] = []

    def is_stopped() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(SwapStopped):
        prepare(second, is_stopped=is_stopped)
    done = KeptDocument.objects.count()
    assert 0 < done < 4
    assert prepare(second).documents == 4
    assert KeptDocument.objects.count() == 4


def test_what_came_left_and_moved_since_the_preparation_is_right_in_the_new_index(
    indexed: list[Document], second: ModelFolder, texts: Texts
) -> None:
    harbour, clinic, _, plan = indexed
    prepare(second)
    texts(Text("late", ("A late report about the harbour.",)))
    index_pending()
    forget_document(clinic.pk)
    clinic.delete()
    Document.objects.filter(pk=harbour.pk).update(label=SECRET)
    Passage.objects.filter(document=harbour).update(label=SECRET)
    relabel_document(harbour.pk, RELIEF)
    Passage.objects.filter(document=plan).update(text="The landing was put off.")
    indexing.wait_again([plan.pk])
    index_pending()
    swap(second)
    result = search("harbour clinic landing bridge", OPEN, limit=50)
    assert {hit.name for hit in result.hits} == {"late", "bridge"}
    assert result.documents_searched == 2
    secret = search("harbour clinic landing bridge", AccessScope.of([SECRET]), limit=50)
    assert {hit.name for hit in secret.hits} == {"harbour", "plan"}
    assert models_of_index() == {f"second@{second.digest[:12]}"}
    swapped = answers()
    clear()
    texts(Text("late", ("A late report about the harbour.",)), BRIDGE)
    texts(
        Text("harbour", HARBOUR.passages, label=SECRET),
        Text("plan", ("The landing was put off.",), label=SECRET),
    )
    index_pending()
    assert answers() == swapped


def test_a_document_that_comes_in_the_last_moment_is_not_left_behind(
    indexed: list[Document], second: ModelFolder, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, rounds = swapping._exchange, []

    def exchange(staged: Any, within: Any) -> Any:
        rounds.append(1)
        if len(rounds) == 1:
            texts(Text("last", ("The last report.",)))
            index_pending()
        return real(staged, within)

    monkeypatch.setattr("retrieval.swapping._exchange", exchange)
    swap(second)
    assert len(rounds) == 2
    assert search("last report", OPEN).documents_searched == 4
    assert models_of_index() == {f"second@{second.digest[:12]}"}


def test_a_crash_within_the_exchange_leaves_index_and_pointer_as_they_were(
    indexed: list[Document], second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retrieval.swapping.serving.point", die)
    with pytest.raises(KeyboardInterrupt):
        swap(second)
    monkeypatch.undo()
    assert (answers(), serving.current("embedder")) == (before, None)


def test_passages_embedded_with_the_model_that_left_wait_for_the_one_that_came(
    indexed: list[Document], second: ModelFolder, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = texts(Text("late", ("A late report about the harbour.",)))[0]
    real = indexing.build

    def swap_then_build(*arguments: Any) -> Any:
        monkeypatch.setattr("retrieval.indexing.build", real)
        swap(second)
        return real(*arguments)

    monkeypatch.setattr("retrieval.indexing.build", swap_then_build)
    assert index_pending() == 0
    late.refresh_from_db()
    assert late.status == Status.RUNNING
    assert late.stage_records.last().message == indexing.EXCHANGED
    let_them_be_due()
    assert index_pending() == 1
    assert models_of_index() == {f"second@{second.digest[:12]}"}


def test_the_sweep_brings_the_index_along_where_only_the_pointer_was_moved(
    indexed: list[Document], second: ModelFolder
) -> None:
    serving.point("embedder", second)
    waiting = search("sick people in hospital", OPEN)
    assert "made with another embedding model" in waiting.notices[0]
    assert {hit.dense_score for hit in waiting.hits} <= {0.0}
    sweep()
    after = search("sick people in hospital", OPEN)
    assert (after.notices, models_of_index()) == ((), {f"second@{second.digest[:12]}"})
    swap(second)
    assert search("sick people in hospital", OPEN).hits == after.hits


def test_a_tampered_model_never_takes_over(indexed: list[Document], spoilt: ModelFolder) -> None:
    for act in (prepare, swap):
        with pytest.raises(ModelTampered, match="was changed"):
            act(spoilt)
    assert serving.current("embedder") is None
    assert not KeptDocument.objects.exists()


def test_kept_vectors_that_were_damaged_are_made_again(
    indexed: list[Document], second: ModelFolder, settings: LazySettings
) -> None:
    prepare(second)
    for row in catalogue.kept(f"second@{second.digest[:12]}"):
        (Path(settings.INDEX_DIR) / row.folder / segments.FILE_NAME).write_bytes(b"spoilt")
    swap(second)
    result = search("harbour crane", ALL)
    assert (result.documents_searched, result.notices) == (4, ())


def test_a_removed_document_leaves_the_kept_vectors_too(
    indexed: list[Document], second: ModelFolder, settings: LazySettings
) -> None:
    swap(second)
    harbour = indexed[0]
    assert KeptDocument.objects.filter(document_id=harbour.pk).exists()
    forget_document(harbour.pk)
    harbour.delete()
    sweep()
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    IndexSegment.objects.filter(retired_at__isnull=False, kept_until__isnull=True).update(retired_at=long_ago)
    catalogue.clear_away()
    files = [path.read_bytes() for path in Path(settings.INDEX_DIR).glob("*/*")]
    assert files
    assert not any(str(harbour.pk).encode() in content for content in files)
    assert KeptDocument.objects.count() == 3
    swap(None)
    assert search("harbour crane", ALL).documents_searched == 3


def test_what_is_kept_goes_when_it_is_forgotten_or_its_time_is_over(
    indexed: list[Document], second: ModelFolder, settings: LazySettings
) -> None:
    root = Path(settings.INDEX_DIR)
    folders = len(list(root.iterdir()))
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    prepare(second)
    swapping.forget(second)
    IndexSegment.objects.filter(is_current=False).update(retired_at=long_ago)
    catalogue.clear_away()
    assert len(list(root.iterdir())) == folders
    prepare(second)
    IndexSegment.objects.filter(is_current=False).update(kept_until=long_ago)
    catalogue.clear_away()
    assert len(list(root.iterdir())) == folders
    assert not KeptDocument.objects.exists()
    assert search("harbour", ALL).documents_searched == 4


def test_an_empty_index_changes_its_model_in_no_time(db: None, second: ModelFolder) -> None:
    assert prepare(second).passages == 0
    swap(second)
    assert serving.pointer_key("embedder") == f"second@{second.digest}"


def test_what_lies_outside_the_scope_does_not_show_after_a_swap(
    texts: Texts, second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, secret = corpus(1, LABELS, 6), corpus(101, (SECRET,), 5)
    scope = AccessScope.of(LABELS)
    texts(*public)
    index_pending()
    swap(second)
    alone = everything(scope)
    swap(None)
    clear()
    for some in ((*public[:3], *secret[:3]), (*secret[3:], *public[3:])):
        texts(*some)
        index_pending()
    monkeypatch.setattr("retrieval.swapping.FLUSH_PASSAGES", 3)
    swap(second)
    assert everything(scope) == alone
