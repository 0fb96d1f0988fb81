"""A folder is taken in whole: each file once, under its path, with its end; stopped anywhere, it goes on."""

import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from donovan.access.models import Membership, User
from donovan.library import folders, intakes
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.folders import everything_in, places_of
from donovan.library.intake_ends import with_ends
from donovan.library.models import Intake, IntakeFile
from ingest.models import Blob, Document, Submission
from tests.conftest import sign_in_client

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """What a seized disk may hold."""
    top = tmp_path / "disk"
    (top / "mail" / "2019").mkdir(parents=True)
    (top / "note.txt").write_text("The lock at Asmere is shut.")
    (top / "mail" / "2019" / "copy of note.txt").write_text("The lock at Asmere is shut.")
    (top / "mail" / "report.txt").write_text("Eleven boats lie at the quay.")
    (top / "mail" / "empty.txt").write_bytes(b"")
    (top / ".profile").write_text("export A=1")
    (top / "link").symlink_to("/etc/hostname")
    (top / "loop").symlink_to(top)
    os.mkfifo(top / "pipe")
    (top / "mail" / os.fsdecode(b"r\xe9sum\xe9.txt")).write_text("Written on a machine of the nineties.")
    return top


def _asked(place: Path, user: User | None = None, **more: bool) -> intakes.Asked:
    caller = Caller.named(user, source="test") if user is not None else None
    return intakes.Asked(places_of([str(place)]), "relief", "UNCLASSIFIED", caller, **more)


def _hand_in(place: Path, user: User | None = None, **more: bool) -> Intake:
    asked = _asked(place, user, **more)
    intake, _ = intakes.begin(asked)
    found = everything_in(asked.places, with_hidden=intake.with_hidden)
    intakes.take_all(intake, asked.caller, found, on_file=lambda done: None)
    return intake


def _ends(intake: Intake) -> dict[str, str]:
    return {row.path: row.end for row in with_ends(intake)}  # type: ignore[attr-defined]


def test_every_file_has_an_end_and_keeps_its_path(disk: Path, people: dict[str, User]) -> None:
    intake = _hand_in(disk, people["ben"])
    assert _ends(intake) == {
        "note.txt": "there",
        "mail/2019/copy of note.txt": "waiting",
        "mail/report.txt": "waiting",
        "mail/empty.txt": "refused",
        "mail/r\ufffdsum\ufffd.txt": "waiting",
        ".profile": "hidden",
        "link": "link",
        "loop": "link",
        "pipe": "device",
    }
    assert Blob.objects.count() == Document.objects.count() == 3
    where = set(Submission.objects.values_list("name", flat=True))
    assert {"note.txt", "mail/2019/copy of note.txt", "mail/report.txt"} <= where
    document = Document.objects.get(name="mail/report.txt")
    assert document.title == "report.txt"
    assert all(row.sentence for row in with_ends(intake) if row.outcome not in ("taken", "there"))


def test_hidden_files_are_taken_in_where_that_is_wanted(disk: Path, people: dict[str, User]) -> None:
    assert _ends(_hand_in(disk, people["ben"], with_hidden=True))[".profile"] == "waiting"


def test_called_again_it_doubles_nothing(disk: Path, people: dict[str, User]) -> None:
    intake = _hand_in(disk, people["ben"])
    rows, submissions = intake.files.count(), Submission.objects.count()
    assert _hand_in(disk, people["ben"]) == intake
    assert (intake.files.count(), Submission.objects.count()) == (rows, submissions)
    IntakeFile.objects.update(settled_at="2026-01-01T00:00Z")
    assert intakes.finish(intake)
    after = _hand_in(disk, people["ben"])
    assert after != intake
    assert (after.files.count(), Submission.objects.count()) == (rows, submissions)
    assert Document.objects.count() == 3


def test_what_changed_since_is_taken_in_as_another_version(disk: Path, people: dict[str, User]) -> None:
    intake = _hand_in(disk, people["ben"])
    (disk / "mail" / "report.txt").write_text("Twelve boats lie at the quay.")
    (disk / "mail" / "empty.txt").write_text("No longer.")
    _hand_in(disk, people["ben"])
    versions = intake.files.filter(path="mail/report.txt").values_list("version", flat=True)
    assert list(versions) == [0, 1]
    assert _ends(intake)["mail/empty.txt"] == "waiting"


def test_a_file_that_is_written_to_while_it_is_read_is_said_to_be(
    disk: Path, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = folders.Source.read

    def growing(source: folders.Source, size: int = -1) -> bytes:
        data = read(source, size)
        with (disk / "mail" / "report.txt").open("a") as out:
            out.write("and one more\n" if data else "")
        return data

    monkeypatch.setattr(folders.Source, "read", growing)
    intake = _hand_in(disk / "mail" / "report.txt", people["ben"])
    assert _ends(intake) == {"report.txt": "changed"}
    assert not Document.objects.exists()
    monkeypatch.undo()
    assert _ends(_hand_in(disk / "mail" / "report.txt", people["ben"])) == {"report.txt": "waiting"}
    assert intake.files.count() == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can stand for somebody without rights")
def test_a_file_that_may_not_be_read_is_said_to_be() -> None:
    script = (
        "import json, os, sys\nfrom donovan.library.folders import *\nos.setgid(65534)\nos.setuid(65534)\n"
        "seen = {each.shown: each for each in everything_in([sys.argv[1]])}\n"
        "try:\n  opened(seen['note.txt'].path).__enter__()\n"
        "except Unreadable as error: print(json.dumps([seen['closed/'].sentence, error.sentence]))"
    )
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        disk = Path(name)
        disk.chmod(0o755)
        (disk / "note.txt").write_text("x")
        (disk / "note.txt").chmod(0)
        (disk / "closed").mkdir(mode=0)
        command = [sys.executable, "-c", script, name]
        done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == [
        "The folder could not be opened: Permission denied. What lies in it was not looked at.",
        "It could not be read: Permission denied.",
    ]


def test_nobody_takes_in_what_they_may_not(disk: Path, people: dict[str, User]) -> None:
    caller = Caller.named(people["omar"], source="test")
    with pytest.raises(LibraryError):
        intakes.begin(intakes.Asked([str(disk)], "relief", "UNCLASSIFIED", caller))
    assert not Intake.objects.exists()


def test_two_at_once_are_one(disk: Path, people: dict[str, User]) -> None:
    intake, _ = intakes.begin(_asked(disk, people["ben"]))
    with intakes.alone(intake), pytest.raises(intakes.TakenElsewhere), intakes.alone(intake):
        pass


def test_places_that_lie_in_one_another_are_one(disk: Path) -> None:
    assert places_of([str(disk / "mail"), str(disk), str(disk / "note.txt")]) == [str(disk)]


def test_the_report_says_what_became_of_every_file(
    disk: Path, tmp_path: Path, people: dict[str, User]
) -> None:
    (disk / "=cmd.txt").write_text("A name that a spreadsheet would run.")
    report = tmp_path / "report.csv"
    out, err = io.StringIO(), io.StringIO()
    words = (str(disk), "--collection", "relief", "--marking", "UNCLASSIFIED", "--as", "ben")
    with pytest.raises(SystemExit) as ended:
        call_command("ingest", *words, "--report", str(report), stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "  10  files" in out.getvalue()
    assert "   4  ready" in out.getvalue()
    rows = {row["path"]: row for row in csv.DictReader(report.open(newline=""))}
    assert len(rows) == 10
    assert rows["mail/report.txt"]["end"] == "ready"
    assert rows["note.txt"]["sha256"] == rows["mail/2019/copy of note.txt"]["sha256"]
    assert "'=cmd.txt" in rows
    assert Intake.objects.get().finished_at is not None
    with pytest.raises(SystemExit):
        call_command("ingest", *words, "--report", str(tmp_path / "r.jsonl"), stdout=out, stderr=err)
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert {line["path"]: line["end"] for line in lines}["mail/report.txt"] == "there"


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_taken_in(
    disk: Path, people: dict[str, User]
) -> None:
    words = (str(disk), "--collection", "relief", "--marking", "UNCLASSIFIED", "--report", "/no/such/r.csv")
    with pytest.raises(CommandError) as refused:
        call_command("ingest", *words, stdout=io.StringIO(), stderr=io.StringIO())
    assert refused.value.returncode == 2
    assert not Document.objects.exists()


@pytest.mark.slow
def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    data, files = tmp_path / "data", tmp_path / "files"
    for number in range(300):
        place = files / f"{number % 7}" / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"Lorry {number // 2} stands at gate {number // 2}.\n")
    environment = {**os.environ, "DONOVAN_DATA": str(data)}

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    subprocess.run(manage("migrate", "--no-input"), env=environment, check=True, capture_output=True)
    people = "from donovan.access.cast import create_demo_people as make; make()"
    subprocess.run(manage("shell", "-c", people), env=environment, check=True, capture_output=True)
    command = manage("ingest", str(files), "--collection", "relief", "--marking", "UNCLASSIFIED", "--json")
    chance = random.Random(7)
    for _ in _killed(command, environment, chance, data / "donovan.sqlite3", until=300):
        pass
    with sqlite3.connect(data / "donovan.sqlite3", timeout=30) as connection:
        taken = connection.execute("select count(*), count(distinct key) from library_intakefile").fetchone()
        assert taken == (300, 300)
        assert connection.execute("select count(*) from ingest_document").fetchone() == (150,)
        assert connection.execute("select count(*) from ingest_submission").fetchone() == (300,)
        assert connection.execute("select count(*) from library_intake").fetchone() == (1,)


def _killed(
    command: list[str], environment: dict[str, str], chance: random.Random, database: Path, *, until: int
) -> Iterator[int]:
    """Call the command and kill it, until it has so many rows."""
    count = 0
    while count < until:
        first = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end, wanted = time.monotonic() + 60, count + chance.randint(20, 60)
        while time.monotonic() < end and count < min(wanted, until):
            with sqlite3.connect(database, timeout=30) as connection:
                count = connection.execute("select count(*) from library_intakefile").fetchone()[0]
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        yield count


def _page(user: User, intake: Intake, **asked: str) -> str:
    client = sign_in_client(user)
    answer = client.get(reverse("library:intake", args=[intake.pk]), asked)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_the_page_says_what_became_of_each_file(disk: Path, people: dict[str, User]) -> None:
    intake = _hand_in(disk, people["ben"])
    Document.objects.filter(name="mail/report.txt").update(status="failed", error="It could not be opened.")
    page = _page(people["ben"], intake)
    assert "mail/report.txt" in page
    assert "It could not be opened." in page
    assert "9 files" in page
    only_failed = _page(people["ben"], intake, end="failed")
    assert "mail/report.txt" in only_failed
    assert "mail/empty.txt" not in only_failed
    assert "mail/empty.txt" in _page(people["ben"], intake, text="EMPTY")
    assert "No file matches" in _page(people["ben"], intake, text="no such", end="nonsense")
    client = sign_in_client(people["ben"])
    assert str(disk) in client.get(reverse("library:intakes")).content.decode()
    document = Document.objects.get(name="mail/2019/copy of note.txt")
    found_as = client.get(reverse("library:document", args=[document.pk])).content.decode()
    assert "note.txt</li>" in found_as


def test_nobody_else_learns_of_what_they_may_not_read(disk: Path, people: dict[str, User]) -> None:
    intake = _hand_in(disk, people["ben"])
    assert _page(people["omar"], intake) == "404"
    Membership.objects.filter(user=people["chloe"], collection="relief").update(may_upload=True)
    shown = _page(people["chloe"], intake)
    assert "mail/report.txt" in shown
    # It is held: whoever handed it in is told, and to others it is not there, in no list and in no number.
    held = Document.objects.filter(name="mail/report.txt")
    held.update(label="relief:SECRET//NOFORN", status="quarantined", error_code="label-in-doubt")
    assert "held for a reviewer" in _page(people["ben"], intake, text="report")
    with_it = _page(people["chloe"], intake)
    assert "mail/report" not in with_it
    IntakeFile.objects.filter(path="mail/report.txt").delete()
    assert _without_token(with_it) == _without_token(_page(people["chloe"], intake))


def _without_token(page: str) -> str:
    return "".join(part for part in page.split('"') if not (len(part) == 64 and part.isalnum()))


def test_the_administrator_sees_folders_and_no_files(disk: Path, people: dict[str, User]) -> None:
    caller = Caller.named(people["ben"], source="test")
    watched, _ = intakes.begin(intakes.Asked([str(disk)], "relief", "CUI", caller, kind=Intake.Kind.WATCHED))
    intakes.take_all(watched, caller, everything_in([str(disk)]), on_file=lambda done: None)
    client = sign_in_client(people["ada"])
    page = client.get(reverse("library:watched")).content.decode()
    assert str(disk) in page
    assert "mail/report" not in page
    assert _page(people["ada"], watched) == "404"
    client.post(reverse("library:watched-stop", args=[watched.pk]))
    watched.refresh_from_db()
    assert watched.stopped_at is not None
    client = sign_in_client(people["ben"])
    assert client.get(reverse("library:watched")).status_code == 403


def test_the_data_of_the_installation_are_not_taken_in(people: dict[str, User], settings: object) -> None:
    data = Path(settings.DATA_DIR)  # type: ignore[attr-defined]
    for place in (data, data / "blobs", data.parent):
        with pytest.raises(LibraryError):
            intakes.begin(_asked(place, people["ben"]))
