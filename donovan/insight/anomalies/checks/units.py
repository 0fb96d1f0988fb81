"""Factors between units of measurement, to say by which of them a value is off.

Factors after NIST Special Publication 811 (2008), appendix B.
"""

import math
from dataclasses import dataclass

from donovan.insight.anomalies.checks.phrases import figure
from donovan.insight.anomalies.checks.sheets import Column

_MEANT = {
    "l": "litre liter litres liters l lt ltr litri litros литр литров л",
    "kg": "kg kilogram kilograms kilo kilos weight кг",
    "t": "t ton tons tonne tonnes tonnage т",
    "m": "m metre meter metres meters height depth length м",
    "km": "km kilometre kilometres kilometer kilometers distance км",
    "m3": "m3 cbm",
    "gal": "gal gallon gallons",
    "lb": "lb lbs pound pounds",
    "ft": "ft feet foot",
    "mi": "mi mile miles",
    "mg": "mg mgl",
    "c": "celsius degc temp temperature",
}
_UNITS = {word: unit for unit, words in _MEANT.items() for word in words.split()}
_CONVERSIONS: dict[str, tuple[tuple[float, str, str], ...]] = {
    # unit of the column: (what one is in the other unit, name of ours, name of the other)
    "l": ((0.264172, "litres", "US gallons"), (0.219969, "litres", "imperial gallons"),
          (0.001, "litres", "cubic metres"), (1000, "litres", "millilitres")),
    "gal": ((3.785412, "gallons", "litres"),),
    "kg": ((2.204623, "kilograms", "pounds"), (1000, "kilograms", "grams"), (0.001, "kilograms", "tonnes")),
    "lb": ((0.4535924, "pounds", "kilograms"),),
    "t": ((1000, "tonnes", "kilograms"), (2204.623, "tonnes", "pounds"), (1e6, "tonnes", "grams")),
    "m": ((3.28084, "metres", "feet"), (100, "metres", "centimetres"), (1000, "metres", "millimetres"),
          (0.001, "metres", "kilometres")),
    "ft": ((0.3048, "feet", "metres"),),
    "km": ((0.6213712, "kilometres", "miles"), (0.5399568, "kilometres", "nautical miles"),
           (1000, "kilometres", "metres")),
    "mi": ((1.609344, "miles", "kilometres"),),
    "m3": ((1000, "cubic metres", "litres"), (35.31467, "cubic metres", "cubic feet"),
           (264.172, "cubic metres", "US gallons")),
    "mg": ((1000, "milligrams", "micrograms"), (0.001, "milligrams", "grams")),
}  # fmt: skip
_PLAIN = (10.0, 100.0, 1000.0, 10_000.0, 1_000_000.0)


@dataclass(frozen=True)
class Slip:
    """What explains a value: `meant` is what it would then be, `sentence` says so."""

    is_unit: bool
    meant: float
    sentence: str


def unit_of(column: Column) -> str:
    """The unit that title or unit of a column name, by the keys of this file; empty where none is known."""
    return next((_UNITS[word] for word in sorted(column.words) if word in _UNITS), "")


def slip_of(column: Column, value: float, expected: float, width: float) -> Slip | None:
    """The factor that takes `expected` to `value`, if one does within `width` (in natural logarithms)."""
    if value <= 0 or expected <= 0:
        return None
    ratio = math.log(value / expected)
    tolerance = min(max(2.0 * width, 0.06), 0.3)
    if unit_of(column) == "c":
        fahrenheit = expected * 1.8 + 32
        if abs(math.log(value / fahrenheit)) < 0.05 and value - expected > 15:
            meant = (value - 32) / 1.8
            return Slip(True, meant, f"{figure(value)} °F would be {figure(round(meant, 1))} °C.")
    for factor, ours, theirs in sorted(
        _CONVERSIONS.get(unit_of(column), ()), key=lambda known: abs(ratio - math.log(known[0]))
    ):
        if abs(ratio - math.log(factor)) < tolerance:
            meant = value / factor
            return Slip(
                True,
                meant,
                f"{figure(round(meant, 2))} {ours} would be {figure(value)} {theirs}.",
            )
    for factor in _PLAIN:
        for power in (factor, 1 / factor):
            if abs(ratio - math.log(power)) < min(max(tolerance, 0.3), 1.0):
                meant = value / power
                moved = (
                    f"{figure(round(meant, 4))} times {figure(factor)}"
                    if power > 1
                    else (f"{figure(round(meant, 4))} divided by {figure(factor)}")
                )
                return Slip(
                    factor >= 100, meant, f"It would be {moved}: a slip of the point, or another unit."
                )
    return None
