"""A file that bears a higher marking than it came with waits for a reviewer, and nothing of it is told."""

import io
from collections.abc import Callable
from email.message import EmailMessage

import docx
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.marks_in_files import markings_in, objection_to
from donovan.library.selectors import is_held, readable_document
from ingest import pipeline
from ingest.kinds import READ
from ingest.label_checks import Said
from ingest.models import Document, Page, Passage, Status
from ingest.work.services import again
from retrieval import indexing
from retrieval.search import search

from .conftest import HandIn

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PORTIONS = """UNCLASSIFIED

1. (U) Route PLUM is open to wheeled traffic.

2. (S) Nine trucks crossed the ford at night.

UNCLASSIFIED"""


def borne(text: str, **facts: str) -> set[str]:
    found = markings_in([Said(text)], facts, frozenset({"HARBOR"}))
    return {marking.canonical for marking in found.markings}


def is_in_doubt(text: str, *, is_read_from_picture: bool = False) -> bool:
    return markings_in([Said(text, is_read_from_picture)], {}, frozenset({"HARBOR"})).is_in_doubt


@pytest.mark.parametrize(
    ("text", "markings"),
    [
        ("SECRET//NOFORN\n\nThe ford is deep.", {"SECRET//NOFORN"}),
        ("The ford is deep.\n\nS E C R E T", {"SECRET"}),
        ("(U) Open.\n\n(S//NF) Closed.", {"UNCLASSIFIED", "SECRET//NOFORN"}),
        ("SUBJECT: (C) Bridges\n\n(U) Open.", {"CONFIDENTIAL", "UNCLASSIFIED"}),
        ("Classification: Secret\nThe ford is deep.", {"SECRET"}),
        ("(S//REL) Shown to friends.", {"SECRET//REL TO USA, GBR"}),
        ("CUI\n\nThe list of the sick.", {"CUI"}),
    ],
)
def test_banners_portions_and_stated_markings_are_read(text: str, markings: set[str]) -> None:
    assert borne(text) == markings


@pytest.mark.parametrize(
    "text",
    [
        "(A) bread\n(B) milk\n(C) salt",
        "(C) 2019 The harbour office. All rights reserved.",
        "The secret of the ford is its depth.",
        "Secret\n\nis the title of a novel.",
        "He kept it SECRET for years.",
        "U S A",
    ],
)
def test_what_only_looks_like_a_marking_is_none(text: str) -> None:
    assert borne(text) == set()


def test_a_sensitivity_label_among_the_properties_counts() -> None:
    labels = {"MSIP_Label_aa11_Name": "Secret", "MSIP_Label_aa11_Enabled": "true"}
    assert borne("A note.", **labels) == {"SECRET"}


@pytest.mark.parametrize("text", ["SECRET//R€L TO NOBODY", "SECRET//TIGER-7//NOFORN", "(S//TIGER) He left."])
def test_what_nobody_here_can_read_of_a_marking_is_in_doubt_but_not_where_letters_may_be_misread(
    text: str,
) -> None:
    assert is_in_doubt(text) and not is_in_doubt(text, is_read_from_picture=True)
    assert all(name.startswith("SECRET") and "TIGER" not in name for name in borne(text))


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("TOP SECRET UMBRA", "TOP SECRET//NOFORN"),
        ("SECRET; EYES ONLY", "SECRET//NOFORN"),
        ("//FRA TRES SECRET", "SECRET//NOFORN"),
        ("CAN/UK EYES ONLY", "TOP SECRET//NOFORN"),
    ],
)
def test_what_cannot_be_read_counts_as_the_level_it_names_or_the_highest_held(line: str, level: str) -> None:
    assert borne(f"{line}\n\nThe ford is deep.") == {level}
    assert is_in_doubt(f"{line}\n\nThe ford is deep.")


def test_a_release_that_a_file_does_not_bear_holds_it(cast: dict[str, User]) -> None:
    """A label that lets another nation read may cover what says nothing, but not what is classified so."""
    label = label_for("relief", parse_marking("SECRET//CUI//REL TO USA, GBR"))
    for text, is_held_for_it in (
        ("(S//REL TO USA, GBR) Open to them.\n(CUI) As its whole.", False),
        ("(S//REL) As the banner says.", False),
        ("(U) Open.\n(S) Said to nobody.", True),
        ("(S//NF) Closed.", True),
        ("(S//REL TO USA, AUS) To others.", True),
        ("(S//REL TO USA, GBR, AUS) To them, too.", False),
    ):
        assert (objection_to(label, [Said(text)], {}) is not None) is is_held_for_it, text


def test_strokes_that_were_read_apart_are_strokes() -> None:
    text = "(S//HARBOR/ /NF) He left."
    assert borne(text) == {"SECRET//HARBOR//NOFORN"}
    assert not is_in_doubt(text, is_read_from_picture=True)


def test_a_block_that_says_who_classified_it_is_in_doubt_without_a_banner() -> None:
    block = "Classified By: J. Doe\nDerived From: Multiple Sources\nDeclassify On: 20501231"
    assert is_in_doubt(block) and borne(block) == {"CONFIDENTIAL"}
    assert not is_in_doubt(f"SECRET\n{block}")


def test_one_in_doubt_is_held_where_its_reviewer_sees_it(cast: dict[str, User], hand_in: HandIn) -> None:
    document = hand_in(cast["ana"], "(U) Open.\n\n(S//TIGER) He left.", "note.txt", marking="SECRET")
    assert is_held(document) and document.label.endswith("SECRET")
    assert "cannot be read here" in document.error


def test_a_banner_that_the_page_does_not_show_counts() -> None:
    hidden = Said("Not shown on the page: SECRET//NOFORN draft of May", is_hidden=True)
    found = markings_in([Said("The ford is deep."), hidden], {}, frozenset())
    assert {marking.canonical for marking in found.markings} == {"SECRET//NOFORN"}


def test_a_paper_that_was_declassified_is_not_held(cast: dict[str, User]) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    old = "SECRET\n\nThe ford is deep.\n\nDECLASSIFIED Authority NND 941052"
    told = "SECRET\n\nThe archive was declassified in part.\n\nSECRET"
    assert objection_to(label, [Said(told)], {}) is not None
    assert objection_to(label, [Said(old)], {}) is None
    assert objection_to(label, [Said("SECRET\n\nThe ford is deep.")], {}) is not None


@pytest.fixture
def held(cast: dict[str, User], hand_in: HandIn) -> Document:
    return hand_in(cast["ben"], PORTIONS, "status.txt")


def test_it_is_held_above_whoever_handed_it_in_and_nothing_of_it_is_kept(
    held: Document, cast: dict[str, User]
) -> None:
    assert is_held(held) and held.label.endswith("SECRET")
    assert "It is held for a reviewer" in held.error
    assert not Page.objects.filter(document=held).exists()
    assert not Passage.objects.filter(document=held).exists()
    with pytest.raises(NotFoundHere):
        readable_document(scope_for(cast["ben"]), held.pk)
    assert search("trucks ford", scope_for(cast["rita"])).hits == []


def test_whoever_handed_it_in_is_told_that_it_waits(
    held: Document, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    page = client_for(cast["ben"]).get(reverse("library:home")).content.decode()
    assert "Held for a reviewer" in page and "status.txt" in page
    assert "SECRET" not in page
    told = client_for(cast["rita"]).get(reverse("library:home")).content.decode()
    assert "1 document bears a higher marking" in told


def test_a_reviewer_takes_the_higher_marking_and_it_is_read(held: Document, cast: dict[str, User]) -> None:
    services.relabel(Caller.named(cast["rita"], source="test"), held.pk, marking="SECRET")
    pipeline.process(held.pk)
    indexing.index_pending()
    assert Document.objects.get(pk=held.pk).status == Status.READY
    assert [hit.document_id for hit in search("trucks ford", scope_for(cast["rita"])).hits] == [held.pk]
    assert search("trucks ford", scope_for(cast["ben"])).hits == []


def test_less_than_it_bears_needs_a_reason_that_goes_on_record(held: Document, cast: dict[str, User]) -> None:
    rita = Caller.named(cast["rita"], source="test")
    with pytest.raises(LibraryError, match="Say why"):
        services.relabel(rita, held.pk, marking="UNCLASSIFIED")
    services.relabel(rita, held.pk, marking="UNCLASSIFIED", reason="The mark is a slip of the typist.")
    pipeline.process(held.pk)
    indexing.index_pending()
    assert [hit.document_id for hit in search("trucks ford", scope_for(cast["ben"])).hits] == [held.pk]
    record = AuditRecord.objects.filter(action="administer", detail__decides=True).get()
    assert record.detail["reason"] == "The mark is a slip of the typist."


def test_nobody_but_a_reviewer_decides(held: Document, cast: dict[str, User]) -> None:
    ana = Caller.named(cast["ana"], source="test")
    assert not services.rights_to(ana, held).retry
    with pytest.raises(LibraryError, match="Only a reviewer"):
        services.relabel(ana, held.pk, marking="SECRET")


def test_the_label_of_an_office_file_is_read_from_its_properties(
    cast: dict[str, User], hand_in: HandIn
) -> None:
    assert not is_held(hand_in(cast["ana"], _word(""), "plain.docx"))
    assert is_held(hand_in(cast["ana"], _word("Confidential"), "labelled.docx"))


def _word(label: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(f"The ford is deep. {label and 'And wide.'}")
    if label:
        part = docx.opc.part.Part(
            docx.opc.packuri.PackURI("/docProps/custom.xml"),
            "application/vnd.openxmlformats-officedocument.custom-properties+xml",
            (
                f'<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">'
                '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" '
                'name="MSIP_Label_aa11_Name">'
                f"<vt:lpwstr>{label}</vt:lpwstr></property></Properties>"
            ).encode(),
            document.part.package,
        )
        document.part.package.relate_to(
            part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
        )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_attachment_that_bears_more_stands_by_itself(cast: dict[str, User], hand_in: HandIn) -> None:
    held_already = hand_in(cast["rita"], PORTIONS, "status.txt", marking="SECRET")
    mail = hand_in(cast["ben"], _mail(PORTIONS), "note.eml")
    while waiting := pipeline.next_waiting():
        pipeline.process(waiting)
    child = Document.objects.get(parent=mail)
    assert child.blob_id == held_already.blob_id
    assert is_held(child) and child.label.endswith("SECRET") and mail.label.endswith("UNCLASSIFIED")
    rita = Caller.named(cast["rita"], source="test")
    with pytest.raises(NotFoundHere):
        services.open_document(Caller.named(cast["ben"], source="test"), mail.pk, action="export")
    services.relabel(rita, mail.pk, marking="CUI")
    child.refresh_from_db()
    assert child.label.endswith("SECRET")
    rita = Caller.named(cast["rita"], source="test")
    services.relabel(rita, child.pk, marking="SECRET")
    pipeline.process(child.pk)
    child.refresh_from_db()
    assert services.rights_to(rita, child).relabel and not is_held(child)


def test_the_original_of_what_is_held_goes_to_reviewers_alone(cast: dict[str, User], hand_in: HandIn) -> None:
    hand_in(cast["rita"], PORTIONS, "status.txt", marking="SECRET")
    again = hand_in(cast["ben"], PORTIONS, "status.txt")
    assert is_held(again) and again.label.endswith("UNCLASSIFIED")
    with pytest.raises(NotFoundHere):
        services.open_document(Caller.named(cast["ben"], source="test"), again.pk, action="export")
    services.open_document(Caller.named(cast["rita"], source="test"), again.pk, action="export")


def test_the_operator_sees_what_waits_and_where_nobody_may_decide(
    held: Document, cast: dict[str, User], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("held")
    assert f"{held.pk}" in (told := capsys.readouterr().out) and "SECRET  rita" in told
    User.objects.filter(username="rita").update(clearance="UNCLASSIFIED")
    call_command("held")
    assert "NOBODY may decide it" in capsys.readouterr().out


def test_a_mail_is_not_removed_with_an_attachment_that_its_sender_may_not_read(
    cast: dict[str, User], hand_in: HandIn
) -> None:
    mail = hand_in(cast["ben"], _mail(PORTIONS), "note.eml")
    while waiting := pipeline.next_waiting():
        pipeline.process(waiting)
    with pytest.raises(LibraryError, match="held for somebody"):
        services.remove(Caller.named(cast["ben"], source="test"), mail.pk)


def test_an_administrator_ends_no_hold_by_trying_again(held: Document) -> None:
    again(READ, held.pk)
    pipeline.process(held.pk)
    held.refresh_from_db()
    assert is_held(held)


def _mail(attached: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Roads"
    message.set_content("The list is attached.")
    message.add_attachment(attached.encode(), maintype="text", subtype="plain", filename="status.txt")
    return message.as_bytes()
