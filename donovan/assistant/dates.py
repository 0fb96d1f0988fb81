"""Dates as text writes them: in words, in figures, military date-time groups; whole or in part."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from donovan.assistant.words import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_GROUP = re.compile(
    r"\b(?P<day>[0-3]\d)(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)\s?(?P<zone>[A-Z])\s?"
    r"(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\s?(?P<year>\d{4}|\d{2})?\b",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th|º|ª|er|\.)?(?:\s+of|\s+de|\s+do)?[\s-]+(?P<month>{_MONTH})\b\.?"
    rf"(?:,?(?:\s+de|\s+del|\s+of)?[\s-]+(?P<year>[12]\d{{3}}|'?\d{{2}}(?!\d|:)))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>[12]\d{{3}}))?",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?,?(?:\s+de|\s+del|\s+of)?\s+(?P<year>[12]\d{{3}})\b", re.IGNORECASE
)
_ISO = re.compile(r"\b(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_FIGURES = re.compile(
    r"\b(?P<first>[0-3]?\d)(?P<mark>[./])(?P<second>[0-3]?\d)(?P=mark)(?P<year>[12]\d{3}|\d{2})\b"
)
_CHINESE = re.compile(
    r"(?P<year>[12]\d{3})\s?年(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号])?)?"
)


@dataclass(frozen=True)
class PartialDate:
    """What a text says of a date. Parts that it does not give are 0; `hour` is -1 without a time of day."""

    year: int
    month: int
    day: int
    start: int
    end: int
    hour: int = -1
    minute: int = -1

    def is_borne_out_by(self, other: "PartialDate") -> bool:
        """Whether `other` says at least as much, and the same. A year of two figures matches its century."""
        is_short = self.year < 100 or other.year < 100
        if (
            self.year
            and other.year
            and (self.year % 100 != other.year % 100 if is_short else self.year != other.year)
        ):
            return False
        if self.year and not other.year:
            return False
        return (
            (not self.month or self.month == other.month)
            and (not self.day or self.day == other.day)
            and (self.hour < 0 or (self.hour, self.minute) == (other.hour, other.minute))
        )


def dates(text: str) -> list[PartialDate]:
    """Every date of `text`, in order. A date that can be read in two ways is given twice, with the same
    place.
    """
    taken: list[tuple[int, int]] = []
    found: list[PartialDate] = []
    for match, readings in _matches(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        valid = [date for date in readings if _is_possible(date)] if not _names_nought(match) else []
        if valid:
            taken.append((match.start(), match.end()))
            found.extend(valid)
    return sorted(found, key=lambda date: date.start)


def _matches(text: str) -> Iterator[tuple[re.Match[str], list[PartialDate]]]:
    for match in _GROUP.finditer(text):
        yield match, [_built(match, hour=int(match["hour"]), minute=int(match["minute"]))]
    for pattern in (_ISO, _CHINESE, _DAY_FIRST, _MONTH_FIRST, _MONTH_YEAR):
        for match in pattern.finditer(text):
            yield match, [_built(match)]
    for match in _FIGURES.finditer(text):
        first, second, year = int(match["first"]), int(match["second"]), _year(match["year"])
        readings = [PartialDate(year, second, first, match.start(), match.end())]
        if match["mark"] == "/" and first != second:
            readings.append(PartialDate(year, first, second, match.start(), match.end()))
        yield match, readings


def _built(match: re.Match[str], *, hour: int = -1, minute: int = -1) -> PartialDate:
    parts = match.groupdict()
    month = parts.get("month") or "0"
    number = int(month) if month.isdigit() else MONTHS[month.casefold()]
    return PartialDate(
        _year(parts.get("year") or ""),
        number,
        int(parts.get("day") or 0),
        match.start(),
        match.end(),
        hour,
        minute,
    )


def _year(text: str) -> int:
    return int(text.strip("'") or 0)


def _names_nought(match: re.Match[str]) -> bool:
    """Whether a day or a month is written as 0: no date, and not one that leaves the day open."""
    parts = ("day", "month", "first", "second")
    return any(
        value.isdigit() and not int(value)
        for name, value in match.groupdict().items()
        if name in parts and value
    )


def _is_possible(date: PartialDate) -> bool:
    return 0 <= date.month <= 12 and 0 <= date.day <= 31 and date.hour < 24
