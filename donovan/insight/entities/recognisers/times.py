"""Dates and times: in words and figures, military date-time groups, spans of days, and relative ones.

A date without a year, and words such as “yesterday”, are kept as they are read; `anchored` resolves them
against the date of the document. Days and months follow the order that the text's own writing makes certain:
03/04/2021 is neither day first nor month first, so it stays without a value.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found
from values.locales import month_names

NAME = "dates"
MONTHS = month_names("")
_ALWAYS_MONTH = frozenset({"may", "march", "mar", "sept", "dec", "set", "out", "mai", "abril", "ago"})
# A point belongs to a shortened month, not to one written out.
_SHORT = [name for name in MONTHS if len(name) <= 4]
_LONG = [name for name in MONTHS if len(name) > 4]
_MONTH = (
    "(?:(?:" + "|".join(sorted(map(re.escape, _LONG), key=len, reverse=True)) + r")\b"
    "|(?:"
    + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True))
    + r")\b(?:\.(?!\s*$|\s+[A-Z][a-z]))?)"
)
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

_Read = Callable[["re.Match[str]"], tuple[date | None, date | None, dict[str, str]]]


def _year(text: str) -> int:
    number = int(text.lstrip("'"))
    return number if number > 99 else number + (2000 if number < 70 else 1900)


def _month(text: str) -> int:
    return MONTHS[text.lower().rstrip(".")]


def _span(first: date | None, last: date | None = None) -> tuple[date | None, date | None, dict[str, str]]:
    return first, last or first, {}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _said(match: "re.Match[str]") -> tuple[date | None, date | None, dict[str, str]]:
    """A date by the groups day, month, year, and till_* for the end of a span."""
    parts = match.groupdict()
    year, month = parts.get("year"), parts.get("month")
    time = {"time": _time_of(match)} if parts.get("clock") or parts.get("hour") else {}
    number = _month(month) if month and not month.isdigit() else int(month or 0)
    if not number:
        return (
            (*_span(date(_year(year), 1, 1), date(_year(year), 12, 31))[:2], time)
            if year
            else (None, None, time)
        )
    day = int(parts["day"]) if parts.get("day") else 0
    last_month = _month(parts["till_month"]) if parts.get("till_month") else number
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
    if parts.get("hour"):
        return f"{int(parts['hour']):02d}:{int(parts['minute']):02d}"
    text = (parts.get("clock") or "").lower().replace(".", "")
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 4:
        return f"{digits[0][:2]}:{digits[0][2:]}"
    hour = int(digits[0]) % 12 + (12 if "pm" in text else 0) if text.endswith("m") else int(digits[0])
    return f"{hour:02d}:{int(digits[1]) if len(digits) > 1 else 0:02d}"


def _years(match: "re.Match[str]") -> tuple[date | None, date | None, dict[str, str]]:
    first = int(match["year"])
    last = int(match["till"] if len(match["till"]) == 4 else match["year"][:2] + match["till"])
    return _span(date(first, 1, 1), date(last, 12, 31)) if first <= last else (None, None, {})


def _figures(match: "re.Match[str]") -> tuple[date | None, date | None, dict[str, str]]:
    first, second = int(match["first"]), int(match["second"])
    is_dotted = match["mark"] == "."
    if first > 12 or is_dotted or first == second:
        return _span(_day(_year(match["year"]), second, first))
    if second > 12:
        return _span(_day(_year(match["year"]), first, second))
    return None, None, {}


def _relative(match: "re.Match[str]") -> tuple[date | None, date | None, dict[str, str]]:
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


def _plain(match: "re.Match[str]") -> tuple[date | None, date | None, dict[str, str]]:
    """Something of time without a place in the calendar."""
    return None, None, {"time": _time_of(match)} if match.groupdict().get("clock") else {}


def _rule(pattern: str, read: _Read, confidence: float) -> tuple["re.Pattern[str]", _Read, float]:
    return re.compile(pattern, re.IGNORECASE), read, confidence


_GROUP_MONTH = r"(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
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
        rf"\b(?P<day>[0-3]\d)(?P<hour>[01]\d"
        rf"|2[0-3])(?P<minute>[0-5]\d)\s?[A-Z]\s?{_GROUP_MONTH}[A-Z]*\s?(?P<year>\d{{4}}|\d{{2}})?\b",
        _said,
        0.98,
    ),
    _rule(
        rf"\b(?P<year>{_YEAR})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d"
        rf"|3[01])(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:Z"
        rf"|[+-]\d\d:?\d\d)?)?(?!\d)",
        _said,
        0.98,
    ),
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
    _rule(
        r"\b(?P<first>0?[1-9]|[12]\d|3[01])(?P<mark>[./-])(?P<second>0?[1-9]|[12]\d"
        r"|3[01])(?P=mark)(?P<year>(?:19|20)\d\d|\d\d)\b(?![./-]?\d)",
        _figures,
        0.9,
    ),
    _rule(
        r"(?P<year>[12]\d{3})\s?年(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号])?)?",
        _said,
        0.95,
    ),
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


class DateRecogniser:
    """Dates, times of day, periods and words of relative time."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(_found(text), key=lambda m: (m.start, -m.end))


def _found(text: str) -> Iterator[Found]:
    for pattern, read, confidence in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span("core") if "core" in pattern.groupindex else match.span()
            if not _is_sensible(match) or (pattern is _BARE_YEAR[0] and not _is_year(text, match)):
                continue
            since, until, value = read(match)
            words = text[start:end]
            yield Found(
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
