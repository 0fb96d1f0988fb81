"""The reader of tables: one file in, events and files of rows out. Runs alone in the sandbox, without
Django.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from ingest import places
from ingest.errors import IngestError, failure
from ingest.identify import KINDS
from ingest.identify_office import BECOME_TABLES
from ingest.protocol import Ended, Failed
from ingest.sandbox_child import Job, mended_copy, own_stream, set_limits
from ingest.table_readers.protocol import TableEvent, emit_table_event

# Kinds of `ingest.identify` whose files can hold tables. PDF and images do too, but theirs are found from the
# words of the pages, which are known by then.
READERS = {
    "csv": "ingest.table_readers.delimited",
    "xlsx": "ingest.table_readers.workbook",
    "text": "ingest.table_readers.plain",
    "markdown": "ingest.table_readers.plain",
    "html": "ingest.table_readers.markup",
    "json": "ingest.table_readers.records",
    "xml": "ingest.table_readers.xml_records",
    **dict.fromkeys(("kml", "kmz", "gpx"), "ingest.table_readers.maps"),
    **dict.fromkeys(("ics", "vcf"), "ingest.table_readers.cards"),
    "docx": "ingest.table_readers.word",
    **dict.fromkeys(BECOME_TABLES, "ingest.table_readers.converted"),
}


class TableReader(Protocol):
    """A module of `ingest.table_readers`."""

    def read(self, job: Job) -> Iterator[TableEvent]:
        """Yield the tables in the file. Raises IngestError when it cannot be read at all."""
        ...


def events(job: Job, kind: str) -> Iterator[TableEvent]:
    """All tables of one file; the last event is Ended or Failed."""
    try:
        with mended_copy(job) as whole:
            yield from cast(TableReader, importlib.import_module(READERS[kind])).read(whole)
    except IngestError as error:
        yield Failed(error.code, error.sentence)
    except MemoryError:
        too_much = failure("too-much-memory")
        yield Failed(too_much.code, too_much.sentence)
    except Exception as error:
        places.complain(error)
        damaged = failure("damaged", kind=KINDS[kind][0])
        yield Failed(damaged.code, damaged.sentence)
    else:
        yield Ended()


def main() -> None:
    """Read the job as JSON from the first argument and write events to standard output."""
    stream = own_stream()
    untyped = json.loads(sys.argv[1])
    set_limits()
    job = Job(path=Path(untyped["path"]), name=untyped["name"], out=Path(untyped["out"]))
    for event in events(job, untyped["kind"]):
        emit_table_event(stream, event)


if __name__ == "__main__":
    main()
