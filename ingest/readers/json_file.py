"""JSON and JSON lines: fields in order as "label: value", records of a list a row each, GeoJSON as its
places.
"""

from collections.abc import Iterator, Sequence

from ingest import limits
from ingest.encodings import decode
from ingest.errors import notice
from ingest.protocol import Begun, Event, Notice
from ingest.readers import geojson, json_values
from ingest.readers.fields import lines_block, record_blocks, said
from ingest.readers.json_values import Values
from ingest.readers.pagination import Block, paginate_blocks, paginate_most
from ingest.sandbox_child import Job

_DEPTH = 20
_TITLES = ("title", "subject", "name", "headline")


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a JSON file, of one with too much text the first of it."""
    text, encoding = decode(job.path.read_bytes())
    source = Values(text.lstrip("\ufeff"))
    found: list[object] = []
    for _, value in json_values.values(source):
        if len(found) < limits.ROWS:
            found.append(value)
    cut = ""
    if len(found) > 1:
        is_long = len(found) == limits.ROWS
        pages, count = paginate_most(
            found[: limits.TEXT_ROWS] if is_long else found, lambda kept: _all_blocks(source, kept)
        )
    else:
        count = len(found)
        pages, cut = paginate_blocks(_all_blocks(source, found))
    yield Begun(len(pages), title=_title(found), metadata={"encoding": encoding})
    yield from pages
    if count < len(found):
        yield Notice("rows-cut", notice("rows-cut", count=f"{count:,}"))
    if cut:
        yield Notice("parts-cut", cut)
    if source.broken_at:
        yield Notice("breaks-off", notice("breaks-off", line=f"{source.broken_at:,}"))


def _all_blocks(source: Values, found: Sequence[object]) -> Iterator[Block]:
    is_many = len(found) > 1 or source.is_list
    for value in found:
        yield from value_blocks(value, in_list=is_many)
    for rest in source.spoilt:
        yield Block("paragraph", rest)


def value_blocks(value: object, path: str = "", depth: int = 0, *, in_list: bool = False) -> Iterator[Block]:
    """A value as blocks; `in_list` where it is one of many that are alike."""
    if isinstance(value, dict):
        if geojson.is_collection(value):
            yield from geojson.blocks_of(value)
            return
        yield from _object_blocks(value, path, depth, in_list=in_list)
    elif isinstance(value, list) and _holds_records(value) and depth < _DEPTH:
        for element in value:
            yield from value_blocks(element, path, depth + 1, in_list=True)
    elif isinstance(value, list):
        cells = [json_values.shown(element) for element in value]
        yield Block("row", said(path if not in_list else "", (" | " if in_list else ", ").join(cells)))
    else:
        yield Block("row", said(path if not in_list else "", json_values.shown(value)))


def _object_blocks(value: dict[str, object], path: str, depth: int, *, in_list: bool) -> Iterator[Block]:
    parts = list(_parts(value, "" if in_list else path, depth))
    if in_list and all(isinstance(part[1], str) for part in parts):
        yield from record_blocks({label: str(part) for label, part in parts})
        return
    lines: list[str] = []
    for label, part in parts:
        if isinstance(part, str):
            lines.append(said(label, part))
            continue
        yield from lines_block(lines)
        lines = []
        yield Block("heading", label, min(9, depth + 2))
        yield from value_blocks(part, label, depth + 1)
    yield from lines_block(lines)


def _parts(value: dict[str, object], path: str, depth: int) -> Iterator[tuple[str, str | list[object]]]:
    """The fields of an object in order, nested ones under dotted names; lists of records as they are."""
    for key, inner in value.items():
        place = f"{path}.{key}" if path else key
        if isinstance(inner, dict) and inner and depth < _DEPTH:
            yield from _parts(inner, place, depth + 1)
        elif isinstance(inner, list) and _holds_records(inner) and depth < _DEPTH:
            yield place, inner
        elif isinstance(inner, list):
            yield place, ", ".join(json_values.shown(element) for element in inner)
        else:
            yield place, json_values.shown(inner)


def _holds_records(value: list[object]) -> bool:
    """Whether a list holds objects, or rows of plain values."""
    return any(
        isinstance(element, dict) or (isinstance(element, list) and any(isinstance(x, str) for x in element))
        for element in value
    )


def _title(found: Sequence[object]) -> str:
    only = found[0] if len(found) == 1 else None
    if not isinstance(only, dict):
        return ""
    for key in _TITLES:
        told = only.get(key)
        if isinstance(told, str) and not isinstance(told, json_values.Number):
            return " ".join(told.split())[:500]
    return ""
