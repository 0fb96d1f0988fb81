"""The part of a page or of a table that an item is about, for somebody who may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.insight.anomalies.material import as_text
from donovan.insight.errors import InsightError
from donovan.insight.tables.engine import ROW, open_session, quoted
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_table
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_document
from ingest.models import Page

ROWS_AROUND = 4
MOST_COLUMNS = 10
_MARGIN = 2.5
_LEAST_HEIGHT = 0.06


@dataclass(frozen=True)
class Scan:
    """A page image with a box on it, all in pixels of the image; `view` is the part that is shown large."""

    document: str
    page: int
    width: int
    height: int
    left: int
    top: int
    box_width: int
    box_height: int
    view: tuple[int, int, int, int]
    language: str

    @property
    def view_box(self) -> str:
        return " ".join(map(str, self.view))


@dataclass(frozen=True)
class Cell:
    text: str
    is_here: bool


@dataclass(frozen=True)
class Line:
    """One row of an excerpt; `number` is its number in the table."""

    number: str
    is_here: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Excerpt:
    """Rows around a cell. `left_out` counts columns that do not fit beside each other."""

    titles: list[str]
    lines: list[Line]
    left_out: int


def scan_of(caller: Caller, given: Mapping[str, Any]) -> Scan | None:
    """The page image of an item of transcription; None when there is none, or none that may be read."""
    try:
        document = readable_document(caller.scope, str(given.get("document", "")))
    except NotFoundHere:
        return None
    page = Page.objects.filter(document=document, number=given.get("page") or 0).exclude(image="").first()
    if page is None or not page.image_width or not page.image_height:
        return None
    left, top, right, bottom = _box(given.get("box"))
    width, height = page.image_width, page.image_height
    tall = max((bottom - top) * _MARGIN, _LEAST_HEIGHT)
    wide = max((right - left) * 0.1, 0.03)
    view_left, view_top = max(0.0, left - wide), max(0.0, top - tall)
    view_right, view_bottom = min(1.0, right + wide), min(1.0, bottom + tall)
    view = (
        round(view_left * width),
        round(view_top * height),
        max(round((view_right - view_left) * width), 1),
        max(round((view_bottom - view_top) * height), 1),
    )
    return Scan(
        document=str(document.pk),
        page=page.number,
        width=width,
        height=height,
        left=round(left * width),
        top=round(top * height),
        box_width=max(round((right - left) * width), 1),
        box_height=max(round((bottom - top) * height), 1),
        view=view,
        language=page.language,
    )


def _box(box: object) -> tuple[float, float, float, float]:
    """The four shares of a box, within the page; the whole page for anything else."""
    if not isinstance(box, Sequence) or isinstance(box, str) or len(box) != 4:
        return (0.0, 0.0, 1.0, 1.0)
    try:
        left, top, right, bottom = (min(max(float(edge), 0.0), 1.0) for edge in box)
    except (TypeError, ValueError):
        return (0.0, 0.0, 1.0, 1.0)
    return (left, top, right, bottom) if left < right and top < bottom else (0.0, 0.0, 1.0, 1.0)


def excerpt_of(caller: Caller, given: Mapping[str, Any]) -> Excerpt | None:
    """The rows around the cell of an item: of a table of the library by its id, or of one given as rows."""
    table = given.get("table")
    if isinstance(table, dict):
        titles, rows = table.get("columns") or table.get("titles") or [], table.get("rows") or []
        return _of_rows([str(title) for title in titles], rows, given, table.get("numbers"))
    if isinstance(table, list):
        head = [str(cell) for cell in table[0]] if table and isinstance(table[0], list) else []
        return _of_rows(head, table[1:], given)
    try:
        return _of_library(readable_table(caller.scope, str(table)), given)
    except (NotFoundHere, InsightError):
        return None


def _of_library(table: DataTable, given: Mapping[str, Any]) -> Excerpt | None:
    row, column = str(given.get("row", "")), str(given.get("column", ""))
    if not row.isascii() or not row.isdecimal() or len(row) > 15:
        return None
    described = table.columns
    at = _place_of(column, [str(one["title"]) for one in described], [str(one["name"]) for one in described])
    begin = _begin(at, len(described))
    chosen = described[begin : begin + MOST_COLUMNS]
    names = ", ".join([ROW, *(quoted(one["name"]) for one in chosen)])
    first, last = int(row) - ROWS_AROUND, int(row) + ROWS_AROUND
    with open_session({"t": table}) as session:
        found = session.query(
            f"SELECT {names} FROM t_raw WHERE {ROW} BETWEEN {first} AND {last} ORDER BY {ROW}", limit=50
        ).rows
    lines = []
    for kept in found:
        is_here = str(kept[0]) == row
        cells = [Cell(as_text(text), is_here and begin + place == at) for place, text in enumerate(kept[1:])]
        lines.append(Line(str(kept[0]), is_here, cells))
    return Excerpt([str(one["title"]) for one in chosen], lines, len(described) - len(chosen))


def _of_rows(
    titles: list[str], rows: Sequence[Any], given: Mapping[str, Any], numbers: Sequence[int] | None = None
) -> Excerpt | None:
    """`row` is one of `numbers`, or else counts from 1 below the titles; `column` is a title or a number."""
    row = str(given.get("row", ""))
    at = _place_of(str(given.get("column", "")), titles)
    wanted = int(row) if row.isascii() and row.isdecimal() and len(row) < 9 else 0
    begin = _begin(at, len(titles))
    lines = []
    known = numbers if isinstance(numbers, list) and len(numbers) == len(rows) else range(1, len(rows) + 1)
    for number, cells in zip(known, rows, strict=True):
        if not isinstance(number, int) or abs(number - wanted) > ROWS_AROUND or not isinstance(cells, list):
            continue
        shown = [
            Cell("" if cell is None else str(cell), number == wanted and begin + place == at)
            for place, cell in enumerate(cells[begin : begin + MOST_COLUMNS])
        ]
        lines.append(Line(str(number), number == wanted, shown))
    if not lines:
        return None
    return Excerpt(titles[begin : begin + MOST_COLUMNS], lines, max(len(titles) - MOST_COLUMNS, 0))


def _place_of(column: str, *names: list[str]) -> int:
    """The place of a column by one of its names, else by its number from 1; -1 for none."""
    for known in names:
        if column in known:
            return known.index(column)
    return int(column) - 1 if column.isascii() and column.isdecimal() and len(column) < 6 else -1


def _begin(at: int, count: int) -> int:
    return max(0, min(at - MOST_COLUMNS // 2, count - MOST_COLUMNS))
