"""The commands: a line for each file, the right exit status, and nothing lost when one is killed."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from donovan.access.models import User
from ingest.models import Document, Status

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"path", "document", "status", "stage", "error", "pages", "ocr_pages", "seconds"}


def _ingest(*arguments: str) -> tuple[list[dict[str, object]], int]:
    out = io.StringIO()
    status = 0
    try:
        call_command("ingest", *arguments, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as error:
        status = int(error.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def _search(query: str, username: str, *more: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("search", query, "--as", username, "--json", *more, stdout=out, stderr=io.StringIO())
    return dict(json.loads(out.getvalue()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files in it and below it, one of them broken, and things that are left out."""
    top = tmp_path / "handed-in"
    (top / "deep" / "er").mkdir(parents=True)
    (top / "one.txt").write_text("The port of Kalena is open.")
    (top / "deep" / "er" / "two.md").write_text("# Wells\n\nThe well at Jasen is closed.")
    (top / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    (top / "empty.txt").write_bytes(b"")
    (top / ".hidden").write_text("x")
    (top / "link.txt").symlink_to("/etc/hostname")
    return top


@pytest.mark.django_db(transaction=True)
def test_a_folder_is_taken_in_and_can_be_searched_at_once(folder: Path, people: dict[str, User]) -> None:
    lines, status = _ingest(str(folder), "--collection", "relief", "--marking", "CUI", "--as", "ben")
    assert status == 1
    assert all(set(line) == KEYS for line in lines)
    by_name = {Path(str(line["path"])).name: line for line in lines}
    assert {name: line["status"] for name, line in by_name.items()} == {
        "one.txt": "ready",
        "two.md": "ready",
        "broken.pdf": "failed",
        "empty.txt": "failed",
        ".hidden": "left-out",
        "link.txt": "left-out",
    }
    assert by_name["empty.txt"]["document"] is None
    assert str(by_name["broken.pdf"]["error"]).endswith(".")
    assert (by_name["one.txt"]["stage"], by_name["one.txt"]["pages"], by_name["one.txt"]["error"]) == (
        "done",
        1,
        None,
    )
    document = Document.objects.get(pk=by_name["one.txt"]["document"])
    assert (document.label, document.received_by) == ("relief:CUI", "ben")

    answer = _search("port of Kalena", "ben", "-k", "1")
    assert set(answer) == {"hits", "searched", "seconds"}
    (hit,) = answer["hits"]  # type: ignore[misc]
    assert set(hit) == {"document", "title", "page", "start", "end", "text", "score", "marking"}
    assert (hit["document"], hit["page"], hit["marking"]) == (str(document.pk), 1, "CUI")
    assert document.pages.get().text[hit["start"] : hit["end"]] == hit["text"]
    assert answer["searched"] == 2
    assert _search("port of Kalena", "omar")["hits"] == []
    assert _search("port of Kalena", "ben", "--collection", "logistics")["hits"] == []

    again, status = _ingest(str(folder / "one.txt"), "--collection", "relief", "--marking", "CUI")
    assert ([line["status"] for line in again], status) == (["duplicate"], 0)
    assert again[0]["document"] == str(document.pk)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}", "--collection", "no-such", "--marking", "CUI"], "no collection"),
        (["{folder}", "--collection", "relief", "--marking", "SECRIT"], "SECRIT"),
        (["{folder}", "--collection", "relief", "--marking", "CUI", "--as", "nobody"], "no active user"),
        (["{folder}", "--collection", "relief", "--marking", "CUI", "--as", "n\udcff"], "no active user"),
        (["{folder}", "--collection", "r\udcff", "--marking", "CUI"], "no collection"),
        (
            ["{folder}", "--collection", "relief", "--marking", "SECRET", "--as", "ben"],
            "cannot add documents marked",
        ),
        (["{folder}", "--collection", "relief", "--marking", "CUI", "--as", "omar"], "no collection"),
        (["{folder}/none", "--collection", "relief", "--marking", "CUI"], "no file or folder"),
    ],
)
def test_wrong_arguments_end_with_two_and_a_sentence(
    arguments: list[str], sentence: str, folder: Path, cast: dict[str, User]
) -> None:
    with pytest.raises(CommandError) as raised:
        _ingest(*(argument.format(folder=folder) for argument in arguments))
    assert raised.value.returncode == 2
    assert sentence in str(raised.value)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["water", "--as", "nobody"],
        ["water", "--as", "ben", "--collection", "no-such"],
        ["water", "--as", "ben", "-k", "0"],
        ["water", "--as", "ben", "--from", "yesterday"],
        ["", "--as", "ben"],
        ["water " * 16_667, "--as", "ben"],
    ],
)
def test_searches_that_cannot_be_end_with_two(arguments: list[str], cast: dict[str, User]) -> None:
    with pytest.raises(CommandError) as raised:
        call_command("search", *arguments, "--json", stdout=io.StringIO())
    assert raised.value.returncode == 2
    assert str(raised.value).endswith(".")


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_loaded_once(tmp_path: Path, people: dict[str, User]) -> None:
    (tmp_path / "relief").mkdir()
    entries = []
    for name, marking, username in (("a.txt", "UNCLASSIFIED", "ben"), ("b.txt", "SECRET//HARBOR", "ana")):
        (tmp_path / "relief" / name).write_text(f"Text of {name}.")
        entries.append(
            {"path": f"relief/{name}", "collection": "relief", "marking": marking, "uploaded_by": username}
        )
    (tmp_path / "manifest.json").write_text(json.dumps(entries))
    out = io.StringIO()
    call_command("load_demo", str(tmp_path), stdout=out)
    assert Document.objects.filter(status=Status.READY).count() == 2
    began = time.monotonic()
    call_command("load_demo", str(tmp_path), stdout=out)
    assert time.monotonic() - began < 1.0
    assert "is loaded: 2 documents" in out.getvalue()
    assert Document.objects.count() == 2


def test_the_people_of_the_demonstration_can_be_made_before_its_documents(db: None) -> None:
    call_command("load_demo", "--only-people")
    assert User.objects.filter(username="ana").exists()
    assert not Document.objects.exists()
    with pytest.raises(CommandError) as raised:
        call_command("load_demo")
    assert raised.value.returncode == 2


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/hostname", "none.txt"])
def test_a_manifest_cannot_name_files_elsewhere(path: str, tmp_path: Path, cast: dict[str, User]) -> None:
    entry = {"path": path, "collection": "relief", "marking": "UNCLASSIFIED"}
    (tmp_path / "manifest.json").write_text(json.dumps([entry]))
    with pytest.raises(CommandError) as raised:
        call_command("load_demo", str(tmp_path))
    assert raised.value.returncode == 2


@pytest.mark.slow
def test_a_killed_ingest_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    data, files = tmp_path / "data", tmp_path / "files"
    files.mkdir()
    for number in range(6):
        (files / f"{number}.txt").write_text(f"Lorry {number} stands at gate {number}.\n" * 20)
    environment = {**os.environ, "DONOVAN_DATA": str(data)}

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    subprocess.run(manage("migrate", "--no-input"), env=environment, check=True, capture_output=True)
    people = "from donovan.access.cast import create_demo_people as make; make()"
    subprocess.run(manage("shell", "-c", people), env=environment, check=True, capture_output=True)
    command = manage("ingest", str(files), "--collection", "relief", "--marking", "UNCLASSIFIED", "--json")
    first = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    database = data / "donovan.sqlite3"
    try:
        _wait_until(database, "select count(*) from ingest_document where status != 'pending'")
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    with sqlite3.connect(database, timeout=30) as connection:
        acknowledged = {row[0] for row in connection.execute("select id from ingest_document")}
        # As if the lease of the killed command had run out meanwhile.
        connection.execute("update work_job set lease_until = '2020-01-01' where lease_until is not null")
    second = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in second.stdout.splitlines()]
    assert {line["status"] for line in lines} <= {"ready", "duplicate"}
    assert len(lines) == 6
    with sqlite3.connect(database, timeout=30) as connection:
        rows = connection.execute("select id, status from ingest_document").fetchall()
    assert acknowledged <= {row[0] for row in rows}
    assert [status for _, status in rows] == ["ready"] * 6


def _wait_until(database: Path, query: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with sqlite3.connect(database, timeout=30) as connection:
            if connection.execute(query).fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the command never began to read a document")
