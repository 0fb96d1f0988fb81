"""The cells of a table with the words and years they stand under."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from donovan.insight.tables.crosstabs.periods import years_in
from donovan.insight.tables.engine import ROW, Session
from donovan.insight.tables.models import DataTable

MOST_ROWS: Final = 400
MOST_COLUMNS: Final = 40
"""A table beyond these is data, not a statement of items by period."""
JOINT: Final = " · "
"""Stands between the texts of a row with several labels."""

# Spaces and digits are never given back: a cell may be a page of spaces.
_FIGURE: Final = re.compile(
    r"(?P<open>\()?\s*+(?P<sign>[-+−–]\s*+)?(?P<unit>[A-Z]{0,3}[$€£¥₽]|[A-Z]{3}\s)?\s*+(?P<inner>\()?\s*+"
    r"(?P<minus>[-−–])?(?P<body>\d{1,3}(?:,\d{3})+(?:\.\d++)?|\d++(?:\.\d++)?|\.\d++)"
    r"\s*+\)?\s*+(?P<percent>%)?\s*+\)?"
)
_POINT: Final = re.compile(r"\d\.(\d+)")
_BARE_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SCALES: Final = (
    (re.compile(r"\bthousands?\b|['’]000|\b000s\b|[$€£]\s?k\b", re.IGNORECASE), "thousand"),
    (re.compile(r"\bmillions?\b|\bmn\b|[$€£]\s?m\b", re.IGNORECASE), "million"),
    (re.compile(r"\bbillions?\b|\bbn\b", re.IGNORECASE), "billion"),
)


@dataclass(frozen=True)
class Cell:
    """One figure: the row and column it stands in, in words, and the years these name. `section` is the
    line above that heads its row. `text` is as it stands in the file, `unit` its currency or "%".
    """

    row: int
    label: str
    section: str
    column: str
    value: Decimal
    text: str
    unit: str
    years: frozenset[int]

    @property
    def is_percentage(self) -> bool:
        return self.unit == "%"

    @property
    def is_turned(self) -> bool:
        """Whether its row is the period and its column the item."""
        return bool(years_in(self.label)) and not years_in(self.column)

    @property
    def period(self) -> str:
        """The title that names its year: of its column, its row or its section."""
        return next((title for title in (self.column, self.label, self.section) if years_in(title)), "")

    @property
    def item(self) -> str:
        """The title that names what it is a figure of."""
        return self.column if self.is_turned else self.label

    @property
    def scales(self) -> frozenset[str]:
        """What its own titles say of its scale; a scale over the whole table is not among them."""
        titles = f"{self.label} {self.section} {self.column}"
        return frozenset(name for pattern, name in _SCALES if pattern.search(titles))


def figure(text: str) -> tuple[Decimal, str] | None:
    """A cell's number, and its currency or "%": "1,234.5", "(12)", "$(55)", "14 %". None for others."""
    match = _FIGURE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        value = Decimal(match["body"].replace(",", ""))
    except InvalidOperation:
        return None
    is_negative = bool(match["open"] or match["inner"] or match["minus"]) or (match["sign"] or "+")[0] != "+"
    unit = "%" if match["percent"] else (match["unit"] or "").strip()
    return (-value if is_negative else value), unit


def cells_of(session: Session, view: str, table: DataTable) -> list[Cell]:
    """The figures of a table in reading order, but for hidden columns; none of one that is too large to be a
    statement of items, hides rows, or whose points may divide thousands.
    """
    if table.row_count > MOST_ROWS or len(table.columns) > MOST_COLUMNS or table.hidden_rows:
        return []
    found = session.query(f'SELECT * FROM "{view}_raw" ORDER BY {ROW}', limit=MOST_ROWS)
    at = found.columns.index(ROW)
    titles = {str(column["name"]): str(column["title"]) for column in table.columns}
    shown = {str(column["name"]) for column in table.columns if not column.get("hidden")}
    places = [place for place, name in enumerate(found.columns) if name in shown]
    heads = [titles[found.columns[place]] for place in places]
    heads = ["" if re.fullmatch(r"Column \d+", head) else head for head in heads]
    rows = [
        (int(str(row[at])), ["" if row[place] is None else str(row[place]).strip() for place in places])
        for row in found.rows
    ]
    return list(read_cells(heads, rows))


def read_cells(heads: list[str], rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Cell]:
    """The figures of rows of texts under their heads."""
    if _may_divide_thousands(text for _, texts in rows for text in texts):
        return
    section, above = "", [""] * len(heads)
    for number, texts in rows:
        labels = [at for at, text in enumerate(texts) if _is_label(text, at, heads)]
        rest = [(at, text) for at, text in enumerate(texts) if at not in labels and text not in ("", "None")]
        if not rest:
            section = JOINT.join(texts[at] for at in labels).rstrip(": ")
            continue
        if _names_years([texts[at] for at in labels], [text for _, text in rest]):
            # A line of years is the head of what stands below it.
            heads = [texts[at] if at not in labels and texts[at] else head for at, head in enumerate(heads)]
            section = ""
            continue
        if len(labels) > 1:
            above = [texts[at] if at in labels else "" for at in range(len(heads))]
        elif len(labels) == 1 and labels[0] > 0:
            # A merged cell names several rows, and stands in the first of them.
            above = [text if at < labels[0] else "" for at, text in enumerate(above)]
            above[labels[0]] = texts[labels[0]]
        else:
            above = [texts[at] if at in labels else "" for at in range(len(heads))]
        label = JOINT.join(text for text in above if text).rstrip(": ")
        for at, text in rest:
            read = figure(text)
            if read is None or not label:
                continue
            years = years_in(heads[at]) or years_in(label) or years_in(section)
            yield Cell(number, label, section, heads[at], read[0], text, read[1], years)
        if label.casefold().startswith("total"):
            section = ""


def _is_label(text: str, at: int, heads: Sequence[str]) -> bool:
    """Whether a cell names its row: no figure, or a year in the first column."""
    if not text or text == "None":
        return False
    if at == 0 and _BARE_YEAR.fullmatch(text) and not years_in(heads[0]):
        return True
    return figure(text) is None and any(character.isalpha() for character in text)


def _names_years(labels: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether a row holds nothing but years: heads of columns."""
    named = [years_in(text) for text in rest if figure(text) is None or _BARE_YEAR.fullmatch(text)]
    has_number = any(character.isdigit() for label in labels for character in label)
    return len(rest) > 1 and len(named) == len(rest) and all(named) and not has_number


def _may_divide_thousands(texts: Iterable[str]) -> bool:
    """Whether every point of a table has three figures behind it: then it may be no decimal point."""
    behind = [len(match[1]) for text in texts for match in _POINT.finditer(text)]
    return bool(behind) and all(count == len("000") for count in behind)
