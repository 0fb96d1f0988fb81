"""7z archives: members under their paths, all accounted for, nothing taken that is not declared."""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings

from ingest import label_checks, limits, passwords, pipeline, services
from ingest.errors import IngestError
from ingest.kinds import READ
from ingest.models import Document, Status
from ingest.protocol import Attachment, Failed, Notice
from ingest.readers import seven_zip
from ingest.sandbox_child import Job, events
from ingest.work.leases import Held, acquire
from ingest.work.services import cancel, job_of
from tests.ingest.conftest import LABEL, Take

NOTE = b"The gate at Otter Lock was opened."
CREW = b"crew,role\nBrita Nolsoe,mate\n"


def packed(folder: Path, members: dict[str, bytes], *options: str, name: str = "all.7z") -> bytes:
    """A 7z archive with these members."""
    place = folder / "members"
    for path, content in members.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    subprocess.run(
        ["7zz", "a", "-snl", *options, str(folder / name), "."], cwd=place, check=True, capture_output=True
    )
    return (folder / name).read_bytes()


def names_in(document: Document) -> list[str]:
    return sorted(document.children.values_list("name", flat=True))


def text_of(document: Document) -> str:
    return "\n".join(document.pages.values_list("text", flat=True))


@pytest.mark.parametrize("solid", ["-ms=on", "-ms=off"])
def test_each_member_is_a_document_under_its_path(solid: str, tmp_path: Path, take: Take) -> None:
    members = {"orders/note.txt": NOTE, "orders/2026/crew – état.csv": CREW, "orders/empty.txt": b""}
    document = take(packed(tmp_path, members, solid), "all.7z")
    assert names_in(document) == ["orders/2026/crew – état.csv", "orders/note.txt"]
    assert document.metadata["Members"] == "3 expected, 2 read, 1 empty, 0 lost"
    child = document.children.get(name="orders/note.txt")
    assert child.label == LABEL and NOTE.decode() in text_of(child)


def test_links_and_paths_that_lead_outside_are_lost_and_said(tmp_path: Path, take: Take) -> None:
    place = tmp_path / "members"
    place.mkdir()
    (place / "link").symlink_to("/etc/passwd")
    document = take(packed(tmp_path, {"note.txt": NOTE}), "all.7z")
    assert names_in(document) == ["note.txt"]
    assert "2 expected, 1 read, 0 empty, 1 lost (a link to another file: 1)" in document.error


def test_a_broken_member_is_lost_and_the_others_are_read(tmp_path: Path, take: Take) -> None:
    members = {"a.txt": NOTE * 40, "b.txt": CREW * 40, "c.txt": NOTE}
    content = bytearray(packed(tmp_path, members, "-ms=off", "-mx=0"))
    place = content.index(CREW)
    content[place] ^= 0xFF
    document = take(bytes(content), "all.7z")
    assert names_in(document) == ["a.txt", "c.txt"]
    assert "3 expected, 2 read, 0 empty, 1 lost (damaged: 1)" in document.error


def test_what_unpacks_too_large_is_refused_before_anything_is_unpacked(tmp_path: Path, take: Take) -> None:
    content = packed(tmp_path, {"zeros.bin": bytes(limits.ZIP_RATIO_FROM_BYTES + 1)})
    document = take(content, "bomb.7z")
    assert (document.status, document.error_code) == (Status.FAILED, "unpacks-too-large")


@pytest.mark.parametrize("options", [(), ("-mhe=on",)])
def test_a_password_is_said_and_the_right_one_of_a_list_opens_it(
    options: tuple[str, ...], tmp_path: Path, take: Take
) -> None:
    content = packed(tmp_path, {"note.txt": NOTE, "deep/crew.csv": CREW}, "-pключ 7", *options)
    document = take(content, "sealed.7z")
    assert (document.status, document.error_code) == (Status.FAILED, "encrypted"), document.error
    found = opened(tmp_path, "all.7z", ("wrong", "ключ 7"))
    assert sorted(event.name for event in found if isinstance(event, Attachment)) == [
        "deep/crew.csv", "note.txt",
    ]  # fmt: skip
    assert [event.code for event in opened(tmp_path, "all.7z", ("wrong",)) if isinstance(event, Failed)] == [
        "encrypted"
    ]


@pytest.mark.parametrize("method", ["ZipCrypto", "AES256"])
def test_a_zip_under_a_password_opens_with_the_right_one_of_a_list(method: str, tmp_path: Path) -> None:
    packed(tmp_path, {"note [1].txt": NOTE, "a*.csv": CREW}, "-pgate", f"-mem={method}", name="all.zip")
    found = opened(tmp_path, "all.zip", ("wrong", "gate"))
    names = {event.name: event.file for event in found if isinstance(event, Attachment)}
    assert set(names) == {"note [1].txt", "a*.csv"}
    assert (tmp_path / "out" / names["a*.csv"]).read_bytes() == CREW


def opened(folder: Path, name: str, passwords: tuple[str, ...]) -> list[object]:
    (folder / "out").mkdir(exist_ok=True)
    return list(events(Job(folder / name, name, folder / "out", passwords=passwords)))


def test_without_seven_zip_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(tmp_path, {"note.txt": NOTE})
    monkeypatch.setattr(seven_zip, "_WHERE", str(tmp_path))
    (failed,) = [event for event in opened(tmp_path, "all.7z", ()) if isinstance(event, Failed)]
    assert failed.code == "unpacker-missing" and "administrator" in failed.sentence


def test_passwords_open_a_file_and_what_it_holds_and_are_forgotten_once_all_is_read(
    tmp_path: Path, hand_in: Take
) -> None:
    (tmp_path / "in").mkdir()
    inner = packed(tmp_path / "in", {"note.txt": NOTE}, "-pgate", "-mhe=on", name="inner.7z")
    sealed = packed(tmp_path, {"inner.7z": inner}, "-plock 7", name="outer.zip")
    document = hand_in(sealed, "outer.zip")
    services.give_passwords(document.pk, ("wrong", "gate", "lock 7"))
    kept = Path(settings.PASSWORD_DIR) / str(document.pk)
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.parent.stat().st_mode & 0o777 == 0o700
    assert not any("passwords" in str(path) for path in Path(settings.BLOB_DIR).rglob("*"))
    while waiting := pipeline.next_waiting():
        pipeline.process(waiting)
    note = Document.objects.get(name="note.txt")
    assert NOTE.decode() in text_of(note)
    assert not any(passwords.of(each.pk) for each in Document.objects.all()) and not kept.exists()


def test_a_file_that_failed_for_want_of_a_password_is_read_again_with_one(tmp_path: Path, take: Take) -> None:
    document = take(packed(tmp_path, {"note.txt": NOTE}, "-pgate"), "sealed.7z")
    assert document.error_code == "encrypted"
    services.give_passwords(document.pk, ("wrong",))
    pipeline.process(document.pk)
    assert Document.objects.get(pk=document.pk).error_code == "encrypted"
    services.give_passwords(document.pk, ("gate",))
    pipeline.process(document.pk)
    assert names_in(document) == ["note.txt"]


def test_a_document_that_is_set_aside_or_stopped_has_no_passwords_any_more(
    hand_in: Take,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    held = hand_in(NOTE + b" Closely held.", "held.txt")
    services.give_passwords(held.pk, ("gate",))
    with monkeypatch.context() as patch:
        objection = label_checks.Objection("relief|SECRET", "It says more of itself.")
        patch.setattr(label_checks, "_checks", [lambda label, pages, facts: objection])
        pipeline.process(held.pk)
    held.refresh_from_db()
    assert (held.status, held.error_code) == (Status.QUARANTINED, "label-in-doubt")
    assert not passwords.of(held.pk)
    stopped = hand_in(NOTE, "note.txt")
    services.give_passwords(stopped.pk, ("gate",))
    job = job_of(READ, stopped.pk)
    assert job is not None
    with django_capture_on_commit_callbacks(execute=True):
        assert cancel(job.pk)
    assert not passwords.of(stopped.pk)


def test_passwords_are_kept_as_long_as_a_document_may_be_tried_again(
    tmp_path: Path, hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = hand_in(packed(tmp_path, {"note.txt": NOTE}, "-pgate"), "sealed.7z")
    services.give_passwords(document.pk, ("gate",))
    with monkeypatch.context() as patch:
        patch.setattr(limits, "EVENT_BYTES", 1)
        pipeline.READINGS.run(acquired(document))
    document.refresh_from_db()
    assert (document.status, document.error_code) == (Status.PENDING, "bad-output")
    os.utime(Path(settings.PASSWORD_DIR) / str(document.pk), (0, 0))
    assert passwords.clear_leftovers() == 0
    pipeline.process(document.pk)
    assert names_in(document) == ["note.txt"] and not passwords.of(document.pk)


def test_each_password_is_tried_once_on_what_another_one_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"wrong {number}" for number in range(8)]
    packed(tmp_path, {f"a{number}.txt": NOTE for number in range(6)}, "-pgate", name="all.zip")
    for number in range(6):
        (tmp_path / "members" / f"a{number}.txt").unlink()
    packed(tmp_path, {f"b{number}.txt": NOTE for number in range(6)}, "-plock", name="all.zip")
    log = tmp_path / "log"
    instead_of_seven_zip(tmp_path, monkeypatch, f'echo "$*" >> {log}; exec /usr/bin/7zz "$@"')
    found = opened(tmp_path, "all.zip", (*words, "gate", "lock"))
    assert sum(isinstance(event, Attachment) for event in found) == 12
    tries = [line for line in log.read_text().splitlines() if "-i!" in line and " t " in line]
    assert len(tries) <= 9 + 6 + 10 + 5


def test_a_damaged_member_does_not_hide_the_password_from_the_others(tmp_path: Path) -> None:
    packed(tmp_path, {"a.txt": CREW, "b.txt": NOTE * 2}, "-pgate", "-mem=AES256", "-mx=0", name="all.zip")
    content = bytearray((tmp_path / "all.zip").read_bytes())
    content[content.index(b"a.txt") + 5 + 11 + 18 + 3] ^= 0xFF
    (tmp_path / "all.zip").write_bytes(content)
    found = opened(tmp_path, "all.zip", ("gate",))
    assert [event.name for event in found if isinstance(event, Attachment)] == ["b.txt"]


@pytest.mark.parametrize("where", [" l ", " t "])
def test_an_archive_on_which_passwords_take_too_long_is_too_slow_and_not_damaged(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(tmp_path, {"note.txt": NOTE}, "-pgate")
    waits = f'case " $* " in *"{where}"*) exec sleep 20;; esac; exec /usr/bin/7zz "$@"'
    instead_of_seven_zip(tmp_path, monkeypatch, waits)
    monkeypatch.setattr(seven_zip, "_SECONDS", 1.0)
    began = time.monotonic()
    found = opened(tmp_path, "all.7z", ("wrong", "other", "gate"))
    assert [event.code for event in found if isinstance(event, Failed)] == ["too-slow"]
    assert time.monotonic() - began < 10


def test_where_no_further_password_is_tried_on_a_member_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(tmp_path, {"a.txt": NOTE, "b.txt": NOTE * 2}, "-pgate", name="all.zip")
    for path in (tmp_path / "members").iterdir():
        path.unlink()
    packed(tmp_path, {"plain.txt": NOTE}, name="all.zip")
    monkeypatch.setattr(seven_zip, "_MOST_MISSES", 3)
    found = opened(tmp_path, "all.zip", ("one", "two", "three", "gate"))
    assert [event.name for event in found if isinstance(event, Attachment)] == ["plain.txt"]
    (told,) = [event.sentence for event in found if isinstance(event, Notice)]
    assert "2 lost (protected by a password, and not all were tried" in told


def instead_of_seven_zip(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "bin").mkdir()
    (folder / "bin" / "7zz").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "7zz").chmod(0o755)
    monkeypatch.setattr(seven_zip, "_WHERE", str(folder / "bin"))


def acquired(document: Document) -> Held:
    job = job_of(READ, document.pk)
    held = acquire(job.pk) if job is not None else None
    assert held is not None
    return held


def test_too_many_passwords_are_refused_and_leftovers_are_cleared(hand_in: Take) -> None:
    document = hand_in(NOTE, "note.txt")
    with pytest.raises(IngestError, match="At most 50 passwords"):
        services.give_passwords(document.pk, tuple(f"word {number}" for number in range(51)))
    services.give_passwords(document.pk, ("", "gate\r", "gate"))
    assert passwords.of(document.pk) == ("gate",)
    stray = Path(settings.PASSWORD_DIR) / "00000000-0000-4000-8000-000000000000"
    stray.write_text("[]")
    for path in (stray, stray.parent / str(document.pk)):
        os.utime(path, (0, 0))
    assert passwords.clear_leftovers() == 1
    assert passwords.of(document.pk) == ("gate",)
    services.remove(document.pk)
