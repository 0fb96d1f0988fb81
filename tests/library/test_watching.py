"""A watched folder: what has come to rest in it is taken in, once, with the rights of its owner."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from donovan.access.models import Membership, User
from donovan.library import watching
from donovan.library.intake_ends import with_ends
from donovan.library.models import Intake, IntakeFile
from donovan.library.work import WATCH
from ingest.models import Document
from ingest.work.models import Job
from ingest.work.running import run_subject
from ingest.work.services import again

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inbox(tmp_path: Path, people: dict[str, User]) -> Path:
    place = tmp_path / "inbox"
    place.mkdir()
    _command("add", str(place), "--collection", "relief", "--marking", "CUI", "--as", "ben")
    return place


def _command(*words: str) -> str:
    out = io.StringIO()
    call_command("watch", *words, stdout=out)
    return out.getvalue()


def _look(*, later: timedelta = timedelta(0)) -> None:
    """One look of a worker, as if so much time had passed since the last."""
    IntakeFile.objects.update(seen_at=timezone.now() - later)
    again(WATCH, "", wakes=False)
    job = run_subject(WATCH, "")
    assert job is not None
    assert job.state == Job.State.DONE, job.notice


def _ends() -> dict[str, str]:
    return {row.path: row.end for row in with_ends(Intake.objects.get())}  # type: ignore[attr-defined]


def test_a_file_is_taken_in_when_it_has_come_to_rest(inbox: Path) -> None:
    (inbox / "a.txt").write_text("Half of")
    _look()
    assert _ends() == {"a.txt": "growing"}
    (inbox / "a.txt").write_text("Half of it, and the rest.")
    _look(later=timedelta(minutes=1))
    assert _ends() == {"a.txt": "growing"}
    _look(later=timedelta(minutes=1))
    assert _ends() == {"a.txt": "waiting"}
    document = Document.objects.get()
    assert (document.name, document.label, document.received_by) == ("a.txt", "relief:CUI", "ben")
    _look(later=timedelta(minutes=1))
    assert Document.objects.count() == IntakeFile.objects.count() == 1
    assert (inbox / "a.txt").exists()


def test_what_is_still_being_written_by_its_name_waits_for_its_final_one(inbox: Path) -> None:
    (inbox / "b.pdf.part").write_text("Half")
    for _ in range(3):
        _look(later=timedelta(minutes=1))
    assert _ends() == {"b.pdf.part": "growing"}
    (inbox / "b.pdf.part").rename(inbox / "b.pdf")
    for _ in range(2):
        _look(later=timedelta(minutes=1))
    assert _ends() == {"b.pdf.part": "gone", "b.pdf": "waiting"}


def test_what_is_written_anew_under_its_name_is_taken_in_again(inbox: Path) -> None:
    for text in ("The gate is open.", "The gate is shut."):
        (inbox / "gate.txt").write_text(text)
        for _ in range(3):
            _look(later=timedelta(minutes=1))
    assert Document.objects.count() == 2
    assert list(IntakeFile.objects.values_list("path", "version")) == [("gate.txt", 0), ("gate.txt", 1)]


def test_it_takes_nothing_in_for_who_may_no_longer(inbox: Path, people: dict[str, User]) -> None:
    (inbox / "a.txt").write_text("Words.")
    Membership.objects.filter(user=people["ben"]).update(may_upload=False)
    for _ in range(3):
        _look(later=timedelta(minutes=1))
    assert not Document.objects.exists()
    assert "You cannot add documents to that collection" in _command("list")
    people["ben"].is_active = False
    people["ben"].save()
    _look()
    assert "ben is no active user any more" in _command("list")


def test_a_folder_that_is_gone_is_said_to_be_and_keeps_no_other_from_its_turn(
    inbox: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _command("add", str(other), "--collection", "relief", "--marking", "CUI", "--as", "ben")
    inbox.rmdir()
    (other / "c.txt").write_text("Words of the other.")
    for _ in range(3):
        _look(later=timedelta(minutes=1))
    assert Document.objects.get().name == "c.txt"
    assert "The folder is not there" in _command("list")


def test_it_is_listed_with_what_it_could_not_take_and_stopped(inbox: Path) -> None:
    (inbox / "empty.txt").write_bytes(b"")
    for _ in range(2):
        _look(later=timedelta(minutes=1))
    said = _command("list")
    assert str(inbox) in said
    assert "empty.txt: " in said
    assert "already" in _command(
        "add", str(inbox), "--collection", "relief", "--marking", "CUI", "--as", "ben"
    )
    _command("stop", str(inbox))
    (inbox / "late.txt").write_text("Too late.")
    _look(later=timedelta(minutes=1))
    assert "0 folders are watched." in _command("list")
    assert not Document.objects.exists()
    with pytest.raises(CommandError) as refused:
        _command("stop", str(inbox))
    assert refused.value.returncode == 2


def test_a_worker_that_lost_its_lease_takes_nothing_in(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "a.txt").write_text("Words.")
    _look()
    take = watching.intakes.take

    def slow(*given: object) -> None:
        Job.objects.update(token="somebody-else")
        take(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(watching.intakes, "take", slow)
    IntakeFile.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    again(WATCH, "", wakes=False)
    run_subject(WATCH, "")
    assert not Document.objects.exists()
    assert IntakeFile.objects.get().outcome == "growing"
