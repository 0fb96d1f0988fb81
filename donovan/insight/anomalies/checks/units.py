"""By which other unit of measurement, of those that are taken for one another, a value is off."""

import math
from dataclasses import dataclass

from donovan.insight.anomalies.checks.phrases import figure
from donovan.insight.anomalies.checks.sheets import Column
from ingest.values.units import UNITS, spellings

# What a title without a unit is taken to measure in.
_MEANT = {
    "weight": "kg", "tonnage": "t", "height": "m", "depth": "m", "length": "m", "distance": "km", "cbm": "m3",
    "mgl": "mg", "celsius": "°C", "degc": "°C", "temp": "°C", "temperature": "°C", "lt": "l", "ltr": "l",
}  # fmt: skip
# Unit of the column: those that are written in its place.
_CONFUSED = {
    "l": ("gal", "gal-imp", "m3", "ml"), "gal": ("l",), "kg": ("lb", "g", "t"), "lb": ("kg",),
    "t": ("kg", "lb", "g"),
    "m": ("ft", "cm", "mm", "km"), "ft": ("m",), "km": ("mi", "nmi", "m"), "mi": ("km",),
    "m3": ("l", "ft3", "gal"), "mg": ("µg", "g"),
}  # fmt: skip
_NAMES = {
    "l": "litres", "gal": "US gallons", "gal-imp": "imperial gallons", "m3": "cubic metres",
    "ml": "millilitres",
    "kg": "kilograms", "lb": "pounds", "g": "grams", "t": "tonnes", "m": "metres", "ft": "feet",
    "cm": "centimetres", "mm": "millimetres", "km": "kilometres", "mi": "miles", "nmi": "nautical miles",
    "ft3": "cubic feet", "mg": "milligrams", "µg": "micrograms",
}  # fmt: skip
_PLAIN = (10.0, 100.0, 1000.0, 10_000.0, 1_000_000.0)


@dataclass(frozen=True)
class Slip:
    """What explains a value: `meant` is what it would then be, `sentence` says so."""

    is_unit: bool
    meant: float
    sentence: str


def unit_of(column: Column) -> str:
    """The unit that title or unit of a column name, by its key in `values.units`; "" where none is known."""
    keys = (_MEANT.get(word) or spellings("").get(word, "") for word in sorted(column.words))
    return next((key for key in keys if key in _CONFUSED or key == "°C"), "")


def slip_of(column: Column, value: float, expected: float, width: float) -> Slip | None:
    """The factor that takes `expected` to `value`, if one does within `width` (in natural logarithms)."""
    if value <= 0 or expected <= 0:
        return None
    ratio = math.log(value / expected)
    tolerance = min(max(2.0 * width, 0.06), 0.3)
    if unit_of(column) == "°C":
        fahrenheit = expected * 1.8 + 32
        if abs(math.log(value / fahrenheit)) < 0.05 and value - expected > 15:
            meant = (value - 32) / 1.8
            return Slip(True, meant, f"{figure(value)} °F would be {figure(round(meant, 1))} °C.")
    ours = unit_of(column)
    factors = {theirs: float(UNITS[ours].size / UNITS[theirs].size) for theirs in _CONFUSED.get(ours, ())}
    for theirs, factor in sorted(factors.items(), key=lambda known: abs(ratio - math.log(known[1]))):
        if abs(ratio - math.log(factor)) < tolerance:
            meant = value / factor
            said = f"{figure(round(meant, 2))} {_NAMES[ours]} would be {figure(value)} {_NAMES[theirs]}."
            return Slip(True, meant, said)
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
