"""First digits against the law of Benford, where it can be expected to hold.

Nigrini, Benford's Law (Wiley 2012), chapter 7: conformity of first digits by the mean absolute deviation,
with 0.015 as the limit of nonconformity; beside it the chi-square test with eight degrees of freedom.
"""

import math
from collections import Counter
from collections.abc import Iterator

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.numbers import is_number_of_a_thing
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet

LEAST_VALUES = 300
LEAST_ORDERS = 3.0
LARGEST_MAD = 0.015
CHI_SQUARE_LIMIT = 26.12  # eight degrees of freedom, one in a thousand
_EXPECTED = {digit: math.log10(1 + 1 / digit) for digit in range(1, 10)}


def check_benford(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    for column in sheet.numeric:
        if column.title in settings.left_out:
            continue
        values = [float(value) for _, value in sheet.filled(column) if float(value) > 0]
        why_not = _why_not(sheet, column, values)
        if why_not:
            sheet.notes.append(f"First digits of {column.title} were not tested: {why_not}")
            continue
        yield from _test(sheet, column, values)


def _why_not(sheet: Sheet, column: Column, values: list[float]) -> str:
    if len(values) < LEAST_VALUES:
        return f"{len(values):,} values above zero are too few; {LEAST_VALUES} are needed."
    if is_number_of_a_thing(sheet, column):
        return "the numbers name things and measure nothing."
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 100], ordered[-1 - len(ordered) // 100]
    orders = math.log10(high / low)
    if orders < LEAST_ORDERS:
        return f"the values span {orders:.1f} powers of ten, and the law asks for {LEAST_ORDERS:.0f}."
    if len(set(values)) < 0.2 * len(values):
        return "too many values are the same."
    return ""


def _test(sheet: Sheet, column: Column, values: list[float]) -> Iterator[Detection]:
    digits = Counter(int(f"{value:e}"[0]) for value in values)
    count = len(values)
    mad = sum(abs(digits[digit] / count - share) for digit, share in _EXPECTED.items()) / 9
    chi_square = sum(
        (digits[digit] - share * count) ** 2 / (share * count) for digit, share in _EXPECTED.items()
    )
    said = f"mean absolute deviation {mad:.4f}, chi-square {chi_square:.1f} from {count:,} values"
    if mad <= LARGEST_MAD or chi_square <= CHI_SQUARE_LIMIT:
        sheet.notes.append(f"First digits of {column.title} follow the law of Benford ({said}).")
        return
    digit = max(_EXPECTED, key=lambda one: abs(digits[one] / count - _EXPECTED[one]))
    yield Detection(
        "first digits",
        sheet.key,
        (),
        column.title,
        "",
        f"First digits do not follow the law of Benford: {digits[digit] / count:.0%} begin with {digit}, "
        f"where {_EXPECTED[digit]:.0%} are expected.",
        "first digits after Benford and Nigrini",
        f"The values are amounts and span at least {LEAST_ORDERS:.0f} powers of ten, so that the law can be "
        "expected to hold.",
        f"{said}; the limits are {LARGEST_MAD} and {CHI_SQUARE_LIMIT}.",
        0.5,
    )
