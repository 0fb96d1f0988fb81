import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.utils import timezone

from ingest.models import Document, Passage, Stage, Status
from retrieval import catalogue, indexing, leases, opened, segments
from retrieval.embedding import EmbedderUnavailable
from retrieval.indexing import forget_document, index_pending, rebuild, relabel_document
from retrieval.leases import LeasedDocument
from retrieval.models import IndexedDocument, IndexSegment
from retrieval.scope import AccessScope
from retrieval.search import search
from retrieval.sweeping import sweep
from retrieval.work import COULD_NOT
from tests.support.work import let_leases_run_out, let_them_be_due

from .conftest import BRIDGE, CLINIC, HARBOUR, RELIEF, SECRET, Text
from .test_segments import spoil_the_end, write_as_before

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])


def names(query: str, scope: AccessScope = OPEN) -> set[str]:
    return {hit.name for hit in search(query, scope, mode="bm25").hits}


def test_indexed_documents_are_ready_and_the_ledger_tells_how(texts: Texts) -> None:
    document = texts(HARBOUR)[0]
    assert index_pending() == 1
    document.refresh_from_db()
    assert (document.status, document.stage) == (Status.READY, Stage.DONE)
    assert document.finished_at is not None
    records = document.stage_records.all()
    assert [(r.stage, r.outcome) for r in records] == [(Stage.EMBED, "done"), (Stage.INDEX, "done")]
    assert index_pending() == 0


def test_a_limit_is_kept(texts: Texts) -> None:
    texts(HARBOUR, CLINIC, BRIDGE)
    assert index_pending(limit=2) == 2
    assert index_pending() == 1


def test_two_workers_never_claim_the_same_document(texts: Texts) -> None:
    texts(HARBOUR)
    leases.enqueue_lacking()
    assert LeasedDocument.next() is not None
    assert LeasedDocument.next() is None


def test_a_document_of_a_dead_worker_waits_again_when_its_lease_ends(texts: Texts) -> None:
    document = texts(HARBOUR)[0]
    leases.enqueue_lacking()
    LeasedDocument.next()
    assert index_pending() == 0
    let_leases_run_out()
    assert sweep() == 1
    outcomes = list(document.stage_records.values_list("outcome", flat=True))
    assert outcomes == ["interrupted", "done", "done"]


def test_a_document_indexed_twice_is_found_once(texts: Texts) -> None:
    document = texts(HARBOUR)[0]
    index_pending()
    indexing.wait_again([document.pk])
    index_pending()
    assert len(search("harbour crane", OPEN, limit=50).hits) == 2
    assert search("harbour", OPEN).documents_searched == 1


def test_a_document_relabelled_while_it_was_embedded_appears_under_neither_label(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = texts(HARBOUR)[0]
    real = segments.write

    def relabel_then_write(segment: segments.Segment) -> tuple[str, str]:
        Document.objects.update(label=SECRET)
        Passage.objects.update(label=SECRET)
        return real(segment)

    monkeypatch.setattr("retrieval.indexing.segments.write", relabel_then_write)
    assert index_pending() == 0
    monkeypatch.undo()
    assert names("harbour", AccessScope.of([RELIEF, SECRET])) == set()
    let_them_be_due()
    assert index_pending() == 1
    assert names("harbour") == set()
    assert names("harbour", AccessScope.of([SECRET])) == {document.name}


def test_a_forgotten_document_is_gone_from_the_next_search(texts: Texts) -> None:
    document, _ = texts(HARBOUR, CLINIC)
    index_pending()
    search("harbour", OPEN)
    forget_document(document.pk)
    result = search("harbour clinic", OPEN, limit=50)
    assert {h.name for h in result.hits} == {"clinic"}
    assert (result.documents_searched, result.passages_searched) == (1, 1)


def test_forgetting_works_after_the_document_was_removed_and_takes_its_attachments(texts: Texts) -> None:
    mail, attachment = texts(HARBOUR, CLINIC)
    Document.objects.filter(pk=attachment.pk).update(parent=mail)
    index_pending()
    mail.delete()
    forget_document(mail.pk)
    assert not IndexedDocument.objects.exists()
    assert search("harbour clinic", OPEN).documents_searched == 0


def test_a_relabelled_document_moves_without_being_embedded_again(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, attachment, _ = texts(HARBOUR, CLINIC, BRIDGE)
    Document.objects.filter(pk=attachment.pk).update(parent=mail)
    index_pending()
    before = search("harbour crane", OPEN, mode="dense").hits[0].dense_score
    moving = Document.objects.filter(pk__in=[mail.pk, attachment.pk])
    moving.update(label=SECRET)
    Passage.objects.filter(document__in=moving).update(label=SECRET)
    monkeypatch.setattr("retrieval.indexing.embed", lambda *_: pytest.fail("embedded again"))
    relabel_document(mail.pk, RELIEF)
    assert names("harbour clinic bridge") == {"bridge"}
    assert names("harbour clinic bridge", AccessScope.of([SECRET])) == {"harbour", "clinic"}
    assert search("harbour crane", AccessScope.of([SECRET]), mode="dense").hits[0].dense_score == before


def test_the_database_has_the_last_word_when_the_index_was_not_told(texts: Texts) -> None:
    document, _ = texts(HARBOUR, CLINIC)
    index_pending()
    Document.objects.filter(pk=document.pk).update(label=SECRET)
    assert names("harbour") == set()
    sweep()
    assert search("x", OPEN).documents_searched == 1
    assert search("x", AccessScope.of([SECRET])).documents_searched == 1


def test_a_damaged_segment_is_told_and_rebuilt_by_the_sweep(texts: Texts, settings: LazySettings) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()
    whole = search("harbour crane", OPEN)
    for path in Path(settings.INDEX_DIR).glob("*/*"):
        path.write_bytes(b"spoilt")
    opened.forget_all()
    result = search("harbour crane", OPEN)
    assert result.hits == []
    assert "being rebuilt" in result.notices[0]
    sweep()
    again = search("harbour crane", OPEN)
    assert (again.hits, again.generation, again.notices) == (whole.hits, whole.generation, ())


def test_the_sweep_writes_segments_of_an_earlier_version_anew(texts: Texts) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()
    whole = search("harbour crane", OPEN)
    row = IndexSegment.objects.get(is_current=True)
    row.folder, row.digest = write_as_before(segments.read(row.folder, row.digest))
    row.save()
    opened.forget_all()
    assert search("harbour crane", OPEN).hits == whole.hits
    sweep()
    (now,) = IndexSegment.objects.filter(is_current=True)
    assert not segments.is_old(now.folder)
    assert search("harbour crane", OPEN).hits == whole.hits


def test_the_sweep_finds_damage_that_the_file_system_does_not_tell(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.segment_file.LARGE", 0)
    texts(HARBOUR, CLINIC)
    index_pending()
    row = IndexSegment.objects.get(is_current=True)
    assert row.verified_as != ""
    spoil_the_end(Path(settings.INDEX_DIR) / row.folder / segments.FILE_NAME, b"crane")
    # As if its number, size and times had stayed: then it is found when it is next read through.
    IndexSegment.objects.update(verified_as=segments.stamp_if_large(row.folder))
    sweep()
    assert IndexSegment.objects.get(is_current=True).pk == row.pk
    IndexSegment.objects.update(verified_at=timezone.now() - datetime.timedelta(days=2))
    sweep()
    sweep()
    assert IndexSegment.objects.get(is_current=True).pk != row.pk
    assert search("harbour crane", OPEN).hits[0].name == "harbour"


def test_rebuilding_takes_over_what_is_in_order(texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    texts(HARBOUR, CLINIC)
    index_pending()
    before = search("harbour crane", OPEN)
    monkeypatch.setattr("retrieval.indexing.embed", lambda *_: pytest.fail("embedded again"))
    assert rebuild(RELIEF) == 3
    after = search("harbour crane", OPEN)
    assert (after.hits, after.generation) == (before.hits, before.generation)
    assert IndexSegment.objects.filter(is_current=True).count() == 1


def test_rebuilding_a_label_without_documents_leaves_it_empty(db: None) -> None:
    assert rebuild("nobody") == 0


def test_many_small_segments_become_one(texts: Texts) -> None:
    for i in range(8):
        texts(Text(f"report {i}", (f"harbour report number {i}",)))
        index_pending()
    assert IndexSegment.objects.filter(is_current=True).count() < 8
    assert search("harbour", OPEN, limit=50).documents_searched == 8
    assert len(names("harbour")) == 8


def test_a_merge_that_comes_too_late_changes_nothing(texts: Texts) -> None:
    document, _ = texts(HARBOUR, CLINIC)
    index_pending()
    read = catalogue.current([RELIEF])
    content = catalogue.load(read[0])
    forget_document(document.pk)
    with pytest.raises(catalogue.Superseded):
        catalogue.publish(content, *segments.write(content), replacing=read)
    assert names("harbour") == set()


def test_a_crash_before_the_rows_move_leaves_the_old_index(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(HARBOUR)
    index_pending()
    texts(CLINIC)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retrieval.catalogue.publish", die)
    with pytest.raises(KeyboardInterrupt):
        index_pending()
    monkeypatch.undo()
    assert names("harbour clinic") == {"harbour"}
    let_leases_run_out()
    assert sweep() == 1
    assert names("harbour clinic") == {"harbour", "clinic"}


def test_documents_wait_while_there_is_no_model_and_the_ledger_says_why(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = texts(HARBOUR)[0]

    def missing() -> None:
        raise EmbedderUnavailable("The model is away.")

    monkeypatch.setattr("retrieval.indexing.get_embedder", missing)
    assert index_pending() == 0
    document.refresh_from_db()
    assert (document.status, document.stage) == (Status.RUNNING, Stage.EMBED)
    assert document.stage_records.last().message == "The model is away."
    monkeypatch.undo()
    let_them_be_due()
    assert index_pending() == 1


def test_a_document_that_cannot_be_indexed_fails_in_words_and_stops_nobody(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = texts(HARBOUR, CLINIC)
    real = indexing.embed

    def embed(text: object, *rest: object) -> object:
        if text.document_id == bad.pk:
            raise ValueError("planted")
        return real(text, *rest)

    monkeypatch.setattr("retrieval.indexing.embed", embed)
    assert index_pending() == 1
    for _ in range(leases.ATTEMPTS):
        let_them_be_due()
        index_pending()
    bad.refresh_from_db()
    assert (bad.status, bad.error) == (Status.FAILED, COULD_NOT)
    assert names("harbour clinic") == {"clinic"}


def test_the_sweep_puts_back_what_is_ready_but_not_in_the_index(texts: Texts) -> None:
    texts(HARBOUR)
    index_pending()
    IndexSegment.objects.all().delete()
    assert sweep() == 1
    assert names("harbour") == {"harbour"}


def test_old_folders_go_after_a_while_and_current_ones_stay(texts: Texts, settings: LazySettings) -> None:
    texts(HARBOUR)
    index_pending()
    rebuild(RELIEF)
    root = Path(settings.INDEX_DIR)
    assert len(list(root.iterdir())) == 2
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    IndexSegment.objects.filter(is_current=False).update(retired_at=long_ago)
    catalogue.clear_away()
    assert len(list(root.iterdir())) == 1
    assert names("harbour") == {"harbour"}
