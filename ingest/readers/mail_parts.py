"""The parts of a mail: its bodies, what is attached, and what stays shut.

Of several forms of one text the one is taken that says more. Whatever else lies in any form - Apple Mail puts
its attachments inside one - is attached.
"""

import base64
import email
import email.policy
import quopri
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message

from ingest import limits
from ingest.encodings import decode
from ingest.protocol import clean
from ingest.readers import signed, tnef
from ingest.readers.html import parse
from ingest.readers.rows import tidy

_EXTENSIONS = {
    "message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf",
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/tiff": ".tif", "text/csv": ".csv",
    "text/calendar": ".ics", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "application/zip": ".zip",
}  # fmt: skip
# Parts that mail programs add for themselves, and a second form of the text for one of them.
_NOT_FOR_READERS = {
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "message/delivery-status", "text/rfc822-headers", "message/external-body", "text/x-amp-html",
    "application/pgp-encrypted",
}  # fmt: skip
_MAILS = {"message/rfc822", "message/global"}
_SEALABLE = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_DEEPEST = 30
_WORD = re.compile(r"[^\W_]+")
# Bounded to the left, so that a text without white space costs no more than any other.
_URL = re.compile(r"\S{0,40}(?:://|www\.)\S*|\S{1,80}@\S+")
_LONGEST_STUB = 400
# What a program writes into the plain form when it makes none: that the text is elsewhere.
_STUB = re.compile(
    r"\b(?:html|text[- ]only|plain[- ]text|browsers?|web version|online version|"
    r"mail (?:client|program|reader)|"
    r"navegador|navigateur|versi[oó]n (?:web|en l[ií]nea)|version en ligne|webversion|onlineversion|"
    r"textversion|"
    r"браузер\w*|preglednik\w*|pregledač\w*|متصفح\w*)\b|المتصفح|浏览器|瀏覽器",
    re.IGNORECASE,
)
_PGP = "-----BEGIN PGP MESSAGE-----"
# The plain form may leave out so much of its words before the two forms count as two texts.
_SAME = 0.5


@dataclass(frozen=True)
class Body:
    """A text of the mail; `kind` is "text/plain" or "text/html"."""

    kind: str
    text: str


@dataclass(frozen=True)
class File:
    """An attachment: its name as the sender gave it, and its bytes."""

    name: str
    content: bytes


@dataclass
class Parts:
    """What a mail holds; `is_sealed`: some of it is encrypted; `is_broken`: a shell of it could not be
    opened; `left_out` counts attachments beyond what is looked at.
    """

    bodies: list[Body] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    is_sealed: bool = False
    is_broken: bool = False
    left_out: int = 0

    def add(self, other: "Parts") -> None:
        self.bodies += other.bodies
        self.attach(other)

    def attach(self, other: "Parts") -> None:
        """Everything of the other but its text."""
        for file in other.files:
            self.keep(file)
        self.is_sealed |= other.is_sealed
        self.is_broken |= other.is_broken
        self.left_out += other.left_out

    def keep(self, file: File) -> None:
        if len(self.files) < limits.ATTACHMENTS * 2:
            self.files.append(file)
        else:
            self.left_out += 1


def message_of(content: bytes) -> Message:
    """A message of bytes. White space and a mark before the first header would make it look empty."""
    return email.message_from_bytes(content.lstrip(b"\xef\xbb\xbf\r\n\t "), policy=email.policy.default)


def parts_of(part: Message, depth: int = 0) -> Parts:
    """All that a part holds."""
    found = Parts()
    kind = part.get_content_type()
    if kind in _NOT_FOR_READERS:
        return found
    if depth > _DEEPEST:
        found.is_broken = True
        return found
    name = file_name(part)
    if kind in _MAILS and depth > 0:
        found.keep(_attached_mail(part, name))
    elif part.is_multipart():
        inner = [item for item in part.get_payload() if isinstance(item, Message)]
        found.is_sealed = kind == "multipart/encrypted"
        if kind == "multipart/alternative":
            _take_best(found, [parts_of(item, depth + 1) for item in inner])
        else:
            for item in inner if not found.is_sealed else ():
                _add_next(found, item, depth)
    elif kind in _SEALABLE or name.lower().endswith(".p7m"):
        _open_shell(found, part, depth)
    elif kind in _TNEF or name.lower() == "winmail.dat":
        _unpack_tnef(found, part)
    elif _is_attached(part, kind, name, depth):
        found.keep(File(name or f"attachment{_EXTENSIONS.get(kind, '')}", bytes_of(part)))
    else:
        text = text_of(part)
        found.is_sealed = _PGP in text
        found.bodies.append(Body("text/html" if kind == "text/html" else "text/plain", text))
    return found


def _add_next(found: Parts, item: Message, depth: int) -> None:
    """A part beside others. A second text with a name is a file, whatever it says of how to show it."""
    inner = parts_of(item, depth + 1)
    is_text = item.get_content_maintype() == "text"
    if found.bodies and inner.bodies and is_text and file_name(item):
        found.keep(File(file_name(item), bytes_of(item)))
        return
    found.add(inner)


def _is_attached(part: Message, kind: str, name: str, depth: int) -> bool:
    shown = _disposition(part)
    if shown == "attachment":
        return True
    if kind in {"text/plain", "text/html"}:
        # A body may carry a name; that of a file stands where the part says how it is to be shown.
        return depth > 0 and bool(name) and (shown == "inline" or kind == "text/html")
    return not kind.startswith("text/") or kind in _EXTENSIONS or bool(name) or depth > 0


def _take_best(found: Parts, forms: Sequence[Parts]) -> None:
    """The form that says more, and the attachments of all."""
    plain = next((form for form in forms if _says(form) and form.bodies[0].kind == "text/plain"), None)
    rich = next((form for form in forms if _says(form) and form.bodies[0].kind == "text/html"), None)
    chosen = [plain or rich]
    if plain is not None and rich is not None:
        chosen = _chosen(plain, rich)
    for form in chosen:
        if form is not None:
            found.bodies += form.bodies
    for form in forms:
        found.attach(form)


def _says(form: Parts) -> bool:
    return any(body.text.strip() for body in form.bodies)


def _chosen(plain: Parts, rich: Parts) -> list[Parts | None]:
    mine, theirs = _words_of(plain), _words_of(rich)
    if not theirs:
        return [plain]
    text = "\n".join(body.text for body in plain.bodies).strip()
    if len(text) <= _LONGEST_STUB and _STUB.search(text):
        return [rich]
    if (mine & theirs).total() < _SAME * min(mine.total(), theirs.total()):
        # Two texts: neither is lost.
        return [rich, plain]
    return [rich] if (theirs - mine).total() > (mine - theirs).total() else [plain]


def _words_of(form: Parts) -> Counter[str]:
    texts = (
        parse(body.text).get_text(" ") if body.kind == "text/html" else body.text for body in form.bodies
    )
    return Counter(_WORD.findall(_URL.sub(" ", " ".join(texts)).casefold()))


def _open_shell(found: Parts, part: Message, depth: int) -> None:
    try:
        content = signed.opened(bytes_of(part))
    except signed.Sealed:
        found.is_sealed = True
        return
    except (ValueError, IndexError):
        found.is_broken = True
        found.keep(File(file_name(part) or "smime.p7m", bytes_of(part)))
        return
    found.add(parts_of(message_of(content), depth + 1))


def _unpack_tnef(found: Parts, part: Message) -> None:
    content = bytes_of(part)
    try:
        inner = tnef.read(content)
    except ValueError:
        found.is_broken = True
        found.keep(File(file_name(part) or "winmail.dat", content))
        return
    if inner.body.strip():
        found.bodies.append(Body("text/html" if inner.is_html else "text/plain", inner.body))
    for name, held in inner.files:
        found.keep(File(name, held))


def _attached_mail(part: Message, name: str) -> File:
    inner = part.get_payload()
    message = inner[0] if isinstance(inner, list) and inner else None
    if isinstance(message, Message):
        content = message.as_bytes(policy=email.policy.compat32)
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        # Against the rules, but done: the mail as a whole is encoded, and the parser leaves it so.
        if encoding == "base64" and not message.keys():
            content = base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", content) + b"==")
            message = message_of(content)
        elif encoding == "quoted-printable":
            content = quopri.decodestring(content)
            message = message_of(content)
        name = name or header(message, "Subject")
    else:
        content = bytes_of(part)
    name = name or "message"
    return File(name if name.lower().endswith(".eml") else f"{name}.eml", content)


def header(message: Message, name: str) -> str:
    """A decoded header on one line; what cannot be decoded is given as it stands."""
    try:
        return tidy(clean(str(message.get(name, ""))))
    except (MessageError, ValueError, IndexError, AttributeError, TypeError, LookupError):
        return raw_header(message, name)


def raw_header(message: Message, name: str) -> str:
    """A header as it stands in the mail, on one line."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return tidy(clean(raw))


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except (MessageError, ValueError, AttributeError, IndexError):
        return ""


def file_name(part: Message) -> str:
    """The name that the sender gave a part, or nothing."""
    try:
        return part.get_filename() or ""
    except (MessageError, ValueError, AttributeError, IndexError, LookupError, TypeError):
        return ""


def bytes_of(part: Message) -> bytes:
    """The decoded bytes of a part; none where they cannot be decoded."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Message) -> str:
    """The text of a part: in the encoding it declares where that fits, else in the likeliest."""
    content = bytes_of(part)
    charset = str(part.get_content_charset() or "").strip("\"' ")
    if charset and charset not in {"us-ascii", "ascii", "unknown-8bit"}:
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            return decode(content)[0]
    return decode(content)[0] if content else ""
