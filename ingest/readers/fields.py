"""Fields of a record as text: "label: value" in order, a record of short fields on one line."""

from collections.abc import Iterator, Mapping, Sequence

from ingest.readers.json_values import is_packed_data
from ingest.readers.pagination import Block
from ingest.readers.rows import named_cells

_SHORT_VALUE = 300
_SHORT_RECORD = 1500
_DATA_NOT_READ = "[{count:,} letters that stand for bytes, not read]"


def said(label: str, value: str) -> str:
    """One field on lines of its own, nothing where it is empty."""
    value = value.strip()
    if is_packed_data(value):
        value = _DATA_NOT_READ.format(count=len(value))
    return f"{label}: {value}" if label and value else value


def record_blocks(fields: Mapping[str, str]) -> Iterator[Block]:
    """One of many records that are alike: a row where all is short, else a paragraph of its fields."""
    filled = {label: value for label, value in fields.items() if value.strip()}
    is_short = all(len(value) <= _SHORT_VALUE and "\n" not in value.strip() for value in filled.values())
    if is_short and sum(map(len, filled.values())) <= _SHORT_RECORD:
        yield from named_cells([" ".join(value.split()) for value in filled.values()], list(filled))
    else:
        yield from lines_block([said(label, value) for label, value in filled.items()])


def lines_block(lines: Sequence[str]) -> Iterator[Block]:
    """The lines as one paragraph, nothing where there are none."""
    if text := "\n".join(line for line in lines if line):
        yield Block("paragraph", text)
