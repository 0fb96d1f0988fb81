"""What the sandboxed reader of tables may say: one JSON object a line, checked as in `ingest.protocol`.

Cells do not travel in events. They lie in files, a stretch of rows each: UTF-8 text whose first line holds
the row numbers and every further line one column, cells divided by tabs, with tabs, line ends and backslashes
in cells written as \\t, \\n, \\r and \\\\. So nothing but text, split at fixed characters, comes back.
"""

import json
import re
import sys
from dataclasses import asdict, dataclass
from typing import TextIO

from ingest import limits
from ingest.protocol import Ended, Failed, ProtocolError, clean

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
_FILE = re.compile(r"rows_[0-9]{1,7}")


@dataclass(frozen=True)
class TableBegun:
    """A table follows. `page` is 0 where the file has no pages; `header_rows` is how many rows at its top
    hold the titles of columns, -1 where the file does not say; `hidden_columns` are indexes of columns that
    the file does not show.
    """

    name: str
    page: int = 0
    header_rows: int = -1
    hidden_columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableRows:
    """A stretch of rows of the table that has begun, in a file of the output folder; `hidden` are the numbers
    of those that the file does not show.
    """

    file: str
    rows: int
    width: int
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableEnded:
    """The table is complete; `notices` are sentences for people."""

    notices: tuple[str, ...] = ()


TableEvent = TableBegun | TableRows | TableEnded | Failed | Ended
_KINDS: dict[str, type[TableEvent]] = {
    "table": TableBegun,
    "rows": TableRows,
    "table-ended": TableEnded,
    "failed": Failed,
    "ended": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def emit_table_event(stream: TextIO, event: TableEvent) -> None:
    """Write one event as one line and flush it."""
    values = {**asdict(event), "event": _NAMES[type(event)]}
    stream.write(json.dumps(values, ensure_ascii=True, separators=(",", ":")) + "\n")
    stream.flush()


def parse_table_event(untrusted_line: bytes) -> TableEvent:
    """The event in one line. Raises ProtocolError for anything outside the agreed form."""
    try:
        untrusted = json.loads(untrusted_line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("an event is not JSON") from error
    if not isinstance(untrusted, dict):
        raise ProtocolError("an event is not an object")
    name = untrusted.pop("event", None)
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None or set(untrusted) != set(kind.__dataclass_fields__):
        raise ProtocolError("an event is of no known form")
    if kind is TableBegun:
        return TableBegun(
            _text(untrusted["name"], 300),
            _whole(untrusted["page"], 0, limits.PAGES),
            _whole(untrusted["header_rows"], -1, 50),
            _wholes(untrusted["hidden_columns"], limits.TABLE_COLUMNS, limits.TABLE_COLUMNS),
        )
    if kind is TableRows:
        file = _text(untrusted["file"], 20)
        if not _FILE.fullmatch(file):
            raise ProtocolError("a file name is outside the agreed form")
        return TableRows(
            file,
            _whole(untrusted["rows"], 1, limits.TABLE_CHUNK_ROWS),
            _whole(untrusted["width"], 1, limits.TABLE_COLUMNS),
            _wholes(untrusted["hidden"], limits.TABLE_CHUNK_ROWS, sys.maxsize),
        )
    if kind is TableEnded:
        notices = untrusted["notices"]
        if not isinstance(notices, list) or len(notices) > limits.TABLE_NOTICES:
            raise ProtocolError("there are too many notices")
        return TableEnded(tuple(_text(item, 1000) for item in notices))
    if kind is Failed:
        return Failed(_text(untrusted["code"], 60), _text(untrusted["sentence"], 1000))
    return Ended()


def _text(untrusted: object, longest: int) -> str:
    if not isinstance(untrusted, str) or len(untrusted) > longest:
        raise ProtocolError("a text is too long or no text")
    return clean(untrusted)


def _wholes(untrusted: object, most: int, highest: int) -> tuple[int, ...]:
    if not isinstance(untrusted, list) or len(untrusted) > most:
        raise ProtocolError("a list is too long or no list")
    return tuple(_whole(item, 0, highest) for item in untrusted)


def _whole(untrusted: object, lowest: int, highest: int) -> int:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or not lowest <= untrusted <= highest:
        raise ProtocolError("a whole number is out of bounds")
    return untrusted


def escaped(cell: str) -> str:
    """A cell as it stands in a file of rows."""
    return cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescaped(cell: str) -> str:
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[1], found[0]), cell)
