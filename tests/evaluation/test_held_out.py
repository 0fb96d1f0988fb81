"""The locked test split of a data set is asked of what serves, by who may read it, and by nobody else."""

from pathlib import Path
from typing import Any

import pytest

from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.evaluation.catalogue import held_out_suite
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.measuring import Work
from donovan.evaluation.models import ItemScore, SuiteRun
from donovan.evaluation.presentation import title_of_suite
from donovan.evaluation.run_access import may_read_run
from donovan.evaluation.runs import request_run, run_suite
from donovan.evaluation.subjects import subject_of
from donovan.evaluation.suites import held_out
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.reading import folder_of
from tests.training.making import claims, label, make_dataset
from tests.training.relevance_rows import relevance_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATASETS_DIR = tmp_path / "datasets"


@pytest.fixture
def town(mia: User) -> DatasetVersion:
    rows = [*relevance_rows("train", of=slice(0, 8)), *relevance_rows("test", of=slice(8, 20))]
    return make_dataset(mia, "town", [row | {"labels": [label()]} for row in rows])


def measure(version: DatasetVersion, metric: str) -> dict[str, float]:
    done = held_out.measure(Work(), metric=metric, rows=folder_of(version), digest=version.digest)
    return {item.id: item.scores[metric] for item in done.items}


def test_the_questions_of_the_test_split_are_searched_among_all_passages_of_the_data_set(
    town: DatasetVersion, mia: User
) -> None:
    suite = held_out_suite("embedder", "relevance", town.pk)
    run = run_suite(suite, subject_of(["base"]), user=mia)
    assert (run.state, run.notice) == (SuiteRun.State.DONE, "")
    scores = ItemScore.objects.filter(run=run)
    assert scores.count() == 12
    assert run.figures["ndcg"]["mean"] > 0.8
    assert run.facts["passages"] == 20
    assert run.labels == [label()]
    assert title_of_suite(suite) == "Test split of town@1"
    assert not any(one.detail for one in scores), "what is wrong in the test is for nobody to train on"


def test_claims_are_judged_as_people_judged_them(mia: User) -> None:
    scores = measure(make_dataset(mia, "claims", claims()), "right")
    assert len(scores) == 12
    assert sum(scores.values()) / 12 > 0.8


def test_the_reader_finds_the_passage_that_answers_among_others(town: DatasetVersion) -> None:
    scores = measure(town, "rank")
    assert len(scores) == 12
    assert sum(scores.values()) / 12 > 0.6


def test_a_changed_file_is_not_measured_and_an_empty_split_is_said_to_be(
    town: DatasetVersion, mia: User
) -> None:
    without = make_dataset(mia, "untested", relevance_rows("train"))
    with pytest.raises(UnusableData, match="nothing that can be asked"):
        measure(without, "ndcg")
    with (folder_of(town) / "test.jsonl").open("a") as stream:
        stream.write("{}\n")
    with pytest.raises(UnusableData, match="changed after it was made"):
        measure(town, "ndcg")


def test_nobody_runs_or_reads_the_test_of_what_they_may_not_read(
    town: DatasetVersion, mia: User, rita: User
) -> None:
    suite = held_out_suite("embedder", "relevance", town.pk)
    run = request_run(suite, subject_of(["base"]), user=mia)
    SuiteRun.objects.filter(pk=run.pk).update(labels=town.labels)
    run.refresh_from_db()
    assert may_read_run(rita, scope_for(rita), run)
    Membership.objects.filter(user=rita).delete()
    assert not may_read_run(rita, scope_for(rita), run)
    with pytest.raises(UnusableData, match="that you may read"):
        request_run(suite, subject_of(["base"]), user=rita)
    with pytest.raises(UnusableData, match="no suite named"):
        request_run(f"{suite.rpartition(':')[0]}:{mia.pk}", subject_of(["base"]), user=mia)


def test_a_model_in_a_role_that_a_suite_does_not_measure_makes_none_of_its_runs_void() -> None:
    now = subject_of(["base"])
    models = {**now.models, "triage": type(now.models["triage"])("bulletins", "there", "d" * 64)}
    moved = type(now)("moved", models)
    for suite in ("retrieval", "answers", "red-team", f"test:ndcg:{'0' * 32}"):
        assert moved.digest_for(suite) == now.digest_for(suite)
    reader = type(now)("read", {**now.models, "reader": type(now.models["reader"])("r", "there", "e" * 64)})
    assert reader.digest_for("retrieval") == now.digest_for("retrieval")
    assert reader.digest_for("answers") != now.digest_for("answers")
