"""Files of other makers: what is read from each form, and that a mistake is named with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree

from donovan.feedback.datasets.errors import BadInput, DatasetError
from donovan.feedback.datasets.formats import label_studio
from donovan.feedback.datasets.formats.conll import tagged
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.models import Dataset
from donovan.feedback.datasets.reading import read_all
from tests.feedback.datasets.conftest import sentence
from tests.feedback.datasets.making import made


def imported(caller, path: Path, form: str, **more: Any):
    return import_version(caller, "mine", path, Wanted(form, "relief", "UNCLASSIFIED", **more)).version


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in rows))
    return path


GOOD = {"task": "document_class", "input": {"text": sentence(1)}, "value": {"class": "memo"}}


@pytest.mark.parametrize(
    ("form", "content", "where"),
    [
        ("jsonl", [GOOD, "{not json"], "line 2"),
        ("jsonl", [GOOD, {**GOOD, "value": {}}], "line 2"),
        ("jsonl", [GOOD, "", {**GOOD, "split": "rest"}], "line 3"),
        ("jsonl", [{**GOOD, "id": "a"}, {**GOOD, "id": "a"}], "line 2"),
        ("jsonl", [GOOD, {**GOOD, "marking": "SECRET"}], "line 2"),
        ("jsonl", [GOOD, {**GOOD, "weight": 7}], "line 2"),
        ("jsonl", ["[]"], "line 1"),
        ("sft", [{"messages": [{"role": "user", "content": "?"}]}], "line 1"),
        ("preferences", [{"prompt": "?", "chosen": "a"}], "line 1"),
        ("conll", ["Orlov B-PER", "met X"], "line 2"),
        ("squad", ['{"data": [', "nothing"], "line 2"),
        ("label-studio", ['[{"data": {"text": "x"}}]'], "task 1"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_nothing_is_imported(
    mia_calls, tmp_path, form, content, where
) -> None:
    task = "document_class" if form == "label-studio" else ""
    with pytest.raises(BadInput) as refused:
        imported(mia_calls, lines(tmp_path / "given", *content), form, task=task)
    assert refused.value.where == where
    assert refused.value.sentence.endswith("Nothing was imported.")
    assert not Dataset.objects.exists()
    assert not (tmp_path / "datasets").exists()


def test_a_beir_folder_of_other_makers_is_read(mia_calls, tmp_path) -> None:
    (tmp_path / "set" / "qrels").mkdir(parents=True)
    lines(
        tmp_path / "set" / "corpus.jsonl",
        *({"_id": f"p{n}", "title": f"T_{n}", "text": sentence(n)} for n in range(3)),
    )
    lines(
        tmp_path / "set" / "queries.jsonl",
        *({"_id": f"q{n}", "text": f"What of {sentence(40 + n)}?"} for n in range(3)),
    )
    header = "query-id\tcorpus-id\tscore"
    lines(tmp_path / "set" / "qrels" / "train.tsv", header, "q0\tp0\t1", "q1\tp1\t1")
    lines(tmp_path / "set" / "qrels" / "test.tsv", header, "q2\tp2\t1", "q2\tp0\t0")
    version = imported(mia_calls, tmp_path / "set", "beir", language="en")
    rows = {each["id"]: each for each in read_all(version)}
    assert {key: (each["value"]["grade"], each["split"]) for key, each in rows.items()} == {
        "q0.p0": (2, "train"),
        "q1.p1": (2, "train"),
        "q2.p2": (2, "test"),
        "q2.p0": (0, "test"),
    }
    assert rows["q0.p0"]["input"]["title"] == "T 0"
    lines(tmp_path / "set" / "qrels" / "train.tsv", header, "q0\tp9\t1")
    with pytest.raises(BadInput, match=r"qrels/train.tsv line 2: There is no passage “p9”"):
        imported(mia_calls, tmp_path / "set", "beir")


def test_squad_questions_without_an_answer_say_so(mia_calls, tmp_path) -> None:
    context = sentence(1)
    word = context.split()[3]
    squad = {
        "version": "v2.0",
        "data": [
            {
                "title": "Bridge",
                "paragraphs": [
                    {
                        "context": context,
                        "qas": [
                            {
                                "id": "1",
                                "question": "Which word?",
                                "answers": [{"text": word, "answer_start": context.index(word)}],
                            },
                            {"id": "2", "question": "Who?", "answers": [], "is_impossible": True},
                        ],
                    }
                ],
            }
        ],
    }
    version = imported(mia_calls, lines(tmp_path / "a.json", squad), "squad", shares=(1.0, 0.0, 0.0))
    answers = {each["id"]: each["value"]["answer"] for each in read_all(version)}
    assert answers == {"1": word, "2": "The context does not say."}
    squad["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] = 0
    with pytest.raises(BadInput, match="article 1, paragraph 1, question 1: The answer does not stand"):
        imported(mia_calls, lines(tmp_path / "a.json", squad), "squad")


def test_several_annotators_of_label_studio_become_one_value(mia_calls, tmp_path) -> None:
    def annotation(choice: str, person: int, **more: Any) -> dict[str, Any]:
        result = {"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": [choice]}}
        return {"completed_by": {"id": person}, "result": [result], **more}

    tasks = [
        {
            "data": {"text": sentence(1)},
            "annotations": [
                annotation("memo", 1),
                annotation("memo", 2),
                annotation("order", 3),
                annotation("order", 4, was_cancelled=True),
            ],
        },
        {"data": {"text": sentence(2)}, "annotations": []},
    ]
    path = lines(tmp_path / "a.json", tasks)
    (found,) = read_all(imported(mia_calls, path, "label-studio", task="document_class"))
    assert found["value"] == {"class": "memo"}
    assert (found["annotators"], found["how"]) == (["1", "2", "3"], "weighed")
    assert found["agreement"] == pytest.approx(2 / 3, abs=0.001)


def test_splits_that_leak_are_refused_or_let_pass_knowingly(mia_calls, tmp_path) -> None:
    path = lines(
        tmp_path / "a.jsonl",
        {**GOOD, "id": "one", "split": "train"},
        {**GOOD, "id": "two", "split": "test"},
    )
    with pytest.raises(DatasetError, match=r"one \(train\) and two \(test\) have nearly the same text"):
        imported(mia_calls, path, "jsonl")
    assert imported(mia_calls, path, "jsonl", allows_leaks=True).statistics["leaks"] == 1
    assert imported(mia_calls, path, "jsonl", shares=(0.5, 0.5, 0.0)).statistics["leaks"] == 0


def test_only_who_may_add_to_a_collection_imports_into_it(mia_calls, cast, caller_of, tmp_path) -> None:
    path = lines(tmp_path / "a.jsonl", GOOD)
    cast["ben"].role = "model_owner"
    cast["ben"].save()
    cast["omar"].role = "model_owner"
    cast["omar"].save()
    for name, collection, marking in (
        ("rita", "relief", "UNCLASSIFIED"),
        ("ben", "relief", "SECRET"),
        ("omar", "relief", "UNCLASSIFIED"),
        ("mia", "no-such", "UNCLASSIFIED"),
        ("mia", "relief", "SECRET//NOFRON"),
    ):
        with pytest.raises(DatasetError):
            import_version(caller_of(name), "mine", path, Wanted("jsonl", collection, marking))
    assert not Dataset.objects.exists()
    version = import_version(mia_calls, "mine", path, Wanted("jsonl", "relief", "SECRET//HARBOR")).version
    assert version.labels == ["relief:SECRET//HARBOR"]


def test_a_token_ends_where_a_span_does() -> None:
    found = list(tagged("Orlov-7 met", [{"start": 0, "end": 3, "label": "PER"}]))
    assert found == [("Orl", "B-PER"), ("ov", "O"), ("-", "O"), ("7", "O"), ("met", "O")]


@pytest.mark.parametrize("task", label_studio.TASKS)
def test_what_label_studio_gets_fits_its_own_configuration_and_names_nobody(
    task: str, tmp_path: Path
) -> None:
    """What its importer asks: data for every shown text, controls and objects that are declared, and no name
    where it wants the number of one of its own people.
    """
    label_studio.write(made(task), tmp_path)
    view = ElementTree.fromstring((tmp_path / label_studio.CONFIGURATION).read_text())
    shown = {tag.get("name"): str(tag.get("value")).removeprefix("$") for tag in view.iter("Text")}
    controls = {
        tag.get("name"): str(tag.get("toName")).split(",") for tag in view.iter() if tag.get("toName")
    }
    tasks = json.loads((tmp_path / label_studio.FILE).read_text())
    assert len({one["id"] for one in tasks}) == len(tasks)
    for one in tasks:
        assert all(isinstance(one["data"].get(key), str) for key in shown.values())
        (annotation,) = one["annotations"]
        assert annotation["ground_truth"] and "completed_by" not in annotation
        ids = [result["id"] for result in annotation["result"]]
        assert len(set(ids)) == len(ids)
        for result in annotation["result"]:
            assert result["to_name"] in controls[result["from_name"]]
            assert result["to_name"] in shown
