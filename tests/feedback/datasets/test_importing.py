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
    content = ["# text = 7", "met\tO", "", "Orlov\tB-PER", "met X"]
    told = refused(mia_calls, tmp_path / "a.conll", content, "conll")
    assert told.startswith("line 2: The comment “text” should hold a JSON string.")
    lines = [{"messages": []}, {"messages": 5}]
    told = refused(mia_calls, tmp_path / "a.jsonl", lines, "sft")
    assert "line 1: " in told
    assert "line 2: " in told
    assert example_of("sft") in told


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
