"""Figures that should add up: columns that make up another, rows that sum up a table, running totals."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import figure
from donovan.insight.anomalies.checks.references import Reference, references
from donovan.insight.anomalies.checks.robust import median_of, step_of
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet

LONGEST_RUN = 12
MOST_FOR_PAIRS = 12
LOOKED_AT = 2000
LEAST_ROWS = 6
LEAST_SHARE = 0.75
MOST_GAIN = 5.0
LEAST_STRANGE = 5.0
LEAST_AT_ODDS = 1.5


@dataclass(frozen=True)
class Sum:
    """`total` is what `of` makes of the parts, in most rows. `signs` are those of the parts in a sum,
    `last` is the rightmost column of all."""

    total: Column
    parts: tuple[Column, ...]
    signs: tuple[int, ...]
    shown: str
    last: Column
    held: int
    rows: int

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.parts, self.total)


def check_sums(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    columns = [column for column in sheet.numeric if column.title not in settings.left_out]
    taken: set[str] = set()
    for rule in _rules(sheet, columns):
        # One rule for each total: "net = gross - tare" is the same as "gross = net + tare".
        if {column.name for column in rule.columns} <= taken:
            continue
        taken |= {column.name for column in rule.columns}
        yield from _broken_rows(sheet, rule, settings)
    yield from _products(sheet, columns)
    yield from _running(sheet, columns)
    yield from _totals(sheet, columns)


def _rules(sheet: Sheet, columns: Sequence[Column]) -> list[Sum]:
    found = []
    for total in columns:
        at = columns.index(total)
        runs = [columns[at - size : at] for size in range(2, min(at, LONGEST_RUN) + 1)]
        runs += [
            columns[at + 1 : at + 1 + size] for size in range(2, min(len(columns) - at - 1, LONGEST_RUN) + 1)
        ]
        for run in runs:
            found.append(_tried(sheet, total, tuple(run), (1,) * len(run)))
    if len(columns) <= MOST_FOR_PAIRS:
        for total in columns:
            others = [column for column in columns if column is not total]
            for one, other in combinations(others, 2):
                found.append(_tried(sheet, total, (one, other), (1, 1)))
        # a + b - c, as in opening stock + received - issued
        for total in columns:
            others = [column for column in columns if column is not total]
            for three in combinations(others, 3):
                for less in range(3):
                    signs = tuple(-1 if at == less else 1 for at in range(3))
                    found.append(_tried(sheet, total, three, signs))
    kept = [rule for rule in found if rule is not None]
    return sorted(kept, key=lambda rule: (-rule.held / rule.rows, len(rule.parts), rule.shown))


def _tried(sheet: Sheet, total: Column, parts: tuple[Column, ...], signs: tuple[int, ...]) -> Sum | None:
    """The rule, if it holds in most rows and is not trivially true because parts are zero."""
    held = rows = telling = misses = 0
    tolerance = _tolerance(sheet, (*parts, total))
    for place in sheet.body[:LOOKED_AT]:
        numbers = [column.numbers[place] for column in parts]
        whole = total.numbers[place]
        if whole is None or any(number is None for number in numbers):
            continue
        rows += 1
        made = sum(sign * (number or 0.0) for sign, number in zip(signs, numbers, strict=True))
        is_held = abs(made - whole) <= tolerance
        held += is_held
        misses += not is_held
        telling += is_held and sum(bool(number) for number in numbers) >= min(2, len(numbers))
        if misses > 3 + rows * (1 - LEAST_SHARE):
            return None
    if rows < LEAST_ROWS or held < LEAST_SHARE * rows or telling < max(LEAST_ROWS - 1, 0.5 * held):
        return None
    if any(_is_mostly_zero(sheet, column) for column in parts) and len(parts) < 3:
        return None
    shown = " ".join(
        f"{'+' if sign > 0 else '−'} {column.title}" for sign, column in zip(signs, parts, strict=True)
    )
    last = max((*parts, total), key=sheet.columns.index)
    return Sum(total, parts, signs, shown.removeprefix("+ "), last, held, rows)


def _is_mostly_zero(sheet: Sheet, column: Column) -> bool:
    numbers = [number for place in sheet.body if (number := column.numbers[place]) is not None]
    return sum(number == 0 for number in numbers) > 0.5 * len(numbers)


def _tolerance(sheet: Sheet, columns: Sequence[Column]) -> float:
    """What rounding of the parts may add up to; nothing for whole numbers."""
    steps = []
    for column in columns:
        numbers = [number for place in sheet.body[:200] if (number := column.numbers[place]) is not None]
        steps.append(step_of(numbers) if numbers else 0.0)
    step = max(steps)
    return 1e-6 if step >= 1 or step == 0 else 0.5 * step * len(columns) + 1e-9


def _broken_rows(sheet: Sheet, rule: Sum, settings: Settings) -> Iterator[Detection]:
    tolerance = _tolerance(sheet, rule.columns)
    offered: dict[str, list[Reference]] = {}
    if rule.held < rule.rows:
        for column in rule.columns:
            offered[column.name] = references(sheet, column, settings)
    for place in sheet.body:
        numbers = [column.numbers[place] for column in rule.parts]
        whole = rule.total.numbers[place]
        if whole is None or any(number is None for number in numbers):
            continue
        made = sum(sign * (number or 0.0) for sign, number in zip(rule.signs, numbers, strict=True))
        if abs(made - whole) <= tolerance:
            continue
        blamed, meant = _blamed(rule, place, made - whole, offered)
        yield Detection(
            "broken sum",
            sheet.key,
            (sheet.rows[place],),
            blamed.title,
            blamed.raws[place],
            f"{rule.shown} make {figure(made)}, and {rule.total.title} is {figure(whole)}. With "
            f"{figure(meant)} for {blamed.title} it would add up"
            f"{_slip(blamed.numbers[place] or 0.0, meant)}.",
            f"sum over columns: {rule.total.title} = {rule.shown}",
            "The sum holds in nearly every row; that was read from the table, not assumed.",
            f"{rule.held:,} of {rule.rows:,} rows add up.",
            0.94,
            expected=figure(meant),
            meant=meant,
            involved=tuple(column.title for column in rule.columns),
        )


def _blamed(
    rule: Sum, place: int, excess: float, offered: Mapping[str, Sequence[Reference]]
) -> tuple[Column, float]:
    """The column whose cell is wrong, and the value with which the row would add up.

    The wrong cell is the one whose corrected value fits the rest of the table better. Where that does not
    tell, it is the result, which stands last or is the total of the columns beside it.
    """
    candidates = [(rule.total, (rule.total.numbers[place] or 0.0) + excess)]
    candidates += [
        (column, (column.numbers[place] or 0.0) - sign * excess)
        for column, sign in zip(rule.parts, rule.signs, strict=True)
    ]

    # What a cell is compared with must not be another cell of the same sum, as long as anything else tells.
    names = {column.name for column in rule.columns}
    apart = {
        name: next((one for one in several if one.partner not in names), None)
        for name, several in offered.items()
    }
    is_told = any(
        _gain(apart.get(column.name), place, column.numbers[place] or 0.0, meant) > 0
        for column, meant in candidates
    )

    def merit(candidate: tuple[Column, float]) -> float:
        column, meant = candidate
        own = column.numbers[place] or 0.0
        if meant < 0 <= own:
            return -math.inf
        is_result = column is (rule.total if all(sign > 0 for sign in rule.signs) else rule.last)
        gain = _gain(apart.get(column.name), place, own, meant)
        if not is_told:
            gain = _at_odds(offered.get(column.name, ()), names, place)
        return min(gain, MOST_GAIN) + 0.5 * bool(_slip(own, meant)) + 1.0 * is_result

    return max(candidates, key=merit)


def _at_odds(offered: Sequence[Reference], names: set[str], place: int) -> float:
    """How far a cell is from what most of the other cells of the sum lead one to expect, or 0.

    One wrong cell is at odds with each of the others, and those agree among themselves.
    """
    sizes = [
        abs(reference.residuals[reference.places.index(place)])
        / max(reference.width, 0.01 if reference.is_ratio else 1e-9)
        for reference in offered
        if reference.partner in names and place in reference.places
    ]
    usual = median_of(sizes) if sizes else 0.0
    return usual if usual >= LEAST_AT_ODDS else 0.0


def _gain(reference: Reference | None, place: int, own: float, meant: float) -> float:
    """By how many usual deviations the corrected value lies nearer to what the table leads one to expect."""
    if reference is None or place not in reference.places:
        return 0.0
    expected = reference.expected[reference.places.index(place)]
    values = [expected, own, meant]
    if reference.is_ratio:
        if min(values) <= 0:
            return 0.0
        expected, own, meant = (math.log(value) for value in values)
    width = max(reference.width, 0.01 if reference.is_ratio else 0.01 * abs(expected), 1e-9)
    # A cell that is usual as it stands is not the wrong one because another value would be more usual still.
    if max(abs(own - expected), abs(meant - expected)) < LEAST_STRANGE * width:
        return 0.0
    return (abs(own - expected) - abs(meant - expected)) / width


def _slip(own: float, meant: float) -> str:
    """How the wrong figure came about, if a known slip explains it."""
    if meant and own and any(abs(own / meant - factor) < 1e-6 for factor in (10, 0.1, 100, 0.01)):
        return ": a digit too many or too few"
    one, other = figure(own).replace(",", ""), figure(meant).replace(",", "")
    if len(one) == len(other):
        apart = [at for at in range(len(one)) if one[at] != other[at]]
        if len(apart) == 1:
            return ": one digit differs"
        if len(apart) == 2 and (one[apart[0]], one[apart[1]]) == (other[apart[1]], other[apart[0]]):
            return ": two digits are swapped"
    return ""


def _products(sheet: Sheet, columns: Sequence[Column]) -> Iterator[Detection]:
    """total = one × other, as in quantity × price."""
    if len(columns) > MOST_FOR_PAIRS:
        return
    for total in columns:
        for one, other in combinations([column for column in columns if column is not total], 2):
            rows = [
                (place, a, b, whole)
                for place in sheet.body
                if (a := one.numbers[place]) is not None
                and (b := other.numbers[place]) is not None
                and (whole := total.numbers[place]) is not None
            ]
            step = max(step_of([whole for *_, whole in rows[:200]]) if rows else 1.0, 0.01)
            wrong = [row for row in rows if abs(row[1] * row[2] - row[3]) > 0.51 * step + 1e-9 * abs(row[3])]
            telling = [row for row in rows if row[1] not in (0, 1) and row[2] not in (0, 1)]
            is_rule = len(rows) >= 2 * LEAST_ROWS and len(telling) >= 0.6 * len(rows)
            if not is_rule or not 0 < len(wrong) <= max(2, 0.1 * len(rows)):
                continue
            if len({a for _, a, _, _ in rows}) < 3 or len({b for _, _, b, _ in rows}) < 3:
                continue
            for place, a, b, whole in wrong:
                yield Detection(
                    "broken sum",
                    sheet.key,
                    (sheet.rows[place],),
                    total.title,
                    total.raws[place],
                    f"{one.title} × {other.title} make {figure(a * b)}, and {total.title} is "
                    f"{figure(whole)}.",
                    f"product of columns: {total.title} = {one.title} × {other.title}",
                    "The product holds in nearly every row; that was read from the table, not assumed.",
                    f"{len(rows) - len(wrong):,} of {len(rows):,} rows agree.",
                    0.93,
                    expected=figure(a * b),
                    meant=a * b,
                    involved=(one.title, other.title, total.title),
                )


def _running(sheet: Sheet, columns: Sequence[Column]) -> Iterator[Detection]:
    """total = total of the row before + part."""
    for total in columns:
        for part in columns:
            if part is total:
                continue
            steps = []
            for before, place in zip(sheet.body, sheet.body[1:], strict=False):
                last, own, added = total.numbers[before], total.numbers[place], part.numbers[place]
                if last is not None and own is not None and added is not None:
                    steps.append((place, last, own, added))
            wrong = [step for step in steps if abs(step[1] + step[3] - step[2]) > 1e-6 * max(1, abs(step[2]))]
            telling = sum(step[3] != 0 for step in steps) >= 0.5 * len(steps)
            if len(steps) < 2 * LEAST_ROWS or not telling or not 0 < len(wrong) <= max(2, 0.1 * len(steps)):
                continue
            places = {step[0] for step in wrong}
            for place, last, own, added in wrong:
                at = sheet.body.index(place)
                if at and sheet.body[at - 1] in places:
                    # The row after a wrong total is wrong with it.
                    continue
                yield Detection(
                    "broken sum",
                    sheet.key,
                    (sheet.rows[place],),
                    total.title,
                    total.raws[place],
                    f"{total.title} was {figure(last)} in the row before; with {part.title} {figure(added)} "
                    f"it should be {figure(last + added)}, and is {figure(own)}.",
                    f"running total: {total.title} adds up {part.title}",
                    "The total runs on in nearly every row; that was read from the table, not assumed.",
                    f"{len(steps) - len(wrong):,} of {len(steps):,} steps agree.",
                    0.92,
                    expected=figure(last + added),
                    meant=last + added,
                )


def _totals(sheet: Sheet, columns: Sequence[Column]) -> Iterator[Detection]:
    """Rows that sum up those above, since the last such row or from the top."""
    begin = 0
    for place in sheet.totals:
        since = [row for row in sheet.body if begin <= row < place]
        above = [row for row in sheet.body if row < place]
        begin = place
        best: tuple[int, list[int]] = (0, [])
        for rows in (since, above):
            agrees = sum(_adds_up(sheet, column, rows, place) is True for column in columns)
            if len(rows) > 1 and agrees > best[0]:
                best = (agrees, rows)
        agrees, rows = best
        judged = [column for column in columns if _adds_up(sheet, column, rows, place) is not None]
        if not agrees and len(above) > 2:
            rows = above
            judged = [column for column in columns if _is_near_sum(column, above, place)]
        for column in judged:
            if _adds_up(sheet, column, rows, place) is False and (agrees >= len(judged) / 2 or not agrees):
                yield _wrong_total(sheet, column, rows, place, agrees)


def _adds_up(sheet: Sheet, column: Column, rows: Sequence[int], place: int) -> bool | None:
    whole = column.numbers[place]
    if whole is None or not rows:
        return None
    made = sum(column.numbers[row] or 0.0 for row in rows)
    return abs(made - whole) <= max(_tolerance(sheet, (column,)) * len(rows), 1e-6)


def _is_near_sum(column: Column, rows: Sequence[int], place: int) -> bool:
    """Whether a row called a total can be meant as the sum: nearer to it than to any mean of the rows."""
    whole = column.numbers[place]
    made = sum(column.numbers[row] or 0.0 for row in rows)
    return whole is not None and made > 0 and 0.5 < whole / made < 2


def _wrong_total(sheet: Sheet, column: Column, rows: Sequence[int], place: int, agrees: int) -> Detection:
    whole = column.numbers[place] or 0.0
    made = sum(column.numbers[row] or 0.0 for row in rows)
    slip = _slip(whole, made)
    return Detection(
        "broken sum",
        sheet.key,
        (sheet.rows[place],),
        column.title,
        column.raws[place],
        f"The {len(rows):,} rows above add up to {figure(made)}, and {figure(whole)} is stated{slip}.",
        "sum over the rows above",
        "The row is named a total"
        + (", and other columns of it add up." if agrees else ", and its figure is near the sum."),
        f"{agrees} other columns of the row add up.",
        0.9,
        expected=figure(made),
        meant=made,
        excess=whole - made,
    )
