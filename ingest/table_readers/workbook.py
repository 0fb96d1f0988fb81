"""Every sheet of an XLSX workbook as a table, read row by row, numbered as the spreadsheet shows them.

A merged cell counts for all the cells that it covers. A formula whose result was not saved stays as it was
written. Percent, thousands and units that the format of a cell shows are part of its value. What is hidden is
marked.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from ingest import limits
from ingest.readers import archive
from ingest.readers.number_formats import is_scaled, kept
from ingest.readers.sheet import is_formula, open_workbook, plain_rows
from ingest.readers.sheet_parts import Marks, Merged, marks_of, part_of, sheet_mark
from ingest.sandbox_child import Job
from ingest.table_readers.protocol import TableEvent
from ingest.table_readers.writing import Files, Hidden, Row, table

_EMPTY_ROWS = 100_000
_OPEN_FORMULAS = (
    "Formulas whose results were not saved: {count:,}. They are shown as they were written and never run."
)
_FILLED = "Merged cells: {count:,}. Their text counts for every row and column that they cover."
_SCALED = (
    "Numbers that their format shows in thousands or millions: {count:,}. They are kept as they are shown."
)
_HIDDEN_SHEET = "This sheet is hidden in its workbook."


def read(job: Job) -> Iterator[TableEvent]:
    """Yield every sheet that holds anything.

    Raises IngestError "damaged", "encrypted", "unpacks-too-large", "unsafe-content".
    """
    archive.check(job.path, "Excel (XLSX)")
    values = open_workbook(job, shows_values=True)
    formulas = None
    files = Files(job.out)
    for sheet in values.worksheets[: limits.SHEETS]:
        marks = marks_of(job.path, part_of(sheet))
        if marks.has_open_formulas and formulas is None:
            formulas = open_workbook(job, shows_values=False)
        twin = formulas[sheet.title] if formulas is not None and marks.has_open_formulas else None
        mark = sheet_mark(sheet)
        notices = [_HIDDEN_SHEET] if mark else []
        hidden = Hidden(marks.is_hidden, tuple(sorted(column - 1 for column in marks.hidden_columns)))
        rows = _rows(sheet, twin, marks, notices)
        yield from table(files, f"{sheet.title} {mark}".strip(), rows, notices, hidden=hidden)


def _rows(sheet: object, twin: object, marks: Marks, notices: list[str]) -> Iterator[Row]:
    if marks.merged:
        notices.append(_FILLED.format(count=len(marks.merged)))
    merged = Merged(marks.merged, limits.TABLE_COLUMNS)
    written = plain_rows(twin) if twin is not None else None
    open_formulas = scaled = empty = 0
    for number, cells in enumerate(plain_rows(sheet), 1):
        formulas: Sequence[Any] = next(written, ()) if written is not None else ()
        row = [_shown(cell) for cell in cells]
        scaled += sum(_is_scaled(cell) for cell in cells)
        for index, formula in enumerate(formulas):
            if is_formula(formula.value) and (index >= len(row) or not row[index]):
                row.extend("" for _ in range(index + 1 - len(row)))
                row[index] = str(formula.value)
                open_formulas += 1
        row = merged.applied(number, row)
        empty = 0 if any(row) else empty + 1
        if empty > _EMPTY_ROWS:
            break
        yield number, row
    if open_formulas:
        notices.append(_OPEN_FORMULAS.format(count=open_formulas))
    if scaled:
        notices.append(_SCALED.format(count=scaled))


def _is_scaled(cell: Any) -> bool:
    return type(cell.value) in (int, float) and is_scaled(cell.number_format)


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if type(value) is str:
        return value
    said = kept(value, cell.number_format)
    return shown(value) if said is None else said


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
    return str(value)
