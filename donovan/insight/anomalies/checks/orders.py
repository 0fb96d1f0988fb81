"""Which of two moments comes first, learnt from the table: departure and arrival, admission and discharge."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import figure, moment
from donovan.insight.anomalies.checks.robust import median_of, spread
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import MINUTES_OF_DAY, Column, Sheet

LEAST_SHARE = 0.9
LARGEST_DISTANCE = 8.0


def check_orders(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    columns = [column for column in sheet.moments if column.title not in settings.left_out]
    for one, other in combinations(columns, 2):
        if (one.type == "time") != (other.type == "time"):
            continue
        pairs = [
            (place, first, second)
            for place in sheet.body
            if (first := one.numbers[place]) is not None and (second := other.numbers[place]) is not None
        ]
        if len(pairs) < settings.least_rows:
            continue
        forwards = sum(first <= second for _, first, second in pairs)
        if forwards >= LEAST_SHARE * len(pairs):
            yield from _pair(sheet, one, other, pairs, settings)
        elif len(pairs) - forwards >= LEAST_SHARE * len(pairs):
            yield from _pair(sheet, other, one, [(p, b, a) for p, a, b in pairs], settings)


def _pair(
    sheet: Sheet,
    earlier: Column,
    later: Column,
    pairs: Sequence[tuple[int, float, float]],
    settings: Settings,
) -> Iterator[Detection]:
    if sum(first < second for _, first, second in pairs) < 0.5 * len(pairs):
        return
    wrong = [(place, first, second) for place, first, second in pairs if first > second]
    right = [second - first for _, first, second in pairs if first <= second]
    if earlier.type == "time":
        # A journey over midnight is no error when it takes about as long as the others.
        longest = max(right)
        wrong = [row for row in wrong if row[2] + MINUTES_OF_DAY - row[1] > 2 * longest]
    if len(wrong) <= max(1, (1 - settings.rule_share) * len(pairs)):
        for place, _, _ in wrong:
            yield _backwards(sheet, earlier, later, place, len(pairs))
    yield from _durations(sheet, earlier, later, pairs, settings)


def _backwards(sheet: Sheet, earlier: Column, later: Column, place: int, count: int) -> Detection:
    blamed = earlier if _strays(sheet, earlier, place) > _strays(sheet, later, place) else later
    return Detection(
        "impossible order",
        sheet.key,
        (sheet.rows[place],),
        blamed.title,
        blamed.raws[place],
        f"{later.title} {moment(later.values[place])} lies before {earlier.title} "
        f"{moment(earlier.values[place])}.",
        f"order of {earlier.title} and {later.title}",
        f"In nearly every row {earlier.title} comes first; that was read from the table, not assumed.",
        f"{count:,} rows hold both.",
        0.97,
        expected=f"not before {moment(earlier.values[place])}"
        if blamed is later
        else f"not after {moment(later.values[place])}",
    )


def _strays(sheet: Sheet, column: Column, place: int) -> float:
    """How far a moment lies from those of the rows around it, against the usual of the column."""

    def distance(at: int) -> float | None:
        own = column.numbers[sheet.body[at]]
        around = [
            number
            for near in range(max(0, at - 2), min(len(sheet.body), at + 3))
            if near != at and (number := column.numbers[sheet.body[near]]) is not None
        ]
        return abs(own - median_of(around)) if own is not None and around else None

    all_of_them = [found for at in range(len(sheet.body)) if (found := distance(at)) is not None]
    own = distance(sheet.body.index(place))
    return (own or 0.0) / max(median_of(all_of_them), 0.01) if all_of_them else 0.0


def _durations(
    sheet: Sheet,
    earlier: Column,
    later: Column,
    pairs: Sequence[tuple[int, float, float]],
    settings: Settings,
) -> Iterator[Detection]:
    """Spans between two moments that are many times as long as all others."""
    spans = [(place, second - first) for place, first, second in pairs if second >= first]
    if len(spans) < 2 * settings.least_rows:
        return
    middle = median_of([span for _, span in spans])
    width = max(spread([span - middle for _, span in spans], settings.rare_share), 0.05 * middle, 0.01)
    rest = sorted(span for _, span in spans)
    for place, span in spans:
        others = rest[-2] if span == rest[-1] else rest[-1]
        is_far = (span - middle) / width > LARGEST_DISTANCE and span > 3 * others
        if is_far and middle > 0:
            unit = "minutes" if earlier.type == "time" else "days"
            yield Detection(
                "outlier",
                sheet.key,
                (sheet.rows[place],),
                later.title,
                later.raws[place],
                f"{figure(round(span, 1))} {unit} lie between {earlier.title} and {later.title}, "
                f"where {figure(round(middle, 1))} are usual.",
                f"time from {earlier.title} to {later.title}, against its median",
                "The two moments belong together, so that the time between them can be compared.",
                f"{len(spans):,} rows; the next longest is {figure(round(others, 1))} {unit}.",
                0.8,
                expected=f"about {figure(round(middle, 1))} {unit} after {moment(earlier.values[place])}",
            )
