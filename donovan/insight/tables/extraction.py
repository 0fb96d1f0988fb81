"""The tables of one document as grids of raw cells, from its original or from the words on its pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

from donovan.insight.tables.page_tables import PageTable, tables_on
from donovan.insight.tables.raw_grids import Grid
from ingest.found_tables import Rows, can_hold_tables, kind_of, read_tables
from ingest.identify import IMAGES
from ingest.models import Document, Page, PageWords
from ingest.table_readers.protocol import TableBegun, TableEnded

_BY_WORDS = {"pdf", "djvu", *IMAGES}
_BY_PLACE = "Read from where the words stand on the page. Compare doubtful cells with the page."
_OVER_PAGES = "The table goes over several pages. Where its head is printed again, it is left out."
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
    grid: Grid | None = None
    open_table: PageTable | None = None
    for page in Page.objects.filter(document=document).order_by("number").iterator(chunk_size=50):
        known = PageWords.objects.filter(page=page).first()
        before, open_table = open_table, None
        place = 0
        for found in tables_on(page, known.words if known else [], before):
            if found.goes_on and grid is not None:
                first = grid.row_count + 1
                # The head is there already; it only tells what the columns are.
                grid.add_rows(list(enumerate(found.rows[1:], first)))
                grid.name = f"{grid.name.split(' to ')[0].replace('on page ', 'on pages ')} to {page.number}"
            else:
                if grid is not None:
                    yield _told(grid)
                count, place = count + 1, place + 1
                home = folder / f"words-{count}"
                home.mkdir()
                grid = Grid(home, f"Table {place} on page {page.number}", kind_of(document), page.number)
                grid.add_rows(list(enumerate(found.rows, 1)))
                grid.notices.append(_BY_PLACE)
            if page.source == Page.Source.OCR and _RECOGNISED not in grid.notices:
                grid.notices.append(_RECOGNISED)
            open_table = found if found.is_open else None
    if grid is not None:
        yield _told(grid)


def _told(grid: Grid) -> Grid:
    if " to " in grid.name:
        grid.notices.append(_OVER_PAGES)
    return grid
