"""From an operation and the cells it means to a figure, and the sentence that says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from donovan.insight.tables.crosstabs.cells import Cell, Item, nearest
from donovan.insight.tables.crosstabs.operations import Operation, Wanted

_PLACES: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True)
class Reckoned:
    """A figure in a sentence, its value, and the cells it rests on."""

    sentence: str
    value: Decimal
    cells: tuple[Cell, ...]


def reckon(wanted: Wanted, cells: Sequence[Cell], about: str) -> Reckoned | None:
    """The figure, or None where a cell it needs is not there or cannot be told from another. `about` are the
    titles that the table stands under.
    """
    if wanted.operation is Operation.CHANGE:
        return _change(wanted, _periods(cells, wanted.items[0], about))
    if wanted.operation in (Operation.AVERAGE, Operation.SUM):
        return _over_periods(wanted, _periods(cells, wanted.items[0], about))
    pair = [_single(nearest(cells, Item.of(item, about)), wanted.years) for item in wanted.items]
    one, other = pair
    if one is None or other is None or one == other:
        return None
    return _of_two(wanted, one, other)


def _periods(cells: Sequence[Cell], phrase: str, about: str) -> dict[int, Cell]:
    """The cells of an item by year; none where a column stands for several years."""
    found = nearest(cells, Item.of(phrase, about))
    if any(len(cell.years) != 1 for cell in found):
        return {}
    return {year: cell for cell in found for year in cell.years}


def _single(found: Sequence[Cell], years: Sequence[int]) -> Cell | None:
    if years:
        found = [cell for cell in found if cell.years == frozenset(years)]
    return found[0] if len({cell.value for cell in found}) == 1 else None


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
    change = after.value - before.value
    told = f"{_signed(change)}{' percentage points' if after.is_percentage else ''}"
    if before.value:
        share = _share_of_change(before.value, after.value)
        told = f"{share} ({told})" if wanted.is_percentage else f"{told} ({share})"
    elif wanted.is_percentage:
        return None
    sentence = (
        f"{_named(after)}: {after.text} in {last} against {before.text} in {first}, a change of {told}."
    )
    return Reckoned(sentence, change, (before, after))


def _share_of_change(before: Decimal, after: Decimal) -> str:
    """The change as a share of what was before. Of two amounts below nought it is that of their size."""
    base = before if before < 0 and after < 0 else abs(before)
    share = f"{_signed(_rounded((after - before) / base * _HUNDRED))} %"
    return f"{share} in size" if base < 0 else share


def _over_periods(wanted: Wanted, by_year: dict[int, Cell]) -> Reckoned | None:
    years = list(wanted.years) or sorted(by_year)
    if len(years) < 2 or any(year not in by_year for year in years):
        return None
    cells = tuple(by_year[year] for year in years)
    total = sum((cell.value for cell in cells), Decimal(0))
    value = total / len(cells) if wanted.operation is Operation.AVERAGE else total
    parts = ", ".join(f"{cell.text} in {year}" for year, cell in zip(years, cells, strict=True))
    unit = " %" if cells[0].is_percentage else ""
    return Reckoned(
        f"{_named(cells[0])}, {wanted.operation}: {_plain(_rounded(value))}{unit} ({parts}).", value, cells
    )


def _of_two(wanted: Wanted, one: Cell, other: Cell) -> Reckoned | None:
    pair = f"{_named(one)} {one.text}, {_named(other)} {other.text}"
    year = f" in {wanted.years[0]}" if wanted.years else ""
    if wanted.operation is Operation.DIFFERENCE:
        value = one.value - other.value
        return Reckoned(f"The difference{year} is {_plain(value)} ({pair}).", value, (one, other))
    if not other.value:
        return None
    value = one.value / other.value
    share = f"{_plain(_rounded(value * _HUNDRED))} %"
    if wanted.operation is Operation.RATIO:
        return Reckoned(f"The ratio{year} is {_plain(_rounded(value))} ({pair}).", value, (one, other))
    return Reckoned(
        f"The share{year} is {share}, {_plain(_rounded(value))} of the whole ({pair}).", value, (one, other)
    )


def _named(cell: Cell) -> str:
    return f"{cell.label} ({cell.section})" if cell.section else cell.label


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(value: Decimal) -> str:
    return f"+{_plain(value)}" if value > 0 else _plain(value)
