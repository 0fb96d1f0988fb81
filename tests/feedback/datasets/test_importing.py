"""Whoever writes a file by hand is told what a line looks like, and which lines are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.examples import example_of
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.models import Dataset
from donovan.feedback.shapes import TASKS
from tests.feedback.datasets.conftest import sentence


def refused(caller, path: Path, content: list[Any], form: str = "jsonl", task: str = "") -> str:
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in content))
    with pytest.raises(BadInput) as error:
        import_version(caller, "mine", path, Wanted(form, "relief", "UNCLASSIFIED", task=task))
    return error.value.sentence


def good(number: int) -> dict[str, Any]:
    return {"task": "document_class", "input": {"text": sentence(number)}, "value": {"class": "memo"}}


@pytest.mark.parametrize("task", TASKS)
def test_the_example_of_each_task_is_taken(mia_calls, tmp_path, task) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(example_of("jsonl", task) + "\n")
    made = import_version(mia_calls, "mine", path, Wanted("jsonl", "relief", "UNCLASSIFIED"))
    assert (made.version.task, made.version.total) == (task, 1)


@pytest.mark.parametrize("form", ["sft", "preferences", "squad", "conll", "label-studio"])
def test_the_example_of_each_form_is_taken(mia_calls, tmp_path, form) -> None:
    path = tmp_path / "given"
    path.write_text(example_of(form) + "\n")
    task = "document_class" if form == "label-studio" else ""
    made = import_version(mia_calls, "mine", path, Wanted(form, "relief", "UNCLASSIFIED", task=task))
    assert made.version.total == 1


def test_the_first_five_wrong_lines_are_named_with_a_right_one(mia_calls, tmp_path) -> None:
    wrong = [{"input": {"text": sentence(n)}, "output": {"class": "memo"}} for n in range(4)]
    content = [good(10), *wrong, "{oops", good(11), {**good(12), "split": "rest"}, good(13)]
    told = refused(mia_calls, tmp_path / "a.jsonl", content, task="document_class")
    assert told.startswith("line 2: “value” is missing")
    assert "There is: task, input, output." in told
    assert [f"line {at}:" in told for at in range(1, 10)] == [at in (2, 3, 4, 5, 6) for at in range(1, 10)]
    assert "More is wrong after that." in told
    assert example_of("jsonl", "document_class") in told
    assert not Dataset.objects.exists()


def test_a_right_line_is_shown_only_where_the_shape_is_wrong(mia_calls, tmp_path) -> None:
    twice = [{**good(1), "id": "a"}, {**good(2), "id": "a"}]
    told = refused(mia_calls, tmp_path / "a.jsonl", twice)
    assert told == "line 2: The id “a” stands in line 1 already. Nothing was imported."


def test_a_file_that_breaks_off_is_told_after_what_was_wrong_before(mia_calls, tmp_path) -> None:
    content = ['{"_id": "p1"}', "{oops"]
    folder = tmp_path / "set"
    folder.mkdir()
    told = refused(mia_calls, folder / "corpus.jsonl", content, "jsonl", "relevance")
    assert told.startswith("line 1: ")
    with pytest.raises(BadInput) as error:
        import_version(mia_calls, "mine", folder, Wanted("beir", "relief", "UNCLASSIFIED"))
    assert [line.partition(": ")[0] for line in error.value.sentence.splitlines()[:4]] == [
        "corpus.jsonl line 1",
        "corpus.jsonl line 2",
        "queries.jsonl",
        "set",
    ]


WRONG = {
    "jsonl": ["{}", "[]", "{oops", '{"input": {}}', '{"value": 3}', "7"],
    "sft": ["{}", "[]", "{oops", '{"messages": []}', '{"messages": [{"role": "user"}]}', "7"],
    "preferences": ["{}", "[]", "{oops", '{"prompt": "?"}', '{"prompt": "?", "chosen": []}', "7"],
    "conll": ["Orlov X-PER\n", "met\n", "Kessa B\n", "\tO\n", "at i-LOC\n", "noon 7\n"],
}
PLACES = {form: [f"line {at}" for at in range(1, 6)] for form in WRONG} | {
    "conll": [f"line {at}" for at in range(1, 10, 2)]
}


@pytest.mark.parametrize("form", WRONG)
def test_the_first_five_mistakes_of_a_file_of_lines_are_named(mia_calls, tmp_path, form) -> None:
    told = refused(mia_calls, tmp_path / "a", WRONG[form], form, "document_class" if form == "jsonl" else "")
    assert [line.partition(": ")[0] for line in told.splitlines()[:5]] == PLACES[form]
    assert "More is wrong after that." in told
    assert told.endswith("Nothing was imported.")


def test_the_first_five_mistakes_of_squad_are_named(mia_calls, tmp_path) -> None:
    def asked(**more: Any) -> dict[str, Any]:
        return {"id": "1", "question": "Which?", "answers": [{"text": "open", "answer_start": 14}], **more}

    context = "The bridge is open."
    moved = asked(answers=[{"text": "open", "answer_start": 3}])
    data = [
        {"title": "No paragraphs"},
        {"paragraphs": [{"context": context, "qas": [asked(), moved, asked(question=None)]}, 5]},
        [],
        {"paragraphs": [{"context": context, "qas": [asked(is_impossible="no")]}]},
    ]
    told = refused(mia_calls, tmp_path / "a", [{"data": data}], "squad")
    assert [line.partition(": ")[0] for line in told.splitlines()[:5]] == [
        "article 1",
        "article 2, paragraph 1, question 2",
        "article 2, paragraph 1, question 3",
        "article 2, paragraph 2",
        "article 3",
    ]
    assert "More is wrong after that." in told


def test_the_first_five_mistakes_of_beir_are_named(mia_calls, tmp_path) -> None:
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "p1", "text": "One."}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "Which?"}\n')
    judged = "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq9\tp1\t1\nq1\tp9\t0\n"
    (folder / "qrels" / "train.tsv").write_text(judged)
    (folder / "qrels" / "dev.tsv").write_text("q8\tp1\t1\nq7\tp1\t1\n")
    (folder / "qrels" / "test.tsv").write_text("q6\tp1\t1\nq5\tp1\t1\n")
    with pytest.raises(BadInput) as error:
        import_version(mia_calls, "mine", folder, Wanted("beir", "relief", "UNCLASSIFIED"))
    assert [line.partition(": ")[0] for line in error.value.sentence.splitlines()[:5]] == [
        "qrels/train.tsv line 3",
        "qrels/train.tsv line 4",
        "qrels/dev.tsv line 1",
        "qrels/dev.tsv line 2",
        "qrels/test.tsv line 1",
    ]
    assert "More is wrong after that." in error.value.sentence


def test_the_first_five_mistakes_of_label_studio_are_named(mia_calls, tmp_path) -> None:
    good_task = json.loads(example_of("label-studio"))[0]
    choice = good_task["annotations"][0]["result"][0]
    two = {"result": [choice, {**choice, "value": {"choices": ["order"]}}]}
    tasks = [
        {"text": "a", "choice": "report"},
        good_task,
        {"data": {"title": 5}, "annotations": [two]},
        {"data": {"text": "b"}},
        {"data": {"text": "c"}, "annotations": [{"result": []}, two]},
        {"data": {"text": "d"}, "annotations": [{"result": [{"type": "choices", "value": {"choices": 3}}]}]},
        "task",
    ]
    told = refused(mia_calls, tmp_path / "a", [tasks], "label-studio", "document_class")
    assert [line.partition(": ")[0] for line in told.splitlines()[:5]] == [
        "task 1",
        "task 3",
        "task 4",
        "task 5, annotation 2",
        "task 6, annotation 1",
    ]
    assert "JSON-MIN" in told.splitlines()[0]
    assert "There is: class: order, class: report." in told
    assert "More is wrong after that." in told


def test_the_form_shows_what_each_format_looks_like(client_for, mia, collections) -> None:
    page = client_for(mia).get(reverse("datasets:import")).text
    for words in (*TASKS.values(), *(form.title for form in FORMATS.values() if form.key != "jsonl")):
        assert words[1:] in page
    assert page.count('class="example-line"') == len(TASKS) + len(FORMATS) - 1
    assert ">Form<" not in page


def test_wrong_lines_stand_below_one_another_on_the_page(client_for, mia, collections) -> None:
    file = SimpleUploadedFile("a.jsonl", b'{"input": {}}\n<b>\n')
    form = {"form": "jsonl", "name": "mine", "collection": "relief", "marking": "SECRET", "file": file}
    page = client_for(mia).post(reverse("datasets:import"), form).text
    assert "<br>line 2: It is not JSON" in page
    assert "<b>" not in page
