"""Rows that occur twice, and numbers of things that should be unique and are not."""

import math
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import combinations

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.numbers import is_number_of_a_thing
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, is_blank

LARGEST_SHARE = 0.05
LARGEST_CHANCE = 0.05
LEAST_DISTINCT = 0.95
LEAST_MEETINGS = 8.0


def check_duplicates(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    columns = [column for column in sheet.columns if column.title not in settings.left_out]
    rows_found: set[int] = set()
    for detection in _rows(sheet, columns, ""):
        rows_found.update(detection.rows)
        yield detection
    counters = [column for column in sheet.numeric if _is_counter(sheet, column)]
    if counters and not rows_found:
        rest = [column for column in columns if column not in counters]
        yield from _rows(sheet, rest, f" but for {counters[0].title}")
    for column in columns:
        yield from _keys(sheet, column)


def _is_counter(sheet: Sheet, column: Column) -> bool:
    values = [float(value) for _, value in sheet.filled(column)]
    return len(values) > 5 and len(set(values)) == len(values) and is_number_of_a_thing(sheet, column)


def _rows(sheet: Sheet, columns: list[Column], but: str) -> Iterator[Detection]:
    if len(columns) < 2 or len(sheet.body) < 3:
        return
    first: dict[tuple[str, ...], int] = {}
    repeated: list[tuple[int, int]] = []
    for place in sheet.body:
        line = tuple(column.raws[place].strip() for column in columns)
        if line in first:
            repeated.append((place, first[line]))
        else:
            first[line] = place
    if len(repeated) > max(2, LARGEST_SHARE * len(sheet.body)):
        return
    limit = LARGEST_CHANCE * len(repeated)
    if repeated and not _has_key(sheet, columns, repeated) and _by_chance(first.values(), columns) > limit:
        return
    for place, original in repeated:
        whole = "; ".join(column.raws[place] for column in columns)
        yield Detection(
            "duplicate row",
            sheet.key,
            (sheet.rows[place],),
            "",
            whole,
            f"The row is the same as row {sheet.rows[original]}{but}.",
            "comparison of whole rows",
            "Rows of this table hold enough that two are hardly ever the same by chance.",
            f"{len(first):,} different rows among {len(sheet.body):,}.",
            0.93 if not but else 0.75,
        )


def _has_key(sheet: Sheet, columns: list[Column], repeated: list[tuple[int, int]]) -> bool:
    """Whether one column, or two together, tell all rows apart but for the repeated ones, and not by chance.

    Two columns whose values would often meet by chance and never do were entered once for each meeting, as
    day and hour of a reading.
    """
    again = {place for place, _ in repeated}
    places = [place for place in sheet.body if place not in again]
    for one, other in combinations(columns, 2):
        distinct = {(one.raws[place].strip(), other.raws[place].strip()) for place in places}
        if len(distinct) == len(places) and _by_chance(places, [one, other]) >= LEAST_MEETINGS:
            return True
    return False


def _by_chance(places: Collection[int], columns: list[Column]) -> float:
    """How many pairs of equal rows one would expect if the columns had nothing to do with each other."""
    count = len(places)
    if count < 2:
        return 0.0
    logs = 0.0
    for column in columns:
        counts = Counter(column.raws[place].strip() for place in places)
        # Pairs of the same row counted out; at least half a pair, because a column without any is not
        # infinitely telling.
        pairs = sum(number * (number - 1) for number in counts.values()) / 2
        logs += math.log(max(pairs, 0.5) / (count * (count - 1) / 2))
    return math.exp(logs) * count * (count - 1) / 2


def _keys(sheet: Sheet, column: Column) -> Iterator[Detection]:
    cells = [place for place in sheet.body if not is_blank(column.raws[place])]
    if len(cells) < 12 or len(cells) < 0.9 * len(sheet.body) or not names_things(sheet, column):
        return
    counts = Counter(column.raws[place].strip() for place in cells)
    repeated = {text for text, number in counts.items() if number > 1}
    if not repeated or len(counts) < LEAST_DISTINCT * len(cells) or len(repeated) > max(1, 0.01 * len(cells)):
        return
    seen: dict[str, int] = {}
    for place in cells:
        text = column.raws[place].strip()
        if text in repeated and text in seen:
            yield Detection(
                "duplicate key",
                sheet.key,
                (sheet.rows[place],),
                column.title,
                column.raws[place],
                f"{quoted(text)} stands already in row {sheet.rows[seen[text]]}.",
                "uniqueness of the column",
                f"All other values of {column.title} occur once.",
                f"{len(counts):,} different values in {len(cells):,} cells.",
                0.84,
            )
        seen.setdefault(text, place)


def names_things(sheet: Sheet, column: Column) -> bool:
    """Numbers that count up, or texts of one shape with digits in them."""
    if column.is_number:
        return is_number_of_a_thing(sheet, column)
    if column.type != "text":
        return False
    shapes = Counter(shape_of(raw) for raw in column.counts)
    shape, number = shapes.most_common(1)[0]
    return "9" in shape and number >= 0.9 * len(column.counts) and len(shape) <= 24


def shape_of(text: str) -> str:
    """The shape of a text: letters as A, digits as 9, runs of letters of one length kept."""
    return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in text.strip())
