"""What is exported can be imported again; a mistake is named with its place, and then nothing is imported."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets.errors import BadInput, DatasetError, DatasetNotFound
from donovan.feedback.datasets.exporting import export_archive, export_version
from donovan.feedback.datasets.formats.conll import tagged
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.models import Dataset
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.splitting import set_groups, set_splits
from tests.feedback.datasets.conftest import row, sentence

SECRET = "SECRET//NOFORN"


def relevance(number: int) -> dict[str, Any]:
    passage = number // 2
    return row(
        number,
        task="relevance",
        document=f"d{passage}",
        input={
            "question": f"What of {sentence(100 + number)}?",
            "passage": sentence(passage),
            "title": f"Report {passage}",
            "passage_id": passage,
        },
        value={"grade": number % 4},
    )


def preference(number: int) -> dict[str, Any]:
    return row(
        number,
        task="preference",
        input={
            "question": f"What of {sentence(number)}?",
            "context": [sentence(number + 50), "Two lines."],
            "a": f"{sentence(number)} one",
            "b": f"{sentence(number + 200)} two",
        },
        value={"preferred": "a" if number % 2 else "b", "strength": 1 + number % 3, "why": "“clearer”\nhere"},
    )


def answer(number: int) -> dict[str, Any]:
    text = sentence(number)
    return row(
        number,
        task="answer",
        input={"question": f"What of {sentence(number + 90)}?", "context": [text], "draft": "a draft"},
        value={"answer": " ".join(text.split()[2:5])},
    )


def spans(number: int) -> dict[str, Any]:
    text = f"Naïve  Orlov-{number} met «Kessa» at the bridge, {sentence(number)}\nthen left."
    start = text.index("Orlov")
    found = [
        {"start": start, "end": start + 3, "label": "PER-PART"},
        {"start": text.index("Kessa"), "end": text.index("Kessa") + 5, "label": "LOC"},
        {"start": text.index("bridge"), "end": text.index("bridge") + 6, "label": "LOC"},
    ]
    return row(number, task="spans", input={"text": text}, value={"spans": found if number % 3 else []})


def support(number: int) -> dict[str, Any]:
    verdict = ("supported", "partly", "unsupported")[number % 3]
    steps = [{"question": "Is the number there?", "answer": "yes"}] if number % 2 else []
    return row(
        number,
        task="claim_support",
        input={"question": "?", "claim": sentence(number), "evidence": [sentence(number + 70)]},
        value={"verdict": verdict, "steps": steps},
    )


def translation(number: int) -> dict[str, Any]:
    return row(
        number,
        task="translation",
        input={
            "text": sentence(number),
            "source_language": "ru",
            "target_language": "en",
            "draft": "d",
        },
        value={"text": sentence(number + 300), "quality": 1 + number % 5},
    )


TRIPS = [
    ("jsonl", row),
    ("jsonl", spans),
    ("sft", answer),
    ("preferences", preference),
    ("squad", answer),
    ("beir", relevance),
    ("conll", spans),
    ("label-studio", row),
    ("label-studio", spans),
    ("label-studio", relevance),
    ("label-studio", preference),
    ("label-studio", support),
    ("label-studio", translation),
]
KEPT = ("input", "value", "split", "document", "language", "date", "weight", "annotators")


def published(caller, maker, *, count: int = 8, marking: str = SECRET, name: str = "given"):
    label = label_for("relief", parse_marking(marking))
    caller = type(caller).named(caller.user, source="test")
    rows = [
        maker(number) | {"labels": [label], "marking": marking, "annotators": ["ana"], "weight": 0.75}
        for number in range(count)
    ]
    set_groups(rows)
    set_splits(rows, (0.5, 0.25, 0.25), 1)
    return caller, publish(caller, name, rows[0]["task"], rows, {}, action="built").version


@pytest.mark.parametrize(("form", "maker"), TRIPS, ids=[f"{form}-{make.__name__}" for form, make in TRIPS])
def test_every_form_gives_back_what_it_was_given(mia_calls, tmp_path: Path, form: str, maker) -> None:
    caller, version = published(mia_calls, maker)
    place = tmp_path / "out"
    done = export_version(caller, version, form, place)
    assert (done.total, done.left_out) == (8, 0)
    task = "" if form != "label-studio" else version.task
    back = import_version(caller, "back", place, Wanted(form, "relief", SECRET, task=task)).version
    before = sorted(read_all(version), key=lambda each: each["id"])
    after = sorted(read_all(back), key=lambda each: each["id"])
    for name in KEPT:
        assert [each[name] for each in after] == [each[name] for each in before], name
    assert {each["id"] for each in after} == {each["id"] for each in before}


@pytest.mark.parametrize(
    ("form", "maker"), [("jsonl", row), ("squad", answer), ("beir", relevance), ("conll", spans)]
)
def test_every_export_is_marked_and_on_record(mia_calls, tmp_path, form: str, maker) -> None:
    caller, version = published(mia_calls, maker)
    place = tmp_path / "out.zip"
    export_version(caller, version, form, place)
    with zipfile.ZipFile(place) as archive:
        names = archive.namelist()
        words = {name: archive.read(name).decode() for name in names}
    assert names[0] == "MARKING.txt"
    assert words["MARKING.txt"].splitlines()[:2] == [SECRET, "System-derived, review required."]
    manifest = json.loads(words["manifest.json"])
    assert (manifest["marking"], manifest["digest"]) == (SECRET, version.digest)
    if form == "conll":
        assert words["train.conll"].startswith(f"# {SECRET}\n")
    if form == "squad":
        assert next(iter(json.loads(words["train.json"]))) == "marking"
    record = AuditRecord.objects.filter(action="export").get()
    assert (record.actor, record.labels) == ("mia", ["relief:SECRET//NOFORN"])
    assert record.detail["form"] == form
    assert record.detail["counts"] == version.counts


def test_what_may_not_be_read_cannot_be_exported(mia_calls, caller_of, tmp_path, cast) -> None:
    _, version = published(mia_calls, row)
    cast["ben"].role = "reviewer"
    cast["ben"].save()
    ben = caller_of("ben")
    for give_out in (
        lambda: export_version(ben, version, "jsonl", tmp_path / "out"),
        lambda: export_archive(ben, version, "jsonl"),
    ):
        with pytest.raises(DatasetNotFound):
            give_out()
    with pytest.raises(DatasetError, match="reviewers and model owners"):
        export_version(caller_of("ana"), version, "jsonl", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not AuditRecord.objects.filter(action="export").exists()


def test_a_slice_can_be_exported_and_an_existing_place_is_left_alone(mia_calls, tmp_path) -> None:
    caller, version = published(mia_calls, row)
    done = export_version(caller, version, "jsonl", tmp_path / "out", query="class=memo")
    assert done.total == 4
    with pytest.raises(DatasetError, match="exists already"):
        export_version(caller, version, "jsonl", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


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
