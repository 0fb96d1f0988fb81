"""Own questions judge another embedder: what both may read is staged, and nothing else changes."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import LazySettings

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.evaluation import child_work, own_suite, performing, process, run_access, runs, staged_index
from donovan.evaluation.comparison import compare
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.measuring import FULL, QUICK, Measured
from donovan.evaluation.models import OwnQuestion, SuiteRun
from donovan.evaluation.subjects import Subject, subject_of
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document
from ingest.work.leases import Held
from ingest.work.progress import Progress
from retrieval.base_models import MULTILINGUAL
from retrieval.model_folders import ModelFolder
from retrieval.models import IndexedDocument, IndexSegment
from retrieval.results import SearchResult
from retrieval.search import search
from retrieval.serving import BASE
from tests.assistant.conftest import Asker
from tests.evaluation.test_own_questions import LOAD, MINED, keep
from tests.retrieval.conftest import second, trained_models  # noqa: F401 - fixtures

Seen = list[tuple[SearchResult, list[str]]]
SECOND = ("embedder/second",)


@pytest.fixture(autouse=True)
def _second_database(db: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """The database of the index beside is made while a test runs, so it cannot be named before."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    """The measuring process would open another database than this test's, so its work is done here."""

    def measured(request: Mapping[str, Any], subject: Subject, **told: Any) -> dict[str, Any]:
        environment = subject.environment()
        settings.SERVED_INSTEAD = {
            name.removeprefix("DONOVAN_SERVE_").lower(): value for name, value in environment.items()
        }
        folder = tmp_path / f"beside-{time.monotonic_ns()}"
        folder.mkdir()
        try:
            return child_work.measure({**request, "folder": str(folder)}, told["on_progress"])
        except UnusableData as error:
            # As it comes over the pipe.
            raise UnusableData(error.sentence) from error
        finally:
            settings.SERVED_INSTEAD = {}

    monkeypatch.setattr(performing, "measure_apart", measured)
    settings.SCRATCH_DIR = tmp_path / "scratch"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Each search for the rank of confirmed documents, with the labels that the index then had."""
    found: Seen = []

    def watched(*arguments: Any, **options: Any) -> SearchResult:
        result = search(*arguments, **options)
        labels = IndexSegment.objects.filter(is_current=True).values_list("label", flat=True)
        found.append((result, sorted(set(labels))))
        return result

    monkeypatch.setattr(own_suite, "search", watched)
    return found


@pytest.fixture
def bridges(ask: Asker, ana: User) -> OwnQuestion:
    """A suite of Ana's with a question about a plain document and one about a secret one."""
    keep(ana, ask(ana, LOAD)[0], "40 tonnes")
    return keep(ana, ask(ana, MINED)[0], "Kestrel group")


def run_of(user: User, question: OwnQuestion, *words: str, size: str = FULL) -> SuiteRun:
    with using(ScriptedModel([""])):
        return runs.run_suite(question.suite.suite, subject_of(words), user=user, size=size)


def real_index() -> list[tuple[Any, ...]]:
    return [
        *IndexSegment.objects.order_by("pk").values_list("pk", "folder", "embedder", "is_current"),
        *IndexedDocument.objects.order_by("pk").values_list("document_id", "segment_id"),
    ]


def test_own_questions_judge_an_embedder_that_does_not_serve(
    bridges: OwnQuestion,
    ana: User,
    mia: User,
    seen: Seen,
    second: ModelFolder,  # noqa: F811
) -> None:
    before = real_index()
    serving = run_of(mia, bridges)
    assert serving.state == SuiteRun.State.DONE, serving.notice
    candidate = run_of(mia, bridges, *SECOND)
    assert candidate.state == SuiteRun.State.DONE, candidate.notice
    used = [dict(result.models)["embedder"].partition("@")[0] for result, _labels in seen]
    assert used == 2 * [MULTILINGUAL.name] + 2 * ["second"]
    assert all(not result.notices for result, _labels in seen)
    assert candidate.facts["passages"] == candidate.facts["passages_of"] > 5
    assert candidate.unmeasured == []
    # Both asked the same, so they can be held against each other; and nothing of the index that serves moved.
    assert compare(serving, candidate).overall("ndcg") is not None
    assert real_index() == before
    assert dict(search(LOAD, scope_for(ana)).models)["embedder"].startswith(MULTILINGUAL.name)


def test_an_index_beside_with_the_model_that_serves_finds_the_same_to_the_last_bit(
    bridges: OwnQuestion, ana: User, mia: User, seen: Seen, tmp_path: Path
) -> None:
    slug, labels = bridges.suite.slug, scope_for(ana).labels
    with using(ScriptedModel([""])):
        there = own_suite.measure(slug, user=mia.pk, on_progress=runs.nobody)
        with staged_index.staged_index(tmp_path):
            here = own_suite.measure_beside(
                slug, user=mia.pk, labels=labels, size=FULL, on_progress=runs.nobody
            )
    assert scores(here) == scores(there)
    half = len(seen) // 2
    for (one, _), (other, _) in zip(seen[:half], seen[half:], strict=True):
        assert one.hits == other.hits
        assert one.generation == other.generation
        assert (one.documents_searched, one.passages_searched) == (
            other.documents_searched,
            other.passages_searched,
        )


def scores(measured: Measured) -> list[tuple[str, Mapping[str, float]]]:
    return [(item.id, item.scores) for item in measured.items]


def test_nothing_that_one_of_the_two_may_not_read_is_embedded(
    ask: Asker,
    cast: dict[str, User],
    seen: Seen,
    second: ModelFolder,  # noqa: F811
) -> None:
    ben, mia, rita = (cast[name] for name in ("ben", "mia", "rita"))
    question = keep(ben, ask(ben, LOAD)[0], "40 tonnes")
    candidate = run_of(mia, question, *SECOND)
    assert candidate.state == SuiteRun.State.DONE, candidate.notice
    readable = scope_for(ben).labels & scope_for(mia).labels
    for _result, labels in seen:
        assert set(labels) <= readable
        assert labels
    held = Document.objects.filter(label__in=readable)
    assert candidate.facts["passages_of"] == sum(document.passages.count() for document in held)
    assert set(candidate.labels) == set(held.values_list("label", flat=True))
    assert "SECRET" not in candidate.marking
    assert run_access.readable_run(rita, candidate.pk) == candidate


def test_a_run_counts_before_it_is_done_for_those_only_who_may_read_what_is_counted(
    bridges: OwnQuestion,
    cast: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
    second: ModelFolder,  # noqa: F811
) -> None:
    watched: list[bool] = []

    def watch(held: Held, progress: Progress) -> None:
        keep(held, progress)
        for name in ("ben", "chloe"):
            with pytest.raises(SuiteRun.DoesNotExist):
                run_access.readable_run(cast[name], held.subject)
        watched.append(run_access.readable_run(cast["ana"], held.subject).is_open)

    keep: Callable[..., None] = Held._keep_progress
    monkeypatch.setattr(Held, "_keep_progress", watch)
    monkeypatch.setattr(staged_index, "_TRIED_PASSAGES", 1)
    monkeypatch.setattr(staged_index, "MOST_SECONDS", -1.0)
    failed = run_of(cast["mia"], bridges, *SECOND)
    assert failed.state == SuiteRun.State.FAILED
    assert "passages are too many" in failed.notice
    assert "quick size" in failed.notice
    assert failed.marking == "SECRET//NOFORN"
    assert watched
    with pytest.raises(SuiteRun.DoesNotExist):
        run_access.readable_run(cast["ben"], failed.pk)


def test_of_too_many_a_part_is_asked_and_every_subject_is_asked_the_same_part(
    bridges: OwnQuestion,
    mia: User,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
    second: ModelFolder,  # noqa: F811
) -> None:
    monkeypatch.setattr(own_suite, "QUICK_PASSAGES", 4)
    serving, candidate = run_of(mia, bridges, size=QUICK), run_of(mia, bridges, *SECOND, size=QUICK)
    for run in (serving, candidate):
        assert run.state == SuiteRun.State.DONE, run.notice
        assert run.facts["passages"] <= 4 < run.facts["passages_of"]
        assert f"Only {run.facts['passages']} of the {run.facts['passages_of']} passages" in run.unmeasured[0]
        # The confirmed documents are always among them.
        assert run.figures["ndcg"]["low"] > 0.0
    assert {result.passages_searched for result, _ in seen} == {serving.facts["passages"]}
    compare(serving, candidate)
    whole = run_of(mia, bridges, size=FULL)
    assert whole.facts == {}
    with pytest.raises(UnusableData, match="different items"):
        compare(whole, candidate)


def test_what_is_withdrawn_while_it_runs_is_found_no_more(
    bridges: OwnQuestion, mia: User, tmp_path: Path
) -> None:
    def withdraw(done: int, total: int, words: str) -> None:
        if done == total and "embedded" in words:
            secret = Document.objects.get(title="Assessment 3")
            secret.label = label_for("relief", parse_marking("TOP SECRET"))
            secret.save()

    with using(ScriptedModel([""])), staged_index.staged_index(tmp_path):
        measured = own_suite.measure_beside(
            bridges.suite.slug, user=mia.pk, labels=scope_for(mia).labels, size=FULL, on_progress=withdraw
        )
    found = {item.id: item for item in measured.items}
    assert found[f"own:{bridges.pk}"].scores["gold"] == 0.0
    assert found[f"own:{bridges.pk}"].scores["ndcg"] == 0.0
    assert "Kestrel" not in str(found[f"own:{bridges.pk}"].detail["said"])
    assert sum(item.scores["gold"] for item in measured.items) == 1.0


@pytest.fixture
def base() -> Iterator[Subject]:
    yield subject_of([BASE])


def test_the_folder_of_a_run_goes_with_it_and_so_does_one_that_a_killed_worker_left(
    db: None, base: Subject, settings: LazySettings
) -> None:
    root = Path(settings.SCRATCH_DIR)
    for name, age in (("suite-old", process.LIMIT_SECONDS + 3600), ("suite-new", 60.0), ("read-1", 1e6)):
        (root / name).mkdir(parents=True)
        os.utime(root / name, (time.time() - age, time.time() - age))
    with process._workplace({"own": "bridges"}, base) as (request, environment):
        folder = Path(request["folder"])
        assert folder.parent == root
        assert folder.stat().st_mode & 0o077 == 0
        assert "DONOVAN_IS_SCRATCH" not in environment
    assert sorted(path.name for path in root.iterdir()) == ["read-1", "suite-new"]
