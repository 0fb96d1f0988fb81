"""Positions as files of maps give them, in the notation that `ingest.values.positions` reads again."""

from collections.abc import Sequence

_DECIMALS = 7
_MOST_SHOWN = 20


def spot(latitude: object, longitude: object) -> str:
    """`36.985° N, 15.312° W` with the digits given (seven at most, a centimetre); "" for what is none."""
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return ""
    return (
        f"{_digits(latitude)}° {'S' if north < 0 else 'N'}, {_digits(longitude)}° {'W' if east < 0 else 'E'}"
    )


def line_of(spots: Sequence[str], *, is_whole: bool = False) -> str:
    """The points of a line or an outline; of many the first, and how many there are."""
    if is_whole:
        return "; ".join(spots)
    shown = "; ".join(spots[:_MOST_SHOWN])
    rest = len(spots) - _MOST_SHOWN
    return f"{shown}; and {rest:,} more points" if rest > 0 else shown


def _number(value: object) -> float | None:
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return number if -1000 < number < 1000 else None


def _digits(value: object) -> str:
    written = str(value).strip().lstrip("+-")
    whole, dot, decimals = written.partition(".")
    if not whole.isascii() or not whole.isdigit() or not (decimals.isdigit() or not dot):
        return f"{abs(float(written)):.{_DECIMALS}f}".rstrip("0").rstrip(".")
    if len(decimals) <= _DECIMALS:
        return f"{whole.lstrip('0') or '0'}{dot}{decimals}"
    return f"{abs(float(written)):.{_DECIMALS}f}"
