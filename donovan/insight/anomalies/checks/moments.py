"""Dates outside the period of their column, and moments that break the order of the rows."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import day, figure, moment
from donovan.insight.anomalies.checks.robust import median_of, spread, standing_apart
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet

LEAST_IN_ORDER = 12
MOST_OUT_OF_ORDER = 2
LEAST_DAYS_APART = 20.0


def check_moments(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    for column in sheet.moments:
        if column.title in settings.left_out:
            continue
        if column.type != "time":
            yield from _outside_period(sheet, column, settings)
            yield from _after_document(sheet, column, settings)
            yield from _out_of_order(sheet, column, settings)


def _cells(sheet: Sheet, column: Column) -> list[tuple[int, float]]:
    return [(place, number) for place in sheet.body if (number := column.numbers[place]) is not None]


def _outside_period(sheet: Sheet, column: Column, settings: Settings) -> Iterator[Detection]:
    cells = _cells(sheet, column)
    if len(cells) < settings.least_rows:
        return
    days = [number for _, number in cells]
    middle = median_of(days)
    residuals = [number - middle for number in days]
    width = max(spread(residuals, settings.rare_share), 1.0)
    distances = [abs(residual) / width for residual in residuals]
    threshold = settings.factor("impossible date", column.title) * (settings.distance + 20 / len(cells))
    most = max(2, int(settings.rare_share * len(cells)))
    found = standing_apart(distances, threshold, most)
    rest = [number for at, number in enumerate(days) if at not in set(found)]
    first, last = min(rest), max(rest)
    for at in found:
        place, number = cells[at]
        away = first - number if number < first else number - last
        # Beyond the period by more than the period is long: not only its first or last day.
        if away < max(LEAST_DAYS_APART, last - first):
            continue
        side = "before the earliest" if number < first else "after the latest"
        yield Detection(
            "impossible date",
            sheet.key,
            (sheet.rows[place],),
            column.title,
            column.raws[place],
            f"{moment(column.values[place])} lies {_span(away)} {side} of all other dates of the column.",
            "distance from the median date of the column",
            "Nearly all dates of the column lie in one period.",
            f"The {len(rest):,} others lie between {day(first)} and {day(last)}.",
            0.95,
            expected=f"{day(first)} to {day(last)}",
        )


def _span(days: float) -> str:
    if days >= 730:
        return f"{figure(round(days / 365.25))} years"
    return f"{figure(max(round(days), 1))} days"


def _after_document(sheet: Sheet, column: Column, settings: Settings) -> Iterator[Detection]:
    """A day later than the document that reports it, where all others are earlier."""
    if sheet.dated is None:
        return
    cells = _cells(sheet, column)
    limit = sheet.dated.toordinal() + 1
    later = [(place, number) for place, number in cells if number >= limit + 1]
    if len(cells) < 20 or not 0 < len(later) <= 0.02 * len(cells):
        return
    others = sorted(number for _, number in cells if number < limit + 1)
    for place, number in later:
        if number - limit < max(LEAST_DAYS_APART, 0.5 * (others[-1] - others[0])):
            continue
        yield Detection(
            "impossible date",
            sheet.key,
            (sheet.rows[place],),
            column.title,
            column.raws[place],
            f"{moment(column.values[place])} is later than the document itself, which is dated "
            f"{moment(sheet.dated)}.",
            "date of the document",
            "All other dates of the column are earlier than the document.",
            f"{len(others):,} dates up to {day(others[-1])}.",
            0.9,
            expected=f"not after {moment(sheet.dated)}",
        )


def _out_of_order(sheet: Sheet, column: Column, settings: Settings) -> Iterator[Detection]:
    """One row out of the order in time that all others follow.

    Only a row between two that are in order with each other counts: a block that goes back in time is a
    second list below the first.
    """
    cells = _cells(sheet, column)
    for direction in (1, -1):
        line = [(place, direction * number) for place, number in cells]
        if not _is_ordered(line, settings):
            continue
        steps = sorted(abs(after[1] - before[1]) for before, after in pairwise(line))
        usual = steps[int(0.9 * (len(steps) - 1))]
        found = []
        for at in range(1, len(line) - 1):
            before, own, after = line[at - 1][1], line[at][1], line[at + 1][1]
            if before <= after and not before <= own <= after:
                away = before - own if own < before else own - after
                if away > 3 * max(usual, 1 / 1440):
                    found.append((at, away))
        if len(found) > MOST_OUT_OF_ORDER:
            return
        for at, _ in found:
            yield _break(sheet, column, cells, at, len(line))
        return


def _is_ordered(line: Sequence[tuple[int, float]], settings: Settings) -> bool:
    if len(line) < LEAST_IN_ORDER or len({number for _, number in line}) < 5:
        return False
    backwards = sum(after[1] < before[1] for before, after in pairwise(line))
    return backwards <= max(2, (1 - settings.rule_share) * len(line) / 2)


def _break(
    sheet: Sheet, column: Column, cells: Sequence[tuple[int, float]], at: int, count: int
) -> Detection:
    place = cells[at][0]
    before, after = (column.values[cells[near][0]] for near in (at - 1, at + 1))
    span = f"{moment(before)} and {moment(after)}"
    return Detection(
        "impossible date",
        sheet.key,
        (sheet.rows[place],),
        column.title,
        column.raws[place],
        f"{moment(column.values[place])} stands between {span}, though the rows are in order of time.",
        "order of the rows in time",
        f"All but a few of the {count:,} rows follow each other in time.",
        f"The rows before and after are of {span}.",
        0.85,
        expected=f"between {span}",
    )
