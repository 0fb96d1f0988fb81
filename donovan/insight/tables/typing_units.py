"""Numbers of one column in several units of one kind, brought to one of them exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ingest.values.units import UNITS

MOST_UNITS = 8
_MOST_PLACES = 9
_LARGEST = 10**9
# Currencies change, degrees have no common zero, levels are logarithms, and months are not all as long.
_NEVER = frozenset({"money", "temperature", "level", "angle", "count"})
_NOT_EXACT = frozenset({"month", "year", "decade", "century"})


def factor_between(unit: str, target: str) -> Decimal | None:
    """How many of `target` are one `unit`, both keys of the table of units; None where that is not exact."""
    if unit == target and unit in UNITS:
        return Decimal(1)
    if unit not in UNITS or target not in UNITS or {unit, target} & _NOT_EXACT:
        return None
    one, other = UNITS[unit], UNITS[target]
    if one.dimension != other.dimension or one.dimension in _NEVER:
        return None
    factor = (one.size / other.size).normalize()
    exponent = factor.as_tuple().exponent
    is_short = isinstance(exponent, int) and -exponent <= _MOST_PLACES and factor < _LARGEST
    return factor if is_short and factor * other.size == one.size else None


@dataclass(frozen=True)
class ConvertedSql:
    """Makes the SQL that turns a text with one of the units into a number of the one that was chosen.

    `parts` are what reads the number before a unit, and what it is multiplied by.
    """

    parts: tuple[tuple[Callable[[str], str], Decimal], ...]

    def __call__(self, text: str) -> str:
        made = []
        for number_of, factor in self.parts:
            number = number_of(text)
            if factor == 1:
                made.append(number)
                continue
            times = f"TRY_CAST({number} AS DECIMAL(19, 6)) * CAST('{factor:f}' AS DECIMAL(19, 9))"
            made.append(f"CAST({times} AS VARCHAR)")
        return f"coalesce({', '.join(made)})"
