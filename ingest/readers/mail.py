"""EML through the standard library: headers as lines, the body with what it quotes, attachments as files."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from email.message import Message
from pathlib import Path

from ingest import limits
from ingest.dates import mail_date
from ingest.encodings import decode
from ingest.errors import notice
from ingest.protocol import Attachment, Begun, Event, Notice, clean
from ingest.readers.mail_parts import Body, File, Parts, header, message_of, parts_of, raw_header
from ingest.readers.mail_quotes import blocks_of_html, blocks_of_plain
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_FACTS = (*_SHOWN, "Message-ID", "In-Reply-To")
_MOST_STATIONS = 10


def read(job: Job) -> Iterator[Event]:
    """Yield the mail as pages and its attachments as files in the output folder."""
    content = job.path.read_bytes()
    if b"\x00" in content[:4096]:
        content = decode(content)[0].lstrip("\ufeff").encode("utf-8")
    yield from read_message(job, content)


def read_message(job: Job, content: bytes, files: Sequence[File] = ()) -> Iterator[Event]:
    """Yield the mail in these bytes, with files that are attached to it elsewhere."""
    message = message_of(content)
    headers = {name: header(message, name) for name in _FACTS}
    # The name of a zone in brackets is a remark.
    headers["Date"] = re.sub(r"\s*\([^()]*\)", "", raw_header(message, "Date"))
    stations = _stations(message)
    parts = parts_of(message)
    for file in files:
        parts.keep(file)
    near = mail_date(headers["Date"], stations, date.today()) or date.today()
    pages = paginate(_blocks(headers, parts.bodies, near))
    subject = headers["Subject"]
    facts = {name: value[:2000] for name, value in headers.items() if value}
    if stations:
        facts["Received"] = "; ".join(stations)[:2000]
    yield Begun(len(pages), title=subject[:500], date=headers["Date"][:40], metadata=facts)
    yield from pages
    if parts.is_sealed:
        yield Notice("mail-sealed", notice("mail-sealed"))
    if parts.is_broken:
        yield Notice("mail-part-broken", notice("mail-part-broken"))
    yield from _attachments(job, parts)


def _stations(message: Message) -> list[str]:
    """The dates of the Received headers, that of the station next to the sender first."""
    found = [
        tidy(clean(str(value))).rpartition(";")[2].strip().replace("; ", " ")[:60]
        for key, value in message.raw_items()
        if key.lower() == "received"
    ]
    return [value for value in reversed(found) if value][:_MOST_STATIONS]


def _blocks(headers: dict[str, str], bodies: list[Body], near: date) -> Iterator[Block]:
    lines = [f"{name}: {headers[name]}" for name in _SHOWN if headers[name]]
    if lines:
        yield Block("paragraph", "\n".join(lines))
    for body in bodies:
        yield from (blocks_of_html if body.kind == "text/html" else blocks_of_plain)(body.text, near)


def _attachments(job: Job, parts: Parts) -> Iterator[Event]:
    if not job.may_hold_attachments:
        if parts.files:
            reason = f"they lie more than {limits.ATTACHMENT_DEPTH} mails deep"
            count = len(parts.files) + parts.left_out
            yield Notice("attachments-skipped", notice("attachments-skipped", count=count, reason=reason))
        return
    kept, skipped = 0, parts.left_out
    for file in parts.files:
        found = save(file, job.out, kept + 1) if kept < limits.ATTACHMENTS else None
        if found is None:
            skipped += 1
        else:
            kept += 1
            yield found
    if skipped:
        reason = "they are empty, too large or too many"
        yield Notice("attachments-skipped", notice("attachments-skipped", count=skipped, reason=reason))


def save(file: File, folder: Path, number: int) -> Attachment | None:
    """Write one attachment to the output folder; None when it is empty or too large."""
    if not file.content.strip() or len(file.content) > limits.ATTACHMENT_BYTES:
        return None
    name = file.name
    if name.startswith("attachment") and name.partition(".")[0] == "attachment":
        name = f"attachment-{number}{name.removeprefix('attachment')}"
    stored = f"attachment{number:03d}"
    with suppress(FileNotFoundError):
        (folder / stored).unlink()
    (folder / stored).write_bytes(file.content)
    return Attachment(stored, tidy(clean(name))[:400])
