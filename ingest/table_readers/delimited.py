"""The one table of a CSV file. Rows are numbered as a spreadsheet shows them."""

from collections import Counter
from collections.abc import Iterator

from ingest.readers.delimited import DelimitedFile
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table

_LENGTHS = (
    "Most rows have {usual:,} cells; {count:,} have another number, from {least:,} to {most:,}. Missing "
    "cells are "
    "empty, and further cells stand in columns of their own."
)


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the table of a CSV file."""
    source = DelimitedFile(job.path)
    notices: list[str] = []

    def rows() -> Iterator[Row]:
        lengths: Counter[int] = Counter()
        for number, record in enumerate(source.records(), 1):
            lengths[len(record)] += 1
            yield number, record
        notices.extend(source.notices())
        del lengths[0]
        if len(lengths) > 1:
            usual = lengths.most_common(1)[0][0]
            other = lengths.total() - lengths[usual]
            notices.append(_LENGTHS.format(usual=usual, count=other, least=min(lengths), most=max(lengths)))

    yield from table(Files(job.out), job.name, rows(), notices)
