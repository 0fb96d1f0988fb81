"""What a number in a table should be, judged from the rest of the table, in several ways.

Each way gives an expected value for the cells where it can. The one whose residuals are narrowest explains
the column best, and only that one judges it: so one column is not tried until something shows.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from donovan.insight.anomalies.checks.robust import median_of, nearest, skewness, spread
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet

WIDE = 3.0
MANY_ZEROS = 0.15
LEAST_IN_GROUP = 4
NEIGHBOURS = 7
MOST_GROUPINGS = 8
MOST_PARTNERS = 6
MOST_SIZES = 12


@dataclass(frozen=True)
class Reference:
    """Residuals of a column against one expectation. `others` are sheets that the expectation comes from.

    `basis` says with what the cell at a place was compared, `partner` names the column it came from.
    `expected` and `residuals` run along `places`.
    """

    method: str
    choice: str
    basis: Callable[[int], str]
    places: Sequence[int]
    expected: Sequence[float]
    residuals: Sequence[float]
    width: float
    is_ratio: bool
    others: tuple[str, ...] = ()
    partner: str = ""


@dataclass(frozen=True)
class Scale:
    """How values are compared: by difference, or by ratio where they range over orders of magnitude."""

    is_ratio: bool

    def to(self, value: float) -> float:
        return math.log(value) if self.is_ratio else value

    def back(self, value: float) -> float:
        return math.exp(value) if self.is_ratio else value


def scale_of(values: Sequence[float]) -> Scale:
    """By ratio where values are positive and skewed, or where the middle nine tenths span a factor of 3."""
    if min(values) <= 0:
        return Scale(False)
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
    return Scale(high > WIDE * low or skewness(values) > 0.25)


def references(
    sheet: Sheet, column: Column, settings: Settings, elsewhere: Sequence["Elsewhere"] = ()
) -> list[Reference]:
    """Every expectation that this column allows, narrowest residuals first."""
    cells = [(place, number) for place in sheet.body if (number := column.numbers[place]) is not None]
    positive = [(place, number) for place, number in cells if number > 0]
    # A wrong sign must not decide how the whole column is compared.
    if len(positive) >= 0.95 * len(cells) and len(cells) - len(positive) <= max(1, 0.02 * len(cells)):
        cells = positive
    # Where many values are zero, the others are judged among themselves.
    elif len(cells) - sum(number != 0 for _, number in cells) > MANY_ZEROS * len(cells):
        cells = [(place, number) for place, number in cells if number != 0]
    if len(cells) < settings.least_rows:
        return []
    scale = scale_of([number for _, number in cells])
    maker = _Maker(sheet, column, settings, scale, cells)
    found = [reference for reference in maker.all() if reference is not None]
    if scale.is_ratio:
        found += [made for other in elsewhere if (made := maker.by_list(other)) is not None]
    return sorted(found, key=lambda reference: reference.width)


@dataclass(frozen=True)
class Elsewhere:
    """Amounts for the same things in another sheet: `amounts` by the text that names the thing."""

    sheet: str
    title: str
    key_column: str
    amounts: Mapping[str, float]


class _Maker:
    """The expectations of one column."""

    def __init__(
        self,
        sheet: Sheet,
        column: Column,
        settings: Settings,
        scale: Scale,
        cells: Sequence[tuple[int, float]],
    ) -> None:
        self.sheet, self.column, self.settings, self.scale = sheet, column, settings, scale
        self.places = [place for place, _ in cells]
        self.values = [scale.to(number) for _, number in cells]
        self.plain = [number for _, number in cells]

    def all(self) -> Iterator[Reference | None]:
        yield self.whole()
        groupings = [other for other in self.sheet.texts if self.groups(other)][:MOST_GROUPINGS]
        for other in groupings:
            yield self.by_group(other)
            yield self.in_order(other)
        yield self.in_order(None)
        partners = [other for other in self.sheet.numeric if other is not self.column]
        for other in partners[:MOST_PARTNERS]:
            yield self.by_ratio(other)
            yield self.by_neighbours(other)
            for group in [*groupings[:3], *self.few_valued(other)]:
                yield self.by_ratio(other, group)

    def made(
        self,
        pairs: Sequence[tuple[int, float]],
        method: str,
        choice: str,
        basis: Callable[[int], str],
        *,
        penalty: float = 1.0,
        least_share: float = 0.6,
        others: tuple[str, ...] = (),
        partner: str = "",
    ) -> Reference | None:
        """A reference from (index into the cells, expected value in the scale), or None when too few."""
        if len(pairs) < max(self.settings.least_rows, least_share * len(self.values)):
            return None
        residuals = [self.values[index] - expected for index, expected in pairs]
        width = spread(residuals, self.settings.rare_share)
        return Reference(
            method=method,
            choice=choice,
            basis=basis,
            places=[self.places[index] for index, _ in pairs],
            expected=[self.scale.back(expected) for _, expected in pairs],
            residuals=residuals,
            width=width * penalty,
            is_ratio=self.scale.is_ratio,
            others=others,
            partner=partner,
        )

    def whole(self) -> Reference | None:
        middle = median_of(self.values)
        return self.made(
            [(index, middle) for index in range(len(self.values))],
            "distance from the median of the column",
            "No other column and no order of the rows explains the values better than their common middle.",
            lambda _: "the column",
        )

    def groups(self, other: Column) -> dict[str, list[int]]:
        """Indexes by the text of another column, where that divides the cells into groups of some size."""
        groups: dict[str, list[int]] = {}
        for index, place in enumerate(self.places):
            groups.setdefault(other.raws[place].strip(), []).append(index)
        large = {name: members for name, members in groups.items() if len(members) >= LEAST_IN_GROUP}
        enough = len(groups) > 1 and sum(map(len, large.values())) >= 0.6 * len(self.places)
        return large if enough else {}

    def by_group(self, other: Column) -> Reference | None:
        pairs = []
        for members in self.groups(other).values():
            middle = median_of([self.values[index] for index in members])
            pairs += [(index, middle) for index in members]
        return self.made(
            sorted(pairs),
            f"distance from the median of the rows with the same {other.title}",
            f"Values differ by {other.title}: within its groups they lie closest together.",
            lambda place: f"{other.title} {other.raws[place].strip() or 'empty'}",
            penalty=1.1,
        )

    def in_order(self, other: Column | None) -> Reference | None:
        runs = [list(range(len(self.values)))] if other is None else list(self.groups(other).values())
        pairs = []
        for run in map(self._by_time, runs):
            for at, index in enumerate(run):
                before = [self.values[member] for member in run[max(0, at - 3) : at]]
                after = [self.values[member] for member in run[at + 1 : at + 4]]
                if len(before) < 2 or len(after) < 2:
                    continue
                # The nearer of both sides: at a lasting change of level one side still agrees.
                sides = (median_of(before), median_of(after))
                pairs.append((index, min(sides, key=lambda side: abs(self.values[index] - side))))
        within = f" with the same {other.title}" if other is not None else ""
        return self.made(
            sorted(pairs),
            f"distance from the nearer of the medians of three rows before and after{within}"
            " (after Hampel's identifier)",
            "Values change little from row to row, so that the neighbours in order say most.",
            lambda place: (
                "the rows before and after"
                + (f" with {other.title} {other.raws[place].strip()}" if other is not None else "")
            ),
            penalty=1.3,
            least_share=0.4,
        )

    def _by_time(self, run: list[int]) -> list[int]:
        for moment in self.sheet.moments:
            if moment.type != "time" and all(moment.numbers[self.places[index]] is not None for index in run):
                return sorted(run, key=lambda index: moment.numbers[self.places[index]] or 0.0)
        return run

    def _paired(self, other: Column) -> list[tuple[int, float]]:
        found = []
        for index, place in enumerate(self.places):
            number = other.numbers[place]
            if number is not None:
                found.append((index, number))
        return found

    def few_valued(self, other: Column) -> list[Column]:
        """Further columns of numbers that divide the rows into groups, such as a size."""
        return [
            column
            for column in self.sheet.numeric
            if column is not self.column
            and column is not other
            and len(column.counts) <= MOST_SIZES
            and self.groups(column)
        ][:2]

    def by_ratio(self, other: Column, group: Column | None = None) -> Reference | None:
        """The ratio to another column, overall or within the groups of a third."""
        if not self.scale.is_ratio:
            return None
        logs = {index: math.log(number) for index, number in self._paired(other) if number > 0}
        if len(logs) < self.settings.least_rows:
            return None
        runs = (
            [list(logs)]
            if group is None
            else [[index for index in run if index in logs] for run in self.groups(group).values()]
        )
        pairs = []
        for run in filter(None, runs):
            usual = median_of([self.values[index] - logs[index] for index in run])
            pairs += [(index, logs[index] + usual) for index in run]
        within = f" among rows with the same {group.title}" if group is not None else ""
        return self.made(
            sorted(pairs),
            f"ratio to {other.title}, against the median ratio{within}",
            f"Values go up and down with {other.title}{within}.",
            lambda place: f"{other.title} {other.raws[place].strip()} in the same row",
            penalty=1.2 if group is None else 1.4,
            partner=other.name,
        )

    def by_neighbours(self, other: Column) -> Reference | None:
        paired = self._paired(other)
        if len(paired) < 3 * NEIGHBOURS:
            return None
        ordered = sorted((number, self.values[index]) for index, number in paired)
        own_place = {
            index: at
            for at, (_, index) in enumerate(
                sorted(((number, self.values[index]), index) for index, number in paired)
            )
        }
        pairs = [
            (index, median_of(nearest(ordered, number, own_place[index], NEIGHBOURS)))
            for index, number in paired
        ]
        return self.made(
            pairs,
            f"distance from the median of the {NEIGHBOURS} rows nearest in {other.title}",
            f"Values depend on {other.title}, though not in a straight line.",
            lambda place: f"rows with {other.title} near {other.raws[place].strip()}",
            penalty=1.3,
            partner=other.name,
        )

    def by_list(self, other: Elsewhere) -> Reference | None:
        key = self.sheet.column(other.key_column)
        if key is None:
            return None
        known = []
        for index, place in enumerate(self.places):
            amount = other.amounts.get(key.raws[place].strip(), 0.0)
            if amount > 0:
                known.append((index, math.log(amount)))
        if len(known) < self.settings.least_rows:
            return None
        usual = median_of([self.values[index] - log for index, log in known])
        return self.made(
            [(index, log + usual) for index, log in known],
            f"ratio to {other.title} of the same {key.title} in another table, against the median ratio",
            f"The table alone says little; what {other.title} is there narrows it down.",
            lambda place: f"{other.title} of {key.raws[place].strip()} in the other table",
            penalty=1.2,
            others=(other.sheet,),
        )
