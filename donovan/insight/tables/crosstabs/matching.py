"""Which cells an item of a question means: each of its words stands over or beside them, and hardly more."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from donovan.assistant.terms import stems_in
from donovan.insight.tables.crosstabs.cells import Cell

_DERIVED: Final = re.compile(
    r"\b(?:change|changes|variance|growth|vs|versus|increase|decrease)\b|%\s*$", re.IGNORECASE
)
_GENERIC_WORDS: Final = (
    "amount value number company's company year fiscal period figure reported report respectively"
)
_GENERIC: Final = stems_in(_GENERIC_WORDS, "en")
"""Words of an item that name no row."""
_BESIDE: Final = stems_in("total net less add gross note refer see footnote amount", "en")
"""Words that a row may have beyond its item: the item is no narrower for them."""
_TELLING: Final = re.compile(
    r"\b(?:other|others|before|after|not|no|non|more|less|under|over|above|below|own|same|both|all|any|each|"
    r"up|down|between|until|since|per)\b"
)
"""Words that a question can do without, and a row cannot: "Other income" is not "Income"."""
_BRACKET: Final = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")


def stems_of(text: str) -> frozenset[str]:
    """What the words of a title or an item are compared by."""
    return stems_in(text, "en") | frozenset(_TELLING.findall(text.casefold()))


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
        return cls(stems_of(phrase) - _GENERIC, stems_of(about), _folded(phrase))


def nearest(cells: Sequence[Cell], item: Item) -> list[Cell]:
    """The cells of the row (or of the column, where rows are periods) that an item means; one for each of
    its periods. Nothing where a word of the item stands nowhere, or where two rows are as near.
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
        if len(near) > 1:
            return []
        chosen.append(near[0])
    is_one_row = len({cell.row for cell in chosen}) == 1
    is_one_column = len({(cell.column, "" if cell.is_turned else cell.label) for cell in chosen}) == 1
    return chosen if is_one_row or is_one_column else []


def _cost(cell: Cell, item: Item) -> tuple[int, int, int] | None:
    """How many words the cell's row, section and column have that the item has not; None where the item has
    a word that they have not, or its row says more than the item.
    """
    label, column, section = (stems_of(text) for text in (cell.label, cell.column, cell.section))
    if _DERIVED.search(cell.column) and not item.stems & column:
        return None
    # The item has to be named by the row, or by the column where the rows are periods.
    own, other = (column, label) if cell.is_turned else (label, column)
    if _folded(cell.item) == item.words:
        return 0, len(section), len(_words_of(other))
    if item.stems - label - column - section - item.about or not item.stems & own:
        return None
    beyond = stems_of(_BRACKET.sub(" ", cell.item)) - item.stems - item.about - _BESIDE
    if _words_of(beyond):
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
