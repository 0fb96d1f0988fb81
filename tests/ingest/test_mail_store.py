"""Outlook mail stores (PST, OST): each item a mail under the path of its folder, and all accounted for."""

from datetime import date
from pathlib import Path

import pytest

from ingest import limits
from ingest.models import Document
from ingest.protocol import Attachment, Begun, Failed
from ingest.sandbox_child import Job, events
from tests.ingest.conftest import LABEL, Take
from tests.ingest.outlook_files import moment
from tests.ingest.pst_files import Folder, Mail, pst_bytes

ANA = {0x3001: "Ana Petrović", 0x39FE: "ana@port.example", 0x0C15: 1}


def mail(subject: str, text: str, **more: object) -> Mail:
    values = {
        0x001A: "IPM.Note", 0x0037: subject, 0x1000: text, 0x0C1A: "Mirela Osk",
        0x5D01: "m.osk@convoy.example", 0x0039: moment(2026, 10, 5, 8, 0),
    }  # fmt: skip
    return Mail(values, **more)  # type: ignore[arg-type]


def text_of(document: Document) -> str:
    return "\n".join(document.pages.values_list("text", flat=True))


def test_each_item_is_a_mail_under_the_path_of_its_folder(take: Take) -> None:
    crew = {0x3707: "crew.csv", 0x3701: b"crew,role\nBrita Nolsoe,mate\n", 0x3705: 1}
    fuel = mail("Fuel: état", "Forty drums came.", recipients=[ANA], attachments=[crew])
    folders = [Folder("Inbox", [fuel], [Folder("Convoy/7", [mail("Second", "The gate was opened.")])])]
    document = take(pst_bytes(folders), "osk.pst")
    assert document.metadata["Members"] == "2 expected, 2 read, 0 empty, 0 lost"
    # A store made by hand has no list of free places in which deleted items are looked for.
    assert document.metadata["notices"] == ["store-unsearched"]
    names = sorted(document.children.values_list("name", flat=True))
    assert names == ["Inbox/00001 Fuel état.eml", "Inbox/Convoy 7/00002 Second.eml"]
    child = document.children.get(name=names[0])
    assert child.label == LABEL and child.title == "Fuel: état" and child.document_date == date(2026, 10, 5)
    assert child.metadata["From"] == "Mirela Osk <m.osk@convoy.example>"
    assert child.metadata["To"] == "Ana Petrović <ana@port.example>"
    assert "Forty drums came." in text_of(child)
    assert "Brita Nolsoe" in text_of(child.children.get(name="crew.csv"))


def test_a_mail_that_is_attached_to_a_mail_is_read(take: Take) -> None:
    deepest = mail("Deepest", "The third gate.")
    inner = mail("Inner", "The second gate.", recipients=[ANA], attachments=[deepest])
    document = take(pst_bytes([Folder("Sent", [mail("Outer", "One gate.", attachments=[inner])])]), "a.ost")
    child = document.children.get().children.get()
    assert child.name == "Inner.eml" and "The second gate." in text_of(child)
    assert child.metadata["To"] == "Ana Petrović <ana@port.example>"
    assert "The third gate." in text_of(child.children.get())


def test_an_item_that_lies_in_no_folder_is_read_and_said(take: Take) -> None:
    document = take(
        pst_bytes([Folder("Inbox", [mail("Kept", "Words.")])], [mail("Lost", "Torn out.")]), "o.pst"
    )
    assert "Orphaned/00002 Lost.eml" in document.children.values_list("name", flat=True)
    assert "1 items of this mail store lie in no folder" in document.error
    assert document.metadata["Members"] == "2 expected, 2 read, 0 empty, 0 lost"


def test_contacts_and_appointments_keep_what_they_say(take: Take) -> None:
    contact = Mail({0x001A: "IPM.Contact", 0x0037: "Brita", 0x3001: "Brita Nolsoe", 0x3A1C: "+298 221 441",
                    0x8000: "brita@port.example"})  # fmt: skip
    document = take(pst_bytes([Folder("Contacts", [contact])]), "c.pst")
    text = text_of(document.children.get())
    for line in ("Kind: Contact", "Mail address: brita@port.example", "Mobile telephone: +298 221 441"):
        assert line in text


def test_many_items_go_over_many_pages_of_the_store_and_caps_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [mail(f"Mail {number}", f"Words {number}.") for number in range(400)]
    (tmp_path / "many.pst").write_bytes(pst_bytes([Folder("Inbox", mails)]))
    monkeypatch.setattr(limits, "MEMBERS", 300)
    found = list(events(Job(tmp_path / "many.pst", "many.pst", tmp_path)))
    assert sum(isinstance(event, Attachment) for event in found) == 300
    begun = next(event for event in found if isinstance(event, Begun))
    assert begun.metadata["Members"] == "400 expected, 300 read, 0 empty, 100 lost"


def test_a_store_cut_short_or_broken_never_ends_in_silence(tmp_path: Path) -> None:
    mails = [mail(f"Mail {number}", f"Words {number}. " * 40) for number in range(40)]
    content = pst_bytes([Folder("Inbox", mails)])
    file = tmp_path / "broken.pst"
    for place in range(90):
        broken = bytearray(content)
        broken[17_920 + place * 331] ^= 0xFF
        file.write_bytes(broken)
        *_, last = found = list(events(Job(file, file.name, tmp_path)))
        begun = [event for event in found if isinstance(event, Begun)]
        assert begun[0].metadata["Members"].startswith("4") if begun else last.code == "damaged"
    for share in (0.1, 0.6):
        file.write_bytes(content[: int(len(content) * share)])
        *_, last = events(Job(file, file.name, tmp_path))
        assert isinstance(last, Failed) and last.code == "damaged"
