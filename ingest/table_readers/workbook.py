"""Every sheet of an XLSX workbook as a table, read row by row, numbered as the spreadsheet shows them.

A merged cell counts for all the cells that it covers. A formula whose result was not saved stays as it was
written.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from openpyxl.utils.cell import range_boundaries

from ingest import limits
from ingest.readers import archive
from ingest.readers.sheet import open_workbook
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Row, table

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_PART_BYTES = 1 << 20
_OVERLAP = 200
_MOST_MERGED = 20_000
_EMPTY_ROWS = 100_000
_OPEN_FORMULAS = (
    "Formulas whose results were not saved: {count:,}. They are shown as they were written and never run."
)
_FILLED = "Merged cells: {count:,}. Their text counts for every row and column that they cover."


@dataclass
class _Marks:
    """What the file of a sheet says beside its cells."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    has_formulas: bool = False


def read(job: Job) -> Iterator[TableEvent]:
    """Yield every sheet that holds anything.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large", "unsafe-content".
    """
    archive.check(job.path, "Excel (XLSX)")
    values = open_workbook(job, shows_values=True)
    formulas = None
    files = Files(job.out)
    for sheet in values.worksheets[: limits.SHEETS]:
        marks = _marks(job, str(getattr(sheet, "_worksheet_path", "")))
        if marks.has_formulas and formulas is None:
            formulas = open_workbook(job, shows_values=False)
        twin = formulas[sheet.title] if formulas is not None and marks.has_formulas else None
        notices: list[str] = []
        yield from table(files, sheet.title, _rows(sheet, twin, marks, notices), notices)


def _marks(job: Job, part: str) -> _Marks:
    """Merged ranges and the presence of formulas, found by looking through the part of the sheet once."""
    marks = _Marks()
    with zipfile.ZipFile(job.path) as parts:
        if part.lstrip("/") not in parts.namelist():
            return marks
        with parts.open(part.lstrip("/")) as stream:
            before = b""
            while content := stream.read(_PART_BYTES):
                window = before + content
                marks.has_formulas = marks.has_formulas or bool(_FORMULA.search(window))
                for found in _MERGED.finditer(window):
                    if len(marks.merged) < _MOST_MERGED:
                        marks.merged.append(range_boundaries(found[1].decode()))
                before = window[-_OVERLAP:]
    marks.merged = sorted(set(marks.merged), key=lambda bounds: bounds[1])
    return marks


def _rows(sheet: object, twin: object, marks: _Marks, notices: list[str]) -> Iterator[Row]:
    if marks.merged:
        notices.append(_FILLED.format(count=len(marks.merged)))
    merged = _Merged(marks.merged)
    written = _plain_rows(twin) if twin is not None else None
    open_formulas = empty = 0
    for number, cells in enumerate(_plain_rows(sheet), 1):
        formulas = next(written, ()) if written is not None else ()
        row = [shown(value) for value in cells]
        for index, formula in enumerate(formulas):
            if isinstance(formula, str) and formula.startswith("=") and (index >= len(row) or not row[index]):
                row.extend("" for _ in range(index + 1 - len(row)))
                row[index] = formula
                open_formulas += 1
        row = merged.applied(number, row)
        empty = 0 if any(row) else empty + 1
        if empty > _EMPTY_ROWS:
            break
        yield number, row
    if open_formulas:
        notices.append(_OPEN_FORMULAS.format(count=open_formulas))


def _plain_rows(sheet: object) -> Iterator[Sequence[object]]:
    # The announced size is often wrong, and reading cells outside it would then be lost.
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]


class _Merged:
    """Fills the cells below and beside the first cell of each merged range with its text."""

    def __init__(self, ranges: list[tuple[int, int, int, int]]) -> None:
        self._waiting = ranges[::-1]
        self._open: list[tuple[tuple[int, int, int, int], str]] = []

    def applied(self, number: int, row: list[str]) -> list[str]:
        while self._waiting and self._waiting[-1][1] <= number:
            bounds = self._waiting.pop()
            left = bounds[0] - 1
            text = row[left] if bounds[1] == number and left < len(row) else ""
            self._open.append((bounds, text))
        self._open = [item for item in self._open if item[0][3] >= number]
        for (left, _, right, _), text in self._open:
            last = min(right, limits.TABLE_COLUMNS)
            if text and len(row) < last:
                row.extend("" for _ in range(last - len(row)))
            for index in range(left - 1, last):
                if text and not row[index]:
                    row[index] = text
        return row


def shown(value: object) -> str:
    """A cell in full: numbers to the fifteen places that spreadsheets keep, dates and times in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)
