"""Calendars (ICS) and contacts (VCF): each event and each contact under its name, its fields in order."""

from collections.abc import Iterator, Sequence

from ingest.encodings import decode
from ingest.errors import failure, notice
from ingest.protocol import Begun, Event, Notice
from ingest.readers.card_fields import PACKED, entries_of, fields_of, title_of
from ingest.readers.content_lines import Cards, Component, cards_in
from ingest.readers.embedded import attached
from ingest.readers.fields import lines_block, said
from ingest.readers.pagination import Block, paginate_most
from ingest.sandbox_child import Job

_FORMATS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"%PDF": "pdf", b"BM": "bmp"}


def read(job: Job) -> Iterator[Event]:
    """Yield the entries as pages, and what is packed in them (pictures, files) as attachments.

    Raises IngestError "damaged" where the file holds no entry at all.
    """
    cards = opened(job)
    entries = list(entries_of(cards.components))
    if not entries and not any(each.properties for each in cards.components):
        raise failure("damaged", kind="a calendar or contacts")
    own = [component for component in cards.components if component.name == "VCALENDAR"]
    pages, count = paginate_most([*own, *entries], _blocks)
    only = entries[0] if len(entries) == 1 else None
    moment = only and (only.first("DTSTART") or only.first("REV"))
    yield Begun(
        len(pages),
        title=title_of(only) if only else _name_of(own),
        date=moment.moment()[:10] if moment else "",
        metadata={"entries": str(len(entries))},
    )
    yield from pages
    if count < len(own) + len(entries):
        yield Notice("rows-cut", notice("rows-cut", count=f"{count:,}"))
    if cards.broken_at:
        yield Notice("breaks-off", notice("breaks-off", line=f"{cards.broken_at:,}"))
    yield from attached(job, _packed(entries))


def opened(job: Job) -> Cards:
    """The components of the file."""
    return cards_in(decode(job.path.read_bytes())[0].lstrip("\ufeff"))


def _blocks(components: Sequence[Component]) -> Iterator[Block]:
    for component in components:
        if component.name != "VCALENDAR":
            yield Block("heading", title_of(component) or "(without a name)", 2)
        yield from lines_block([said(label, value) for label, value in fields_of(component).items()])


def _name_of(calendars: Sequence[Component]) -> str:
    name = calendars[0].first("X-WR-CALNAME") if calendars else None
    return name.text[:500] if name is not None else ""


def _packed(entries: Sequence[Component]) -> Iterator[tuple[str, bytes]]:
    for number, entry in enumerate(entries, 1):
        for prop in entry.properties:
            content = prop.data() if prop.name in PACKED else None
            if content is None:
                continue
            ending = next((name for mark, name in _FORMATS.items() if content.startswith(mark)), "dat")
            named = prop.parameter("FILENAME") or prop.parameter("X-FILENAME")
            yield named or f"{title_of(entry)[:80] or number} {prop.name.lower()}.{ending}", content
