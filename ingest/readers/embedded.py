"""Files inside office files: each becomes an attachment of its document, or is said to be unread."""

from collections.abc import Iterable, Iterator

from ingest import limits
from ingest.errors import notice
from ingest.protocol import Attachment, Event, Notice, clean
from ingest.readers.ole_objects import unwrapped
from ingest.sandbox_child import Job

_MOST_NAMED = 5


def attached(job: Job, files: Iterable[tuple[str, bytes]]) -> Iterator[Event]:
    """Hand over the files, given as name and content, where the document may have attachments."""
    if not job.may_hold_attachments:
        return
    count = 0
    unread: list[str] = []
    for given, held in files:
        name, content = unwrapped(given, held)
        if name.endswith(".bin") or not content or len(content) > limits.ATTACHMENT_BYTES:
            unread.append(name[:80])
        elif count < limits.ATTACHMENTS:
            count += 1
            (job.out / f"attachment{count:03d}").write_bytes(content)
            yield Attachment(f"attachment{count:03d}", clean(name)[:400])
        else:
            unread.append(name[:80])
    if unread:
        more = f" and {len(unread) - _MOST_NAMED} more" if len(unread) > _MOST_NAMED else ""
        named = ", ".join(unread[:_MOST_NAMED]) + more
        yield Notice("embedded-unread", notice("embedded-unread", name=named))
