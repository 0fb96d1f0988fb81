"""The viewer lands on the cited words, in image and text, and gives originals away only on record."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.library.originals import outgoing_name
from ingest.models import Document, Status
from tests.library.conftest import HandIn

TEXT = "The bridge at Orlov is closed.\n\nIt opens on <b>19 September</b> & not before."


@pytest.fixture
def note(hand_in: HandIn, ben: User) -> Document:
    return hand_in(ben, TEXT, "bridge.txt")


def _open(client: Client, document: Document, **query: object) -> str:
    return client.get(reverse("library:document", args=[document.pk]), query).content.decode()


def test_scan_is_shown_with_the_cited_words_in_boxes(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client], scan: bytes
) -> None:
    document = hand_in(ben, scan, "notice.png")
    assert (document.status, document.ocr_page_count) == (Status.READY, 1)
    page = document.pages.get()
    start = page.text.index("unsafe")
    client = client_for(ben)
    response = client.get(
        reverse("library:document", args=[document.pk]), {"page": 1, "start": start, "end": start + 6}
    )
    (box,) = response.context["view"].cited_boxes
    assert 0 < box.left < box.left + box.width < page.image_width
    assert box.height < page.image_height / 4
    shown = response.content.decode()
    assert f'viewBox="0 0 {page.image_width} {page.image_height}"' in shown
    assert '<mark id="words" tabindex="-1">unsafe</mark>' in shown
    assert "read from the image" in shown
    image = client.get(reverse("library:page-image", args=[document.pk, 1]))
    assert image.status_code == 200
    assert image["Content-Type"] == "image/jpeg"
    assert "no-store" in image["Cache-Control"]
    assert "private" in image["Cache-Control"]
    assert b"".join(image.streaming_content)[:2] == b"\xff\xd8"


def test_cited_text_is_marked_and_rendered_inert(
    note: Document, ben: User, client_for: Callable[[User], Client]
) -> None:
    text = note.pages.get().text
    start = text.index("<b>")
    shown = _open(client_for(ben), note, page=1, start=start, end=start + 19)
    assert '<mark id="words" tabindex="-1">&lt;b&gt;19 September&lt;/b&gt;</mark>' in shown
    assert "<b>19" not in shown


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "99"}, {"page": "x"}, {"start": "5", "end": "-1"}, {"end": "9" * 30}]
)
def test_odd_addresses_still_open_the_document(
    query: dict[str, str], note: Document, ben: User, client_for: Callable[[User], Client]
) -> None:
    assert "The bridge at Orlov" in _open(client_for(ben), note, **query)


def test_words_are_found_in_the_document(
    note: Document, ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ben)
    shown = _open(client, note, find="orlov IS")
    assert '<span class="found">Orlov is</span>' in shown
    assert "1 place with" in shown
    assert "stands nowhere" in _open(client, note, find="harbour")


def test_opening_is_on_record_with_page_and_label(
    note: Document, ben: User, client_for: Callable[[User], Client]
) -> None:
    _open(client_for(ben), note, page=1)
    record = AuditRecord.objects.filter(action="view").latest("sequence")
    assert (record.actor, record.labels, record.documents) == ("ben", [note.label], [str(note.pk)])
    assert record.detail["page"] == 1


def test_original_leaves_as_attachment_with_its_marking_and_on_record(
    hand_in: HandIn, ana: User, client_for: Callable[[User], Client]
) -> None:
    page = "<script>alert(1)</script>"
    document = hand_in(ana, page, "page.html", marking="SECRET//NOFORN", is_read=False)
    response = client_for(ana).get(reverse("library:original", args=[document.pk]))
    assert b"".join(response.streaming_content).decode() == page
    assert response["Content-Type"] == "application/octet-stream"
    assert unquote(response["Content-Disposition"]) == 'attachment; filename="(S-NF) page.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert AuditRecord.objects.filter(action="export", documents=[str(document.pk)]).count() == 1


@pytest.mark.parametrize(
    ("name", "outgoing"),
    [
        ("report.pdf", "(U) report.pdf"),
        ("../../etc/passwd", "(U) passwd"),
        ("C:\\temp\\a b.docx", "(U) a b.docx"),
        ('a"\r\nX: y.txt', "(U) a_X_ y.txt"),
        ("отчёт.pdf", "(U) отчёт.pdf"),
        ("...", "(U) document"),
    ],
)
def test_outgoing_names_carry_the_marking_and_nothing_harmful(name: str, outgoing: str) -> None:
    assert outgoing_name(name, "(U)") == outgoing


def test_attachments_and_their_message_lead_to_each_other(
    hand_in: HandIn, ben: User, client_for: Callable[[User], Client]
) -> None:
    message = (
        "From: a@example.org\nTo: b@example.org\nSubject: Water\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nSee the list.\n'
        '--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename="list.txt"\n\n'
        "Twelve wells.\n--x--\n"
    )
    mail = hand_in(ben, message, "water.eml")
    child = Document.objects.get(parent=mail)
    client = client_for(ben)
    assert reverse("library:document", args=[child.pk]) in _open(client, mail)
    assert reverse("library:document", args=[mail.pk]) in _open(client, child)


def test_passages_lead_to_their_words(
    note: Document, ben: User, client_for: Callable[[User], Client]
) -> None:
    passage = note.passages.first()
    assert passage is not None
    shown = client_for(ben).get(reverse("library:passages", args=[note.pk])).content.decode()
    assert f"?page=1&amp;start={passage.start}&amp;end={passage.end}#words" in shown


def test_failed_document_says_why_and_offers_another_try(
    hand_in: HandIn, ben: User, chloe: User, client_for: Callable[[User], Client]
) -> None:
    document = hand_in(ben, b"%PDF-1.7\ntruncated", "broken.pdf")
    assert document.status == Status.FAILED
    client = client_for(ben)
    shown = _open(client, document)
    assert document.error in shown.replace("&#x27;", "'").replace("&quot;", '"')
    assert "Try again" in shown
    response = client.post(
        reverse("library:retry", args=[document.pk]), {"next": "https://elsewhere.example/"}
    )
    assert response["Location"] == reverse("library:documents")
    document.refresh_from_db()
    assert document.status == Status.PENDING
    assert AuditRecord.objects.filter(action="administer", actor="ben").exists()
