"""Labels into rows: who counts, what is left out, and always the same from the same."""

import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.feedback.datasets import builds
from donovan.feedback.datasets.collecting import collect
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import DatasetBuild, DatasetVersion
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.recipes import Recipe, pairs, read_recipe
from donovan.feedback.datasets.services import build_version, preview
from donovan.feedback.datasets.work import BUILD
from donovan.feedback.models import Annotation
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem
from ingest.models import Blob, Document, Page, Status
from ingest.work.errors import LeaseLost
from ingest.work.leases import Held
from ingest.work.running import run_subject
from tests.feedback.datasets.conftest import sentence
from tests.support.work import held_by_a_worker, let_lease_run_out, let_leases_run_out

CLASSES = Recipe("document_class")


def values(rows) -> dict[str, str]:
    return {row["input"]["text"]: row["value"]["class"] for row in rows}


@pytest.fixture
def project(cast, collections, give) -> SimpleNamespace:
    """A label project of ana's with items that were decided in every way."""
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    made = LabelProject.objects.create(
        owner=cast["ana"], title="Classes", template="document_class", task="document_class"
    )

    def item(number: int, final: str, how: str, **more) -> ProjectItem:
        return ProjectItem.objects.create(
            project=made,
            ordinal=number,
            input={"text": sentence(number), "title": ""},
            labels=[label],
            labels_digest="x",
            marking="UNCLASSIFIED",
            state=ProjectItem.State.DONE,
            final={"class": final},
            final_how=how,
            decided_at=timezone.now(),
            **more,
        )

    def vote(at: ProjectItem, person: str, value: str) -> None:
        kept = give(person, text=at.input["text"], value={"class": value}, origin=Annotation.Origin.PROJECT)
        Assignment.objects.create(
            item=at,
            person=cast[person],
            state=Assignment.State.DONE,
            label=kept,
            until=timezone.now(),
        )

    weighed = item(1, "memo", "weighed", confidence=0.93)
    for person, value in (("ana", "memo"), ("ben", "memo"), ("rita", "order")):
        vote(weighed, person, value)
    adjudicated = item(2, "order", "adjudicated", confidence=0.4)
    vote(adjudicated, "ben", "memo")
    vote(adjudicated, "ana", "order")
    ProjectItem.objects.create(
        project=made,
        ordinal=3,
        input={"text": sentence(3), "title": ""},
        labels=[label],
        labels_digest="x",
        marking="UNCLASSIFIED",
        state=ProjectItem.State.OPEN,
    )
    return SimpleNamespace(project=made, weighed=weighed, adjudicated=adjudicated)


def test_what_was_taken_back_is_in_no_data_set(mia_calls, give) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    Annotation.objects.filter(pk=give("ana", text=sentence(2), value={"class": "memo"}).pk).update(
        withdrawn_at=timezone.now()
    )
    assert values(collect(CLASSES, mia_calls.scope)) == {sentence(1): "memo"}


def test_the_word_of_an_adjudicator_stands_before_single_judgements(mia_calls, give, project) -> None:
    for person in ("ana", "ben", "rita"):
        give(person, text=sentence(2), value={"class": "memo"})
    rows = {row["input"]["text"]: row for row in collect(CLASSES, mia_calls.scope)}
    assert set(rows) == {sentence(1), sentence(2)}
    decided = rows[sentence(2)]
    assert (decided["value"], decided["how"], decided["weight"]) == ({"class": "order"}, "adjudicated", 1.0)
    assert decided["item"] == str(project.adjudicated.pk)
    weighed = rows[sentence(1)]
    assert (weighed["weight"], weighed["agreement"]) == (0.93, pytest.approx(2 / 3, abs=0.001))
    assert weighed["annotators"] == ["ana", "ben", "rita"]


def test_a_recipe_leaves_out_what_it_says(caller_of, give, project) -> None:
    give("ana", text=sentence(8), value={"class": "memo"}, marking="SECRET//HARBOR")
    give("ana", text=sentence(9), value={"class": "memo"}, collection="logistics")

    def texts(**changes):
        return set(values(collect(Recipe("document_class", **changes), caller_of("mia").scope)))

    assert texts() == {sentence(1), sentence(2), sentence(8), sentence(9)}
    assert texts(is_decided=True) == {sentence(2)}
    assert texts(agreement=0.6) == {sentence(1), sentence(8), sentence(9)}
    assert texts(people=2) == {sentence(1), sentence(2)}
    assert texts(origins=("everyday",)) == {sentence(8), sentence(9)}
    assert texts(projects=(str(project.project.pk),), origins=("project",)) == {sentence(1), sentence(2)}
    assert texts(collections=("logistics",)) == {sentence(9)}
    assert texts(is_readable_by_all=True) == {sentence(1), sentence(2), sentence(9)}
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    assert texts(since=tomorrow) == set()
    assert len(texts(until=tomorrow)) == 4


def test_two_careful_people_outweigh_a_careless_one(mia_calls, give) -> None:
    for number in range(12):
        right, wrong = ("memo", "order") if number % 2 else ("order", "memo")
        for person in ("ana", "rita"):
            give(person, text=sentence(number), value={"class": right})
        give("ben", text=sentence(number), value={"class": wrong if number % 3 else right})
    # Here one careful person stands against the careless one.
    give("ana", text=sentence(50), value={"class": "memo"})
    give("ben", text=sentence(50), value={"class": "order"})
    rows = {row["input"]["text"]: row for row in collect(CLASSES, mia_calls.scope)}
    assert rows[sentence(50)]["value"] == {"class": "memo"}
    assert 0.5 < rows[sentence(50)]["weight"] < 1


def test_a_document_that_is_gone_or_was_marked_higher_since_counts_as_it_stands(mia_calls, give) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    higher = label_for("relief", parse_marking("SECRET//NOFORN"))
    documents = []
    for number in range(2):
        blob = Blob.objects.create(digest=f"{number}" * 64, size=1)
        document = Document.objects.create(
            blob=blob,
            label=label,
            name=f"{number}.txt",
            title="Report",
            status=Status.READY,
            languages=["ru"],
            document_date="2026-03-01",
            ocr_page_count=1,
        )
        Page.objects.create(document=document, number=1, confidence=0.6)
        give("ana", text=sentence(number), value={"class": "memo"}, documents=[str(document.pk)])
        documents.append(document)
    documents[0].delete()
    documents[1].label = higher
    documents[1].save()
    caller = type(mia_calls).named(mia_calls.user, source="test")
    (row,) = collect(CLASSES, caller.scope)
    assert row["labels"] == [higher, label]
    assert row["marking"] == "SECRET//NOFORN"
    assert (row["language"], row["date"], row["scan_quality"]) == ("ru", "2026-03-01", "poor")


def test_the_same_labels_give_the_same_files_and_nothing_new(mia_calls, give, project) -> None:
    for number in range(10, 30):
        give("ana", text=sentence(number), value={"class": "memo" if number % 2 else "order"})
    first = build_version(mia_calls, "classes", CLASSES)
    again = build_version(mia_calls, "classes", CLASSES)
    assert (again.version, again.is_new) == (first.version, False)
    give("ben", text=sentence(40), value={"class": "memo"})
    grown = build_version(mia_calls, "classes", CLASSES)
    assert (grown.is_new, grown.version.number, grown.version.total) == (True, 2, 23)
    assert len(list(read_all(first.version))) == 22


def test_labels_that_may_not_be_read_leave_no_trace(caller_of, give) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    before = collect(CLASSES, caller_of("ben").scope)
    give("ana", text=sentence(2), value={"class": "memo"}, marking="SECRET//HARBOR")
    give("ana", text=sentence(1), value={"class": "order"}, marking="SECRET//HARBOR")
    assert collect(CLASSES, caller_of("ben").scope) == before


def test_only_a_model_owner_builds(caller_of, give) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    for name in ("ana", "rita"):
        with pytest.raises(DatasetError, match="model owners"):
            build_version(caller_of(name), "classes", CLASSES)
    assert preview(caller_of("mia"), CLASSES).total == 1


def test_a_recipe_is_read_from_words_and_kept_as_data() -> None:
    given = pairs(["since=2026-01-01", "decided=adjudicated", "split=0.7/0.1/0.2", "seed=3", "readable=all"])
    recipe = read_recipe("document_class", given, ["p1"])
    assert recipe == Recipe(
        "document_class",
        projects=("p1",),
        origins=("project",),
        since="2026-01-01",
        is_decided=True,
        split=(0.7, 0.1, 0.2),
        seed=3,
        is_readable_by_all=True,
    )
    assert Recipe.of_data(recipe.as_data()) == recipe


@pytest.mark.parametrize(
    "given",
    [
        {"since": "yesterday"},
        {"agreement": "2"},
        {"origins": "rumour"},
        {"sauce": "x"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"projects": "p", "origins": "everyday"},
    ],
)
def test_a_recipe_that_means_nothing_is_refused_with_a_sentence(given) -> None:
    with pytest.raises(DatasetError):
        read_recipe("document_class", given)


def test_a_worker_builds_what_is_too_large_and_a_dead_ones_build_is_taken_up(
    mia_calls, give, monkeypatch
) -> None:
    give("ana", text=sentence(1), value={"class": "memo"})
    monkeypatch.setattr(builds, "SMALL", 0)
    build = builds.ask_for_build(mia_calls, "classes", CLASSES)
    assert build.state == DatasetBuild.State.WAITING
    dead = held_by_a_worker(BUILD, build.pk)
    let_lease_run_out(dead.job)
    build.refresh_from_db()
    assert build.state == DatasetBuild.State.RUNNING
    run_subject(BUILD, build.pk)
    build.refresh_from_db()
    assert (build.state, str(build.version)) == ("done", "classes@1")
    with pytest.raises(LeaseLost):
        dead.fail("from the dead")
    build.refresh_from_db()
    assert (build.state, build.notice) == ("done", "")


def test_a_worker_that_is_killed_as_it_ends_a_build_leaves_no_version(
    give, mia_calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It left one, and the next worker said of what was asked for that nothing was new."""
    give("ana", text=sentence(1), value={"class": "memo"})
    monkeypatch.setattr(builds, "SMALL", 0)
    build = builds.ask_for_build(mia_calls, "classes", CLASSES)
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(Held, "complete", lambda *_: sys.exit())
        run_subject(BUILD, build.pk)
    assert not DatasetVersion.objects.exists()
    let_leases_run_out()
    run_subject(BUILD, build.pk)
    build.refresh_from_db()
    assert (build.state, build.notice, str(build.version)) == ("done", "", "classes@1")


def test_a_build_that_cannot_be_says_why(mia_calls) -> None:
    build = builds.ask_for_build(mia_calls, "classes", CLASSES)
    assert build.state == "failed"
    assert "nothing that fits" in build.notice
