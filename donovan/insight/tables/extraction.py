"""The tables of one document as grids of raw cells, from its original or from the words on its pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

from donovan.insight.tables.page_tables import tables_on
from donovan.insight.tables.raw_grids import Grid
from ingest.found_tables import Rows, can_hold_tables, kind_of, read_tables
from ingest.identify import IMAGES
from ingest.models import Document, Page, PageWords
from ingest.table_readers.protocol import TableBegun, TableEnded

_BY_WORDS = {"pdf", *IMAGES}
_BY_PLACE = "Read from where the words stand on the page. Compare doubtful cells with the page."
_RECOGNISED = "The page was read by text recognition, which mistakes similar letters and digits."


def grids_of(document: Document, folder: Path, alive: Callable[[], None]) -> Iterator[Grid]:
    """Each table of a document, its cells laid down below `folder`.

    Raises IngestError when the original cannot be read.
    """
    if can_hold_tables(document):
        yield from _from_original(document, folder, alive)
    elif kind_of(document) in _BY_WORDS:
        yield from _from_words(document, folder)


def _from_original(document: Document, folder: Path, alive: Callable[[], None]) -> Iterator[Grid]:
    grid: Grid | None = None
    for count, part in enumerate(read_tables(document, alive)):
        if isinstance(part, TableBegun):
            place = folder / f"table-{count}"
            place.mkdir()
            grid = Grid(
                place,
                part.name,
                kind_of(document),
                part.page or None,
                part.header_rows,
                frozenset(part.hidden_columns),
            )
        elif isinstance(part, Rows) and grid is not None:
            grid.add(part.numbers, part.columns, part.hidden)
        elif isinstance(part, TableEnded) and grid is not None:
            grid.notices.extend(part.notices)
            yield grid
            grid = None


def _from_words(document: Document, folder: Path) -> Iterator[Grid]:
    count = 0
    for page in Page.objects.filter(document=document).order_by("number").iterator(chunk_size=50):
        known = PageWords.objects.filter(page=page).first()
        for place, found in enumerate(tables_on(page, known.words if known else []), 1):
            count += 1
            home = folder / f"words-{count}"
            home.mkdir()
            grid = Grid(home, f"Table {place} on page {page.number}", kind_of(document), page.number)
            grid.add_rows(list(enumerate(found.rows, 1)))
            grid.notices.append(_BY_PLACE)
            if page.source == Page.Source.OCR:
                grid.notices.append(_RECOGNISED)
            yield grid
