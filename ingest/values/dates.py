"""Dates as text writes them: in words, in figures, military date-time groups; whole or in part.

`dates` gives every reading of every date. What is not said is not made up: a part that stands nowhere is 0, a
year of two digits stays one until a day is named near which it is meant (`PartialDate.day_near`), and a date
with two readings is given twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from ingest.values import calendars
from ingest.values.locales import language_of, month_names, own_months
from ingest.values.number_words import han_number
from ingest.values.readable import place_of_end, readable
from ingest.values.time_groups import GROUP, HOURS_AHEAD, month_of
from ingest.values.years import from_buddhist, from_minguo, full_year

_ISO = re.compile(
    r"(?<![\d-])(?P<year>[12]\d{3})-(?P<month>[01]?\d)-(?P<day>[0-3]?\d)(?:(?![\d-])|(?=T\d\d:\d\d))"
)
_YEAR_FIRST = re.compile(
    r"(?<![\d./])(?P<year>[12]\d{3})(?P<mark>[./])\s?(?P<month>[01]?\d)(?P=mark)\s?(?P<day>[0-3]?\d)(?!\d)(?![./]\d)"
)
# After a long number and a stroke stands the day of a paper: "80101911/26.06.2025".
_FIGURES = re.compile(
    r"(?:(?<![\d./-])|(?<=\d{5}/))(?P<first>[0-3]?\d)(?P<mark>[./-])\s?(?P<second>[0-3]?\d)(?P=mark)\s?"
    r"(?P<year>[12]\d{3}|\d{2})(?!\d)(?![./-]\d)"
)
_COMPACT = re.compile(r"(?P<year>19\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,14}\.?,?\s+(?=\d|[^\W\d_]{3,14}\.?\s+\d)")
_CHINESE = re.compile(
    r"(?P<minguo>民[國国]\s?)?(?P<year>(?<=國)\d{1,3}|(?<=国)\d{1,3}|(?<=[國国]\s)\d{1,3}|[12]\d{3})\s?[年년]"
    r"(?:\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日号號일])?)?"
)
_HAN = re.compile(
    r"(?P<year>[〇零一二三四五六七八九]{4})年(?:(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})[日號号])?)?"
)
_CHINESE_DAY = re.compile(r"(?<!\d)(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号號])?(?!份?\d)")
_WORD = re.compile(r"[^\W\d_]+")
# Languages in which 5/7/2026 is the seventh of May for some and the fifth of July for others.
_BOTH_ORDERS = frozenset({"", "en", "zh", "ja", "ko"})
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_FORMS_IN_WORDS = ("day in words", "year in words", "month in words", "month of year")
# "Marta" and "Maja" are women in Serbian.
_NO_BARE_MONTHS = frozenset({"en", "sr", "hr", "bs"})


@dataclass(frozen=True)
class PartialDate:
    """What a text says of a date. Parts that it does not give are 0; `hour` is -1 without a time of day.

    `year` has two digits where the text has. `zone` is the letter of a date-time group. `form` is how it is
    written: "group", "iso", "year first" (2019.03.15), "day first" or "month first" (7/10/2014, each of its
    two readings), "dotted", "compact", "signs" (年月日), "hijri", "month" (alone), or with words "day in
    words", "year in words", "month in words" (March 15) and "month of year".
    """

    year: int
    month: int
    day: int
    start: int
    end: int
    hour: int = -1
    minute: int = -1
    zone: str = ""
    form: str = ""

    @property
    def years(self) -> frozenset[int]:
        """The years that it can mean; none where it gives none."""
        if 0 < self.year < 100:
            return frozenset({1900 + self.year, 2000 + self.year})
        return frozenset({self.year} - {0})

    def is_supported_by(self, other: "PartialDate") -> bool:
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

    def day_near(self, near: date) -> date | None:
        """The day, if year, month and day are given; a year of two digits is the one near `near`."""
        if not (self.year and self.month and self.day):
            return None
        try:
            return date(full_year(self.year, near), self.month, self.day)
        except ValueError:
            return None

    def instant_near(self, near: date) -> datetime | None:
        """The moment in UTC of a whole date-time group; None without a zone that is known."""
        day = self.day_near(near)
        if day is None or self.hour < 0 or self.zone not in HOURS_AHEAD:
            return None
        try:
            written = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=UTC)
            return written - timedelta(hours=HOURS_AHEAD[self.zone])
        except (OverflowError, ValueError):
            return None


def dates(text: str, language: str = "") -> list[PartialDate]:
    """Every date of `text`, in order. A date that can be read in two ways is given twice, with the same
    place. `language` adds the names that it has for the months.
    """
    clear, places = readable(text)
    language = language_of(language)
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


def groups(text: str) -> list[PartialDate]:
    """The military date-time groups of a text and nothing else of its dates."""
    return [group for match in GROUP.finditer(text) if _is_possible(group := _of_group(match))]


def date_alone(text: str, language: str = "") -> list[PartialDate]:
    """The readings of a text that is a date and nothing else, as a cell is: also "20260906", and with the
    name of a weekday before it. None where anything else stands there.
    """
    for bare in (text.strip(), _WEEKDAY.sub("", text.strip())):
        clear, _ = readable(bare)
        compact = _COMPACT.fullmatch(clear)
        found = [_built(compact, {}, "compact")] if compact else dates(bare, language)
        if found and all(each.start == 0 and each.end >= len(bare.rstrip(".")) for each in found):
            return found
    return []


def sole_days(text: str, near: date, language: str = "") -> Iterator[date]:
    """The days of `text` that are written in full and can be read in one way only, in order."""
    found = dates(text, language)
    for each in found:
        days = {other.day_near(near) for other in found if other.start == each.start}
        if len(days) == 1 and (day := days.pop()) is not None:
            yield day


@cache
def _in_words(name: str, number: int) -> tuple[re.Pattern[str], ...]:
    """The patterns of dates with one name of a month: day first, year first, month first, month and year."""
    written = re.escape(name).replace(r"\ ", r"\s")
    # In Arabic papers of the United Nations a month has both its names: آذار/مارس.
    others = "|".join(re.escape(other) for other, same in month_names("").items() if same == number)
    month = rf"(?<!\w)(?P<month>{written})(?:\s?/\s?(?:{others}))?(?!\w)[.،,]?"
    # Russian and Ukrainian say "of the year" after it.
    after = r"(?:\s?(?:года|году|року|год|рік|г\.|р\.)(?!\w))?"
    # Two figures after a whole name may be a count: "on 17 September, 18 miles north".
    short = (
        r"'\d{2}(?!\d)|(?<=-)\d{2}(?![\d:%])|(?<!,\s)(?:(?<=[.\s]\w{3}\s)|(?<=\d\w{3}\s)|(?<=\w{3}\.\s)|(?<=\w{4}\.\s))"
        r"\d{2}(?![\d:%])(?![.,]\d)|(?<!,\s)\d{2}(?=\s*(?:$|[)\];\n]|[.,](?!\d)))"
    )
    year = rf"(?P<year>[12]\d{{3}}|{short}){after}"
    of = r"(?:\s+(?:of|de|do|del))?"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"(?<!\d)(?<!\d[.,/:])(?P<day>[0-3]?\d)(?:st|nd|rd|th|º|ª|er|\.)?(?:\s+day)?{of}[\s-]*{month}"
            rf"(?:,?{of}[\s-]+(?:พ\.?ศ\.?\s?)?{year})?",
            rf"(?<!\d )(?<!\d)(?P<year>[12]\d{{3}})\.?\s+{month}\s+(?P<day>[0-3]?\d)(?![\d:%])\.?",
            rf"{month}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d%:])(?![.,]\d)(?:,?\s+(?P<year>[12]\d{{3}}))?",
            rf"{month},?{of}\s+(?P<year>[12]\d{{3}})(?!\d)(?![.,]\d){after}",
        )
    )


@cache
def _beginnings(language: str) -> Mapping[str, tuple[str, ...]]:
    """First word -> the names of months that begin with it: only names that a text has are looked for."""
    found: dict[str, tuple[str, ...]] = {}
    for name in month_names(language):
        match = _WORD.search(name)
        if match is not None:
            found[match[0]] = (*found.get(match[0], ()), name)
    return found


@cache
def _bare_months(language: str) -> re.Pattern[str]:
    """A month alone: by its full name, in English with its capital; "March" and "May" only after a word of
    time.
    """
    own = [name for name in own_months(language) if len(name) >= 4 and language not in _NO_BARE_MONTHS]
    names = "|".join(sorted(map(re.escape, own), key=len, reverse=True)) or "(?!)"
    english = "|".join(name.capitalize() for name in _ENGLISH if name not in ("march", "may"))
    timely = r"(?<=in |of |by )|(?<=last |next |late |this )|(?<=early |since |until )"
    return re.compile(rf"(?<!\w)(?P<month>(?i:{names})|{english}|(?:{timely})(?:March|May))(?!\w)(?![’'-]\w)")


def _matches(text: str, language: str) -> Iterator[tuple[re.Match[str], Sequence[PartialDate]]]:
    months = month_names(language)
    for match in GROUP.finditer(text):
        yield match, [_of_group(match)]
    for pattern, form in ((_ISO, "iso"), (_YEAR_FIRST, "year first"), (_CHINESE, "signs")):
        for match in pattern.finditer(text):
            yield match, [_built(match, months, form)]
    for match in _HAN.finditer(text):
        year, month, day = (han_number(part) if part else 0 for part in match.groups())
        yield match, [PartialDate(year, month, day, *match.span(), form="signs")]
    for match, reading in calendars.matches(text):
        yield match, [PartialDate(*reading, match.start(), match.end(), form="hijri")]
    patterns = [(_CHINESE_DAY, "signs")]
    folded = text.casefold().replace("\xa0", " ")
    begun = _beginnings(language)
    named = {name for word in {*_WORD.findall(folded)} & begun.keys() for name in begun[word]}
    # A longer name before its own beginning, and always in one order.
    kept = sorted((name for name in named if name in folded), key=lambda name: (-len(name), name))
    if kept:
        each = [_in_words(name, months[name]) for name in kept]
        for form, kind in zip(_FORMS_IN_WORDS, zip(*each, strict=True), strict=True):
            patterns += [(pattern, form) for pattern in kind]
        patterns.append((_bare_months(language), "month"))
    for pattern, form in patterns:
        for match in pattern.finditer(text):
            yield match, [_built(match, months, form)]
    for match in _FIGURES.finditer(text):
        yield match, _orders(match, language)


def _orders(match: re.Match[str], language: str) -> list[PartialDate]:
    """Both orders of day and month where both can be meant."""
    first, second, year = int(match["first"]), int(match["second"]), _year(match["year"])
    form = "dotted" if match["mark"] == "." else "day first"
    day_first = PartialDate(year, second, first, *match.span(), form=form)
    if match["mark"] == "." or first == second:
        return [day_first]
    month_first = PartialDate(year, first, second, *match.span(), form="month first")
    if language in _BOTH_ORDERS or not _is_possible(day_first):
        return [day_first, month_first]
    return [day_first]


def _of_group(match: re.Match[str]) -> PartialDate:
    year = match["year"] or match["whole"] or ""
    month = month_of(match["month"] or match["named"])
    hour, minute = int(match["hour"]), int(match["minute"])
    zone = (match["zone"] or "").upper()
    return PartialDate(_year(year), month, int(match["day"]), *match.span(), hour, minute, zone, "group")


def _built(match: re.Match[str], months: Mapping[str, int], form: str) -> PartialDate:
    parts = match.groupdict()
    month = parts.get("month") or "0"
    number = int(month) if month.isdigit() else months[month.replace("\xa0", " ").casefold()]
    year = _year(parts.get("year") or "")
    if parts.get("minguo"):
        year = from_minguo(year)
    elif year > 2300:
        year = from_buddhist(year)
    return PartialDate(year, number, int(parts.get("day") or 0), *match.span(), form=form)


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
