"""Natural questions: what each ending counts as, and the command from folder to figures."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.must import Gold
from donovan.evaluation.questions_set import NaturalQuestion, read_question_set
from donovan.evaluation.questions_suite import figures, judged, run_questions_suite
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document
from tests.evaluation.test_evaluate import evaluate

CORPUS = (
    {
        "_id": "v1/d1",
        "title": "Report from Orlov",
        "text": "The Orlov bridge was closed on 5 July. Engineers expect it to open in May.",
        "date": "1956-07-06",
    },
    {
        "_id": "v1/d2",
        "title": "Harbour of Sereno",
        "text": "The harbour crane is broken. Twelve ships wait outside the breakwater.",
    },
)
QUESTIONS = (
    ("q1", "When was the Orlov bridge closed?", "fact", [["5 july"]], [], ["v1/d1"]),
    ("q2", "How many ships wait outside the breakwater?", "fact", [["twelve"]], ["twelve ships"], ["v1/d2"]),
    ("q3", "How many helicopters did Norway send to Trondheim?", "unanswerable", [], [], []),
)


def row(question: Sequence[Any], **change: object) -> dict[str, Any]:
    name, text, kind, must, must_not, documents = question
    values = {
        "id": name, "question": text, "kind": kind, "answerable": bool(must),
        "must": must, "must_not": must_not, "documents": documents,
    }  # fmt: skip
    return {**values, **change}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, CORPUS, [row(question) for question in QUESTIONS])
    return tmp_path


def write(folder: Path, corpus: Sequence[object], questions: Sequence[object]) -> None:
    for name, rows in (("corpus", corpus), ("qa", questions)):
        text = "".join(json.dumps(each) + "\n" for each in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def question(must: Sequence[Sequence[str]], must_not: Sequence[str] = ()) -> NaturalQuestion:
    gold = Gold(tuple(map(tuple, must)), tuple(must_not))
    return NaturalQuestion("q", "What stands there?", "fact", bool(must), gold, ())


def kept(owner: User, *supported: str, ending: str = "answered", **values: Any) -> Answer:
    answer = Answer.objects.create(
        owner=owner,
        question="What stands there?",
        state=Answer.State.DONE,
        text="\n".join(supported),
        ending=ending,
        refused=ending == "nothing",
        seconds={"retrieval": 0.2, "total": 2.0},
        **values,
    )
    for ordinal, text in enumerate(supported, start=1):
        Claim.objects.create(answer=answer, ordinal=ordinal, text=text, is_supported=True)
    Claim.objects.create(answer=answer, ordinal=99, text="A false 900.", is_supported=False)
    return answer


def span(text: str, before: str = "", after: str = "") -> dict[str, str]:
    return {"text": text, "before": before, "after": after}


@pytest.mark.django_db
def test_an_answer_is_right_by_what_is_shown_as_supported(ana: User) -> None:
    answer = kept(ana, "The bridge was closed on 5 July.", "It opens in May.")
    assert judged(question([["5 july"], ["may"]]), answer).outcome == "right"
    assert judged(question([["900"]]), answer).outcome == "wrong"
    assert judged(question([["5 july"]], ["may"]), answer).outcome == "wrong"


@pytest.mark.django_db
def test_a_count_stands_in_the_text_of_the_answer(ana: User) -> None:
    answer = kept(ana)
    answer.text = "6 documents."
    found = judged(question([["6", "six"]]), answer)
    assert (found.outcome, found.shown) == ("right", "6 documents.")


@pytest.mark.django_db
def test_the_nearest_evidence_counts_with_its_neighbours_and_five_spans_at_most(ana: User) -> None:
    spans = [span("It was closed.", "On 5 July men came.", "Later it rained."), *4 * [span("Nothing.")]]
    answer = kept(ana, ending="nearest", result={"nearest": [*spans, span("It opens in May.")]})
    assert judged(question([["5 july"], ["rained"]]), answer).outcome == "nearest"
    assert judged(question([["may"]]), answer).outcome == "refused"
    assert judged(question([["5 july"]], ["rained"]), answer).outcome == "refused"


@pytest.mark.django_db
def test_what_the_nearest_evidence_holds_is_no_answer_where_another_ending_was_chosen(ana: User) -> None:
    spans = {"nearest": [span("It was closed on 5 July.")]}
    assert judged(question([["5 july"]]), kept(ana, ending="nothing", result=spans)).outcome == "refused"
    assert judged(question([["5 july"]]), kept(ana, "It opens.", result=spans)).outcome == "wrong"


@pytest.mark.django_db
def test_an_answer_that_broke_off_is_none(ana: User) -> None:
    answer = kept(ana, "The bridge was closed on 5 July.")
    answer.state, answer.ending = Answer.State.FAILED, ""
    assert judged(question([["5 july"]]), answer).outcome == "refused"


@pytest.mark.django_db
def test_the_totals_are_of_what_has_an_answer_and_the_rest_is_told_apart(ana: User) -> None:
    may = question([["may"]])
    nearest = {"nearest": [span("It opens in May.")]}
    asked = [
        judged(may, kept(ana, "It opens in May.")),
        judged(may, kept(ana, "It opens.")),
        judged(may, kept(ana, ending="nearest", result=nearest)),
        judged(may, kept(ana, ending="nothing")),
        judged(question([]), kept(ana, ending="nearest", result=nearest)),
        judged(question([]), kept(ana, ending="nothing")),
        judged(question([]), kept(ana, "It opens in May.")),
    ]
    report = figures(asked)
    assert {name: report[name] for name in ("right", "nearest", "wrong", "refused")} == {
        "right": 1, "nearest": 1, "wrong": 1, "refused": 1,
    }  # fmt: skip
    assert (report["questions"], report["answerable"]) == (7, 4)
    assert (report["unanswerable_kept"], report["unanswerable"]) == (2, 3)
    assert report["by_kind"]["fact"] == {"n": 7, "right": 1, "nearest": 1, "wrong": 2, "refused": 3}
    assert (report["median_seconds"], report["evidence_seconds"]) == (2.0, 0.2)


@pytest.mark.django_db
def test_the_questions_are_asked_of_documents_with_their_days(folder: Path) -> None:
    rows: list[Any] = []
    with using(ScriptedModel([""])):
        report = run_questions_suite(read_question_set(folder), keep=rows.append)
    assert set(Document.objects.values_list("title", "document_date")) == {
        ("Report from Orlov", date(1956, 7, 6)),
        ("Harbour of Sereno", None),
    }
    assert report["by_kind"]["fact"] == {"n": 2, "right": 1, "nearest": 0, "wrong": 1, "refused": 0}
    assert (report["unanswerable_kept"], report["questions"]) == (1, 3)
    assert [kept["outcome"] for kept in rows] == ["right", "wrong", "refused"]
    assert rows[0]["cited"] == ["v1/d1"]
    assert rows[0]["passages"][0]["document"] == "v1/d1"
    assert rows[0]["groups"] == {"shown": 1, "nearest": 0, "passages": 1}


def test_the_command_prints_the_figures_and_keeps_what_was_shown(folder: Path) -> None:
    out = folder / "shown.jsonl"
    done = evaluate("questions", str(folder), "--limit", "2", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["questions"], report["right"]) == (2, 1)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["q1", "q2"]
    assert "5 July" in rows[0]["shown"]


def test_a_model_that_is_not_there_is_told_before_anything_is_loaded(folder: Path) -> None:
    done = evaluate("questions", str(folder), "--model", str(folder / "none.gguf"))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"The model {folder / 'none.gguf'} cannot be read." in done.stderr


@pytest.mark.parametrize(
    ("corpus", "questions", "sentence"),
    [
        (CORPUS, [], "holds no lines"),
        (CORPUS, [row(QUESTIONS[0], documents=["v9"])], "holds no document 'v9'"),
        (CORPUS, [row(QUESTIONS[0], must=[])], "at least one group"),
        (CORPUS, [row(QUESTIONS[0], must=["5 july"])], "line 1: expected a JSON object"),
        (CORPUS, [row(QUESTIONS[0], must=[["–"]])], "line 1: expected a JSON object"),
        (CORPUS, [row(QUESTIONS[0], answerable="yes")], "line 1: expected a JSON object"),
        ([{**CORPUS[0], "date": "6 July"}], [row(QUESTIONS[0])], "the date of 'v1/d1' is '6 July'"),
    ],
)
def test_what_is_not_in_this_layout_is_told_in_a_sentence(
    tmp_path: Path, corpus: Sequence[object], questions: Sequence[object], sentence: str
) -> None:
    write(tmp_path, corpus, questions)
    with pytest.raises(UnusableData) as raised:
        read_question_set(tmp_path)
    assert sentence in raised.value.sentence
