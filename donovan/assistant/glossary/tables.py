"""The glossary as a table that a spreadsheet reads: CSV with one line for each term."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from donovan.access.labels import split_label
from donovan.assistant.glossary.models import Term

COLUMNS = ("term", "translation", "from", "to", "note")
MOST_ROWS = 10_000
_FORMULA = ("=", "+", "-", "@", "\t")


class Row(NamedTuple):
    """One entry as it is typed: the term, how it is to stand, the two languages by their codes, a note."""

    term: str
    rendering: str
    source: str
    target: str
    note: str = ""


def rows_of(text: str) -> Iterator[tuple[int, Row]]:
    """The rows of a CSV table with their line. Raises ValueError with a sentence for what is none."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    divider = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=divider)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    except csv.Error as error:
        raise ValueError(f"The first line cannot be read as CSV ({error}).") from error
    missing = [name for name in COLUMNS[:4] if name not in names]
    if missing:
        raise ValueError(
            f"The first line must name the columns {', '.join(COLUMNS)}; there is no {', '.join(missing)}."
        )
    reader.fieldnames = names
    try:
        for count, given in enumerate(reader, start=1):
            if count > MOST_ROWS:
                raise ValueError(f"A table has at most {MOST_ROWS:,} lines. Divide it.")
            values = [_plain(str(given.get(name) or "")) for name in COLUMNS]
            if any(values):
                yield reader.line_num, Row(*values)
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} cannot be read as CSV ({error}).") from error


def csv_of(terms: Iterable[Term]) -> str:
    """The entries as CSV, each with its collection and marking. No cell can be taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "collection", "marking"])
    for term in terms:
        collection, marking = split_label(term.label)
        cells = (term.term, term.rendering, term.source_language, term.target_language, term.note)
        writer.writerow([*map(_inert, cells), collection, marking.canonical])
    return out.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell.strip()
