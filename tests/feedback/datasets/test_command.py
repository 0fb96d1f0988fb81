"""`manage.py dataset`: what it prints, and how it ends."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets import records
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.reading import folder_of
from tests.feedback.datasets.conftest import sentence


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("dataset", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "classes.jsonl"
    rows = [
        {"task": "document_class", "input": {"text": sentence(n)}, "value": {"class": "ab"[n % 2]}}
        for n in range(20)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def imported(file: Path, *more: str, name: str = "classes") -> str:
    target = ("--name", name, "--collection", "relief", "--marking", "SECRET")
    return told("import", str(file), "--format", "jsonl", *target, "--as", "mia", *more)


def test_import_build_and_export_follow_one_another(give, collections, file, tmp_path) -> None:
    done = json.loads(imported(file, "--split", "0.5/0.2/0.3", "--limit", "5", "--json"))
    assert done["counts"] == {"train": 5, "dev": 4, "test": 6}
    assert (done["dataset"], done["version"], done["is_new"]) == ("classes", 1, True)
    assert done["marking"] == "SECRET"

    give("ana", text=sentence(1), value={"class": "memo"})
    build = ("build", "daily", "--task", "document_class", "--recipe", "split=train", "--as", "mia")
    assert told(*build).splitlines() == ["UNCLASSIFIED", "daily@1, document_class: 1 train, 0 dev, 0 test"]
    again = json.loads(told(*build, "--json"))
    assert (again["version"], again["is_new"]) == (1, False)

    out = tmp_path / "out"
    words = told("export", "classes@1", "--format", "jsonl", "--out", str(out), "--as", "mia")
    assert words.splitlines()[0] == "SECRET"
    assert (out / "MARKING.txt").read_text().startswith("SECRET\n")
    assert len((out / "train.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "x", "--task", "poetry", "--as", "mia"], 2),
        (["build", "x", "--task", "answer", "--as", "nobody"], 2),
        (["build", "x", "--task", "answer", "--recipe", "sauce", "--as", "mia"], 2),
        (["build", "x", "--task", "answer", "--as", "ana"], 2),
        (["export", "no-such", "--format", "jsonl", "--out", "/tmp/none", "--as", "mia"], 2),
        (["export", "classes", "--format", "jsonl", "--out", "/tmp/none", "--as", "rita"], 2),
        (["export", "classes", "--format", "conll", "--out", "/tmp/none", "--as", "mia"], 2),
    ],
)
def test_arguments_that_cannot_be_right_end_with_two(collections, file, arguments, code) -> None:
    target = ("--name", "classes", "--collection", "relief", "--marking", "SECRET//HARBOR")
    told("import", str(file), "--format", "jsonl", *target, "--as", "mia")
    with pytest.raises(CommandError) as ended:
        told(*arguments)
    assert ended.value.returncode == code
    assert str(ended.value).endswith(".")


def test_a_bad_file_and_a_changed_version_end_with_one(collections, file, tmp_path) -> None:
    imported(file)
    path = folder_of(DatasetVersion.objects.get()) / "train.jsonl"
    path.chmod(0o600)
    path.write_text("{}\n")
    with pytest.raises(CommandError, match="changed after it was made") as ended:
        told("export", "classes", "--format", "jsonl", "--out", str(tmp_path / "out"), "--as", "mia")
    assert ended.value.returncode == 1
    file.write_text("{}\n")
    with pytest.raises(CommandError, match="line 1") as ended:
        imported(file, name="other")
    assert ended.value.returncode == 1


@pytest.fixture
def datasets(give, collections, file, tmp_path) -> SimpleNamespace:
    """A data set “classes” and the file that it is of, a label to build another from, and a free place."""
    give("ana", text=sentence(1), value={"class": "memo"})
    imported(file)
    return SimpleNamespace(file=file, out=tmp_path / "out")


IMPORT = {"--format": "jsonl", "--name": "mine", "--collection": "relief", "--marking": "SECRET"}
BUILD = {"path": "mine", "--task": "document_class"}
EXPORT = {"path": "classes", "--format": "jsonl"}
LONG = "x" * 5_000
DIGITS = "9" * 5_000
NO_TEXT = "\udcff"
WRONG: list[tuple[str, str, int, list[str]]] = [
    ("import", "path", 2, ["", "/no/such", LONG, "a\0b", "/proc/self/mem"]),
    ("import", "path", 1, ["/", "/dev/null", "/dev/full", "/etc/passwd"]),
    ("import", "--format", 2, ["", "csv", LONG, NO_TEXT, "beir/.."]),
    ("import", "--format", 1, ["sft", "preferences", "squad", "beir", "conll", "label-studio"]),
    ("import", "--name", 2, ["", " ", "Ünlaut", "../up", LONG, NO_TEXT]),
    ("import", "--collection", 2, ["", "no-such", LONG, NO_TEXT]),
    ("import", "--marking", 2, ["", "SECRET//", "secretive", LONG, NO_TEXT]),
    ("import", "--task", 2, ["poetry", "Spans", LONG, NO_TEXT]),
    ("import", "--task", 1, ["spans"]),
    ("import", "--split", 2, ["1", "0.5/0.5", "1/1/1", "nan/0/1", "-1/1/1", "rest", LONG]),
    ("import", "--limit", 2, ["0", "-1"]),
    ("import", "--limit", 1, ["", "many", "1.5", "1e9", "²", DIGITS]),
    ("import", "--seed", 1, ["", "x", DIGITS]),
    ("import", "--language", 2, ["English", "e", "en us", LONG, NO_TEXT]),
    ("import", "--source", 2, [LONG, NO_TEXT]),
    ("import", "--as", 2, ["", "nobody", "ana", "rita", LONG, NO_TEXT]),
    ("build", "path", 2, ["", "a b", LONG, NO_TEXT]),
    ("build", "--task", 2, ["", "poetry", LONG, NO_TEXT]),
    ("build", "--as", 2, ["", "nobody", "rita", NO_TEXT]),
    ("build", "--project", 2, ["", "7", LONG, NO_TEXT]),
    ("build", "--recipe", 2, ["", "sauce", "=1", "sauce=1", LONG, NO_TEXT]),
    ("build", "--recipe", 2, ["since=soon", "until=2026-02-30", "agreement=2", "agreement=nan", "people=-1"]),
    ("build", "--recipe", 2, ["people=²", "seed=1.5", f"seed={DIGITS}", "split=1/1/1", "decided=perhaps"]),
    ("build", "--recipe", 2, ["readable=us", "bind=paper", "origins=rumour", "projects=7"]),
    ("build", "--recipe", 2, ["collections=no-such", "since=2100-01-01"]),
    ("export", "path", 2, ["", "no-such", "classes@9", "classes@x", "@", LONG, NO_TEXT]),
    ("export", "--format", 2, ["", "csv", "conll", "squad", LONG, NO_TEXT]),
    ("export", "--out", 2, ["", "/", "/no/such/place", "/dev/null/x", "/proc/x", LONG]),
    ("export", "--slice", 2, ["language", "no=1", "language=xx", "date>=soon", LONG, NO_TEXT]),
    ("export", "--as", 2, ["", "nobody", "ana", NO_TEXT]),
]
"""What is wrong about which argument, and how it ends. Argparse's own mistakes end with 2 on a console."""


@pytest.mark.parametrize(("part", "name", "code", "values"), WRONG, ids=[f"{w[0]} {w[1]}" for w in WRONG])
def test_whatever_is_wrong_ends_with_one_sentence(datasets, part, name, code, values) -> None:
    right = {"import": {"path": str(datasets.file), **IMPORT}, "build": BUILD, "export": EXPORT}[part]
    place = {"--out": str(datasets.out)} if part == "export" else {}
    for value in values:
        given = {**right, **place, "--as": "mia", name: value}
        options = [f"{option}={text}" for option, text in given.items() if option != "path"]
        with pytest.raises(CommandError) as ended:
            told(part, given["path"], *options)
        sentence_told = str(ended.value)
        assert sentence_told.endswith("."), (value[:40], sentence_told)
        assert len(sentence_told) < 1_000, value[:40]
        assert ended.value.returncode == code, (value[:40], sentence_told)
    assert DatasetVersion.objects.count() == 1
    assert not datasets.out.exists()


def test_without_the_record_nothing_is_made_and_it_ends_with_one(collections, file, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(records.audit, "record", refuse)
    with pytest.raises(CommandError) as ended:
        imported(file)
    assert ended.value.returncode == 1
    assert not DatasetVersion.objects.exists()


def test_a_zip_that_was_exported_is_imported_as_it_is(collections, file, tmp_path) -> None:
    imported(file, "--split", "0.5/0.2/0.3")
    out = str(tmp_path / "out.zip")
    told("export", "classes", "--format", "jsonl", "--out", out, "--as", "mia")
    back = json.loads(imported(Path(out), "--json", name="back"))
    assert back["counts"] == {"train": 10, "dev": 4, "test": 6}
