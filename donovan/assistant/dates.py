"""Dates as text writes them: in words, in figures, military date-time groups; whole or in part."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from donovan.assistant.months import MONTHS_OF
from donovan.assistant.readable import place_of_end, readable
from donovan.assistant.words import MONTHS

_GROUP = re.compile(
    r"\b(?P<day>[0-3]\d)(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)\s?(?P<zone>[A-Z])\s?"
    r"(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\s?(?P<year>\d{4}|\d{2})?\b",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\d-])(?P<year>[12]\d{3})-(?P<month>[01]?\d)-(?P<day>[0-3]?\d)(?![\d-])")
_YEAR_FIRST = re.compile(
    r"(?<![\d./])(?P<year>[12]\d{3})(?P<mark>[./])\s?(?P<month>[01]?\d)(?P=mark)\s?(?P<day>[0-3]?\d)(?!\d)(?![./]\d)"
)
_FIGURES = re.compile(
    r"(?<![\d./-])(?P<first>[0-3]?\d)(?P<mark>[./-])\s?(?P<second>[0-3]?\d)(?P=mark)\s?(?P<year>[12]\d{3}|\d{2})"
    r"(?!\d)(?![./-]\d)"
)
_CHINESE = re.compile(
    r"(?P<year>[12]\d{3})\s?[年년](?:\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日号號일])?)?"
)
_CHINESE_DAY = re.compile(r"(?<!\d)(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号號])?(?!份?\d)")
# Languages in which 5/7/2026 is the seventh of May for some and the fifth of July for others.
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_BOTH_ORDERS = frozenset({"", "en", "zh", "ja", "ko"})


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

    @property
    def years(self) -> frozenset[int]:
        """The years that it can mean; none where it gives none."""
        if 0 < self.year < 100:
            return frozenset({1900 + self.year, 2000 + self.year})
        return frozenset({self.year} - {0})

    def is_borne_out_by(self, other: "PartialDate") -> bool:
        """Whether `other` says at least as much, and the same. A year of two figures is of the last century
        or of this.
        """
        if self.year and not (self.years & other.years):
            return False
        return (
            (not self.month or self.month == other.month)
            and (not self.day or self.day == other.day)
            and (self.hour < 0 or (self.hour, self.minute) == (other.hour, other.minute))
        )


def dates(text: str, language: str = "") -> list[PartialDate]:
    """Every date of `text`, in order. A date that can be read in two ways is given twice, with the same
    place. `language` adds the names that it has for the months.
    """
    clear, places = readable(text)
    language = (language or "").lower().split("-")[0]
    taken: list[tuple[int, int]] = []
    found: list[PartialDate] = []
    for match, read in _matches(clear, language):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        valid = [date for date in read if _is_possible(date)] if not _names_nought(match) else []
        if valid:
            taken.append((match.start(), match.end()))
            found.extend(valid)
    found.sort(key=lambda date: date.start)
    if len(clear) == len(text):
        return found
    return [replace(date, start=places[date.start], end=place_of_end(places, date.end)) for date in found]


@lru_cache(maxsize=64)
def _months(language: str) -> Mapping[str, int]:
    return {**MONTHS, **MONTHS_OF.get(language, {})}


@lru_cache(maxsize=64)
def _in_words(language: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of dates in words: day first, month first, year first, month and year."""
    names = sorted(_months(language), key=len, reverse=True)
    month = rf"(?<!\w)(?P<month>{'|'.join(re.escape(name) for name in names)})(?!\w)[.،,]?"
    # Russian and Ukrainian say "of the year" after it.
    year = r"(?P<year>[12]\d{3}|'?\d{2}(?![\d:%]))(?:\s?(?:года|году|року|год|рік|г\.|р\.)(?!\w))?"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"(?<!\d)(?<!\d[.,/:])(?P<day>[0-3]?\d)(?:st|nd|rd|th|º|ª|er|\.)?(?:\s+of|\s+de|\s+do)?[\s-]*{month}"
            rf"(?:,?(?:\s+de|\s+del|\s+of)?[\s-]+{year})?",
            rf"(?<!\d )(?<!\d)(?P<year>[12]\d{{3}})\.?\s+{month}\s+(?P<day>[0-3]?\d)(?![\d:%])",
            rf"{month}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d%:])(?![.,]\d)(?:,?\s+(?P<year>[12]\d{{3}}))?",
            rf"{month},?(?:\s+de|\s+del|\s+of)?\s+(?P<year>[12]\d{{3}})(?!\d)(?![.,]\d)(?:\s?(?:года|году|року|г\.|р\.)(?!\w))?",
        )
    )


@lru_cache(maxsize=64)
def _bare_months(language: str) -> re.Pattern[str]:
    """A month alone: by its full name, in English with its capital; "March" and "May" only after a word of
    time.
    """
    own = [name for name in MONTHS_OF.get(language, {}) if len(name) >= 4]
    own += (
        [name for name in MONTHS if len(name) >= 4 and name not in _ENGLISH] if language in MONTHS_OF else []
    )
    names = "|".join(sorted(map(re.escape, own), key=len, reverse=True)) or "(?!)"
    english = "|".join(name.capitalize() for name in _ENGLISH if name not in ("march", "may"))
    timely = r"(?<=in |of |by )|(?<=last |next |late |this )|(?<=early |since |until )"
    return re.compile(rf"(?<!\w)(?P<month>(?i:{names})|{english}|(?:{timely})(?:March|May))(?!\w)(?![’'-]\w)")


def _matches(text: str, language: str) -> Iterator[tuple[re.Match[str], list[PartialDate]]]:
    months = _months(language)
    for match in _GROUP.finditer(text):
        yield match, [_built(match, months, hour=int(match["hour"]), minute=int(match["minute"]))]
    for pattern in (_ISO, _YEAR_FIRST, _CHINESE, _CHINESE_DAY, *_in_words(language)):
        for match in pattern.finditer(text):
            yield match, [_built(match, months)]
    for match in _bare_months(language).finditer(text):
        yield match, [_built(match, months)]
    for match in _FIGURES.finditer(text):
        first, second, year = int(match["first"]), int(match["second"]), _year(match["year"])
        read = [PartialDate(year, second, first, match.start(), match.end())]
        if match["mark"] != "." and first != second and language in _BOTH_ORDERS:
            read.append(PartialDate(year, first, second, match.start(), match.end()))
        yield match, read


def _built(
    match: re.Match[str], months: Mapping[str, int], *, hour: int = -1, minute: int = -1
) -> PartialDate:
    parts = match.groupdict()
    month = parts.get("month") or "0"
    number = int(month) if month.isdigit() else months[month.casefold()]
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
    bare = text.strip("'")
    # A year that is not given is 0, so 2000 is never written short.
    return 2000 if bare == "00" else int(bare or 0)


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
