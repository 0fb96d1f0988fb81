"""The tables of old office formats: converted, then read as those of what they became."""

from collections.abc import Iterator

from ingest.identify import identify
from ingest.identify_office import CONVERTED
from ingest.readers.converted import converted
from ingest.sandbox_child import Job
from ingest.table_readers import word, workbook
from ingest.table_readers.protocol import TableEvent


def read(job: Job) -> Iterator[TableEvent]:
    """Yield every table of the converted file. Raises IngestError as its conversion and its reader do."""
    kind = identify(job.path, job.name).kind
    with converted(job, kind) as other:
        yield from (workbook if CONVERTED[kind] == "xlsx" else word).read(other)
