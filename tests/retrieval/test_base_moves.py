"""An index made by another model of the product goes on answering, and moves to the chosen one by itself."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import call_command

from ingest.models import Document
from ingest.work import running
from ingest.work.command import TOKEN_VARIABLE
from ingest.work.models import Job
from ingest.work.services import job_of
from retrieval import base_moves, building, serving, swapping
from retrieval.base_models import ENGLISH, MULTILINGUAL
from retrieval.embedding import get_embedder, identity_of
from retrieval.indexing import index_pending
from retrieval.model_folders import ModelFolder
from retrieval.models import IndexSegment, ServedModel
from retrieval.scope import AccessScope
from retrieval.search import search
from retrieval.sweeping import sweep
from retrieval.work import EMBED_ANEW
from tests.support.work import held_by_a_worker

from .conftest import BRIDGE, CLINIC, HARBOUR, RELIEF, Text

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])
WATER = Text("water", ("Колодец у школы отравлен.",), language="ru")


def makers() -> set[str]:
    return set(IndexSegment.objects.filter(is_current=True).values_list("embedder", flat=True))


@pytest.fixture
def english(texts: Texts, settings: LazySettings) -> None:
    """An index that the small English model made, before the multilingual one was chosen."""
    settings.EMBEDDER = ENGLISH.name
    texts(HARBOUR, CLINIC, BRIDGE, WATER)
    index_pending()
    sweep()
    settings.EMBEDDER = ""


def test_the_older_index_answers_as_before_until_the_new_one_is_whole(
    english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = building.embed

    def embed(*given: object) -> object:
        result = search("sick people in hospital", OPEN)
        seen.append([*result.notices, *(hit.name for hit in result.hits)])
        return real(*given)  # type: ignore[arg-type]

    before = search("sick people in hospital", OPEN)
    assert dict(before.models)["embedder"].startswith(ENGLISH.name)
    monkeypatch.setattr("retrieval.swapping.embed", embed)
    sweep()
    running.run_job(job_of(EMBED_ANEW, MULTILINGUAL.name).pk, handler=base_moves.MovesHere())  # type: ignore[union-attr]
    assert len(seen) == 4
    assert all(one == [*before.notices, *(hit.name for hit in before.hits)] for one in seen)
    assert makers() == {identity_of(None).name}
    after = search("is the well poisoned", OPEN)
    assert (after.hits[0].name, after.notices) == ("water", ())
    assert serving.pointer_key("embedder") == MULTILINGUAL.name
    sweep()
    assert Job.objects.filter(kind=EMBED_ANEW.name).count() == 1


def test_a_move_that_is_killed_at_any_passage_loses_nothing(
    english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.swapping.FLUSH_PASSAGES", 1)
    real, embedded = building.embed, list[object]()

    class Killed(BaseException):
        pass

    def embed(*given: object) -> object:
        if len(embedded) in kills:
            kills.discard(len(embedded))
            raise Killed
        embedded.append(given)
        return real(*given)  # type: ignore[arg-type]

    kills = {0, 1, 3}
    monkeypatch.setattr("retrieval.swapping.embed", embed)
    for _ in range(3):
        with pytest.raises(Killed):
            swapping.swap(None)
        assert {hit.name for hit in search("harbour crane", OPEN).hits} >= {"harbour"}
        assert makers() == {f"{ENGLISH.name}@{ENGLISH.digest[:12]}"}
    swapping.swap(None)
    assert len(embedded) == 4
    assert makers() == {identity_of(None).name}


def test_the_process_of_the_move_holds_the_job_of_its_worker(
    english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep()
    held = held_by_a_worker(EMBED_ANEW, MULTILINGUAL.name)
    monkeypatch.setenv(TOKEN_VARIABLE, "another")
    call_command(base_moves.COMMAND, str(held.job.pk))
    assert serving.pointer_key("embedder") == ENGLISH.name
    monkeypatch.setenv(TOKEN_VARIABLE, held.token)
    call_command(base_moves.COMMAND, str(held.job.pk))
    assert serving.pointer_key("embedder") == MULTILINGUAL.name
    assert Job.objects.get(pk=held.job.pk).state == Job.State.DONE


def test_a_model_that_cannot_be_read_leaves_the_index_and_is_tried_again_later(
    english: None, settings: LazySettings, tmp_path: object
) -> None:
    settings.MULTILINGUAL_MODEL = str(tmp_path)
    base_moves.settle()
    job = running.run_job(job_of(EMBED_ANEW, MULTILINGUAL.name).pk, handler=base_moves.MovesHere())  # type: ignore[union-attr]
    assert job is not None and job.state == Job.State.FAILED
    assert "There is no model in" in job.notice
    assert search("harbour crane", OPEN).notices == ()
    base_moves.settle()
    again = job_of(EMBED_ANEW, MULTILINGUAL.name)
    assert again is not None and again.pk != job.pk
    assert job.finished_at is not None and again.due_at == job.finished_at + base_moves.TRIED_AGAIN_AFTER


def test_a_model_promoted_while_the_move_is_made_stays(
    english: None, second: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    base_moves.settle()
    job = job_of(EMBED_ANEW, MULTILINGUAL.name)
    assert job is not None
    real, promoted = building.embed, list[object]()

    def embed(*given: object) -> object:
        if not promoted:
            promoted.append(True)
            serving.point("embedder", second)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("retrieval.swapping.embed", embed)
    ended = running.run_job(job.pk, handler=base_moves.MovesHere())
    assert ended is not None and (ended.state, ended.notice) == (Job.State.FAILED, base_moves.PROMOTED)
    assert serving.pointer_key("embedder") == f"second@{second.digest}"


def test_a_move_to_what_is_no_longer_chosen_is_not_made(english: None, settings: LazySettings) -> None:
    base_moves.settle()
    settings.EMBEDDER = ENGLISH.name
    job = job_of(EMBED_ANEW, MULTILINGUAL.name)
    assert job is not None
    running.run_job(job.pk, handler=base_moves.MovesHere())
    assert serving.pointer_key("embedder") == ENGLISH.name
    assert makers() == {f"{ENGLISH.name}@{ENGLISH.digest[:12]}"}


def test_nobody_moves_away_from_a_trained_model(english: None, second: ModelFolder) -> None:
    serving.point("embedder", second)
    base_moves.settle()
    assert job_of(EMBED_ANEW, MULTILINGUAL.name) is None


def test_a_fresh_installation_notes_what_it_began_with(texts: Texts, settings: LazySettings) -> None:
    texts(HARBOUR)
    sweep()
    sweep()
    assert ServedModel.objects.get().name == MULTILINGUAL.name
    settings.EMBEDDER = ENGLISH.name
    assert get_embedder().name.startswith(MULTILINGUAL.name)


def test_an_installation_of_before_is_noted_as_english(english: None) -> None:
    """What was never noted, and what was noted without a name: the migration tells both."""
    note = import_module("retrieval.migrations.0004_note_the_english_base").note
    for left in ({"name": "base"}, None):
        ServedModel.objects.all().delete()
        if left:
            ServedModel.objects.create(role="embedder", **left)
        note(apps, None)
        assert ServedModel.objects.get(is_current=True).name == ENGLISH.name
        assert search("sick people in hospital", OPEN).notices == ()
