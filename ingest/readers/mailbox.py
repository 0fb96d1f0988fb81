"""A mailbox (MBOX): each mail a file of its own, with its own day and subject.

A mail begins at a line "From sender day". A line of a text that begins with "From " is written ">From " by
careful programs and left as it is by careless ones, so a mail begins only where the line has a day as such
lines have it, or where headers follow.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from itertools import pairwise

from ingest import limits
from ingest.protocol import Event
from ingest.readers.mail_parts import header
from ingest.readers.members import LARGE, Members
from ingest.sandbox_child import Job

NO_HEADER = "without a mail header"
_BEGIN = re.compile(
    rb"(?:\A|\r?\n\r?\n|(?<=\n))From (?P<rest>[^\r\n]{0,400})\r?\n(?P<next>[^\r\n]{0,400})", re.MULTILINE
)
_DAY = re.compile(rb"(?:^|\s)\w{3},? +\w{3} +\d{1,2} +\d{1,2}:\d{2}(?::\d{2})?(?: +[\w+-]+)* +\d{4}\s*$")
_HEADER = re.compile(rb"^(?:[A-Za-z][A-Za-z0-9-]{0,60}:|>From )")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|received|return-path|mime-version|content-type|delivered-to):",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_BYTES = 64 * 1024
_LONGEST_SUBJECT = 120


def begins(content: bytes) -> Iterator[tuple[int, int]]:
    """Where the line before each mail begins, and where the mail itself does."""
    place = 0
    while (match := _BEGIN.search(content, place)) is not None:
        line = content.index(b"From ", match.start())
        is_apart = line == 0 or content[max(0, line - 4) : line].endswith((b"\n\n", b"\r\n\r\n"))
        has_day = _DAY.search(match["rest"]) is not None
        if (is_apart or has_day) and (has_day or _HEADER.match(match["next"])):
            yield line, match.start("next")
        place = match.start("next")


def read(job: Job) -> Iterator[Event]:
    """Yield the mails of a mailbox, then its page."""
    content = job.path.read_bytes().lstrip(b"\xef\xbb\xbf\r\n\t ")
    members = Members(job)
    places = [*begins(content), (len(content), len(content))]
    for number, ((_line, start), (end, _next)) in enumerate(pairwise(places), start=1):
        mail = content[start:end].strip(b"\r\n")
        name = f"{number:04d}"
        if not mail.strip():
            yield from members.put(f"{name}.eml", ())
        elif not _has_header(mail):
            members.lose(f"mail {number:,}", NO_HEADER)
        elif len(mail) > limits.ATTACHMENT_BYTES:
            members.lose(f"mail {number:,}", LARGE)
        else:
            yield from members.put(f"{name} {_subject(mail)}".strip() + ".eml", (_ESCAPED.sub(rb"\1", mail),))
    yield from members.close()


def _has_header(mail: bytes) -> bool:
    head = re.split(rb"\r?\n\r?\n", mail[:_HEAD_BYTES], maxsplit=1)[0]
    return _KNOWN.search(head) is not None


def _subject(mail: bytes) -> str:
    message = email.message_from_bytes(mail[:_HEAD_BYTES], policy=email.policy.default)
    return re.sub(r"[/\\:]+", "-", header(message, "Subject"))[:_LONGEST_SUBJECT].strip(" .")
