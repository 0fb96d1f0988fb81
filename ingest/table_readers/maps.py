"""The tables of KML, KMZ and GPX: a row a place, a table for each route and track."""

from collections.abc import Iterator

from ingest.readers.map_file import documents_of
from ingest.readers.map_places import groups_of, title_of
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.records import records_table
from ingest.table_readers.writing import Files


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of a map; rows are numbered within their table."""
    roots, _, notices = documents_of(job)
    files = Files(job.out)
    for root in roots:
        for group in groups_of(root, is_whole=True):
            name = (title_of(root) or group.name) if group.name == "places" else group.name
            rows = list(enumerate(group.records, 1))
            yield from records_table(files, name, lambda rows=rows: rows, [n.sentence for n in notices])  # type: ignore[misc]
