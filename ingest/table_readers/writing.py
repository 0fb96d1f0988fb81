"""Rows of one table on their way out of the sandbox: cut where they exceed a limit, counted, written as
text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ingest import limits
from ingest.table_readers.protocol import TableBegun, TableEnded, TableEvent, TableRows, escaped

Row = tuple[int, Sequence[str]]
# What cannot stand in a line of the file as it is.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\\\\\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROL = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
_CONTROL |= {0x7F: 0x2421} | dict.fromkeys((*range(0x80, 0xA0), 0xFEFF, 0xFFFE, 0xFFFF), 0xFFFD)
_CONTROL |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)), 0xFFFD)

SENTENCES = {
    "columns": "The table is {count:,} columns wide; the first {limit:,} are kept as columns, and "
    "{rest:,} are "
    "left out. The original keeps them all.",
    "cells": "Cells longer than {limit:,} characters: {count:,}. The table holds their beginning; the "
    "original "
    "keeps the whole.",
    "control": "Cells with NUL bytes or other control characters: {count:,}. These characters are shown as "
    "signs, such as ␀.",
    "rows": "The table has more than {limit:,} rows; the rows after these are left out. The original "
    "keeps them.",
    "formulas": "Cells that begin with =, +, - or @ and are no numbers: {count:,}. They are kept as text and "
    "never run; exports make them inert.",
}
_FORMULA = re.compile(r"[=@]\S|[+-][A-Za-z(@=]")


@dataclass(frozen=True)
class Hidden:
    """What the source does not show: whether the row of a number is hidden, and indexes of columns."""

    is_row: Callable[[int], bool] = lambda _: False
    columns: tuple[int, ...] = ()


class Files:
    """Numbers the files of rows that one reader writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def write(self, lines: Iterable[str]) -> str:
        self._count += 1
        name = f"rows_{self._count}"
        with (self._folder / name).open("w", encoding="utf-8", newline="") as out:
            out.writelines(line + "\n" for line in lines)
        return name


def table(
    files: Files,
    name: str,
    rows: Iterable[Row],
    notices: list[str],
    *,
    page: int = 0,
    header_rows: int = -1,
    hidden: Hidden | None = None,
) -> Iterator[TableEvent]:
    """The events of one table, none where it has no rows.

    `notices` is read when the last row has come, so that whoever gives the rows may add to it.
    """
    counts: Counter[str] = Counter()
    has_begun = False
    for stretch in _stretches(rows, counts):
        if not has_begun:
            yield TableBegun(
                " ".join(name.split())[:300], page, header_rows, hidden.columns if hidden else ()
            )
            has_begun = True
        yield _written(files, stretch, counts, hidden)
    if has_begun:
        said = [*notices, *_sentences(counts)]
        yield TableEnded(tuple(sentence[:1000] for sentence in said[: limits.TABLE_NOTICES]))


def _stretches(rows: Iterable[Row], counts: Counter[str]) -> Iterator[list[Row]]:
    stretch: list[Row] = []
    characters = total = 0
    for row in rows:
        if not any(row[1]):
            continue
        total += 1
        if total > limits.TABLE_ROWS:
            counts["rows"] += 1
            break
        stretch.append(row)
        characters += sum(map(len, row[1]))
        if len(stretch) >= limits.TABLE_CHUNK_ROWS or characters >= limits.TABLE_CHUNK_CHARACTERS:
            yield stretch
            stretch, characters = [], 0
    if stretch:
        yield stretch


def _written(files: Files, stretch: list[Row], counts: Counter[str], hidden: Hidden | None) -> TableRows:
    widest = max(len(cells) for _, cells in stretch)
    counts["columns"] = max(counts["columns"], widest)
    width = min(widest, limits.TABLE_COLUMNS)
    columns = zip_longest(*(cells[:width] for _, cells in stretch), fillvalue="")
    lines = ["\t".join(str(number) for number, _ in stretch)]
    lines.extend(_line(column, counts) for column in columns)
    unseen = tuple(number for number, _ in stretch if hidden.is_row(number)) if hidden else ()
    return TableRows(files.write(lines), len(stretch), width, unseen)


def _line(column: Sequence[str], counts: Counter[str]) -> str:
    line = "\t".join(column)
    if len(line) > limits.TABLE_CELL_CHARACTERS and max(map(len, column)) > limits.TABLE_CELL_CHARACTERS:
        counts["cells"] += sum(len(cell) > limits.TABLE_CELL_CHARACTERS for cell in column)
        column = [cell[: limits.TABLE_CELL_CHARACTERS] for cell in column]
        line = "\t".join(column)
    if any(sign in line for sign in "=@+-"):
        counts["formulas"] += sum(
            cell[:1] in "=@+-" and bool(_FORMULA.match(cell)) for cell in column if cell
        )
    if line.count("\t") == len(column) - 1 and not _ODD.search(line.replace("\t", "")):
        return line
    shown = [cell.translate(_CONTROL) for cell in column]
    counts["control"] += sum(new != old for new, old in zip(shown, column, strict=True))
    return "\t".join(escaped(cell) for cell in shown)


def _sentences(counts: Counter[str]) -> Iterator[str]:
    if counts["columns"] > limits.TABLE_COLUMNS:
        rest = counts["columns"] - limits.TABLE_COLUMNS
        yield SENTENCES["columns"].format(count=counts["columns"], limit=limits.TABLE_COLUMNS, rest=rest)
    for name, limit in (
        ("cells", limits.TABLE_CELL_CHARACTERS),
        ("control", 0),
        ("rows", limits.TABLE_ROWS),
        ("formulas", 0),
    ):
        if counts[name]:
            yield SENTENCES[name].format(count=counts[name], limit=limit)
