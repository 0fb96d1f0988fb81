"""What is given out is marked on each row and beside, is on record, and tells what it has no place for."""

import json
import zipfile

import pytest

from donovan.audit.models import AuditRecord
from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets import exporting, records
from donovan.feedback.datasets.errors import DatasetError, DatasetNotFound
from donovan.feedback.datasets.exporting import export_archive, export_version
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.reading import read_all
from tests.feedback.datasets.conftest import row, sentence
from tests.feedback.datasets.making import PAIRS, SECRET, made, published


@pytest.mark.parametrize(("form", "task"), PAIRS)
def test_every_export_is_marked_and_on_record(mia_calls, tmp_path, form: str, task: str) -> None:
    caller, version = published(mia_calls, made(task))
    place = tmp_path / "out.zip"
    export_version(caller, version, form, place)
    with zipfile.ZipFile(place) as archive:
        names = archive.namelist()
        words = {name: archive.read(name).decode() for name in names}
    assert names[0] == "MARKING.txt"
    assert words["MARKING.txt"].splitlines()[:2] == [SECRET, "System-derived, review required."]
    manifest = json.loads(words["manifest.json"])
    assert (manifest["marking"], manifest["digest"]) == (SECRET, version.digest)
    rows = "".join(text for name, text in words.items() if name != "manifest.json").replace(" ", "")
    assert rows.count(f'"marking":"{SECRET}"') >= version.total
    if form == "conll":
        assert words["train.conll"].startswith(f"# {SECRET}\n")
    if form == "squad":
        assert next(iter(json.loads(words["train.json"]))) == "marking"
    record = AuditRecord.objects.filter(action="export").get()
    assert (record.actor, record.labels) == ("mia", ["relief:SECRET//NOFORN"])
    assert record.detail["form"] == form
    assert record.detail["counts"] == version.counts


def test_what_may_not_be_read_cannot_be_exported(mia_calls, caller_of, tmp_path, cast) -> None:
    _, version = published(mia_calls, made("document_class"))
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
    caller, version = published(mia_calls, made("document_class"))
    done = export_version(caller, version, "jsonl", tmp_path / "out", query="class=memo")
    assert done.total == 4
    with pytest.raises(DatasetError, match="exists already"):
        export_version(caller, version, "jsonl", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


def test_without_the_record_nothing_is_given_out(mia_calls, tmp_path, monkeypatch) -> None:
    caller, version = published(mia_calls, made("document_class"))

    def refuse(*_: object, **__: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(records.audit, "record", refuse)
    with pytest.raises(AuditUnavailable):
        export_version(caller, version, "jsonl", tmp_path / "out")
    with pytest.raises(AuditUnavailable):
        export_archive(caller, version, "jsonl")
    assert not (tmp_path / "out").exists()


OVERLAP = {"spans": [{"start": 0, "end": 9, "label": "A"}, {"start": 4, "end": 6, "label": "B"}]}
NO_WORD = {"spans": [{"start": 0, "end": 2, "label": "A\tB"}, {"start": 3, "end": 4, "label": "C"}]}


@pytest.mark.parametrize(
    ("form", "changed", "left_out"),
    [
        ("preferences", made("preference")[0] | {"value": {"preferred": "tie", "strength": 1, "why": ""}}, 1),
        ("squad", made("answer")[0] | {"value": {"answer": "It stands nowhere."}}, 1),
        ("beir", made("relevance")[0] | {"input": made("relevance")[1]["input"]}, 1),
        ("conll", row(0, task="spans", input={"text": sentence(0)}, value=OVERLAP), 1),
        ("conll", row(0, task="spans", input={"text": "ab  cd"}, value=NO_WORD), 2),
    ],
)
def test_what_a_form_has_no_place_for_is_counted_and_said(
    mia_calls, tmp_path, form, changed, left_out
) -> None:
    task = changed["task"]
    caller, version = published(mia_calls, [changed, *made(task)[1:]])
    done = export_version(caller, version, form, tmp_path / "out")
    assert done.left_out == left_out
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["left_out"] == left_out
    words = (tmp_path / "out" / "MARKING.txt").read_text()
    assert f"{left_out} have no place in this form and were left out." in words
    back = import_version(caller, "back", tmp_path / "out", Wanted(form, "relief", SECRET, task=task)).version
    assert back.total == version.total - (left_out if task != "spans" else 0)


def test_a_form_that_has_a_place_for_none_of_the_rows_is_refused(mia_calls, tmp_path) -> None:
    tie = {"value": {"preferred": "tie", "strength": 1, "why": ""}}
    caller, version = published(mia_calls, [each | tie for each in made("preference")])
    with pytest.raises(DatasetError, match="None of these rows can be written as JSONL for preferences"):
        export_version(caller, version, "preferences", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_answer_that_was_corrected_since_is_given_out_as_it_is_now(mia_calls, tmp_path) -> None:
    text = sentence(1)
    old, new = text.split()[0], text.split()[3]
    rows = made("answer")
    rows[1] |= {
        "input": {"question": "Which?", "context": [text], "draft": ""},
        "value": {"answer": new},
        "answers": [{"text": old, "answer_start": 0}],
        "is_impossible": False,
    }
    caller, version = published(mia_calls, rows)
    export_version(caller, version, "squad", tmp_path / "out")
    back = import_version(caller, "back", tmp_path / "out", Wanted("squad", "relief", SECRET)).version
    found = next(each for each in read_all(back) if each["id"] == rows[1]["id"])
    assert found["value"] == {"answer": new}
    assert found["answers"] == [{"text": new, "answer_start": text.index(new)}]


def test_a_passage_that_several_rows_share_is_marked_for_all_of_them(mia_calls, tmp_path) -> None:
    _, version = published(mia_calls, made("relevance"))
    rows = list(read_all(version))
    rows[1] |= {"labels": ["relief:UNCLASSIFIED"], "marking": "UNCLASSIFIED"}
    rows[1] |= {"input": {**rows[0]["input"], "question": "And what of it?"}}
    (tmp_path / "manifest.json").write_text("{}")
    exporting.FORMATS["beir"].write(rows[:2], tmp_path)
    (passage,) = map(json.loads, (tmp_path / "corpus.jsonl").read_text().splitlines())
    assert passage["metadata"]["marking"] == SECRET


def test_tags_that_somebody_changed_stand_before_the_spans_that_were_written(mia_calls, tmp_path) -> None:
    spans = row(0, task="spans", input={"text": sentence(0)}, value=OVERLAP)
    caller, version = published(mia_calls, [spans])
    export_version(caller, version, "conll", tmp_path / "out")
    (file,) = (tmp_path / "out").glob("*.conll")
    wanted = Wanted("conll", "relief", SECRET)
    (kept,) = read_all(import_version(caller, "kept", tmp_path / "out", wanted).version)
    assert kept["value"] == OVERLAP
    file.write_text(file.read_text().replace("-A\n", "-Z\n"))
    (changed,) = read_all(import_version(caller, "changed", tmp_path / "out", wanted).version)
    assert {span["label"] for span in changed["value"]["spans"]} == {"Z"}
