"""XLSX through openpyxl, read row by row: each sheet begins a page, each row is one line with its column
names.
"""

import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

# openpyxl would use lxml where it is installed; with defusedxml entities and external parts stay unresolved.
os.environ["OPENPYXL_LXML"] = "False"

import openpyxl
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Begun, Event, Notice, PageRead, clean
from ingest.readers import archive
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_EMPTY_ROWS_IN_A_ROW = 2000


def read(job: Job) -> Iterator[Event]:
    """Yield the sheets of a workbook as pages.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large", "unsafe-content", "too-much-text".
    """
    archive.check(job.path, "Excel (XLSX)")
    values = open_workbook(job, shows_values=True)
    properties = values.properties
    rows = _Rows()
    sheets: list[tuple[str, list[list[str]]]] = []
    for sheet in values.worksheets[: limits.SHEETS]:
        sheets.append((tidy(sheet.title) or "Sheet", list(rows.of(sheet))))
    values.close()
    pages, is_whole = _pages(sheets, limits.ROWS)
    yield Begun(
        len(pages),
        title=clean(str(properties.title or ""))[:500],
        date=_date(job, properties),
        metadata={
            "sheets": clean(", ".join(values.sheetnames))[:2000],
            **({"Author": clean(str(properties.creator))[:500]} if properties.creator else {}),
        },
    )
    yield from pages
    if rows.is_cut or not is_whole:
        yield Notice("rows-cut", notice("sheets-cut"))
    if rows.has_none and _holds_formulas(job):
        yield Notice("values-missing", notice("values-missing"))


def _pages(sheets: Sequence[tuple[str, list[list[str]]]], most: int) -> tuple[list[PageRead], bool]:
    """All rows as pages, or the first of each sheet where they do not fit; whether these are all."""
    blocks: list[Block] = []
    for title, lines in sheets:
        blocks.append(Block("break"))
        blocks.append(Block("heading", title))
        blocks.extend(blocks_of(lines[:most]))
    try:
        return paginate(blocks), all(len(lines) <= most for _, lines in sheets)
    except IngestError as error:
        if error.code not in {"too-much-text", "too-many-pages"} or most < 2:
            raise
    return _pages(sheets, min(most // 2, limits.TEXT_ROWS))


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
    """Rows of cells as text; remembers whether a cell had no value at all between cells that had one."""

    def __init__(self) -> None:
        self.total = 0
        self.has_none = False
        self.is_cut = False

    def of(self, sheet: object) -> Iterator[list[str]]:
        empty = 0
        # The announced size is often wrong, and reading cells outside it would then be lost.
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True, max_col=limits.COLUMNS):  # type: ignore[attr-defined]
            row = [shown(value) for value in cells]
            if not any(row):
                empty += 1
                if empty > _EMPTY_ROWS_IN_A_ROW:
                    return
                continue
            empty = 0
            self.total += 1
            self.has_none = self.has_none or not all(row)
            if self.total > limits.ROWS:
                self.is_cut = True
                return
            yield row


def _holds_formulas(job: Job) -> bool:
    """Whether some formula has no saved result. Looks at the first rows of each sheet only."""
    formulas, values = open_workbook(job, shows_values=False), open_workbook(job, shows_values=True)
    for with_formulas, with_values in zip(formulas.worksheets, values.worksheets, strict=True):
        pairs = zip(
            with_formulas.iter_rows(values_only=True, max_row=200),
            with_values.iter_rows(values_only=True, max_row=200),
            strict=False,
        )
        for formula_row, value_row in pairs:
            for formula, value in zip(formula_row, value_row, strict=False):
                if value is None and isinstance(formula, str) and formula.startswith("="):
                    return True
    return False


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
