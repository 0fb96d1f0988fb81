"""Military date-time groups (Allied Communications Publication 121): 061430ZSEP26, spaced or not.

The letter says by how many hours the clock is ahead of UTC: Z by none, A to M (without J) by 1 to 12, N to Y
behind by as many. J is the clock of whoever wrote it, so it and a missing letter leave the zone unknown.
"""

import re

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_EAST, _WEST = "ABCDEFGHIKLM", "NOPQRSTUVWXY"
HOURS_AHEAD: dict[str, int] = {
    "Z": 0,
    **{letter: hours for hours, letter in enumerate(_EAST, 1)},
    **{letter: -hours for hours, letter in enumerate(_WEST, 1)},
}
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_CLOCK = r"(?P<day>[0-3]\d)\s?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)"
# Without a letter only where the year stands too: six figures and "MAR" are else too little.
GROUP = re.compile(
    rf"\b{_CLOCK}\s?(?:(?P<zone>[A-Z])\s?{_MONTH}[A-Z]*\s?(?P<year>\d{{4}}|\d{{2}})?"
    rf"|\s{_MONTH.replace('month', 'named')}\s?(?P<whole>\d{{4}}|\d{{2}}))\b",
    re.IGNORECASE,
)


def month_of(name: str) -> int:
    """The number of a month by its three letters."""
    return _MONTHS.index(name.upper()) + 1
