"""Whatever a file holds, it is refused with a sentence that names the place, and nothing is imported."""

import gzip
import io
import json
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from donovan.feedback.datasets.errors import BadInput, DatasetError
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.examples import example_of
from donovan.feedback.datasets.formats.reading import DEEPEST, MOST_LINE_BYTES
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.models import Dataset
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.uploads import laid_down, unpacked

SINGLE = [form for form in FORMATS if form != "beir"]
OF_LINES = ["jsonl", "sft", "preferences"]
OF_JSON = [*OF_LINES, "squad", "label-studio"]


def wanted(form: str) -> Wanted:
    return Wanted(form, "relief", "UNCLASSIFIED", task="document_class" if form == "label-studio" else "")


def refused(caller, path: Path, form: str) -> str:
    with pytest.raises(DatasetError) as error:
        import_version(caller, "mine", path, wanted(form))
    assert error.value.sentence.endswith("Nothing was imported.")
    assert not Dataset.objects.exists()
    return error.value.sentence


def told(caller, tmp_path: Path, form: str, content: bytes) -> str:
    path = tmp_path / "given"
    path.write_bytes(content)
    return refused(caller, path, form)


@pytest.mark.parametrize("form", SINGLE)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", None),
        (b"\n\r\n \n", None),
        (b"\xef\xbb\xbf", None),
        (gzip.compress(b"{}", mtime=0), "given: It is packed with gzip."),
        (b"PK\x03\x04 cut off", "given: It is an archive that cannot be opened as it is."),
        ("{}".encode("utf-16"), "given: It is text in UTF-16."),
        ("Überblick O\n".encode("latin-1"), "line 1: It is not text in UTF-8."),
    ],
    ids=["empty", "blank", "mark", "gzip", "zip", "utf-16", "latin-1"],
)
def test_what_is_no_text_is_told_apart(mia_calls, tmp_path, form, content, sentence) -> None:
    said = told(mia_calls, tmp_path, form, content)
    empty = ("The file holds no rows.", "given: It is empty.")
    assert said.startswith(sentence) if sentence else said.startswith(empty)


@pytest.mark.parametrize("form", SINGLE)
@pytest.mark.parametrize("begin", ["\ufeff", ""], ids=["mark", "no mark"])
def test_marks_at_the_beginning_and_returns_at_line_ends_are_passed_over(
    mia_calls, tmp_path, form, begin
) -> None:
    (tmp_path / "given").write_bytes((begin + example_of(form) + "\r\n").replace("\n", "\r\n").encode())
    version = import_version(mia_calls, "mine", tmp_path / "given", wanted(form)).version
    (row,) = read_all(version)
    assert "\r" not in json.dumps(row)
    assert "\\r" not in json.dumps(row)


@pytest.mark.parametrize("form", [*OF_LINES, "conll"])
def test_a_line_without_end_is_named_and_those_after_it_are_read(mia_calls, tmp_path, form) -> None:
    content = b"x" * (MOST_LINE_BYTES + 5) + b"\n" + b"{oops\n"
    said = told(mia_calls, tmp_path, form, content)
    assert said.startswith("line 1: It is longer than 8 megabytes.\nline 2: ")
    assert "line 3" not in said


def within(form: str, harm: str) -> bytes:
    """The example of a form with `harm` in place of its first text that may be any."""
    good = example_of(form)
    place = {"sft": "Is the bridge open?", "preferences": "Yes.", "squad": "Kessa"}.get(form, "The bridge")
    assert place in good
    return (good.replace(place, harm, 1) + "\n").encode()


@pytest.mark.parametrize("form", OF_JSON)
@pytest.mark.parametrize(
    ("harm", "what"),
    [(r"a\u0000b", "a NUL character"), (r"a\ud83d", "half of a character")],
    ids=["nul", "surrogate"],
)
def test_characters_that_no_text_holds_are_refused(mia_calls, tmp_path, form, harm, what) -> None:
    said = told(mia_calls, tmp_path, form, within(form, harm))
    assert f"It holds {what}" in said
    assert said.startswith(("line 1: ", "article 1", "task 1"))


@pytest.mark.parametrize("form", SINGLE)
def test_a_nul_byte_is_refused(mia_calls, tmp_path, form) -> None:
    said = told(mia_calls, tmp_path, form, b"The\x00 O\n")
    assert said.startswith("line 1: ")


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize("form", OF_JSON)
@pytest.mark.parametrize("levels", [DEEPEST + 2, 900, 200_000])
def test_what_is_nested_without_end_is_refused(mia_calls, tmp_path, form, levels) -> None:
    good = example_of(form)
    name = {"squad": '"id"', "label-studio": '"annotations"'}.get(form, '"input"')
    content = good.replace(name, f'"more": {nested(levels)}, {name}', 1)
    if content == good:
        content = good.replace("{", f'{{"more": {nested(levels)}, ', 1)
    assert f"It is nested deeper than {DEEPEST} levels." in told(mia_calls, tmp_path, form, content.encode())


def test_comments_of_conll_are_no_way_round(mia_calls, tmp_path) -> None:
    for harm, what in ((nested(900), "nested deeper"), (r'{"id": "\ud83d"}', "half of a character")):
        content = f"# about = {harm}\nKessa\tB-LOC\n".encode()
        assert what in told(mia_calls, tmp_path, "conll", content)
    said = told(mia_calls, tmp_path, "conll", b'# text = "\\ud83d"\nKessa\tB-LOC\n')
    assert "half of a character" in said


def test_steps_of_label_studio_are_no_way_round(mia_calls, tmp_path) -> None:
    results = [
        {"type": "choices", "from_name": "choice", "value": {"choices": ["supported"]}},
        {"type": "textarea", "from_name": "steps", "value": {"text": [nested(100_000)]}},
    ]
    given = [{"data": {"claim": "c"}, "annotations": [{"result": results}]}]
    (tmp_path / "a").write_text(json.dumps(given))
    asked = Wanted("label-studio", "relief", "UNCLASSIFIED", task="claim_support")
    version = import_version(mia_calls, "mine", tmp_path / "a", asked).version
    assert [row["value"] for row in read_all(version)] == [{"verdict": "supported", "steps": []}]


def changed(**more: Any) -> bytes:
    good = json.loads(example_of("jsonl", "document_class"))
    return (json.dumps(good | more) + "\n").encode()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (changed(weight=float("nan")), "a number that cannot be kept"),
        (changed().replace(b'"task"', b'"agreement": 1e999, "task"'), "a number that cannot be kept"),
        (
            changed().replace(b'"task"', b'"page": ' + b"9" * 9_000 + b', "task"'),
            "a number that cannot be kept",
        ),
        (changed(documents=5), "“documents” must be a list"),
        (changed(documents=["d" * 500]), "“documents” must be a list"),
        (changed(annotators="ana"), "“annotators” must be a list"),
        (changed(answers=["x"]), "“answers” must be a list of answers"),
        (changed(is_impossible="no"), "“is_impossible” must be true or false"),
        (changed(agreement="high"), "“agreement” must be a number from 0 to 1"),
        (changed(how={}), "“how” must be a text"),
        (changed(id=["a"]), "“id” must be a text"),
        (changed(date="2026-13-01"), "“date” must be a day"),
        (changed(date="2026-W05-6"), "“date” must be a day"),
        (changed(split={"a": 1}), "“split” must be a text"),
        (changed(task=["a"]), "There is no task"),
        (changed(marking={"a": 1}), "which is not within UNCLASSIFIED"),
    ],
)
def test_facts_that_could_not_be_read_again_are_refused(mia_calls, tmp_path, content, what) -> None:
    said = told(mia_calls, tmp_path, "jsonl", content)
    assert said.startswith("line 1: ")
    assert what in said


def test_rows_that_stand_twice_are_named_with_both_places(mia_calls, tmp_path) -> None:
    said = told(mia_calls, tmp_path, "jsonl", changed(id="a") + changed(id="b") + changed(id="a"))
    assert said == "line 3: The id “a” stands in line 1 already. Nothing was imported."
    said = told(mia_calls, tmp_path, "jsonl", changed() * 2)
    assert said.startswith("line 2: The same row stands in line 1 already.")


@pytest.mark.parametrize("form", FORMATS)
def test_places_that_are_no_files_are_refused(mia_calls, tmp_path, form) -> None:
    folder, link, pipe = tmp_path / "folder", tmp_path / "link", tmp_path / "pipe"
    folder.mkdir()
    link.symlink_to("/etc/passwd")
    os.mkfifo(pipe)
    for place in (folder, link, pipe, tmp_path / "nothing"):
        with unpacked(place) as path:
            assert refused(mia_calls, path, form)


@pytest.mark.parametrize(
    ("missing", "where"),
    [
        ("corpus.jsonl", "corpus.jsonl: There is no such file."),
        ("queries.jsonl", "queries.jsonl: "),
        ("qrels", "set: "),
    ],
)
def test_a_beir_folder_with_a_part_missing_names_the_part(mia_calls, tmp_path, missing, where) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    parts = {
        "corpus.jsonl": '{"_id": "p1", "text": "One."}\n',
        "queries.jsonl": '{"_id": "q1", "text": "Which?"}\n',
        "qrels.tsv": "q1\tp1\t1\n",
    }
    for name, content in parts.items():
        if not name.startswith(missing):
            (folder / name).write_text(content)
    said = refused(mia_calls, folder, "beir")
    assert said.startswith(where)
    assert said.count("\n") == 0


def archive(*files: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return stream.getvalue()


GOOD = changed()
with warnings.catch_warnings(action="ignore"):
    TWICE = archive(("train.jsonl", GOOD), ("train.jsonl", GOOD))
BROKEN = archive(("train.jsonl", GOOD * 400))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (archive(("../up.jsonl", GOOD)), "A file in it lies outside of it."),
        (archive(("/up.jsonl", GOOD)), "A file in it lies outside of it."),
        (archive(*((f"{number}.txt", b"") for number in range(65))), "It holds more than 64 files."),
        (archive(), "The archive is empty."),
        (BROKEN[:60] + b"\xff" * 8 + BROKEN[68:], "The archive cannot be read."),
        (archive(("a", b"1"), ("a/b", b"2")), "A file stands in it twice."),
        (TWICE, "A file stands in it twice."),
        (archive(("train.jsonl", archive(("train.jsonl", GOOD)))), "It is an archive that cannot be opened"),
    ],
    ids=["above", "absolute", "many", "empty", "broken", "file and folder", "twice", "in itself"],
)
def test_archives_are_opened_with_care(mia_calls, tmp_path, content, what) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error, unpacked(path) as place:
        import_version(mia_calls, "mine", place, wanted("jsonl"))
    assert what in error.value.sentence
    assert error.value.sentence.endswith("Nothing was imported.")
    assert not Dataset.objects.exists()


def test_an_archive_of_one_file_or_of_one_folder_is_what_is_in_it(tmp_path) -> None:
    for name, shown in (("export.json", "export.json"), ("set/corpus.jsonl", "set"), ("train.jsonl", "a")):
        path = tmp_path / "a.zip"
        path.write_bytes(archive((name, GOOD), ("__MACOSX/x", b"")))
        with unpacked(path) as place:
            assert place.name == shown


def test_the_name_of_an_upload_may_be_anything() -> None:
    for name in ("🚒" * 120, "unpacked", "a.zip"):
        with laid_down(SimpleUploadedFile(name, GOOD)) as path:
            assert path.read_bytes() == GOOD


def test_the_page_says_what_is_wrong_with_a_file(client_for, mia, collections) -> None:
    form = {"form": "squad", "name": "mine", "collection": "relief", "marking": "SECRET", "task": ""}
    for content, said in ((b"\xff\xfe{", "It is text in UTF-16."), (b"[" * 9_000, "nested deeper than")):
        upload = SimpleUploadedFile("a.json", content)
        page = client_for(mia).post(reverse("datasets:import"), {**form, "file": upload})
        assert page.status_code == 400
        assert said in page.text


@pytest.mark.parametrize("limit", ["0", "-1", "many", "²", "9" * 5_000])
def test_the_page_refuses_what_is_no_number_of_rows(client_for, mia, collections, limit) -> None:
    form = {"form": "jsonl", "name": "mine", "collection": "relief", "marking": "SECRET", "limit": limit}
    page = client_for(mia).post(reverse("datasets:import"), {**form, "file": SimpleUploadedFile("a", GOOD)})
    assert page.status_code == 400
    assert "The most rows for training is a whole number" in page.text
