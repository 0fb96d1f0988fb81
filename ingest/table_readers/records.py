"""JSON and JSON lines: a list of objects is a table, nested objects become dotted columns.

Rows are numbered from 1 in the order of the list, or by their line in JSON lines; the titles come as row 0.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ingest import limits
from ingest.encodings import decode
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table

_DEPTH = 12
_WHITE = " \t\r\n"
_SPOILT = "Lines that are no JSON: {count:,}. They are left out of the table; the original keeps them."
_LEFT_OUT = (
    "The records have {count:,} different fields; the first {limit:,} are columns, and the original keeps "
    "the rest."
)
_BREAKS_OFF = "The list breaks off before its end; the table holds what is whole."
_Records = Callable[[], Iterator[tuple[int, object]]]


def read(job: Job) -> Iterator[TableEvent]:
    """Yield the tables of a text file that is JSON or JSON lines; nothing for any other."""
    text = decode(job.path.read_bytes())[0].lstrip("\ufeff" + _WHITE)
    yield from tables_in(text, job.name, Files(job.out))


def tables_in(text: str, name: str, files: Files) -> Iterator[TableEvent]:
    """The tables of `text`, none where it is no JSON."""
    if text.startswith("["):
        if _is_list(text):
            yield from _table(files, name, lambda: _elements(text), _broken(text))
        return
    if not text.startswith("{"):
        return
    spoilt: list[int] = []
    first_line = text.split("\n", 1)[0]
    if "\n" in text.strip() and _loaded(first_line) is not None:
        notices: list[str] = []
        yield from _table(files, name, lambda: _lines(text, spoilt), notices, spoilt)
        return
    whole = _loaded(text)
    if isinstance(whole, dict):
        yield from _lists(whole, "", name, files)


def _lists(value: dict[str, Any], path: str, name: str, files: Files) -> Iterator[TableEvent]:
    """The lists of objects inside an object, each under its path."""
    for key, inner in islice(value.items(), limits.TABLES):
        place = f"{path}.{key}" if path else key
        if (
            isinstance(inner, list)
            and len(inner) > 0
            and all(isinstance(item, dict | list) for item in inner)
        ):
            yield from _table(files, place, lambda rows=inner: iter(enumerate(rows, 1)), [])  # type: ignore[misc]
        elif isinstance(inner, dict) and path.count(".") < _DEPTH:
            yield from _lists(inner, place, name, files)


def _table(
    files: Files, name: str, records: _Records, notices: list[str], spoilt: list[int] | None = None
) -> Iterator[TableEvent]:
    columns: dict[str, None] = {}
    is_objects = False
    for _, record in records():
        if isinstance(record, dict):
            is_objects = True
            columns.update(dict.fromkeys(_flat(record)))
    if not is_objects:
        rows = (
            (number, [_shown(item) for item in record])
            for number, record in records()
            if isinstance(record, list)
        )
        yield from table(files, name, rows, notices)
        return
    if len(columns) > limits.TABLE_COLUMNS:
        notices.append(_LEFT_OUT.format(count=len(columns), limit=limits.TABLE_COLUMNS))
    if spoilt:
        notices.append(_SPOILT.format(count=len(set(spoilt))))
    kept = list(columns)[: limits.TABLE_COLUMNS]

    def rows_of() -> Iterator[Row]:
        yield 0, kept
        for number, record in records():
            flat = _flat(record) if isinstance(record, dict) else {kept[0]: _shown(record)}
            yield number, [flat.get(column, "") for column in kept]

    yield from table(files, name, rows_of(), notices, header_rows=1)


def _flat(record: dict[str, Any], path: str = "", depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in record.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict) and value and depth < _DEPTH:
            found.update(_flat(value, place, depth + 1))
        else:
            found[place] = _shown(value)
    return found


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, _Number):
        return str(value)
    return json.dumps(_unnumbered(value), ensure_ascii=False)


def _unnumbered(value: object, depth: int = 0) -> object:
    """Lists and objects inside a cell, with their numbers as JSON writes them."""
    if depth > 4 * _DEPTH:
        return "…"
    if isinstance(value, _Number):
        return float(value) if set(value) & set(".eE") else int(value)
    if isinstance(value, dict):
        return {key: _unnumbered(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unnumbered(inner, depth + 1) for inner in value]
    return value


class _Number(str):
    """A number with the digits it was written with."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number)


def _loaded(text: str) -> object:
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None


def _is_list(text: str) -> bool:
    """Whether the text begins as a list of objects or lists, and not as prose in square brackets."""
    return next(_elements(text), None) is not None


def _broken(text: str) -> list[str]:
    """A sentence where the list breaks off before its end."""
    return [] if text.rstrip(_WHITE).endswith("]") else [_BREAKS_OFF]


def _elements(text: str) -> Iterator[tuple[int, object]]:
    """Each element of a list, one at a time; ends where the list does, or where it is broken."""
    place = _skipped(text, 1)
    number = 0
    while place < len(text) and text[place] in "{[":
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        number += 1
        yield number, value
        place = _skipped(text, place)
        if place >= len(text) or text[place] != ",":
            return
        place = _skipped(text, place + 1)


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place] in _WHITE:
        place += 1
    return place


def _lines(text: str, spoilt: list[int]) -> Iterator[tuple[int, object]]:
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        number += 1
        start = end + 1
        if not line:
            continue
        value = _loaded(line)
        if isinstance(value, dict):
            yield number, value
        else:
            spoilt.append(number)
