"""The time that a question narrows to: "in October 1956", "early 1955", "since 3 September", "in July"."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from ingest.values.dates import PartialDate, dates
from ingest.values.locales import month_names, own_months

_LANGUAGES = ("en", "es", "fr", "de", "ru", "hr", "sr")
_YEAR = re.compile(r"(?<![\d.,/-])(1[89]\d\d|20\d\d)(?![\d/-]|[.,]\d)(s\b)?")
_PART = re.compile(r"\b(early|mid|late)(?:\s+in)?[\s-]+$", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:since|after|from|starting|desde|depuis|seit|с|после)\s+(?:the\s+)?$", re.IGNORECASE
)
_UNTIL = re.compile(
    r"\b(?:until|till|before|up to|by|to|through|hasta|jusqu'au|bis|до)\s+(?:the\s+)?$", re.IGNORECASE
)
_ONWARDS = re.compile(r"^\s*(?:on|onwards?|or later)\b(?!\s+\w)", re.IGNORECASE)
_JOIN = re.compile(
    r"^\s*(?:and|to|until|till|through|–|-|y|a|et|bis|und|до|по)\s*(?:the\s+)?$", re.IGNORECASE
)
_DAY_AND = re.compile(
    r"(?<![\d.])([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s*(?:and|to|until|–|-|y|et|und|и|до)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_AFTER_WORDS = re.compile(r"\bafter\s+(?:the\s+)?$|\bпосле\s+$", re.IGNORECASE)
_BEFORE_WORDS = re.compile(r"\bbefore\s+(?:the\s+)?$", re.IGNORECASE)
_LEADING = re.compile(
    r"(?:\b(?:in|on|during|dated?|of|from|for|over|within|the|month|year|between|since|after|"
    r"before|until|till|by|"
    r"early|mid|late|en|de|im|am|в|за|с)\b[\s-]*)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, either open; or, without a year, the months `months`."""

    words: str
    first: date | None = None
    last: date | None = None
    months: frozenset[int] = frozenset()

    def holds(self, day: date) -> bool:
        if self.months:
            return day.month in self.months
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class _Found:
    first: date | None
    last: date | None
    month: int
    start: int
    end: int


def period_of(text: str) -> tuple[Period | None, str]:
    """The time that `text` names, and the text with spaces in its place. None where it names none."""
    found = _all(text)
    if not found:
        return None, text
    start, end = found[0].start, found[-1].end
    period = _joined(text, found)
    lead = _LEADING.search(text[:start])
    begin = lead.start() if lead else start
    onwards = _ONWARDS.match(text[end:])
    stop = end + (onwards.end() if onwards else 0)
    if onwards:
        period = Period(period.words, period.first, None, period.months)
    rest = list(text)
    # Words between two dates belong to them only where nothing else stands there.
    pieces = [(begin, stop)] if _is_one_stretch(text, found) else [(each.start, each.end) for each in found]
    if len(pieces) > 1:
        pieces[0] = (begin, pieces[0][1])
    for left, right in pieces:
        rest[left:right] = " " * (right - left)
    return Period(" ".join(text[begin:stop].split()), period.first, period.last, period.months), "".join(rest)


def day_of(found: PartialDate) -> tuple[date, date] | None:
    """The first and last day that a date with at least a year can mean."""
    if found.year < 100:
        return None
    try:
        if found.day:
            day = date(found.year, found.month, found.day)
            return day, day
        if found.month:
            last = calendar.monthrange(found.year, found.month)[1]
            return date(found.year, found.month, 1), date(found.year, found.month, last)
        return date(found.year, 1, 1), date(found.year, 12, 31)
    except ValueError:
        return None


@cache
def _bare_month() -> re.Pattern[str]:
    names = {name for language in _LANGUAGES for name in own_months(language) if len(name) > 3}
    return re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b", re.IGNORECASE)


def _all(text: str) -> list[_Found]:
    found: list[_Found] = []
    for each in dates(text):
        between = day_of(each)
        if any(each.start < other.end and other.start < each.end for other in found):
            continue
        if between is not None:
            found.append(_Found(between[0], between[1], 0, each.start, each.end))
    for match in _YEAR.finditer(text):
        if not _taken(match, found):
            year = int(match[1])
            last = date(year + 9 if match[2] else year, 12, 31)
            found.append(_Found(date(year, 1, 1), last, 0, match.start(), match.end()))
    for match in _bare_month().finditer(text):
        # "may" in small letters is a verb.
        if not _taken(match, found) and match[0][0].isupper():
            found.append(_Found(None, None, month_names("")[match[0].casefold()], match.start(), match.end()))
    found += [day for each in found if (day := _day_before(text, each)) is not None]
    return sorted((_parted(text, each) for each in found), key=lambda each: each.start)


def _day_before(text: str, found: _Found) -> _Found | None:
    """The first day of "3 and 12 September 2026", which takes its month from the second."""
    match = _DAY_AND.search(text[: found.start])
    if match is None or found.first is None or found.first != found.last or int(match[1]) > found.first.day:
        return None
    day = found.first.replace(day=int(match[1]))
    return _Found(day, day, 0, match.start(1), match.end(1))


def _taken(match: re.Match[str], found: Sequence[_Found]) -> bool:
    return any(match.start() < other.end and other.start < match.end() for other in found)


def _parted(text: str, found: _Found) -> _Found:
    """ "early 1955" is its first four months; "late October 1956" the last ten days."""
    part = _PART.search(text[: found.start])
    if not part or found.first is None or found.last is None:
        return found
    which = part[1].casefold()
    length = (found.last - found.first).days + 1
    third = length / 3
    first, last = found.first, found.last
    if which == "early":
        last = first + timedelta(days=round(third) - 1)
    elif which == "late":
        first = last - timedelta(days=round(third) - 1)
    else:
        first, last = first + timedelta(days=round(third)), last - timedelta(days=round(third))
    if length > 300:
        # Thirds of a year are given in whole months, as people mean them.
        first = first.replace(day=1)
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        if which == "early":
            last = date(found.first.year, 4, 30)
    return _Found(first, last, found.month, part.start(), found.end)


def _joined(text: str, found: Sequence[_Found]) -> Period:
    one = found[0]
    if one.month and all(each.month for each in found):
        return Period("", months=_months(text, found))
    dated = [each for each in found if each.first is not None]
    first, last = dated[0].first, dated[-1].last
    if len(dated) == 1:
        before = text[: dated[0].start]
        if _AFTER_WORDS.search(before) and dated[0].last is not None:
            return Period("", dated[0].last + timedelta(days=1), None)
        if _BEFORE_WORDS.search(before) and dated[0].first is not None:
            return Period("", None, dated[0].first - timedelta(days=1))
        if _is_since(before):
            return Period("", dated[0].first, None)
        if _UNTIL.search(before):
            return Period("", None, dated[0].last)
    return Period("", first, last)


def _is_since(before: str) -> bool:
    """Whether the day before which `before` stands opens a stretch without an end; "from" alone may not."""
    match = _SINCE.search(before)
    return match is not None and not match[0].casefold().strip().startswith(("from", "с"))


def _months(text: str, found: Sequence[_Found]) -> frozenset[int]:
    if len(found) == 2 and _JOIN.match(text[found[0].end : found[1].start]):
        low, high = found[0].month, found[1].month
        if low <= high and "and" not in text[found[0].end : found[1].start]:
            return frozenset(range(low, high + 1))
    return frozenset(each.month for each in found)


def _is_one_stretch(text: str, found: Sequence[_Found]) -> bool:
    return all(
        not re.search(
            r"[^\W\d_]{4,}", re.sub(r"\b(?:until|till|through|between)\b", "", text[a.end : b.start])
        )
        for a, b in pairwise(found)
    )
