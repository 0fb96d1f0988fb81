"""JSON and JSON lines: a list of objects is a table, nested objects become dotted columns; GeoJSON is the
table of its features, with their positions.

Rows are numbered from 1 in the order of the list; the titles come as row 0.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from ingest import limits
from ingest.encodings import decode
from ingest.readers import geojson
from ingest.readers.json_values import Values, flat, shown, skipped, values
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table

_DEPTH = 12
_SPOILT = "Lines that are no JSON: {count:,}. They are left out of the table; the original keeps them."
_LEFT_OUT = (
    "The records have {count:,} different fields; the first {limit:,} are columns, and the original keeps "
    "the rest."
)
_BREAKS_OFF = "The list breaks off before its end; the table holds what is whole."


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of a JSON file; nothing where it holds no lists of records."""
    text = decode(job.path.read_bytes())[0].lstrip("\ufeff")
    yield from tables_in(text, job.name, Files(job.out))


def tables_in(text: str, name: str, files: Files) -> Iterator[TableEvent]:
    """The tables of `text`, none where it is no JSON."""
    start = skipped(text, 0)
    opening, inner = text[start : start + 1], skipped(text, start + 1)
    is_list = opening == "[" and text[inner : inner + 1] in {"{", "["}
    if not is_list and opening != "{":
        return
    first = list(islice(values(Values(text)), 2))
    if not first:
        return
    if is_list or len(first) > 1:
        source = Values(text)
        # Read to its end once, to know what is broken before the table is written.
        for _ in values(source):
            pass
        notices = [_SPOILT.format(count=source.spoilt_lines)] if source.spoilt_lines else []
        notices += [_BREAKS_OFF] if source.is_list and source.broken_at else []
        yield from records_table(files, name, lambda: values(Values(text)), notices)
    elif isinstance(first[0][1], dict):
        yield from _lists(first[0][1], "", name, files)


def _lists(value: dict[str, Any], path: str, name: str, files: Files) -> Iterator[TableEvent]:
    """The lists of objects inside an object, each under its path."""
    if geojson.is_collection(value):
        yield from records_table(files, path or name, lambda: geojson.records(value, is_whole=True), [])
        return
    for key, inner in islice(value.items(), limits.TABLES):
        place = f"{path}.{key}" if path else key
        if (
            isinstance(inner, list)
            and len(inner) > 0
            and all(isinstance(item, dict | list) for item in inner)
        ):
            yield from records_table(files, place, lambda rows=inner: iter(enumerate(rows, 1)), [])  # type: ignore[misc]
        elif isinstance(inner, dict) and path.count(".") < _DEPTH:
            yield from _lists(inner, place, name, files)


def records_table(
    files: Files, name: str, records: Callable[[], Iterable[tuple[int, object]]], notices: list[str]
) -> Iterator[TableEvent]:
    """The table of records, given as often as they are asked for: first for their fields, then for the rows.

    Records are objects, whose fields are columns, or lists, whose elements are cells.
    """
    columns: dict[str, None] = {}
    is_objects = False
    for _, record in records():
        if isinstance(record, dict):
            is_objects = True
            columns.update(dict.fromkeys(flat(record)))
    if not is_objects:
        rows = (
            (number, [shown(item) for item in record])
            for number, record in records()
            if isinstance(record, list)
        )
        yield from table(files, name, rows, notices)
        return
    if len(columns) > limits.TABLE_COLUMNS:
        notices.append(_LEFT_OUT.format(count=len(columns), limit=limits.TABLE_COLUMNS))
    kept = list(columns)[: limits.TABLE_COLUMNS]

    def rows_of() -> Iterator[Row]:
        yield 0, kept
        for number, record in records():
            fields = flat(record) if isinstance(record, dict) else {kept[0]: shown(record)}
            yield number, [fields.get(column, "") for column in kept]

    yield from table(files, name, rows_of(), notices, header_rows=1)
