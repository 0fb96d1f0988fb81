"""The cells of a table with the words and years they stand under, and which of them an item means."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from donovan.assistant.terms import stems_in
from donovan.insight.tables.engine import ROW, Session
from donovan.insight.tables.models import DataTable

MOST_ROWS: Final = 400
MOST_COLUMNS: Final = 40
"""A table beyond these is data, not a statement of items by period."""

_FIGURE: Final = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+−–]\s*)?(?:[A-Z]{0,3}[$€£¥₽]|[A-Z]{3}\s)?\s*(?P<inner>\()?\s*(?P<minus>[-−–])?"
    r"(?P<body>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*\)?\s*(?P<percent>%)?\s*\)?"
)
_YEAR: Final = re.compile(
    r"(?<![\d.,])((?:19|20)\d\d)(?![\d]|[.,]\d)|\b(?:FY|F|CY)\s?'?(\d\d)\b", re.IGNORECASE
)
_SPACED: Final = re.compile(r"(?<=\d) (?=\d)")
_POSSESSIVE: Final = re.compile(r"\b[\w&.-]+['’]s?\s", re.UNICODE)
_DERIVED: Final = re.compile(
    r"\b(?:change|changes|variance|growth|vs|versus|increase|decrease)\b|%\s*$", re.I
)
_GENERIC_WORDS: Final = "amount value number company year fiscal period figure reported report respectively"
_GENERIC: Final = stems_in(_GENERIC_WORDS, "en")
"""Words of an item that name no row."""


_TELLING: Final = re.compile(
    r"\b(?:other|others|before|after|not|no|non|more|less|under|over|above|below|own|same|both|all|any|each|"
    r"up|down|between|until|since|per)\b"
)
"""Words that a question can do without, and a row cannot: "Other income" is not "Income"."""


def stems_of(text: str) -> frozenset[str]:
    """What the words of a title or an item are compared by."""
    return stems_in(text, "en") | frozenset(_TELLING.findall(text.casefold()))


@dataclass(frozen=True)
class Cell:
    """One figure: the row and column it stands in, in words, and the years these name. `section` is the
    line above that heads its row. `text` is as it stands in the file.
    """

    row: int
    label: str
    section: str
    column: str
    value: Decimal
    text: str
    years: frozenset[int]

    @property
    def is_percentage(self) -> bool:
        return "%" in self.text


def figure(text: str) -> tuple[Decimal, bool] | None:
    """A cell's number and whether it is a percentage: "1,234.5", "(12)", "$(55)", "14 %". None for others."""
    match = _FIGURE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        value = Decimal(match["body"].replace(",", ""))
    except InvalidOperation:
        return None
    is_negative = bool(match["open"] or match["inner"] or match["minus"]) or (match["sign"] or "+")[0] != "+"
    return (-value if is_negative else value), bool(match["percent"])


def years_in(text: str) -> frozenset[int]:
    """The years that a title names: "December 31, 2019", "FY19", "2 0 1 9"."""
    bare = _SPACED.sub("", text) if not any(c.isalpha() for c in text) else text
    return frozenset(int(full or f"20{short}") for full, short in _YEAR.findall(bare))


def cells_of(session: Session, view: str, table: DataTable) -> list[Cell]:
    """The figures of a table in reading order, but for hidden columns; none of one that is too large to be a
    statement of items, or hides rows.
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
    return list(_cells(heads, rows))


def _cells(heads: list[str], rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Cell]:
    section = ""
    for number, texts in rows:
        place = next((at for at, text in enumerate(texts) if text and figure(text) is None), -1)
        label = texts[place] if place >= 0 else ""
        rest = [(at, text) for at, text in enumerate(texts) if at != place and text not in ("", "None")]
        if not rest:
            section = label.rstrip(": ") if label else section
            continue
        if _names_years(label, [text for _, text in rest]):
            # A line of years is the head of what stands below it.
            heads = [texts[at] if at != place and texts[at] else head for at, head in enumerate(heads)]
            section = ""
            continue
        for at, text in rest:
            read = figure(text)
            if read is None or not label:
                continue
            years = years_in(heads[at]) or years_in(label) or years_in(section)
            yield Cell(number, label.rstrip(": "), section, heads[at], read[0], text, years)


def _names_years(label: str, rest: Sequence[str]) -> bool:
    """Whether a row holds nothing but years: heads of columns."""
    named = [years_in(text) for text in rest if figure(text) is None or len(text) == len("2019")]
    return (
        len(rest) > 1
        and len(named) == len(rest)
        and all(named)
        and not any(character.isdigit() for character in label)
    )


@dataclass(frozen=True)
class Item:
    """What a question calls an item, as stems and in its `words`; `about` are stems that the document itself
    stands for.
    """

    stems: frozenset[str]
    about: frozenset[str]
    words: str

    @classmethod
    def of(cls, phrase: str, about: str) -> "Item":
        named = _POSSESSIVE.sub(" ", f"{phrase} ")
        return cls(stems_of(named) - _GENERIC, stems_of(about), _folded(phrase))


def nearest(cells: Sequence[Cell], item: Item) -> list[Cell]:
    """The cells of the row (or of the column, where rows are periods) that an item means; one for each of
    its periods. Nothing where a word of the item stands nowhere, or where two cells are as near.
    """
    scored = [(cost, cell) for cell in cells if (cost := _cost(cell, item)) is not None]
    if not scored:
        return []
    best = min(cost[:2] for cost, _ in scored)
    # Columns without a year are told apart by their titles.
    periods: dict[tuple[frozenset[int], str], list[tuple[int, Cell]]] = {}
    for (own, section, other), cell in scored:
        if (own, section) == best:
            periods.setdefault((cell.years, "" if cell.years else cell.column), []).append((other, cell))
    chosen = []
    for some in periods.values():
        least = min(other for other, _ in some)
        near = [cell for other, cell in some if other == least]
        if len({cell.value for cell in near}) > 1:
            return []
        chosen.append(near[0])
    return chosen


def _cost(cell: Cell, item: Item) -> tuple[int, int, int] | None:
    """How many words the cell's row, section and column have that the item has not; None where the item has
    a word that they have not.
    """
    label, column, section = (stems_of(text) for text in (cell.label, cell.column, cell.section))
    if _DERIVED.search(cell.column) and not item.stems & column:
        return None
    # The item has to be named by the row, or by the column where the rows are periods.
    is_turned = bool(years_in(cell.label)) and not years_in(cell.column)
    own, other = (column, label) if is_turned else (label, column)
    if _folded(cell.column if is_turned else cell.label) == item.words:
        return 0, len(section), len(_words_of(other))
    if item.stems - label - column - section - item.about or not item.stems & own:
        return None
    return (
        len(own - item.stems),
        len(section - item.stems) if section & item.stems else len(section) + 1,
        len(_words_of(other - item.stems)),
    )


def _words_of(stems: Iterable[str]) -> list[str]:
    return [stem for stem in stems if not stem.isdigit()]


def _folded(text: str) -> str:
    return re.sub(r"^(?:the|a|an) ", "", " ".join(text.casefold().split()))
