"""Mailboxes and archives: each member a document of its own, and all of them accounted for."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ingest import limits
from ingest.models import Blob, Document, Status
from ingest.protocol import Attachment, Notice
from ingest.sandbox_child import Job, events
from tests.ingest import files
from tests.ingest.conftest import LABEL, Take

NOTE = b"The gate at Otter Lock was opened."
CREW = b"crew,role\nBrita Nolsoe,mate\n"
LINE = "From osk@convoy.example Mon Oct  5 08:00:00 2026"


def mail(number: int, text: str) -> str:
    return (
        f"From: Mirela Osk <m.osk@c.example>\nTo: d@port.example\nDate: {number} Oct 2026 08:00:00 +0200\n"
        f"Subject: Convoy {number}\nMessage-ID: <{number}@convoy.example>\n\n{text}\n"
    )


def tar_of(members: dict[str, bytes], kind: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    packs: dict[str, Callable[[bytes], bytes]] = {
        "": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
    }  # fmt: skip
    return packs[kind](out.getvalue())


def names_in(document: Document) -> list[str]:
    return sorted(document.children.values_list("name", flat=True))


def text_of(document: Document) -> str:
    return "\n".join(document.pages.values_list("text", flat=True))


MEMBERS = {"orders/note.txt": NOTE, "orders/2026/crew.csv": CREW}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("all.zip", files.archive_bytes(MEMBERS)),
        ("all.tar", tar_of(MEMBERS)),
        ("all.tgz", tar_of(MEMBERS, "gz")),
        ("all.tar.bz2", tar_of(MEMBERS, "bz2")),
        ("all.tar.xz", tar_of(MEMBERS, "xz")),
        ("without an ending", files.archive_bytes(MEMBERS)),
    ],
)
def test_each_member_of_an_archive_is_a_document_under_its_path(
    name: str, content: bytes, take: Take
) -> None:
    document = take(content, name)
    assert names_in(document) == ["orders/2026/crew.csv", "orders/note.txt"]
    assert document.metadata["Members"] == "2 expected, 2 read, 0 empty, 0 lost"
    assert document.error == "" and "orders/2026/crew.csv" in text_of(document)
    note = document.children.get(name="orders/note.txt")
    assert note.label == LABEL and NOTE.decode() in text_of(note) and note.title == "note.txt"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_one_packed_file_is_one_member_with_the_name_that_it_had(
    pack: Callable[[bytes], bytes], take: Take
) -> None:
    document = take(pack(NOTE), "note.txt.gz")
    assert names_in(document) == ["note.txt"]
    assert NOTE.decode() in text_of(document.children.get())


def test_archives_in_archives_open_as_deep_as_attachments_and_no_deeper(take: Take) -> None:
    content = files.archive_bytes({"note.txt": NOTE})
    for level in range(limits.ATTACHMENT_DEPTH + 1):
        content = files.archive_bytes({f"{level}.zip": content})
    document = take(content, "doll.zip")
    assert Document.objects.count() == limits.ATTACHMENT_DEPTH + 1
    deepest = Document.objects.get(children__isnull=True)
    assert "1 expected, 0 read, 0 empty, 1 lost" in deepest.error and "files deep" in deepest.error
    assert document.error == ""


def test_no_more_come_out_of_one_file_than_a_family_may_have(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FAMILY", 3)
    boxes = {f"{n}.zip": files.archive_bytes({f"{n}.txt": NOTE, f"{n}.csv": CREW}) for n in range(3)}
    document = take(files.archive_bytes(boxes), "family.zip")
    assert Document.objects.count() == 1 + len(boxes)
    assert all("too many out of one file: 2" in child.error for child in document.children.all())


def test_what_is_not_read_of_an_archive_is_counted_with_its_reason(take: Take) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", NOTE)
        archive.writestr("nothing.txt", b"")
        archive.writestr("../../etc/passwd", b"root")
        archive.writestr("/etc/shadow", b"root")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("broken.txt", b"a word that will be damaged")
    content = out.getvalue().replace(b"a word that will", b"a word that WILL")
    document = take(content, "mixed.zip")
    assert names_in(document) == ["note.txt"]
    assert "6 expected, 1 read, 1 empty, 4 lost" in document.error
    for reason in ("a path that points outside: 2", "a link to another file: 1", "damaged: 1"):
        assert reason in document.error


def test_members_behind_a_password_are_said_and_an_archive_of_nothing_else_fails(take: Take) -> None:
    def locked(names: tuple[str, ...]) -> bytes:
        content = bytearray(files.archive_bytes({"a.txt": NOTE, "b.txt": CREW}))
        for name in names:
            # The flag stands before the name, in the member's own head and in the directory.
            for start, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
                at = -1
                while (at := content.find(start, at + 1)) >= 0:
                    if name.encode() in content[at : at + 60]:
                        content[at + flag] |= 1
        return bytes(content)

    some = take(locked(("b.txt",)), "some.zip")
    assert names_in(some) == ["a.txt"] and "protected by a password: 1" in some.error
    every = take(locked(("a.txt", "b.txt")), "every.zip")
    assert (every.status, every.error_code) == (Status.FAILED, "encrypted")


def test_the_same_bytes_under_two_paths_are_stored_once_and_kept_twice(take: Take) -> None:
    document = take(files.archive_bytes({"a/note.txt": NOTE, "b/note.txt": NOTE}), "twice.zip")
    assert names_in(document) == ["a/note.txt", "b/note.txt"]
    assert Blob.objects.count() == 2


def test_links_in_a_tar_are_not_followed(take: Take) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("note.txt")
        entry.size = len(NOTE)
        archive.addfile(entry, io.BytesIO(NOTE))
    document = take(out.getvalue(), "links.tar")
    assert names_in(document) == ["note.txt"]
    assert "4 expected, 1 read, 0 empty, 3 lost (a link to another file: 3)" in document.error


def test_an_archive_that_was_cut_off_keeps_what_came_before(take: Take) -> None:
    whole = tar_of({"a.txt": NOTE, "b.txt": b"words and more words, " * 400})
    document = take(whole[:3000], "cut.tar")
    assert names_in(document) == ["a.txt"] and "damaged" in document.error


def test_each_mail_of_a_mailbox_is_a_document_with_its_day_and_subject(take: Take) -> None:
    texts = [
        "The convoy leaves at 0500.",
        ">From the depot we took four drums.\n\nFrom here it is far.",
        "Noted.",
    ]
    content = "\n".join(f"{LINE}\n{mail(n, text)}" for n, text in enumerate(texts, start=5))
    document = take(content.encode(), "inbox")
    assert document.metadata["kind"] == "mbox"
    assert names_in(document) == ["0001 Convoy 5.eml", "0002 Convoy 6.eml", "0003 Convoy 7.eml"]
    days = dict(document.children.values_list("title", "document_date"))
    assert days == {f"Convoy {n}": date(2026, 10, n) for n in (5, 6, 7)}
    second = text_of(document.children.get(title="Convoy 6"))
    assert "\nFrom the depot we took four drums.\n\nFrom here it is far." in second


def test_a_broken_mail_in_a_mailbox_loses_only_itself_and_is_counted(take: Take) -> None:
    broken = f"{LINE}\n\x01\x02 no header at all\n\nonly words\n"
    parts = [
        f"{LINE}\n{mail(5, 'The convoy leaves.')}",
        broken,
        f"{LINE}\n\n",
        f"{LINE}\n{mail(7, 'Noted.')}",
    ]
    document = take("\n".join(parts).encode(), "archive.mbox")
    assert names_in(document) == ["0001 Convoy 5.eml", "0004 Convoy 7.eml"]
    assert "4 expected, 2 read, 1 empty, 1 lost (without a mail header: 1)" in document.error
    assert "no header at all" not in text_of(document.children.first() or document)


def test_a_single_mail_with_a_line_of_a_mailbox_before_it_stays_a_mail(take: Take) -> None:
    document = take(f"{LINE}\n{mail(5, 'The convoy leaves.')}".encode(), "one.eml")
    assert document.metadata["kind"] == "mail" and not document.children.exists()


def test_more_members_than_are_taken_are_counted_as_lost(tmp_path: Path) -> None:
    source = tmp_path / "many.zip"
    source.write_bytes(files.archive_bytes({f"{n}.txt": b"word" for n in range(limits.MEMBERS + 3)}))
    found = list(events(Job(source, source.name, tmp_path)))
    assert sum(isinstance(event, Attachment) for event in found) == limits.MEMBERS
    told = next(event.sentence for event in found if isinstance(event, Notice))
    assert f"{limits.MEMBERS:,} read, 0 empty, 3 lost" in told
