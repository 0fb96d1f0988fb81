"""7z archives: members under their paths, all accounted for, nothing taken that is not declared."""

import subprocess
from pathlib import Path

import pytest

from ingest import limits
from ingest.models import Document, Status
from ingest.protocol import Attachment, Failed
from ingest.readers import seven_zip
from ingest.sandbox_child import Job, events
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
