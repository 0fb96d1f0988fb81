"""The one table of a CSV file. Rows are numbered as a spreadsheet shows them."""

from collections.abc import Iterator

from ingest.readers.delimited import DelimitedFile
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the table of a CSV file."""
    source = DelimitedFile(job.path)
    notices: list[str] = []

    def rows() -> Iterator[Row]:
        yield from enumerate(source.records(), 1)
        notices.extend(source.notices())

    yield from table(Files(job.out), job.name, rows(), notices)
