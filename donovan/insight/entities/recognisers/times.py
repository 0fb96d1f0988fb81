"""Dates and times: in words and figures, military date-time groups, spans of days, and relative ones.

Dates in figures are those of `values.dates`; here stand the expressions of prose around the names of months.

A date without a year, and words such as “yesterday”, are kept as they are read; `anchored` resolves them
against the date of the document. Days and months follow the order that the text's own writing makes certain:
03/04/2021 is neither day first nor month first, so it stays without a value.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found
from ingest.values.dates import PartialDate, dates
from ingest.values.locales import month_names, own_months
from ingest.values.years import full_year

NAME = "dates"
_ALWAYS_MONTH = frozenset({"may", "march", "mar", "sept", "dec", "set", "out", "mai", "abril", "ago"})
# Stands in a pattern for the names of months in the language of the text.
_MONTH = "@month@"
# Languages whose months are known in every text; those of its own language are known besides.
_LANGUAGES = ("es", "fr", "de", "ru", "hr", "sr")
_LEAST_LETTERS = 4
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TH = r"(?:(?:st|nd|rd|th|er)\b|º|ª)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
# Two figures are a year where nothing else can be meant: '73, 6-Sep-73, 14 SEP 26; "6 September 73" may end
# with a count, and "on 17 September, 18 miles north" does.
_SHORT_YEAR = r"(?:'\d\d|(?<=-)\d\d|(?-i:(?<=[A-Z]{3}\s)\d\d))(?![\d:])"
_OF = r"(?:\s+(?:of|de|del|do))?"
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье"
    r"|понедељак|уторак|среда|четвртак|петак|субота|недеља)\b\.?"
)
_CLOCK = (
    r"(?:[01]?\d|2[0-3])(?::[0-5]\d){1,2}(?:\s?[ap]\.?m\b\.?)?|(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?"
    r"|[0-2]\d[0-5]\d\s?(?:hrs?|hours|[A-Z](?=\b))\b"
)
_ZONE = r"(?:\s?(?:UTC|GMT|Z|EST|EDT|CET|local(?:\s+time)?)\b)?"
_DASH = r"\s?(?:-|–|—|/|to|and|until|al?|по|до)\s?"
_NUMBER = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|couple\sof)"
)
_UNIT = r"(?:second|minute|hour|day|night|week|weekend|month|quarter|year|decade|century|centurie)s?\b"
_PART = r"(?:(?:early|mid|late|later)(?:\s(?:in|on))?[\s-]+)"
_SEASON = r"(?:spring|summer|autumn|winter|fall)"

_Said = tuple[date | None, date | None, dict[str, str]]
_Read = Callable[["re.Match[str]", Mapping[str, int]], _Said]


def _year(text: str) -> int:
    return full_year(int(text.lstrip("'")), date.today())


def _month(text: str, months: Mapping[str, int]) -> int:
    return months[text.lower().rstrip(".")]


@cache
def _names(language: str) -> Mapping[str, int]:
    """The names of months in texts of a language: its own, the English ones, and full ones of some others."""
    others = (pair for other in _LANGUAGES for pair in own_months(other).items())
    full = {name: number for name, number in others if name in month_names("")}
    return {**full, **own_months("en"), **own_months(language)}


def _span(first: date | None, last: date | None = None) -> tuple[date | None, date | None, dict[str, str]]:
    return first, last or first, {}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _said(match: "re.Match[str]", months: Mapping[str, int]) -> _Said:
    """A date by the groups day, month, year, and till_* for the end of a span."""
    parts = match.groupdict()
    year, month = parts.get("year"), parts.get("month")
    time = {"time": _time_of(match)} if parts.get("clock") else {}
    number = _month(month, months) if month else 0
    if not number:
        return (
            (*_span(date(_year(year), 1, 1), date(_year(year), 12, 31))[:2], time)
            if year
            else (None, None, time)
        )
    day = int(parts["day"]) if parts.get("day") else 0
    last_month = _month(parts["till_month"], months) if parts.get("till_month") else number
    last_day = int(parts["till_day"]) if parts.get("till_day") else day
    if not year:
        return None, None, {**time, "partial": f"{number:02d}-{day:02d}/{last_month:02d}-{last_day:02d}"}
    return (*_between(_year(year), number, day, last_month, last_day), time)


def _between(
    year: int, month: int, day: int, last_month: int, last_day: int
) -> tuple[date | None, date | None]:
    if not day:
        return _whole_month(year, month)[0], _whole_month(year, last_month)[1]
    first = _day(year if month <= last_month else year - 1, month, day)
    last = _day(year, last_month, last_day)
    return (first, last) if first and last and first <= last else (first, first)


def _time_of(match: "re.Match[str]") -> str:
    parts = match.groupdict()
    text = (parts.get("clock") or "").lower().replace(".", "")
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 4:
        return f"{digits[0][:2]}:{digits[0][2:]}"
    hour = int(digits[0]) % 12 + (12 if "pm" in text else 0) if text.endswith("m") else int(digits[0])
    return f"{hour:02d}:{int(digits[1]) if len(digits) > 1 else 0:02d}"


def _years(match: "re.Match[str]", _: Mapping[str, int]) -> _Said:
    first = int(match["year"])
    last = int(match["till"] if len(match["till"]) == 4 else match["year"][:2] + match["till"])
    return _span(date(first, 1, 1), date(last, 12, 31)) if first <= last else (None, None, {})


def _relative(match: "re.Match[str]", _: Mapping[str, int]) -> _Said:
    words = " ".join(match.group().lower().split())
    return None, None, {"relative": _RELATIVE.get(words, "")} if words in _RELATIVE else {}


_RELATIVE = {
    "today": "day 0", "tonight": "day 0", "this morning": "day 0", "this afternoon": "day 0",
    "this evening": "day 0", "yesterday": "day -1", "tomorrow": "day 1", "last night": "day -1",
    "yesterday morning": "day -1", "yesterday evening": "day -1", "yesterday afternoon": "day -1",
    "this week": "week 0", "last week": "week -1", "next week": "week 1",
    "this month": "month 0", "last month": "month -1", "next month": "month 1",
    "this year": "year 0", "last year": "year -1", "next year": "year 1",
    "hoy": "day 0", "ayer": "day -1", "mañana": "", "сегодня": "day 0", "вчера": "day -1",
    "завтра": "day 1", "данас": "day 0", "јуче": "day -1", "сутра": "day 1", "danas": "day 0",
    "juče": "day -1", "اليوم": "day 0", "أمس": "day -1", "غدا": "day 1",
}  # fmt: skip


def _plain(match: "re.Match[str]", _: Mapping[str, int]) -> _Said:
    """Something of time without a place in the calendar."""
    return None, None, {"time": _time_of(match)} if match.groupdict().get("clock") else {}


_Rule = tuple[str, _Read, float]


def _rule(pattern: str, read: _Read, confidence: float) -> _Rule:
    return pattern, read, confidence


_LED = rf"(?:{_WEEKDAY},?\s+)?{_PART}?"
_ENDING = rf"(?:,?\s+(?:at\s+)?(?P<clock>{_CLOCK}){_ZONE})?"
_BARE_YEAR = _rule(
    rf"\b(?:the\s+)?(?:{_PART}|beginning\sof\s|start\sof\s"
    rf"|end\sof\s)?(?:{_SEASON}\s(?:of\s)?)?(?P<year>{_YEAR})(?:s\b|\b)(?![-/.,]?\d|\s?(?:m|km|kg|miles"
    rf"|people|troops|soldiers|square)\b|%)",
    _said,
    0.7,
)
_RULES = (
    _rule(
        rf"\b{_LED}(?P<month>{_MONTH})\s?(?P<day>{_DAY}){_TH}(?:{_DASH}(?:(?P<till_month>{_MONTH})\s+)?(?P<till_day>{_DAY}){_TH}(?![\d:]))?(?:,?\s+(?P<year>{_YEAR}))?(?!\d){_ENDING}",
        _said,
        0.9,
    ),
    _rule(
        rf"\b{_LED}(?:the\s)?(?P<day>{_DAY}){_TH}{_OF}(?:\s?(?:-|–|—|/)\s?|\s+(?:to|and|al?)\s+)(?P<till_day>{_DAY}){_TH}{_OF}[\s-]+(?P<month>{_MONTH})(?:,?{_OF}[\s-]+(?P<year>{_YEAR}))?(?!\d)",
        _said,
        0.93,
    ),
    _rule(
        rf"\b{_LED}(?P<day>{_DAY}){_TH}{_OF}(?:\s+"
        rf"|-)?(?P<month>{_MONTH})(?:,?{_OF}[\s-]+(?P<year>{_YEAR}|{_SHORT_YEAR}))?{_ENDING}",
        _said,
        0.91,
    ),
    _rule(rf"\b{_PART}?(?P<month>{_MONTH}),?{_OF}\s+(?P<year>{_YEAR})\b", _said, 0.88),
    _rule(rf"\b(?P<year>{_YEAR})\s?(?:-|–|—|/)\s?(?P<till>{_YEAR}|\d\d)\b(?![-/]\d)", _years, 0.85),
    _BARE_YEAR,
    _rule(r"\b(?:" + "|".join(map(re.escape, sorted(_RELATIVE, key=len, reverse=True))) + r")\b", _relative, 0.8),  # noqa: E501
    _rule(
        rf"\b(?:(?:over|during|in|within|for)\s)?(?P<core>(?:the\s+|this\s+|these\s+)?(?:past|last|next"
        rf"|previous|following|coming|recent|first|final|same)\s(?:{_NUMBER}(?:-plus"
        rf"|\sor\sso)?\s)?(?:(?:{_UNIT})|{_SEASON}\b|{_MONTH}|{_WEEKDAY}))",
        _plain,
        0.75,
    ),
    _rule(rf"\b(?P<core>{_NUMBER}(?:\s|-)(?:more\s)?{_UNIT}\s(?:ago|later|earlier|before)\b)", _plain, 0.75),
    _rule(r"\b(?P<core>(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3})\s(?:more\s)?(?:minute|hour|day|week|month|year|decade)s?)\b(?!\s?-?old)", _plain, 0.6),  # noqa: E501
    _rule(rf"\b(?P<core>(?:early|late|mid)[\s-](?:next|last|this)\s{_UNIT})", _plain, 0.8),
    _rule(
        rf"\b(?P<core>(?:(?:early|late)\s)?(?:this|last|next)\s(?:{_SEASON}|{_MONTH}|{_WEEKDAY}|weekend))", _plain, 0.8  # noqa: E501
    ),
    _rule(
        r"\b(?P<core>(?:(?:the|this|last|next)\s+)?(?:Thanksgiving|Christmas|New Year['’]s"
        r"|Independence|Memorial|Veterans|Eid(?:\s[au]l-\w+)?|Ramadan|Ashura|Easter|Passover"
        r"|Nowruz)(?:\s(?:Day|Eve))?)\b",
        _plain,
        0.75,
    ),
    _rule(
        r"\b(?P<core>(?:(?:the\s)?(?:early|late)\s(?:hours|morning|afternoon|evening)(?:\s(?:of"
        r"|on)\s)?)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:\s(?:morning|afternoon|evening"
        r"|night))?)\b",
        _plain,
        0.75,
    ),
    _rule(rf"\b(?P<core>(?P<clock>{_CLOCK}){_ZONE}(?!\w))", _plain, 0.72),
    _rule(r"\b(?P<month>(?:January|February|April|June|July|August|September|October|November|December))\b", _said, 0.7),  # noqa: E501
)  # fmt: skip
_CAPITAL = re.compile(r"[^\W\d_]")
# The forms of `values.dates` that hold no name of a month, and how sure each is.
_IN_FIGURES = {
    "group": 0.98, "iso": 0.98, "year first": 0.95, "signs": 0.95, "hijri": 0.95, "dotted": 0.9,
    "day first": 0.9, "month first": 0.9,
}  # fmt: skip
_ISO_TIME = re.compile(
    r"[T ](?P<clock>(?:[01]\d|2[0-3]):[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)"
)


@cache
def _rules(language: str) -> tuple[tuple["re.Pattern[str]", _Read, float], ...]:
    """The rules with the names of months that texts of a language have."""
    names = sorted(_names(language), key=len, reverse=True)
    # A point belongs to a shortened month, not to one written out.
    long = "|".join(re.escape(name) for name in names if len(name) > _LEAST_LETTERS)
    short = "|".join(re.escape(name) for name in names if len(name) <= _LEAST_LETTERS)
    month = rf"(?:(?:{long})\b|(?:{short})\b(?:\.(?!\s*$|\s+[A-Z][a-z]))?)"
    return tuple(
        (re.compile(pattern.replace(_MONTH, month), re.IGNORECASE), read, confidence)
        for pattern, read, confidence in _RULES
    )


class DateRecogniser:
    """Dates, times of day, periods and words of relative time."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(
            [*_in_figures(text, language), *_found(text, language)], key=lambda m: (m.start, -m.end)
        )


def _in_figures(text: str, language: str) -> Iterator[Found]:
    """Dates without a name of a month: a day with two readings has no value."""
    readings: dict[tuple[int, int], list[PartialDate]] = {}
    for each in dates(text, language):
        if each.form in _IN_FIGURES:
            readings.setdefault((each.start, each.end), []).append(each)
    for (start, last), found in readings.items():
        one, end = found[0], last
        time = f"{one.hour:02d}:{one.minute:02d}" if one.hour >= 0 else ""
        clock = _ISO_TIME.match(text, last) if one.form == "iso" else None
        if clock is not None:
            time, end = clock["clock"], clock.end()
        value = {"time": time} if time else {}
        since, until, partial = _stretch(one) if len(found) == 1 else (None, None, {})
        yield _made(text, start, end, (since, until, {**value, **partial}), _IN_FIGURES[one.form])


def _stretch(one: PartialDate) -> _Said:
    """The first and last day that a date can mean."""
    if not one.year:
        return None, None, {"partial": f"{one.month:02d}-{one.day:02d}/{one.month:02d}-{one.day:02d}"}
    if one.day:
        return _span(one.day_near(date.today()))
    year = full_year(one.year, date.today())
    return (*(_whole_month(year, one.month) if one.month else (date(year, 1, 1), date(year, 12, 31))), {})


def _found(text: str, language: str) -> Iterator[Found]:
    months = _names(language)
    for (pattern, read, confidence), (written, _, _) in zip(_rules(language), _RULES, strict=True):
        for match in pattern.finditer(text):
            start, end = match.span("core") if "core" in pattern.groupindex else match.span()
            if not _is_sensible(match) or (written == _BARE_YEAR[0] and not _is_year(text, match)):
                continue
            yield _made(text, start, end, read(match, months), confidence)


def _made(text: str, start: int, end: int, said: _Said, confidence: float) -> Found:
    since, until, value = said
    words = text[start:end]
    return Found(
        start=start,
        end=end,
        kind=Kind.DATE,
        text=words,
        normal=normal_date(since, until, value, words),
        value=value,
        since=since,
        until=until,
        confidence=min(confidence + min(end - start, 40) / 1000, 1.0),
        recogniser=NAME,
    )


def _is_sensible(match: "re.Match[str]") -> bool:
    """“may 5” is none, “May 5” is; so with every month that is a word of its own."""
    month = match.groupdict().get("month")
    if not month or month.isdigit():
        return True
    letter = _CAPITAL.search(month)
    return letter is None or letter.group().isupper() or month.lower().rstrip(".") not in _ALWAYS_MONTH


def _is_year(text: str, match: "re.Match[str]") -> bool:
    """Four figures alone: no year in a field or cell that is not said to hold one, and before 1900 only where
    the words before call for one (“at 1540” is a time of day).
    """
    before = text[max(0, match.start() - 60) : match.start()]
    field = _FIELD.search(before)
    if field is not None:
        return _OF_TIME.search(field.group()) is not None
    return int(match["year"]) >= 1900 or _CALLS_FOR_YEAR.search(before) is not None


_FIELD = re.compile(r"(?:(?:^|[|\n;\t])[^|\n;\t:]{0,50}:|[|\t])\s*$")
_OF_TIME = re.compile(
    r"year|date|since|until|born|founded|jahr|datum|año|fecha|année|god|год|дата|سنة|تاريخ", re.IGNORECASE
)
_CALLS_FOR_YEAR = re.compile(
    r"\b(?:in|since|of|from|until|till|by|around|circa|year|before|after|to|and|en|desde|hasta|в|до|с"
    r"|od|do|u)\s+$",
    re.IGNORECASE,
)


def normal_date(since: date | None, until: date | None, value: dict[str, str], words: str) -> str:
    """ISO 8601: a day, a month, a year, or first/last day; the words where the calendar does not say."""
    time = f"T{value['time']}" if value.get("time") else ""
    if since is None or until is None:
        return (value.get("partial", "") + time) or " ".join(words.lower().split())[:60]
    if since == until:
        return since.isoformat() + time
    if (since.month, since.day, until.month, until.day) == (1, 1, 12, 31) and since.year == until.year:
        return str(since.year)
    if since.day == 1 and _whole_month(since.year, since.month)[1] == until:
        return f"{since.year}-{since.month:02d}"
    return f"{since.isoformat()}/{until.isoformat()}"


def anchored(mention: Found, anchor: date | None) -> Found:
    """The date with its place in the calendar, where the date of its document makes it certain enough.

    A day and month without a year take the year that lies nearest to the document, within half a year.
    """
    if mention.kind != Kind.DATE or mention.since is not None:
        return mention
    value = dict(mention.value)
    partial, relative = value.pop("partial", ""), value.pop("relative", "")
    since = until = None
    if anchor is not None and partial:
        since, until = _nearest(partial, anchor)
    elif anchor is not None and relative:
        since, until = _moved(relative, anchor)
    normal = normal_date(since, until, value, mention.text) if since else mention.normal
    return replace(mention, value=value, since=since, until=until, normal=normal)


def _nearest(partial: str, anchor: date) -> tuple[date | None, date | None]:
    (month, day), (last_month, last_day) = (map(int, part.split("-")) for part in partial.split("/"))
    spans = (_between(anchor.year + shift, month, day, last_month, last_day) for shift in (-1, 0, 1))
    near = [(abs((first - anchor).days), first, last) for first, last in spans if first and last]
    if not near or min(near)[0] > 184:
        return None, None
    return min(near)[1:]


def _moved(relative: str, anchor: date) -> tuple[date | None, date | None]:
    unit, _, steps = relative.partition(" ")
    try:
        if unit == "day":
            day = anchor + timedelta(days=int(steps))
            return day, day
        if unit == "week":
            monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=int(steps))
            return monday, monday + timedelta(days=6)
        if unit == "month":
            months = anchor.year * 12 + anchor.month - 1 + int(steps)
            return _whole_month(months // 12, months % 12 + 1)
        return date(anchor.year + int(steps), 1, 1), date(anchor.year + int(steps), 12, 31)
    except (OverflowError, ValueError):
        return None, None
