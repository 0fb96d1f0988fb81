"""Mails as they come: forms of one text, attachments in odd places, quoted mails, shells, days."""

import base64
import quopri
import struct
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage

import pytest

from ingest.blobs import blob_path
from ingest.dates import mail_date
from ingest.models import Document
from ingest.quotes import quotations_in
from ingest.readers.rtf import text_of_rtf, unpacked
from tests.ingest.conftest import Take

HEAD = (
    "From: Mirela Osk <m.osk@convoy.example>\nTo: Halvard Quist <h.quist@convoy.example>\n"
    "Date: Tue, 06 Oct 2026 09:30:00 +0200\nSubject: Oil\nMIME-Version: 1.0\n"
)
NEW = "The oil at Ulmford is 47 crowns a drum."
OLD = "The oil at Ulmford is 41 crowns a drum."
CAME_IN = date(2026, 12, 1)
FIFTH = date(2026, 10, 5)


def text_of(document: Document) -> str:
    return "\n\n".join(document.pages.values_list("text", flat=True))


def plain(body: str) -> bytes:
    return f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n{body}".encode()


def html(body: str) -> bytes:
    return f"{HEAD}Content-Type: text/html; charset=utf-8\n\n<html><body>{body}</body></html>".encode()


def two_forms(words: str, markup: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Notice", "a@port.example", "b@port.example"
    message.set_content(words)
    message.add_alternative(markup, subtype="html")
    return message.as_bytes()


def test_the_form_of_a_mail_that_says_more_is_its_text(take: Take) -> None:
    held = "<p>The container BRTU 330117 was held at gate 9.</p>"
    stub = "This e-mail cannot be displayed in text only mode. Please enable HTML to read it, thank you."
    assert "BRTU 330117 was held" in text_of(take(two_forms(stub, held), "stub.eml"))
    assert "text only mode" not in text_of(take(two_forms(stub, held), "stub.eml"))
    more = text_of(take(two_forms("Container BRTU 330117: see below.", held), "short.eml"))
    assert "was held at gate 9" in more
    same = two_forms("The gate is shut.\n\n> Is it?\n", "<p>The gate is shut.</p>")
    assert "The gate is shut." in text_of(take(same, "same.eml"))
    apart = text_of(take(two_forms("The tide turns at noon here.", held), "apart.eml"))
    assert "tide turns at noon" in apart and "was held at gate 9" in apart


def test_what_lies_inside_one_form_of_the_text_is_attached_with_its_name(take: Take) -> None:
    parts = [
        ("text/html", "", "<p>Papers attached.</p>"),
        ("text/csv", 'attachment; filename="crew.csv"', "crew,role\nBrita Nolsoe,mate\n"),
        ("text/plain", 'inline; filename="berth.txt"', "The ferry sleeps at berth 12.\n"),
        ("text/html", 'inline; filename="capacity.html"', "<p>The ferry takes 44 passengers.</p>"),
        ("image/png", "", base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()),
        ("message/rfc822", "", "From: w@x.example\nSubject: Insurance\n\nThe insurer is Northbank.\n"),
        ("text/html", "", "<p>Regards</p>"),
    ]
    inner = ""
    for kind, shown, body in parts:
        encoded = "\nContent-Transfer-Encoding: base64" if kind.startswith("image") else ""
        disposition = f"\nContent-Disposition: {shown}" if shown else ""
        inner += f"--in\nContent-Type: {kind}{encoded}{disposition}\n\n{body}\n"
    content = (
        f"{HEAD}Content-Type: multipart/alternative; boundary=out\n\n--out\nContent-Type: text/plain\n\n"
        f"Papers attached.\n--out\nContent-Type: multipart/mixed; boundary=in\n\n{inner}--in--\n--out--\n"
    )
    document = take(content.encode(), "papers.eml")
    names = sorted(document.children.values_list("name", flat=True))
    assert names == ["Insurance.eml", "attachment-4.png", "berth.txt", "capacity.html", "crew.csv"]
    assert "Papers attached." in text_of(document) and "44 passengers" not in text_of(document)


@pytest.mark.parametrize(
    ("kind", "encoding", "encode"),
    [
        ("message/rfc822", "base64", base64.encodebytes),
        ("message/global", "base64", base64.encodebytes),
        ("message/rfc822", "quoted-printable", quopri.encodestring),
    ],
)
def test_an_attached_mail_that_is_encoded_as_a_whole_is_read(
    kind: str, encoding: str, encode: Callable[[bytes], bytes], take: Take
) -> None:
    inner = "From: w@x.example\nSubject: Insurance\n\nThe insurer is Nordbänk, für 12 = zwölf months.\n"
    content = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=in\n\n--in\nContent-Type: text/plain\n\nSee below.\n"
        f"--in\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    ).encode()
    document = take(content + encode(inner.encode()) + b"\n--in--\n", "forwarded.eml")
    child = document.children.get()
    assert child.name == "Insurance.eml"
    kept = blob_path(child.blob.digest).read_bytes().decode()
    assert "The insurer is Nordbänk, für 12 = zwölf months." in kept


QUOTED = {
    "outlook": plain(
        f"{NEW}\n\nFrom: Halvard Quist <h.quist@convoy.example>\nSent: Monday, 5 October 2026 08:00\n"
        f"To: Mirela Osk\nSubject: Oil\n\n{OLD}\n"
    ),
    "marks": plain(f"{NEW}\n\nOn Mon, 5 Oct 2026 at 08:00, Halvard Quist <h.q@c.example> wrote:\n> {OLD}\n"),
    "wrapped": plain(
        f"{NEW}\n\nOn Monday, October 5, 2026 at 8:00 AM Halvard Quist\n<h.q@c.example> wrote:\n\n>{OLD}\n"
    ),
    "blockquote": html(
        f"<p>{NEW}</p><div class=gmail_quote>On Mon, 5 Oct 2026 at 08:00 Halvard Quist &lt;h.q@c.example&gt; "
        f"wrote:<br><blockquote class=gmail_quote><p>{OLD}</p></blockquote></div>"
    ),
    "border": html(
        f"<p>{NEW}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Von:</b> Halvard Quist "
        f"&lt;h.q@c.example&gt;<br><b>Gesendet:</b> Montag, 5. Oktober 2026 08:00<br><b>An:</b> M. Osk<br>"
        f"<b>Betreff:</b> Oil</p></div><p>{OLD}</p>"
    ),
    "german": plain(f"{NEW}\n\nAm 05.10.2026 um 08:00 schrieb Halvard Quist:\n> {OLD}\n"),
    "french": plain(
        f"{NEW}\n\nLe lun. 5 oct. 2026 à 08:00, Halvard Quist <h.q@c.example> a écrit :\n> {OLD}\n"
    ),
    "spanish": plain(
        f"{NEW}\n\nEl lun, 5 oct 2026 a las 8:00, Halvard Quist (<h.q@c.es>) escribió:\n> {OLD}\n"
    ),
    "russian": plain(
        f"{NEW}\n\n5 октября 2026 г., 08:00, Halvard Quist <h.q@c.example> написал(а):\n> {OLD}\n"
    ),
    "dutch": plain(f"{NEW}\n\nOp ma 5 okt 2026 om 08:00 schreef Halvard Quist <h.q@c.example>:\n> {OLD}\n"),
    "portuguese": plain(
        f"{NEW}\n\nEm seg., 5 de out. de 2026 às 08:00, Halvard Quist <h@c.example> escreveu:\n> {OLD}\n"
    ),
    "serbian": plain(
        f"{NEW}\n\nDana pon, 5. okt 2026. u 08:00 Halvard Quist <h@c.example> je napisao/la:\n> {OLD}\n"
    ),
    "chinese": plain(f"{NEW}\n\nHalvard Quist <h.q@c.example> 于2026年10月5日周一 08:00写道：\n> {OLD}\n"),
    "original": plain(
        f"{NEW}\n\n-----Original Message-----\nFrom: Halvard Quist\nSent: 5 October 2026 08:00\n\n{OLD}\n"
    ),
    "forwarded": plain(
        f"{NEW}\n\n---------- Forwarded message ---------\nFrom: Halvard Quist <h.q@c.example>\n"
        f"Date: Mon, 5 Oct 2026 at 08:00\nSubject: Oil\nTo: Mirela Osk <m@c.example>\n\n\n{OLD}\n"
    ),
    "apple": plain(
        f"{NEW}\n\nBegin forwarded message:\n\n> From: Halvard Quist <h.q@c.example>\n"
        f"> Date: 5 October 2026 at 08:00:00 CEST\n> Subject: Oil\n>\n> {OLD}\n"
    ),
    "below": plain(f"On Mon, 5 Oct 2026 at 08:00, Halvard Quist wrote:\n> {OLD}\n\n{NEW}\n"),
}


@pytest.mark.parametrize("style", QUOTED)
def test_what_a_mail_quotes_is_known_with_its_writer_and_day(style: str, take: Take) -> None:
    document = take(QUOTED[style], f"{style}.eml")
    text = text_of(document)
    quotations = quotations_in(document.metadata)
    assert {(each.author, each.day) for each in quotations} == {("Halvard Quist", FIFTH)}
    quoted = " ".join(text[each.start : each.end] for each in quotations)
    assert OLD in quoted and NEW not in quoted
    assert quoted.startswith("Quoted from Halvard Quist, 5 October 2026:")
    assert text.index(NEW) < text.index(OLD)
    passages = {passage.heading for passage in document.passages.all() if OLD in passage.text}
    assert passages == {"Quoted from Halvard Quist, 5 October 2026"}
    assert not any(NEW in passage.text and OLD in passage.text for passage in document.passages.all())


def test_a_quotation_in_a_quotation_keeps_its_own_writer(take: Take) -> None:
    body = (
        "Agreed.\n\nOn Tue, 6 Oct 2026 at 09:30, Mirela Osk <m@c.example> wrote:\n"
        f"> {NEW}\n>\n> On Mon, 5 Oct 2026 at 08:00, Halvard Quist wrote:\n>> {OLD}\n"
    )
    found = quotations_in(take(plain(body), "nested.eml").metadata)
    assert [(each.author, each.day) for each in found] == [
        ("Mirela Osk", date(2026, 10, 6)),
        ("Halvard Quist", FIFTH),
    ]


def test_an_answer_between_the_lines_stays_at_its_place_and_is_the_sender_s(take: Take) -> None:
    body = f"Hello.\n\nOn Mon, 5 Oct 2026 at 08:00, Halvard Quist wrote:\n> Is it 41?\n\n{NEW}\n\n"
    body += "> Sure?\n\nYes.\n"
    document = take(plain(body), "between.eml")
    text = text_of(document)
    assert text.index("Is it 41?") < text.index(NEW) < text.index("Sure?") < text.index("Yes.")
    quoted = [text[each.start : each.end] for each in quotations_in(document.metadata)]
    assert len(quoted) == 2 and not any(NEW in each or "Yes." in each for each in quoted)


@pytest.mark.parametrize(
    "body",
    [
        "The captain turned to me.\n\nThen he wrote:\n\nThe sea is calm.\n",
        "Convoy plan\n\nFrom: Split\nTo: Zagreb\n\nThree lorries leave at noon.\n",
        "Stores\n\n________________\n\nSee the list below.\n",
        ">From the depot we took four drums.\n",
    ],
)
def test_prose_that_looks_a_little_like_a_quotation_is_the_sender_s(body: str, take: Take) -> None:
    assert quotations_in(take(plain(body), "prose.eml").metadata) == []


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("Fri, 15 Mar 2019 23:30:00 -0800", date(2019, 3, 15)),
        ("Fr, 15 Mrz 2019 12:27:13 +0100", date(2019, 3, 15)),
        ("ven., 15 mars 2019 12:27:13 +0100", date(2019, 3, 15)),
        ("Пт, 15 мар 2019 12:27:13 +0300", date(2019, 3, 15)),
        ("pt., 15 mar 2019 12:27:13 +0100", date(2019, 3, 15)),
        ("sex, 15 mar 2019 10:00 PM", date(2019, 3, 15)),
        ("3/15/2019 11:15 PM", date(2019, 3, 15)),
        ("Friday, March 15, 2019 11:15 PM", date(2019, 3, 15)),
        ("Fri, 15 Mar 2019 12:27:13 +0200 (GMT+02:00)", date(2019, 3, 15)),
        ("Fri, 15 Mar 2019 12:27:13 CEST (W. Europe Daylight Time)", date(2019, 3, 15)),
        ("2019-03-15T23:10:00-0800", date(2019, 3, 15)),
        ("12/03/2024 10:15 AM", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Fri, 15 Mar 2041 00:00:00 +0000", None),
        ("no day at all", None),
        ("", None),
    ],
)
def test_the_day_of_a_mail_is_that_of_its_sender_or_open(stated: str, day: date | None) -> None:
    assert mail_date(stated, (), CAME_IN) == day
    if day is None:
        trace = "Fri, 15 Mar 2019 08:00:00 +0000"
        assert mail_date(stated, ("Thu, 01 Jan 1970 00:00:01 +0000", trace), CAME_IN) == date(2019, 3, 15)


def test_without_a_date_header_the_first_station_gives_the_day_and_not_the_text(take: Take) -> None:
    lines = (
        "Received: from b by c with SMTP; Sat, 16 Mar 2019 08:00:00 +0000\n"
        "Received: from a by b (x; y) with SMTP;\n Fri, 15 Mar 2019 23:00:00 -0500 (EST)\n"
    )
    content = f"{lines}From: a@x.example\nSubject: Keys\n\nThe keys were handed over on 5 May 2018.\n"
    assert take(content.encode(), "keys.eml").document_date == date(2019, 3, 15)
    bare = "From: a@x.example\nTo: b@x.example\nSubject: Keys\n\nThe keys were handed over on 5 May 2018.\n"
    assert take(bare.encode(), "bare.eml").document_date is None


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + content


def shell(kind: str, content: bytes) -> bytes:
    """CMS of this kind around the content, as signing programs write it."""
    oid = der(0x06, bytes.fromhex(kind))
    data = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010701")), der(0xA0, content))
    return der(0x30, oid, der(0xA0, der(0x30, der(0x02, b"\x01"), der(0x31), data, der(0x31))))


def sealed(cms: bytes) -> bytes:
    lines = base64.encodebytes(cms).decode()
    return (
        f'{HEAD}Content-Type: application/pkcs7-mime; name="smime.p7m"\n'
        f"Content-Transfer-Encoding: base64\n\n{lines}"
    ).encode()


SIGNED = "2a864886f70d010702"
INSIDE = (
    b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n"
    b"Content-Type: text/plain\r\n\r\nThe silo is shut"
    b"."
    b'\r\n--in\r\nContent-Type: text/csv; name="moisture.csv"\r\nContent-Disposition: attachment\r\n\r\n'
    b"a,b\r\n1,2"
    b"\r\n--in--\r\n"
)


@pytest.mark.parametrize("way", ["in one piece", "in pieces", "of unknown length"])
def test_a_mail_signed_in_one_piece_reads_as_one_signed_beside(way: str, take: Take) -> None:
    content = der(0x04, INSIDE)
    if way == "in pieces":
        content = der(0x24, der(0x04, INSIDE[:50]), der(0x04, INSIDE[50:]))
    if way == "of unknown length":
        content = b"\x24\x80" + der(0x04, INSIDE[:50]) + der(0x04, INSIDE[50:]) + b"\x00\x00"
    document = take(sealed(shell(SIGNED, content)), "signed.eml")
    assert "The silo is shut." in text_of(document)
    assert list(document.children.values_list("name", flat=True)) == ["moisture.csv"]
    assert document.error == ""


def test_an_encrypted_mail_says_that_its_key_is_needed(take: Take) -> None:
    document = take(sealed(shell("2a864886f70d010703", der(0x04, b"secret"))), "sealed.eml")
    assert "only with the key of an addressee" in document.error and not document.children.exists()
    pgp = plain("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n")
    assert "only with the key of an addressee" in take(pgp, "pgp.eml").error


@pytest.mark.parametrize("cut", [3, 20, 90, 150])
def test_a_broken_shell_is_attached_as_it_came(cut: int, take: Take) -> None:
    document = take(sealed(shell(SIGNED, der(0x04, INSIDE))[:cut]), "broken.eml")
    assert "damaged and could not be opened" in document.error
    assert document.children.get().name == "smime.p7m"


def record(level: int, name: int, kind: int, value: bytes) -> bytes:
    return (
        struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
    )


def test_winmail_dat_gives_its_text_and_its_files(take: Take) -> None:
    content = (
        struct.pack("<IH", 0x223E9F78, 1)
        + record(1, 0x9007, 6, struct.pack("<II", 1252, 0))
        + record(1, 0x800C, 2, b"The pump at Lenz was serviced.\x00")
        + record(2, 0x9002, 6, bytes(14))
        + record(2, 0x8010, 1, b"pumps.csv\x00")
        + record(2, 0x800F, 6, b"pump,state\nLenz,good\n")
    )
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Pump", "a@x.example", "b@x.example"
    message.set_content("")
    message.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    document = take(message.as_bytes(), "pump.eml")
    assert "The pump at Lenz was serviced." in text_of(document)
    assert list(document.children.values_list("name", flat=True)) == ["pumps.csv"]
    broken = EmailMessage()
    broken["Subject"], broken["From"], broken["To"] = "Pump", "a@x.example", "b@x.example"
    broken.add_attachment(content[:-9], maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert "damaged" in take(bytes(broken), "broken.eml").error


def test_rtf_gives_its_words_or_the_html_that_it_was_made_from() -> None:
    said = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}The depot\\par at K\\'f6ln \\u1087?ort}"
    assert text_of_rtf(said) == ("The depot\nat Köln порт".replace("порт", "\u043fort"), False)
    page = (
        b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 The gate\\htmlrtf\\par}"
        b"\\htmlrtf0"
        b"{\\*\\htmltag72 </p>}}"
    )
    assert text_of_rtf(page) == ("<p>The gate</p>", True)
    assert unpacked(struct.pack("<II4sI", 20, 5, b"MELA", 0) + b"{\\x}") == b"{\\x}"
