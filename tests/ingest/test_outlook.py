"""Outlook mails (MSG) are read as other mails are."""

from datetime import date

from ingest.models import Document, Status
from tests.ingest.conftest import Take
from tests.ingest.outlook_files import moment, msg_tree, ole_bytes

ANA = {0x3001: "Ana Petrović", 0x39FE: "ana@port.example", 0x0C15: 1}
BO = {0x3001: "Lind, Bo", 0x39FE: "bo@port.example", 0x0C15: 2}
MAIL = {
    0x001A: "IPM.Note", 0x0037: "Fuel at Otter Lock", 0x0C1A: "Mirela Osk", 0x5D01: "m.osk@convoy.example",
    0x0039: moment(2026, 10, 5, 8, 0), 0x1035: "<7@convoy.example>",
}  # fmt: skip
QUOTED = "The barge came.\r\n\r\nOn Mon, 5 Oct 2026 at 07:00, Bo Lind wrote:\r\n> Did the barge come?\r\n"


def text_of(document: Document) -> str:
    return "\n".join(document.pages.values_list("text", flat=True))


def test_a_mail_has_its_sender_day_recipients_text_and_attachments(take: Take) -> None:
    file = {0x3707: "crew.csv", 0x3701: b"crew,role\nBrita Nolsoe,mate\n", 0x3705: 1}
    content = ole_bytes(msg_tree({**MAIL, 0x1000: "Forty drums came."}, [ANA, BO], [file]))
    document = take(content, "fuel.msg")
    assert document.title == "Fuel at Otter Lock" and document.document_date == date(2026, 10, 5)
    assert document.media_type == "application/vnd.ms-outlook"
    assert document.metadata["From"] == "Mirela Osk <m.osk@convoy.example>"
    assert document.metadata["To"] == "Ana Petrović <ana@port.example>"
    assert document.metadata["Cc"] == '"Lind, Bo" <bo@port.example>'
    assert document.metadata["Message-ID"] == "<7@convoy.example>"
    assert "Forty drums came." in text_of(document)
    child = document.children.get()
    assert child.name == "crew.csv" and "Brita Nolsoe" in text_of(child)


def test_what_it_quotes_is_known_as_quoted(take: Take) -> None:
    document = take(ole_bytes(msg_tree({**MAIL, 0x1000: QUOTED}, [ANA])), "re.msg")
    (quoted,) = document.metadata["quoted"]
    assert quoted[3] == "Bo Lind" and quoted[4] == "2026-10-05"
    assert text_of(document).index("The barge came") < text_of(document).index("Did the barge")


def test_the_part_that_says_more_is_read(take: Take) -> None:
    html = "<html><body><p>The lock closes on <b>Friday</b> at noon.</p></body></html>".encode("cp1250")
    stub = {0x1000: "Open this mail in a browser.", 0x1013: html, 0x3FDE: 1250}
    assert "closes on Friday at noon" in text_of(take(ole_bytes(msg_tree({**MAIL, **stub})), "html.msg"))
    rtf = b"{\\rtf1\\ansi\\ansicpg1252 Gate \\'e9tat \\par open{\\fonttbl x}}"
    packed = len(rtf).to_bytes(4, "little") * 2 + b"MELA" + bytes(4) + rtf
    assert "Gate état" in text_of(take(ole_bytes(msg_tree({**MAIL, 0x1009: packed})), "rich.msg"))


def test_mails_inside_are_documents_with_their_own_attachments(take: Take) -> None:
    deep = {0x3707: "note.txt", 0x3701: b"The gate was opened.", 0x3705: 1}
    inner = msg_tree({**MAIL, 0x0037: "Gate: état", 0x1000: "See the note."}, [BO], [deep], head=24)
    document = take(ole_bytes(msg_tree({**MAIL, 0x1000: "Forwarded."}, [ANA], [("", inner)])), "fwd.msg")
    child = document.children.get()
    assert child.media_type == "message/rfc822" and child.title == "Gate: état"
    assert child.document_date == date(2026, 10, 5)
    assert "The gate was opened." in text_of(child.children.get())


def test_its_transport_headers_come_before_what_outlook_made_of_them(take: Take) -> None:
    headers = (
        "Received: from a by b; Mon, 5 Oct 2026 09:00:00 +0200\r\n"
        "From: =?utf-8?q?Os=C4=87?= <o@c.example>\r\n"
        "Date: Mon, 5 Oct 2026 08:59:00 +0200\r\nContent-Type: multipart/mixed; boundary=x\r\n"
        "X-Long: a\r\n b\r\n\r\n"
    )
    document = take(ole_bytes(msg_tree({**MAIL, 0x007D: headers, 0x1000: "Kept."})), "sent.msg")
    assert document.metadata["From"] == "Osć <o@c.example>" and "Kept." in text_of(document)
    assert document.metadata["Received"] == "Mon, 5 Oct 2026 09:00:00 +0200"
    assert document.metadata["Subject"] == "Fuel at Otter Lock"


def test_an_appointment_says_when_it_is_and_a_sealed_mail_that_it_is_sealed(take: Take) -> None:
    meeting = {**MAIL, 0x001A: "IPM.Appointment", 0x0060: moment(2026, 10, 7, 9, 30), 0x1000: "Bring maps."}
    text = text_of(take(ole_bytes(msg_tree(meeting)), "meeting.msg"))
    assert "Start: 2026-10-07 09:30:00+00:00" in text and "Bring maps." in text
    enveloped = bytes.fromhex("300d06092a864886f70d010703a000")
    sealed = {0x3707: "smime.p7m", 0x3701: enveloped, 0x3705: 1}
    content = ole_bytes(msg_tree({**MAIL, 0x001A: "IPM.Note.SMIME"}, (), [sealed]))
    document = take(content, "sealed.msg")
    assert "mail-sealed" in document.metadata["notices"]


def test_a_damaged_one_is_said_to_be_damaged(take: Take) -> None:
    content = ole_bytes(msg_tree({**MAIL, 0x1000: "Words. " * 2000}, [ANA]))
    for cut in (600, len(content) // 2):
        document = take(content[:cut], f"cut-{cut}.msg")
        assert document.status == Status.FAILED and document.error_code == "damaged", document.error
