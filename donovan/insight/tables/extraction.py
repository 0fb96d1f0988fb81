"""The tables of one document as grids of raw cells, from its original or from the words on its pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

from donovan.insight.tables.grids import Grid
from ingest.found_tables import Rows, can_hold_tables, kind_of, read_tables
from ingest.models import Document
from ingest.table_readers.protocol import TableBegun, TableEnded


def grids_of(document: Document, folder: Path, alive: Callable[[], None]) -> Iterator[Grid]:
    """Each table of a document, its cells laid down below `folder`.

    Raises IngestError when the original cannot be read.
    """
    if can_hold_tables(document):
        yield from _from_original(document, folder, alive)


def _from_original(document: Document, folder: Path, alive: Callable[[], None]) -> Iterator[Grid]:
    grid: Grid | None = None
    for count, part in enumerate(read_tables(document, alive)):
        if isinstance(part, TableBegun):
            place = folder / f"table-{count}"
            place.mkdir()
            grid = Grid(place, part.name, kind_of(document), part.page or None, part.header_rows)
        elif isinstance(part, Rows) and grid is not None:
            grid.add(part.numbers, part.columns)
        elif isinstance(part, TableEnded) and grid is not None:
            grid.notices.extend(part.notices)
            yield grid
            grid = None
