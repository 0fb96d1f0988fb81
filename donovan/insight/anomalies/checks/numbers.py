"""Numbers far from what the rest of the table leads one to expect, and by which factor they are off."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import figure, times, words_in
from donovan.insight.anomalies.checks.references import Elsewhere, Reference, references, scale_of
from donovan.insight.anomalies.checks.robust import median_of, spread, standing_apart, step_of
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet
from donovan.insight.anomalies.checks.units import slip_of

LEAST_RATIO = 1.9
LEAST_SHARE_AWAY = 2.0
_OLDEST = 125
_AGES = words_in("age ages alter edad âge возраст starost wiek")


def check_numbers(
    sheet: Sheet, settings: Settings, elsewhere: Sequence[Elsewhere] = ()
) -> Iterator[Detection]:
    """`elsewhere` are amounts of the same things in other sheets, with which numbers may be compared."""
    for column in sheet.numeric:
        if column.title not in settings.left_out and not is_number_of_a_thing(sheet, column):
            yield from _outliers(sheet, column, settings, elsewhere)
            yield from _ages(sheet, column)


def is_number_of_a_thing(sheet: Sheet, column: Column) -> bool:
    """Whether a column names things instead of measuring them: whole numbers that hardly repeat and either
    count up or are all of the same length.
    """
    values = [int(value) for _, value in sheet.filled(column) if float(value).is_integer()]
    if len(values) < 5 or len(values) < sum(1 for _ in sheet.filled(column)):
        return False
    if len(set(values)) < 0.9 * len(values) or min(values) < 0:
        return False
    steps = [after - before for before, after in pairwise(values)]
    counts_up = sum(0 < step <= 10 for step in steps) >= 0.85 * len(steps)
    lengths = {len(str(value)) for value in values}
    return counts_up or (len(lengths) == 1 and lengths.pop() >= 6)


def _ages(sheet: Sheet, column: Column) -> Iterator[Detection]:
    """Nobody is older than 125: the oldest age on record is 122 years."""
    if not column.words & _AGES:
        return
    values = [float(value) for _, value in sheet.filled(column)]
    if not values or median_of(values) > _OLDEST:
        return
    for place, value in sheet.filled(column):
        if float(value) > _OLDEST:
            yield Detection(
                "impossible value",
                sheet.key,
                (sheet.rows[place],),
                column.title,
                column.raws[place],
                f"Nobody is {figure(float(value))} years old.",
                "limit of what is possible",
                f"The title says that {column.title} holds ages.",
                f"The middle of the column is {figure(median_of(values))}.",
                0.96,
            )


def _outliers(
    sheet: Sheet, column: Column, settings: Settings, elsewhere: Sequence[Elsewhere]
) -> Iterator[Detection]:
    offered = references(sheet, column, settings, elsewhere)
    whole = next((one for one in offered if one.basis(0) == "the column"), None)
    said: set[int] = set()
    tried = offered[:3] + ([whole] if whole is not None and whole not in offered[:3] else [])
    judged_well = False
    for reference in tried:
        if judged_well and reference is not whole:
            continue
        stretch = 1.0 if not judged_well else 1.15
        found, distances = far_out(column, reference, settings, stretch)
        judged_well = judged_well or bool(found) or _is_calm(distances, settings)
        for at in found:
            place = reference.places[at]
            if place not in said and not _partner_is_stranger(sheet, column, reference, place):
                said.add(place)
                yield _detection(sheet, column, reference, at, distances[at])


def _partner_is_stranger(sheet: Sheet, column: Column, reference: Reference, place: int) -> bool:
    """Whether the cell with which this one was compared lies further from its own column than this one does.

    Two cells of a row that do not go together are one error, and the stranger of the two is the wrong one.
    """
    partner = sheet.column(reference.partner)
    return partner is not None and _strangeness(sheet, partner, place) > _strangeness(sheet, column, place)


def _strangeness(sheet: Sheet, column: Column, place: int) -> float:
    numbers = [number for at in sheet.body if (number := column.numbers[at]) is not None]
    own = column.numbers[place]
    if own is None or len(numbers) < 3:
        return 0.0
    scale = scale_of(numbers)
    if scale.is_ratio and own <= 0:
        return math.inf
    values = [scale.to(number) for number in numbers]
    middle = median_of(values)
    width = spread([value - middle for value in values], 0.03)
    return abs(scale.to(own) - middle) / width if width else (math.inf if scale.to(own) != middle else 0.0)


def _is_calm(distances: Sequence[float], settings: Settings) -> bool:
    """Whether nothing lies out at all, so that the reference has judged the column and found it in order."""
    return all(distance <= settings.distance for distance in distances)


def far_out(
    column: Column, reference: Reference, settings: Settings, stretch: float
) -> tuple[list[int], list[float]]:
    """Places within the reference that stand apart, and all distances in robust standard deviations."""
    values = [column.numbers[place] or 0.0 for place in reference.places]
    step = step_of(values)
    count = len(values)
    middle = median_of(reference.residuals)
    distances = []
    for residual, expected in zip(reference.residuals, reference.expected, strict=True):
        floor = _noise(reference, expected, step)
        deviation = math.hypot(reference.width, floor)
        distances.append(abs(residual - middle) / deviation if deviation else 0.0)
    factor = max(settings.factor("outlier", column.title), settings.factor("unit error", column.title))
    threshold = stretch * factor * (settings.distance + 20 / count)
    most = max(3, math.ceil(1.5 * settings.rare_share * count))
    shares = [
        value / expected - 1 if expected else 0.0
        for value, expected in zip(values, reference.expected, strict=True)
    ]
    usual_share = spread(shares, settings.rare_share)
    found = [
        at
        for at in standing_apart(distances, threshold, most)
        if _is_large(values[at], reference.expected[at], reference)
        # Ratios exaggerate what is near zero: a low value must also be low as a difference.
        and (not reference.is_ratio or abs(shares[at]) > LEAST_SHARE_AWAY * usual_share)
    ]
    return found, distances


def _noise(reference: Reference, expected: float, step: float) -> float:
    """What rounding and, for counts, chance alone may add to a residual."""
    if reference.is_ratio:
        rounding = step / max(abs(expected), step) if step else 0.0
        counting = 1 / math.sqrt(expected) if step >= 1 and expected > 0 else 0.0
        return math.hypot(max(rounding, 0.02), min(counting, 1.0))
    counting = math.sqrt(abs(expected)) if step >= 1 else 0.0
    return max(step, counting, 0.01 * abs(expected))


def _is_large(value: float, expected: float, reference: Reference) -> bool:
    """A difference that matters: nearly double or half, or far in a column without a natural zero."""
    if value > 0 and expected > 0:
        return max(value / expected, expected / value) >= LEAST_RATIO or not reference.is_ratio
    return True


def _detection(sheet: Sheet, column: Column, reference: Reference, at: int, distance: float) -> Detection:
    place, expected = reference.places[at], reference.expected[at]
    value = column.numbers[place] or 0.0
    slip = slip_of(column, value, expected, reference.width if reference.is_ratio else 0.1)
    kind = "unit error" if slip is not None and slip.is_unit else "outlier"
    compared = f"about {figure(float(f'{expected:.3g}'))}"
    how_much = f", {times(value / expected)} that" if value > 0 and expected > 0 else ""
    why = f"{figure(value)} where {compared} is usual for {reference.basis(place)}{how_much}."
    if slip is not None:
        why += f" {slip.sentence}"
    partner = sheet.column(reference.partner)
    unit = "in logarithms " if reference.is_ratio else ""
    return Detection(
        kind,
        sheet.key,
        (sheet.rows[place],),
        column.title,
        column.raws[place],
        why,
        reference.method,
        reference.choice,
        f"Expected {compared} from {len(reference.places):,} rows; usual deviation {unit}"
        f"{reference.width:.2g}, here {distance:.1f} times that.",
        round(min(0.95, 0.6 + 0.05 * math.log2(1 + distance)), 3),
        expected=figure(float(f"{expected:.3g}")),
        meant=expected,
        others=reference.others,
        compared=partner.title if partner is not None else "",
    )
