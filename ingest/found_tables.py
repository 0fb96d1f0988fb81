"""The tables of a document, taken out of its original in a sandbox and checked as they arrive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ingest import blobs, limits, sandbox
from ingest.errors import SENTENCES, IngestError, failure
from ingest.models import Document
from ingest.pages import read_plain_file
from ingest.pipeline import scratch
from ingest.protocol import Ended, Failed, ProtocolError, clean
from ingest.table_child import READERS
from ingest.table_readers.protocol import TableBegun, TableEnded, TableEvent, TableRows, unescaped


@dataclass(frozen=True)
class Rows:
    """A stretch of rows by columns: `columns[c][r]` is the cell of the row that the source numbers
    `numbers[r]`. `hidden` are the numbers of rows that the source does not show.
    """

    numbers: list[int]
    columns: list[list[str]]
    hidden: frozenset[int] = frozenset()


def kind_of(document: Document) -> str:
    """What the document was found to be, as in `ingest.identify.KINDS`."""
    return str(document.metadata.get("kind", ""))


def can_hold_tables(document: Document) -> bool:
    """Whether the original of this document is of a kind that `read_tables` reads."""
    return kind_of(document) in READERS


def read_tables(document: Document, alive: Callable[[], None]) -> Iterator[TableBegun | Rows | TableEnded]:
    """For each table its beginning, its rows in stretches, and its end.

    `alive` is called about once a second and may raise to stop. Raises IngestError when the original cannot
    be read, or when its reader does something it should not.
    """
    sandbox.require()
    original = blobs.verify(document.blob_id)
    with scratch() as out:
        events = sandbox.run_tables(original, document.name, kind_of(document), out, alive=alive)
        try:
            yield from _in_order(events, out)
        except ProtocolError as error:
            raise failure("bad-output") from error


def _in_order(events: Iterator[TableEvent], out: Path) -> Iterator[TableBegun | Rows | TableEnded]:
    """Raises IngestError as reported, and ProtocolError for what does not fit together."""
    count, last, is_open = 0, -1, False
    for event in events:
        if isinstance(event, Failed):
            if event.code not in SENTENCES:
                raise ProtocolError("a failure of no known kind")
            raise IngestError(event.code, event.sentence)
        if isinstance(event, TableBegun):
            count, last = count + 1, -1
            if is_open or count > limits.TABLES:
                raise ProtocolError("a table begins where none may")
            is_open = True
            yield event
        elif isinstance(event, TableRows):
            rows = _taken(out, event)
            if not is_open or rows.numbers[0] <= last:
                raise ProtocolError("rows come where none may")
            last = rows.numbers[-1]
            yield rows
        elif isinstance(event, TableEnded):
            if not is_open:
                raise ProtocolError("a table ends that has not begun")
            is_open = False
            yield event
        elif isinstance(event, Ended) and is_open:
            raise ProtocolError("the reader ended inside a table")


def _taken(folder: Path, event: TableRows) -> Rows:
    """The rows in a file that the reader wrote, the file removed.

    Raises IngestError "bad-output" when it is no plain file of allowed size, and ProtocolError when it does
    not hold what was announced.
    """
    path = folder / event.file
    content = read_plain_file(path, limits.TABLE_CHUNK_BYTES)
    path.unlink()
    try:
        lines = content.decode("utf-8").split("\n")
        numbers = [int(number) for number in lines[0].split("\t")]
    except ValueError as error:
        raise ProtocolError("rows are not of the agreed form") from error
    if len(lines) != event.width + 2 or lines[-1] or len(numbers) != event.rows:
        raise ProtocolError("rows are not as many as announced")
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ProtocolError("rows are not in order")
    columns = [_cells(line) for line in lines[1:-1]]
    if any(len(column) != event.rows for column in columns):
        raise ProtocolError("a column is not as long as announced")
    return Rows(numbers, columns, frozenset(event.hidden))


def _cells(line: str) -> list[str]:
    cells = line.split("\t")
    together = "".join(cells)
    if clean(together) != together:
        cells = [clean(cell) for cell in cells]
    return [unescaped(cell) for cell in cells] if "\\" in together else cells
