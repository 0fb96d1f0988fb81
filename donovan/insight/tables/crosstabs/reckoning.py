"""From an operation and the cells it means to a figure, and the sentence that says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from donovan.insight.tables.crosstabs.cells import Cell
from donovan.insight.tables.crosstabs.matching import Item, nearest
from donovan.insight.tables.crosstabs.operations import Operation, Wanted
from donovan.insight.tables.crosstabs.periods import is_same_time, kind_of_year, months_in, parts_in

_PLACES: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_OF_A_DAY: Final = ("as of", "as at", "balance", "outstanding")


@dataclass(frozen=True)
class Reckoned:
    """A figure in a sentence, and the cells it rests on."""

    sentence: str
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[Decimal, ...]:
        """What it was reckoned from, in order."""
        return tuple(cell.value for cell in self.cells)


def reckon(wanted: Wanted, cells: Sequence[Cell], about: str) -> Reckoned | None:
    """The figure, or None where a cell it needs is not there, cannot be told from another, or is of another
    time or unit than it is held against. `about` are the titles that the table stands under.
    """
    if wanted.operation in (Operation.CHANGE, Operation.AVERAGE, Operation.SUM):
        by_year = _periods(nearest(cells, Item.of(wanted.items[0], about)))
        made = _change if wanted.operation is Operation.CHANGE else _over_periods
        found = made(wanted, by_year)
    else:
        one, other = (_single(nearest(cells, Item.of(item, about)), wanted.years) for item in wanted.items)
        found = _of_two(wanted, one, other) if one and other and one != other else None
    return found if found is not None and _is_of_the_time(wanted, found.cells, about) else None


def _is_of_the_time(wanted: Wanted, cells: Sequence[Cell], about: str) -> bool:
    """Whether the cells are of the months, parts and kind of year that the question names."""
    for cell in cells:
        titles = f"{cell.label} {cell.column} {cell.section} {about}"
        if not (months_in(wanted.text) <= months_in(titles) and parts_in(wanted.text) <= parts_in(titles)):
            return False
        asked, named = kind_of_year(wanted.text), kind_of_year(cell.period)
        if asked and named and asked != named:
            return False
    return True


def _periods(found: Sequence[Cell]) -> dict[int, Cell]:
    """The cells of an item by year; none where a column stands for several years."""
    if any(len(cell.years) != 1 for cell in found):
        return {}
    return {year: cell for cell in found for year in cell.years}


def _single(found: Sequence[Cell], years: Sequence[int]) -> Cell | None:
    if years:
        found = [cell for cell in found if cell.years == frozenset(years)]
    return found[0] if len(found) == 1 else None


def _are_alike(cells: Sequence[Cell], *, is_one_item: bool) -> bool:
    """Whether figures may be held against each other: the same unit, scale and, over years, the same time."""
    if len({cell.is_percentage for cell in cells}) > 1:
        return False
    if len({cell.unit for cell in cells if cell.unit}) > 1:
        return False
    scales = {cell.scales for cell in cells if cell.scales or not is_one_item}
    if len(scales) > 1:
        return False
    return not is_one_item or all(is_same_time(a.period, b.period) for a, b in pairwise(cells))


def _change(wanted: Wanted, by_year: dict[int, Cell]) -> Reckoned | None:
    years = sorted(wanted.years)
    if not years and len(by_year) == 2:
        years = sorted(by_year)
    elif len(years) == 1 and years[0] - 1 in by_year:
        # "The change in 2019" is the one from the year before.
        years = [years[0] - 1, years[0]]
    if len(years) != 2 or any(year not in by_year for year in years):
        return None
    first, last = years if wanted.start is None or wanted.start == years[0] else (years[1], years[0])
    before, after = by_year[first], by_year[last]
    if not _are_alike((before, after), is_one_item=True):
        return None
    change = after.value - before.value
    told = f"{_signed(change)}{' percentage points' if after.is_percentage else ''}"
    share = _share_of_change(before.value, after.value)
    if share:
        told = f"{share} ({told})" if wanted.is_percentage else f"{told} ({share})"
    elif wanted.is_percentage:
        told += "; over nought or a change of sign there is no percentage"
    sentence = (
        f"{_named(after)}: {after.text} in {last} against {before.text} in {first}, a change of {told}."
    )
    if wanted.direction and change and (change > 0) != (wanted.direction > 0):
        sentence += " It rose, it did not fall." if change > 0 else " It fell, it did not rise."
    return Reckoned(sentence, (before, after))


def _share_of_change(before: Decimal, after: Decimal) -> str:
    """The change as a share of what was before; of two amounts below nought that of their size. Nothing where
    it has no meaning.
    """
    if not before or before * after < 0:
        return ""
    share = f"{_signed(_rounded((after - before) / before * _HUNDRED))} %"
    return f"{share} in size" if before < 0 else share


def _over_periods(wanted: Wanted, by_year: dict[int, Cell]) -> Reckoned | None:
    years = list(wanted.years) or sorted(by_year)
    if len(years) < 2 or any(year not in by_year for year in years):
        return None
    if not wanted.years and any(later - earlier != 1 for earlier, later in pairwise(years)):
        return None
    cells = tuple(by_year[year] for year in years)
    if not _are_alike(cells, is_one_item=True):
        return None
    if wanted.operation is Operation.SUM and _cannot_be_added(cells):
        return None
    total = sum((cell.value for cell in cells), Decimal(0))
    value = total / len(cells) if wanted.operation is Operation.AVERAGE else total
    parts = ", ".join(f"{cell.text} in {year}" for year, cell in zip(years, cells, strict=True))
    unit = " %" if cells[0].is_percentage else ""
    return Reckoned(
        f"{_named(cells[0])}, {wanted.operation}: {_plain(_rounded(value))}{unit} ({parts}).", cells
    )


def _cannot_be_added(cells: Sequence[Cell]) -> bool:
    """Whether figures are shares, or of a day: what is there at the end of each year is no sum."""
    titles = " ".join(f"{cell.column} {cell.label} {cell.section}" for cell in cells).casefold()
    return cells[0].is_percentage or any(words in titles for words in _OF_A_DAY)


def _of_two(wanted: Wanted, one: Cell, other: Cell) -> Reckoned | None:
    if not _are_alike((one, other), is_one_item=False) or (one.period and one.period != other.period):
        return None
    pair = f"{_named(one)} {one.text}, {_named(other)} {other.text}"
    year = f" in {wanted.years[0]}" if wanted.years else f" ({one.period})" if one.period else ""
    if wanted.operation is Operation.DIFFERENCE:
        unit = " percentage points" if one.is_percentage else ""
        return Reckoned(
            f"The difference{year} is {_plain(one.value - other.value)}{unit} ({pair}).", (one, other)
        )
    if not other.value:
        return None
    value = one.value / other.value
    if wanted.operation is Operation.RATIO:
        return Reckoned(f"The ratio{year} is {_plain(_rounded(value))} ({pair}).", (one, other))
    share = f"{_plain(_rounded(value * _HUNDRED))} %"
    return Reckoned(
        f"The share{year} is {share}, {_plain(_rounded(value))} of the whole ({pair}).", (one, other)
    )


def _named(cell: Cell) -> str:
    return f"{cell.item} ({cell.section})" if cell.section else cell.item


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(value: Decimal) -> str:
    return f"+{_plain(value)}" if value > 0 else _plain(value)
