"""EML through the standard library: headers as lines, the body with its quoted thread, attachments as
files.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage, Message
from pathlib import Path

from ingest import limits
from ingest.encodings import decode
from ingest.errors import notice
from ingest.protocol import Attachment, Begun, Event, Notice, clean
from ingest.readers.html import blocks_in, parse
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_QUOTE_START = re.compile(
    r"^(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|mensaje original"
    r"|message d'origine)\s*-{2,}|on .{6,120} wrote:|el .{6,120} escribió:|le .{6,120} a écrit\s*:"
    r"|am .{6,120} schrieb.*:|begin forwarded message:|_{10,})\s*$",
    re.IGNORECASE,
)
_EXTENSIONS = {
    "message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf",
    "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "text/csv": ".csv",
}  # fmt: skip
# Parts that mail programs add for themselves.
_NOT_FOR_READERS = {
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "message/delivery-status", "text/rfc822-headers", "message/external-body",
}  # fmt: skip


def read(job: Job) -> Iterator[Event]:
    """Yield the mail as pages and its attachments as files in the output folder."""
    content = job.path.read_bytes()
    if b"\x00" in content[:4096]:
        content = decode(content)[0].lstrip("\ufeff").encode("utf-8")
    # Leading white space and a mark before the first header would make the parser see an empty message.
    message = email.message_from_bytes(content.lstrip(b"\xef\xbb\xbf\r\n\t "), policy=email.policy.default)
    headers = {name: _header(message, name) for name in (*_SHOWN, "Message-ID", "In-Reply-To")}
    bodies, attached, skipped = _parts(message)
    pages = paginate(_blocks(headers, bodies))
    subject = headers["Subject"]
    yield Begun(
        len(pages),
        title=subject[:500],
        date=headers["Date"][:40],
        metadata={name: value[:2000] for name, value in headers.items() if value},
    )
    yield from pages
    kept = 0
    if job.may_hold_attachments:
        for part in attached[: limits.ATTACHMENTS]:
            found = _save(part, job.out, kept + 1)
            if found is not None:
                kept += 1
                yield found
            else:
                skipped += 1
        left = skipped + len(attached[limits.ATTACHMENTS :])
        reason = "they are empty, too large or too many"
    else:
        left, reason = len(attached), f"they lie more than {limits.ATTACHMENT_DEPTH} mails deep"
    if left:
        yield Notice("attachments-skipped", notice("attachments-skipped", count=left, reason=reason))


def _header(message: Message, name: str) -> str:
    """A decoded header on one line; what cannot be decoded is given as it stands."""
    try:
        return tidy(clean(str(message.get(name, ""))))
    except (MessageError, ValueError, IndexError, AttributeError, TypeError, LookupError):
        raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return tidy(clean(raw))


def _parts(message: EmailMessage) -> tuple[list[tuple[str, str]], list[Message], int]:
    """The bodies as (type, text), the attachments, and how many parts were left out."""
    bodies: list[tuple[str, str]] = []
    attached: list[Message] = []

    def walk(part: Message, depth: int) -> None:
        if depth > 30 or len(attached) > limits.ATTACHMENTS * 2:
            return
        kind = part.get_content_type()
        if kind in _NOT_FOR_READERS:
            return
        is_attached = _disposition(part) == "attachment" or (
            depth > 0 and bool(_file_name(part)) and kind != "text/plain"
        )
        if kind == "message/rfc822" and depth > 0:
            attached.append(part)
        elif part.is_multipart() and kind == "multipart/alternative":
            _choose(part, depth)
        elif part.is_multipart():
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    walk(inner, depth + 1)
        elif is_attached or not kind.startswith(("text/", "message/")):
            attached.append(part)
        elif kind in {"text/plain", "text/html"} or not bodies:
            bodies.append((kind, _text(part)))
        else:
            attached.append(part)

    def _choose(part: Message, depth: int) -> None:
        """Of several forms of one text the plain one, unless it is empty."""
        inner = [item for item in part.get_payload() if isinstance(item, Message)]
        plain = [item for item in inner if item.get_content_type() == "text/plain" and _text(item).strip()]
        others = [item for item in inner if item.get_content_type() != "text/plain"]
        rich = [item for item in others if item.get_content_type() == "text/html" and _text(item).strip()]
        wrapped = [item for item in others if item.is_multipart()]
        if plain:
            bodies.append(("text/plain", _text(plain[0])))
            for item in wrapped:
                attached.extend(_files_in(item))
        else:
            for item in rich[:1] or wrapped:
                walk(item, depth + 1)
        attached.extend(item for item in others if item not in rich and item not in wrapped)

    walk(message, 0)
    return bodies, attached, 0


def _files_in(part: Message) -> Iterator[Message]:
    for inner in part.walk():
        if not inner.is_multipart() and not inner.get_content_type().startswith("text/"):
            yield inner


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except (MessageError, ValueError, AttributeError, IndexError):
        return ""


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (MessageError, ValueError, AttributeError, IndexError, LookupError, TypeError):
        return ""


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    """The text of a part: in the encoding it declares where that fits, else in the likeliest."""
    content = _bytes(part)
    charset = str(part.get_content_charset() or "").strip("\"' ")
    if charset and charset not in {"us-ascii", "ascii", "unknown-8bit"}:
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            return decode(content)[0]
    return decode(content)[0] if content else ""


def _blocks(headers: dict[str, str], bodies: list[tuple[str, str]]) -> Iterator[Block]:
    lines = [f"{name}: {headers[name]}" for name in _SHOWN if headers[name]]
    if lines:
        yield Block("paragraph", "\n".join(lines))
    for kind, text in bodies:
        if kind == "text/html":
            yield from blocks_in(parse(text))
        else:
            yield from _plain(text)


def _plain(text: str) -> Iterator[Block]:
    """Paragraphs of a plain body. What is quoted from earlier mails stays apart, with its marks."""
    paragraph: list[str] = []
    was_quoted = False
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        is_quoted = line.lstrip().startswith(">")
        ends = not line.strip() or is_quoted != was_quoted or _QUOTE_START.match(line.strip())
        if ends and paragraph:
            yield Block("paragraph", "\n".join(paragraph))
            paragraph = []
        if line.strip():
            paragraph.append(line.rstrip())
        was_quoted = is_quoted


def _save(part: Message, folder: Path, number: int) -> Attachment | None:
    """Write one attachment to the output folder; None when it is empty or too large."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        message = inner[0] if isinstance(inner, list) and inner else None
        content = (
            message.as_bytes(policy=email.policy.compat32) if isinstance(message, Message) else _bytes(part)
        )
        name = (
            _file_name(part)
            or (_header(message, "Subject") if isinstance(message, Message) else "")
            or "message"
        )
        name = name if name.lower().endswith(".eml") else f"{name}.eml"
    else:
        content = _bytes(part)
        name = _file_name(part) or f"attachment-{number}{_EXTENSIONS.get(part.get_content_type(), '')}"
    if not content.strip() or len(content) > limits.ATTACHMENT_BYTES:
        return None
    file = f"attachment{number:03d}"
    (folder / file).write_bytes(content)
    return Attachment(file, tidy(clean(name))[:400])
