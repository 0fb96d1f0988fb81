"""`manage.py dataset`: what it prints, and how it ends."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

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
