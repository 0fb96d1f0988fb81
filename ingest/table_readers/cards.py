"""The tables of calendars and contacts: a row an event or a contact."""

from collections.abc import Iterator

from ingest.readers.card_fields import KINDS, entries_of, fields_of
from ingest.readers.cards import opened
from ingest.readers.content_lines import Component
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.records import records_table
from ingest.table_readers.writing import Files


def read(job: Job) -> Iterator[TableEvent]:
    """Yield one table for each kind of entry; rows are numbered by their entry."""
    alike: dict[str, list[Component]] = {}
    for entry in entries_of(opened(job).components):
        alike.setdefault(KINDS[entry.name], []).append(entry)
    files = Files(job.out)
    for kind, entries in alike.items():
        rows = [(number, fields_of(entry)) for number, entry in enumerate(entries, 1)]
        yield from records_table(files, kind, lambda rows=rows: rows, [])  # type: ignore[misc]
