"""The tables of an XML file: elements of one name beside each other that hold fields are its rows."""

from collections.abc import Iterator
from typing import Any

from ingest import limits
from ingest.readers.xml_file import fields_of, is_record
from ingest.readers.xml_tree import check_depth, children_of, name_of, read_tree
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.records import records_table
from ingest.table_readers.writing import Files


def read(job: Job) -> Iterator[TableEvent]:
    """Yield a table for each run of records; rows are numbered within their table."""
    root, notices = read_tree(job.path)
    check_depth(root)
    files = Files(job.out)
    for count, (place, rows) in enumerate(_runs(root, "")):
        if count == limits.TABLES:
            break
        yield from records_table(
            files,
            place,
            lambda rows=rows: ((number, fields_of(row)) for number, row in enumerate(rows, 1)),  # type: ignore[misc]
            [item.sentence for item in notices],
        )


def _runs(element: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """The path and the elements of each run, the outermost where one lies in another."""
    alike: dict[str, list[Any]] = {}
    for child in children_of(element):
        alike.setdefault(name_of(child), []).append(child)
    for name, elements in alike.items():
        place = f"{path}.{name}" if path else name
        if len(elements) > 1 and all(map(is_record, elements)):
            yield place, elements
            continue
        for inner in elements:
            yield from _runs(inner, place)
