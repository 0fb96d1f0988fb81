"""What a table of the demo is: its sheets as rows, and the anomalies that were planted in it.

An anomaly is planted by the code that records it, so the truth cannot drift from the table.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rendering.office import Cell

WRITTEN = Path(__file__).resolve().parent.parent / "texts" / "tables"
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Anomaly:
    """One planted fault. `row` counts from 1, the header; `column` is the header's word, or empty for the
    whole row."""

    sheet: str
    row: int
    column: str
    kind: str
    why: str
    value: str


@dataclass
class DemoTable:
    """Sheets by name (a CSV has one, named ""); each is a list of rows, the header first."""

    sheets: dict[str, list[list[Cell]]]
    anomalies: list[Anomaly] = field(default_factory=list)

    def plant(self, sheet: str, row: int, column: str, value: Cell, *, kind: str, why: str) -> None:
        """Write a faulty value into a cell and record it. `row` counts from 1, the header."""
        rows = self.sheets[sheet]
        rows[row - 1][rows[0].index(column)] = value
        self.note(sheet, row, column, kind=kind, why=why)

    def note(self, sheet: str, row: int, column: str, *, kind: str, why: str) -> None:
        """Record a fault that is there already; an empty column means the whole row."""
        rows = self.sheets[sheet]
        whole_row = "; ".join(str(cell) for cell in rows[row - 1])
        value = rows[row - 1][rows[0].index(column)] if column else whole_row
        self.anomalies.append(Anomaly(sheet, row, column, kind, why, "" if value is None else str(value)))

    def row_of(self, sheet: str, column: str, value: Cell) -> int:
        """The first row, counted from 1, whose cell in `column` is `value`. Raises ValueError when there is
        none."""
        rows = self.sheets[sheet]
        place = rows[0].index(column)
        for number, row in enumerate(rows, 1):
            if row[place] == value:
                return number
        raise ValueError(f"No row of the sheet {sheet!r} holds {value!r} in {column!r}.")

    def repeat(self, sheet: str, row: int, *, why: str) -> None:
        """Write a row a second time at the end of its sheet and record it as a duplicate."""
        rows = self.sheets[sheet]
        rows.append(list(rows[row - 1]))
        self.note(sheet, len(rows), "", kind="duplicate row", why=why)


def written_rows(name: str) -> list[list[Cell]]:
    """The rows of texts/tables/<name>.csv, header first; whole and decimal numbers as such, an empty field
    as None."""
    with (WRITTEN / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return [[_cell(field) for field in row] for row in csv.reader(source)]


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Rows as UTF-8 CSV with commas; an absent value is an empty field."""
    output = io.StringIO()
    csv.writer(output, lineterminator="\r\n").writerows(rows)
    return output.getvalue().encode()


def as_text(table: DemoTable) -> str:
    """The cells of all sheets as text, cells apart by a tab: the truth of a table for tests that look for
    words."""
    lines: list[str] = []
    for name, rows in table.sheets.items():
        if name:
            lines.append(name)
        lines.extend("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\n".join(lines) + "\n"


def _cell(words: str) -> Cell:
    if not words:
        return None
    if _NUMBER.fullmatch(words):
        return float(words) if "." in words else int(words)
    return words
