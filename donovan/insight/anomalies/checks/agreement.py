"""The same thing with two values in two tables that otherwise agree."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.numbers import is_number_of_a_thing
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, fold, is_blank

LEAST_SHARED = 8
LEAST_EQUAL = 0.8


@dataclass(frozen=True)
class _Cell:
    sheet: Sheet
    column: Column
    place: int

    @property
    def raw(self) -> str:
        return self.column.raws[self.place]

    @property
    def number(self) -> float | None:
        return self.column.numbers[self.place]

    def strays_more_than(self, other: "_Cell") -> bool:
        """Whether this is the stranger of the two in its column; where neither is, the sheet decides, so that
        one disagreement is said once.
        """
        is_first = self.sheet.key < other.sheet.key
        if self.number is None or other.number is None:
            own, theirs = self.column.counts[self.raw], other.column.counts[other.raw]
            return own < theirs or (own == theirs and is_first)
        middle = sorted(number for number in self.column.numbers if number is not None)
        usual = middle[len(middle) // 2]
        own_way, their_way = abs(self.number - usual), abs(other.number - usual)
        return own_way > their_way or (own_way == their_way and is_first)

    def equals(self, other: "_Cell") -> bool:
        if self.number is not None and other.number is not None:
            return abs(self.number - other.number) <= 1e-9 * max(1.0, abs(self.number))
        return fold(self.raw) == fold(other.raw)


def texts_of(sheet: Sheet, column: Column) -> list[tuple[int, str]]:
    return [(place, column.raws[place].strip()) for place in sheet.body if not is_blank(column.raws[place])]


def naming_columns(sheet: Sheet, settings: Settings) -> list[Column]:
    """Columns that name things: texts with many values, numbers that only name."""
    found = []
    for column in sheet.columns:
        if column.title in settings.left_out:
            continue
        if (column.type == "text" and len(column.counts) >= LEAST_SHARED) or (
            column.is_number and is_number_of_a_thing(sheet, column)
        ):
            found.append(column)
    return found


def check_agreement(one: Sheet, other: Sheet, settings: Settings) -> Iterator[Detection]:
    """Cells of the first sheet that the other contradicts and that are the stranger of the two."""
    for key in naming_columns(one, settings):
        theirs = _of_same_title(other, key)
        if theirs is None:
            continue
        here, there = _unique(one, key), _unique(other, theirs)
        shared = sorted(set(here) & set(there), key=lambda text: here[text])
        if len(shared) < LEAST_SHARED or len(shared) < 0.5 * min(len(here), len(there)):
            continue
        for column in one.columns:
            match = _of_same_title(other, column)
            if match is None or column is key or column.title in settings.left_out:
                continue
            pairs = [(_Cell(one, column, here[text]), _Cell(other, match, there[text])) for text in shared]
            yield from _differences(key, pairs)


def _of_same_title(sheet: Sheet, column: Column) -> Column | None:
    return next((known for known in sheet.columns if fold(known.title) == fold(column.title)), None)


def _unique(sheet: Sheet, column: Column) -> dict[str, int]:
    counts = Counter(text for _, text in texts_of(sheet, column))
    return {text: place for place, text in texts_of(sheet, column) if counts[text] == 1}


def _differences(key: Column, pairs: list[tuple[_Cell, _Cell]]) -> Iterator[Detection]:
    pairs = [(own, other) for own, other in pairs if not is_blank(own.raw) and not is_blank(other.raw)]
    wrong = [(own, other) for own, other in pairs if not own.equals(other)]
    if len(pairs) < LEAST_SHARED or not 0 < len(wrong) <= max(1, (1 - LEAST_EQUAL) * len(pairs)):
        return
    # Where nearly all cells are the same, agreement says nothing.
    if Counter(own.raw for own, _ in pairs).most_common(1)[0][1] > 0.9 * len(pairs):
        return
    for own, other in wrong:
        if own.strays_more_than(other):
            yield _disagreement(key, own, other, len(pairs) - len(wrong))


def _disagreement(key: Column, own: _Cell, other: _Cell, agree: int) -> Detection:
    name = key.raws[own.place].strip()
    return Detection(
        "disagreement",
        own.sheet.key,
        (own.sheet.rows[own.place],),
        own.column.title,
        own.raw,
        f"{key.title} {quoted(name)} has {own.column.title} {quoted(own.raw)} here and {quoted(other.raw)} "
        f"in {other.sheet.name}, row {other.sheet.rows[other.place]}.",
        f"comparison of {own.column.title} by {key.title} in {own.sheet.name} and {other.sheet.name}",
        "The two tables name the same things and otherwise agree about them.",
        f"{agree:,} of the shared things have the same value.",
        0.86,
        expected=other.raw,
        others=(other.sheet.key,),
    )
