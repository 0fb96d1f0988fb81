"""Values below zero where everything else is above."""

from collections.abc import Iterator

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import figure, words_in
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet

# What is counted or weighed is not negative; what is a difference may be. Both lists are kept short, because
# the figures themselves say more.
_COUNTED = words_in(
    "stock quantity qty count number age weight height distance litres liters l kg tonnes km pieces units "
    "cantidad menge anzahl количество kolicina količina ilość quantité"
)
_DIFFERENCES = words_in(
    "change delta difference diff balance net variance deviation temperature temp profit loss gain growth "
    "latitude longitude lat lon lng saldo elevation altitude offset adjustment correction drift"
)
_SMALLEST_SHARE = 0.1


def check_signs(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    for column in sheet.numeric:
        if column.title not in settings.left_out and not column.words & _DIFFERENCES:
            yield from _negative(sheet, column, settings)


def _negative(sheet: Sheet, column: Column, settings: Settings) -> Iterator[Detection]:
    cells = [(place, number) for place in sheet.body if (number := column.numbers[place]) is not None]
    below = [(place, number) for place, number in cells if number < 0]
    above = sorted(number for _, number in cells if number > 0)
    if len(cells) < settings.least_rows or not 0 < len(below) <= max(1, 0.02 * len(cells)):
        return
    is_counted = bool(column.words & _COUNTED)
    # A column that passes through zero has small values on both sides of it. A lone negative value of the
    # usual size is a wrong sign.
    usual_size = above[int(_SMALLEST_SHARE * len(above))] if above else 0.0
    for place, number in below:
        if not is_counted and (abs(number) < usual_size or len(above) < 0.8 * len(cells)):
            continue
        yield Detection(
            "negative quantity",
            sheet.key,
            (sheet.rows[place],),
            column.title,
            column.raws[place],
            f"{figure(number)} is below zero, and {len(above):,} of {len(cells):,} values are above.",
            "sign of the values of the column",
            "Only a few values differ in sign, and they are as large as the others.",
            f"The smallest value above zero is {figure(above[0])}." if above else "",
            0.97 if is_counted else 0.92,
            expected=f"not below 0; perhaps {figure(-number)}",
        )
