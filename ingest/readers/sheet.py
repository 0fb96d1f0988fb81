"""XLSX through openpyxl, read row by row: each sheet begins a page, each row is one line with its column
names, its cells as their formats show them. What is hidden is told as hidden, and remarks stand behind their
row.
"""

import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

# openpyxl would use lxml where it is installed; with defusedxml entities and external parts stay unresolved.
os.environ["OPENPYXL_LXML"] = "False"

import openpyxl
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet import _reader as cells_of_openpyxl

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Begun, Event, Notice, PageRead, clean
from ingest.readers import archive
from ingest.readers.embedded import attached
from ingest.readers.number_formats import displayed
from ingest.readers.pagination import Block, paginate
from ingest.readers.pictures import HEAD, MOST, Pictures
from ingest.readers.rows import Line, blocks_of_lines, tidy
from ingest.readers.sheet_parts import (
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    Beside,
    Marks,
    Merged,
    beside,
    marks_of,
    part_of,
    sheet_mark,
)
from ingest.sandbox_child import Job

_number_of = cells_of_openpyxl._cast_number


def _number_or_text(value: str) -> object:
    """A number as written in a cell; "INF" and "NAN", as LibreOffice writes them, stay words."""
    try:
        return _number_of(value)
    except ValueError:
        return value


# One such cell would keep the whole workbook from being read.
cells_of_openpyxl._cast_number = _number_or_text

_EMPTY_ROWS_IN_A_ROW = 2000


@dataclass
class _Sheet:
    """One sheet as it is told: its rows, and what hangs at it."""

    title: str
    lines: list[Line]
    column_marks: dict[int, str]
    beside: Beside
    marks: Marks


def read(job: Job) -> Iterator[Event]:
    """Yield the sheets of a workbook as pages.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large", "unsafe-content", "too-much-text".
    """
    archive.check(job.path, "Excel (XLSX)")
    values = open_workbook(job, shows_values=True)
    properties = values.properties
    rows = _Rows(job)
    sheets = [rows.sheet(sheet) for sheet in values.worksheets[: limits.SHEETS]]
    names = ", ".join(values.sheetnames)
    values.close()
    pictures = Pictures()
    # How many pages there are is known only with what the pictures say.
    yield from pictures.read(
        islice((each for sheet in sheets for each in sheet.beside.pictures), MOST), job.workers
    )
    pages, is_whole = _pages(sheets, pictures, limits.ROWS)
    yield Begun(
        len(pages),
        title=clean(str(properties.title or ""))[:500],
        date=_date(job, properties),
        metadata={
            "sheets": clean(names)[:2000],
            **({"Author": clean(str(properties.creator))[:500]} if properties.creator else {}),
        },
    )
    yield from pages
    if rows.is_cut or not is_whole:
        yield Notice("rows-cut", notice("sheets-cut"))
    if rows.has_open_formulas:
        yield Notice("values-missing", notice("values-missing"))
    if any(sheet.beside.unread for sheet in sheets):
        yield Notice("parts-unread", notice("parts-unread"))
    if rows.has_hidden:
        yield Notice("hidden-cells", notice("hidden-cells"))
    yield from attached(job, ((name, content) for sheet in sheets for name, content in sheet.beside.files))


def _pages(sheets: Sequence[_Sheet], pictures: Pictures, most: int) -> tuple[list[PageRead], bool]:
    """All rows as pages, or the first of each sheet where they do not fit; whether these are all."""
    blocks: list[Block] = []
    for sheet in sheets:
        blocks.append(Block("break"))
        blocks.extend(Block("paragraph", text) for text in sheet.marks.heads)
        blocks.append(Block("heading", sheet.title))
        blocks.extend(blocks_of_lines(sheet.lines[:most], sheet.column_marks))
        blocks.extend(Block("paragraph", text) for text in _behind(sheet, pictures))
        blocks.extend(Block("paragraph", text) for text in sheet.marks.feet)
    try:
        return paginate(blocks), all(len(sheet.lines) <= most for sheet in sheets)
    except IngestError as error:
        if error.code not in {"too-much-text", "too-many-pages"} or most < 2:
            raise
    return _pages(sheets, pictures, min(most // 2, limits.TEXT_ROWS))


def _behind(sheet: _Sheet, pictures: Pictures) -> Iterator[str]:
    """What stands in text boxes and pictures of a sheet, behind its rows."""
    yield from sheet.beside.texts
    for content in sheet.beside.pictures:
        text = pictures.text_of(content)
        if text:
            yield HEAD
            yield from text.split("\n\n")


def _date(job: Job, properties: DocumentProperties) -> str:
    """When the workbook was last changed; openpyxl gives the present moment where the file does not say."""
    with zipfile.ZipFile(job.path) as parts:
        says = "docProps/core.xml" in parts.namelist() and b"modified" in parts.read("docProps/core.xml")
    return str(properties.modified or "")[:40] if says else ""


def open_workbook(job: Job, *, shows_values: bool) -> Workbook:
    """The workbook with the saved results of its formulas, or with the formulas. Raises IngestError
    "damaged".
    """
    try:
        with job.path.open("rb") as stream:
            # The file is handed over as bytes: openpyxl judges paths by their extension, which may be wrong.
            return openpyxl.load_workbook(
                io.BytesIO(stream.read()), read_only=True, data_only=shows_values, keep_links=False
            )
    except InvalidFileException as error:
        raise failure("damaged", kind="Excel (XLSX)") from error


class _Rows:
    """Rows of cells as text, over all sheets of a workbook; remembers what has to be said of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._formulas: Workbook | None = None
        self.total = 0
        self.has_open_formulas = False
        self.has_hidden = False
        self.is_cut = False

    def sheet(self, sheet: Any) -> _Sheet:
        """One sheet, its marks said in its title, rows and columns."""
        part = part_of(sheet)
        marks = marks_of(self._job.path, part)
        hanging = beside(self._job.path, part)
        mark = sheet_mark(sheet)
        self.has_hidden = self.has_hidden or bool(mark or marks.hidden_rows or marks.hidden_columns)
        lines = list(self._lines(sheet, marks, dict(hanging.comments)))
        return _Sheet(
            f"{tidy(sheet.title) or 'Sheet'} {mark}".strip(),
            lines,
            {column - 1: HIDDEN_COLUMN for column in marks.hidden_columns},
            hanging,
            marks,
        )

    def _lines(self, sheet: Any, marks: Marks, comments: dict[int, list[str]]) -> Iterator[Line]:
        merged = Merged(marks.merged, limits.COLUMNS)
        written = self._written(sheet.title) if marks.has_open_formulas else None
        empty = 0
        for number, cells in enumerate(plain_rows(sheet, limits.COLUMNS), 1):
            row = [self._shown(cell) for cell in cells]
            for at, formula in enumerate(next(written, ()) if written is not None else ()):
                if is_formula(formula.value) and not (at < len(row) and row[at]):
                    row.extend("" for _ in range(at + 1 - len(row)))
                    row[at] = tidy(str(formula.value))
                    self.has_open_formulas = True
            row = merged.applied(number, row)
            while row and not row[-1]:
                row.pop()
            remarks = comments.pop(number, ())
            if not any(row) and not remarks:
                empty += 1
                if empty > _EMPTY_ROWS_IN_A_ROW:
                    break
                continue
            empty = 0
            self.total += 1
            if self.total > limits.ROWS:
                self.is_cut = True
                return
            yield Line(number, row, HIDDEN_ROW if marks.is_hidden(number) else "", remarks)
        for number in sorted(comments):
            yield Line(number, (), "", comments[number])

    def _written(self, title: str) -> Iterator[Sequence[Any]]:
        """The same rows with the formulas instead of their results."""
        if self._formulas is None:
            self._formulas = open_workbook(self._job, shows_values=False)
        yield from plain_rows(self._formulas[title], limits.COLUMNS)

    @staticmethod
    def _shown(cell: Any) -> str:
        value = cell.value
        if value is None:
            return ""
        if type(value) is str:
            return tidy(value)
        said = displayed(value, cell.number_format)
        return shown(value) if said is None else tidy(said)


def plain_rows(sheet: Any, most_columns: int | None = None) -> Iterator[Sequence[Any]]:
    """The cells of each row, the first row of the sheet first."""
    # The announced size is often wrong, and reading cells outside it would then be lost.
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    yield from sheet.iter_rows(max_col=most_columns)


def is_formula(value: object) -> bool:
    """Whether a cell of a workbook that is read with its formulas holds one."""
    return isinstance(value, str) and len(value) > 1 and value.startswith("=")


def shown(value: object) -> str:
    """A cell as a reader would see it: whole numbers without a point, dates in ISO form, nothing for
    nothing.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return tidy(str(value))
