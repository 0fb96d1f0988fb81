"""CSV and its relatives: encoding and separator are found out, each row becomes one line.

Of a long table only the first rows become text; `ingest.table_readers` reads all of it.
"""

from collections.abc import Iterator
from itertools import islice

from ingest import limits
from ingest.errors import notice
from ingest.protocol import Begun, Event, Notice
from ingest.readers.delimited import DelimitedFile, shown_separator
from ingest.readers.pagination import paginate_most
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job


def read(job: Job) -> Iterator[Event]:
    """Yield the rows of a CSV file as pages, the first ones of a table that is too long."""
    source = DelimitedFile(job.path)
    records = islice(source.records(), limits.ROWS + 1)
    rows = [[tidy(cell) for cell in record[: limits.COLUMNS]] for record in records]
    is_long = len(rows) > limits.ROWS
    pages, count = paginate_most(rows[: limits.TEXT_ROWS] if is_long else rows, blocks_of)
    yield Begun(
        len(pages),
        metadata={"encoding": source.encoding.name, "separator": shown_separator(source.separator)},
    )
    yield from pages
    if count < len(rows):
        yield Notice("rows-cut", notice("rows-cut", count=f"{count:,}"))
    for sentence in source.notices():
        yield Notice("odd-lines", sentence)
