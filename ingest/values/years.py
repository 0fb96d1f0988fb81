"""Years of two digits, by one rule for every room, and years counted from another beginning."""

from datetime import date

# Years of two digits reach this far ahead of the day at which they are read, and 79 years back: the rule of
# the Unicode CLDR and ICU (a century that begins 80 years before).
AHEAD = 20


def full_year(year: int, near: date) -> int:
    """The year that two digits mean near a day: near 2026 73 is 1973 and 26 is 2026; others stay."""
    if not 0 <= year < 100:
        return year
    first = near.year + AHEAD - 99
    return first + (year - first) % 100


def from_minguo(year: int) -> int:
    """The year of a year of the Republic of China (民國), whose first was 1912."""
    return year + 1911


def from_buddhist(year: int) -> int:
    """The year of a year of the Thai calendar (พ.ศ.), 543 ahead since 1941."""
    return year - 543
