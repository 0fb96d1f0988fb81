"""An item of Outlook by its properties ([MS-OXPROPS]), and the mail (EML) that it makes.

Mails in MSG files and in PST folders are written as EML and read by the one reader of mails, so that bodies,
quotations and attachments are treated alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from ingest import limits
from ingest.encodings import decode
from ingest.protocol import clean
from ingest.readers.rows import tidy
from ingest.readers.rtf import text_of_rtf, unpacked

SUBJECT, CLASS, HEADERS, PLAIN, RTF, HTML = 0x0037, 0x001A, 0x007D, 0x1000, 0x1009, 0x1013
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
AUTHOR_NAME, AUTHOR_ADDRESS, AUTHOR_SMTP = 0x0042, 0x0065, 0x5D02
SUBMITTED, DELIVERED = 0x0039, 0x0E06
MESSAGE_ID, IN_REPLY_TO, REFERENCES = 0x1035, 0x1042, 0x1039
CODE_PAGE, BODY_CODE_PAGE = 0x3FFD, 0x3FDE
NAME, ADDRESS, SMTP, RECIPIENT_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
DATA, FILE_NAME, SHORT_FILE_NAME, METHOD = 0x3701, 0x3707, 0x3704, 0x3705
SHOWN_TO, SHOWN_CC, SHOWN_BCC = 0x0E04, 0x0E03, 0x0E02
NAMED = 0x10000
"""Added to the number that a property has within a set, where it has none of its own."""
_KINDS = {1: "To", 2: "Cc", 3: "Bcc"}
# What appointments, tasks and contacts hold besides a text.
_FACTS: Mapping[int, str] = {
    0x3001: "Name", 0x18083: "Mail address", 0x18093: "Second mail address", 0x180A3: "Third mail address",
    0x0060: "Start", 0x0061: "End", 0x1820D: "Start", 0x1820E: "End", 0x18208: "Place", 0x18104: "Start",
    0x18105: "Due", 0x3A16: "Company", 0x3A17: "Title", 0x3A18: "Department", 0x3A08: "Business telephone",
    0x3A09: "Home telephone", 0x3A1C: "Mobile telephone", 0x3A24: "Fax", 0x3A15: "Postal address",
    0x3A26: "Country",
}  # fmt: skip
_MAIL_CLASSES = ("IPM.NOTE", "REPORT")
_FIRST = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST_HEADERS = 200_000
_LEFT_OUT = ("content-", "mime-version")
_LONGEST_VALUE = 4000

Properties = Mapping[int, bytes | str | int]


@dataclass
class Letter:
    """An item of Outlook: its properties by number, its recipients, and what is attached as (name, bytes).

    Text is str, a fixed value int (times as 100 nanoseconds since 1601), all else bytes.
    """

    properties: Properties
    recipients: list[Properties] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def subject(self) -> str:
        # Two first characters of control say how long a prefix such as "RE: " is.
        subject = text(self.properties, SUBJECT)
        return tidy(clean(subject[2:] if subject[:1] == "\x01" else subject))

    @property
    def day(self) -> datetime | None:
        """When it was sent, or delivered."""
        return moment(self.properties.get(SUBMITTED)) or moment(self.properties.get(DELIVERED))


def text(properties: Properties, number: int) -> str:
    """A property as text: bytes in the encoding that the item names, else in the likeliest."""
    value = properties.get(number, "")
    if isinstance(value, bytes):
        page = properties.get(BODY_CODE_PAGE if number == HTML else CODE_PAGE)
        return _decoded(value, page if isinstance(page, int) else 0).rstrip("\x00")
    return value.rstrip("\x00") if isinstance(value, str) else str(value)


def _decoded(value: bytes, page: int) -> str:
    try:
        return value.decode("utf-8" if page == 65001 else f"cp{page}")
    except (LookupError, UnicodeDecodeError):
        return decode(value)[0] if value else ""


def moment(value: object) -> datetime | None:
    """A time; nothing for what is none or absurd."""
    if not isinstance(value, int) or value <= 0:
        return None
    try:
        found = _FIRST + timedelta(microseconds=value // 10)
    except OverflowError:
        return None
    return found.replace(microsecond=0) if found < _LATEST else None


def eml(letter: Letter) -> bytes:
    """The item as a mail. What is attached is in it only up to the size of one attachment altogether."""
    mixed = MIMEMultipart("mixed")
    body = MIMEMultipart("alternative")
    for kind, said in _bodies(letter.properties):
        body.attach(MIMEText(said.encode("utf-8", "replace").decode(), kind, "utf-8"))
    facts = "\n".join(_facts(letter.properties))
    if facts:
        mixed.attach(MIMEText(facts, "plain", "utf-8"))
    mixed.attach(body)
    left = limits.ATTACHMENT_BYTES
    for name, content in letter.files:
        left -= len(content)
        # An empty part is one that the mail is known to have had.
        part = MIMEApplication(content if left >= 0 else b"")
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", _plain(name)))
        mixed.attach(part)
    lines = "".join(f"{line}\n" for line in _headers(letter))
    return lines.encode("utf-8", "replace") + mixed.as_bytes()


def _plain(name: str) -> str:
    return tidy(clean(name)).encode("utf-8", "replace").decode()[:200]


def _bodies(properties: Properties) -> Iterator[tuple[str, str]]:
    """The texts of an item with their kinds, the plain one first."""
    plain, rich = text(properties, PLAIN), text(properties, HTML)
    packed = properties.get(RTF)
    if not rich.strip() and isinstance(packed, bytes) and packed:
        try:
            said, is_html = text_of_rtf(unpacked(packed))
        except (ValueError, RecursionError):
            said, is_html = "", False
        if is_html:
            rich = said
        elif len("".join(said.split())) > len("".join(plain.split())):
            plain = said
    if plain.strip() or not rich.strip():
        yield "plain", plain.replace("\r\n", "\n")
    if rich.strip():
        yield "html", rich


def _facts(properties: Properties) -> Iterator[str]:
    """Lines of what an appointment, a task or a contact holds besides its text."""
    kind = text(properties, CLASS)
    if not kind or kind.upper().startswith(_MAIL_CLASSES):
        return
    yield f"Kind: {kind.removeprefix('IPM.')}"
    told: set[str] = set()
    for number, name in _FACTS.items():
        if (value := properties.get(number)) is not None:
            when = moment(value)
            said = when.isoformat(" ") if when else tidy(clean(text(properties, number)))[:_LONGEST_VALUE]
            if said and f"{name}: {said}" not in told:
                told.add(f"{name}: {said}")
                yield f"{name}: {said}"


def _headers(letter: Letter) -> Iterator[str]:
    """The headers that the mail came with, and those that it lacks out of its properties."""
    present = set()
    for line in _lines(text(letter.properties, HEADERS)[:_LONGEST_HEADERS]):
        name = line.partition(":")[0].lower()
        if not name.startswith(_LEFT_OUT):
            present.add(name)
            yield line
    made = {"Subject": _encoded(letter.subject), "From": _sender(letter.properties)}
    if letter.day is not None:
        made["Date"] = format_datetime(letter.day)
    for number, name in (
        (MESSAGE_ID, "Message-ID"), (IN_REPLY_TO, "In-Reply-To"), (REFERENCES, "References"),
    ):  # fmt: skip
        made[name] = tidy(clean(text(letter.properties, number)))[:_LONGEST_VALUE]
    made |= _recipients(letter)
    for name, value in made.items():
        if value and name.lower() not in present:
            yield f"{name}: {value}"


def _lines(headers: str) -> Iterator[str]:
    """Headers with the lines that go on below them; what is no header is left out."""
    held = ""
    for line in headers.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in {" ", "\t"} and held:
            held += f"\n{line}" if line.strip() else ""
            continue
        if held:
            yield held
        name, colon, _ = line.partition(":")
        held = line if colon and name and name.isascii() and " " not in name else ""
    if held:
        yield held


def _encoded(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=2000).encode()


def _sender(properties: Properties) -> str:
    """Who wrote the mail: whom it was sent for comes before who sent it."""
    for name, smtp, address in (
        (AUTHOR_NAME, AUTHOR_SMTP, AUTHOR_ADDRESS), (SENDER_NAME, SENDER_SMTP, SENDER_ADDRESS),
    ):  # fmt: skip
        found = _person(properties, name, smtp, address)
        if found:
            return found
    return ""


def _person(properties: Properties, name: int, *addresses: int) -> str:
    """A name with its address. An address inside of Exchange is none to the outside."""
    said = tidy(clean(text(properties, name)))[:300].strip("'\" ")
    address = (
        next(
            (value for value in (tidy(clean(text(properties, key))) for key in addresses) if "@" in value), ""
        )[:300]
        .replace("<", "")
        .replace(">", "")
    )
    if not address or said == address:
        return address or _quoted(said)
    return f"{_quoted(said)} <{address}>" if said else address


def _quoted(name: str) -> str:
    if not name.isascii():
        return _encoded(name)
    return f'"{name.translate({34: 39, 92: 47})}"' if any(sign in name for sign in ',;:<>()@"\\') else name


def _recipients(letter: Letter) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for each in letter.recipients:
        person = _person(each, NAME, SMTP, ADDRESS)
        kind = each.get(RECIPIENT_KIND, 1)
        if person:
            found.setdefault(_KINDS.get(kind & 0xF if isinstance(kind, int) else 1, "To"), []).append(person)
    shown = {"To": SHOWN_TO, "Cc": SHOWN_CC, "Bcc": SHOWN_BCC}
    for name, number in shown.items():
        if name not in found and (said := tidy(clean(text(letter.properties, number)))):
            found[name] = [_quoted(part.strip()) for part in said.split(";") if part.strip()]
    return {name: ", ".join(people) for name, people in found.items()}
