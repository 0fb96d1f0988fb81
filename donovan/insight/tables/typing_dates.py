"""Dates and times as people write them, several styles in one column included.

ISO, 6.9.2026, 6/9/2026 or 9/6/2026, "6 Sep 2026", "September 6, 2026", 20260906, military date-time groups
(061430ZSEP26, Allied Communications Publication 121) and the day numbers of spreadsheets. Whether the day or
the month comes first is decided for the column as a whole. Times with a zone are turned to UTC.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from donovan.insight.tables.typing_plans import FIT, Plan, Values, filled, literal
from ingest.dates import MONTHS

_L = "[A-Za-zÀ-ÿĀ-žА-я]"
_ISO = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
_COMPACT = r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])"
_DOTTED = r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})\.?"
_SLASHED = r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})"
_DAY_NAMED = (
    rf"(?:{_L}{{2,10}}\.?,? +)?([0-9]{{1,2}})(?:st|nd|rd|th|\.)?[ -]*(?:de +)?({_L}{{3,12}})\.?,?[ "
    rf"-]*(?:del? +)?"
    r"([0-9]{4}|[0-9]{2})"
)
_NAMED_DAY = rf"(?:{_L}{{2,10}}\.?, +)?({_L}{{3,12}})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})"
_GROUP = r"([0-9]{2})([01][0-9]|2[0-3])([0-5][0-9]) ?([A-IK-Z]) ?([A-Za-z]{3}) ?([0-9]{4}|[0-9]{2})"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_HALF = r"(?: ?[AaPp]\.?[Mm]\.?)"
_ZONE = r"(?:Z|UTC|GMT|[-+][0-9]{2}:?[0-9]{2}|[-+][0-9]{2})"
_TAIL = rf"(.*?[0-9A-Za-z.])(?:T|,? +)({_CLOCK}{_HALF}?)(?: ?({_ZONE}))?"
_SERIAL_TITLE = re.compile(r"\b(date|day|datum|fecha|data|dato|дата)\b|_date\b|date_", re.IGNORECASE)
_STYLES = {
    "iso": re.compile(_ISO), "compact": re.compile(_COMPACT), "dotted": re.compile(_DOTTED),
    "slashed": re.compile(_SLASHED), "day named": re.compile(_DAY_NAMED), "named day": re.compile(_NAMED_DAY),
    "group": re.compile(_GROUP),
}  # fmt: skip
_TIME = re.compile(rf"{_CLOCK}{_HALF}?")
_WITH_TIME = re.compile(_TAIL)


@dataclass
class _Seen:
    """What the cells of the sample look like, in numbers of cells."""

    total: int = 0
    fits: int = 0
    styles: Counter[str] = field(default_factory=Counter)
    with_time: int = 0
    not_midnight: int = 0
    with_zone: int = 0
    day_first: int = 0
    month_first: int = 0
    either: list[tuple[int, int, int]] = field(default_factory=list)


def date_plan(values: Values, title: str) -> Plan | None:
    """How a column of these texts becomes dates, or dates with times; None when it is neither."""
    present = filled(values)
    seen = _look(present)
    if not seen.total:
        return None
    if seen.fits < FIT * seen.total:
        return _serial_plan(present, title)
    if set(seen.styles) == {"compact"} and (seen.fits < seen.total or not _is_dated(title, present)):
        return None
    day_first, note = _order(seen)
    if len(seen.styles) > 1:
        note = " ".join(filter(None, [f"Dates are written in {len(seen.styles)} styles.", note]))
    with_time = seen.not_midnight > 0 or "group" in seen.styles
    styles = tuple(name for name in _STYLES if name in seen.styles)
    if with_time:
        if seen.with_zone or "group" in seen.styles:
            note = " ".join(filter(None, [note, "Times with a zone are given in UTC."]))
        return Plan("datetime", _DateSql(styles, day_first, True), seen.fits / seen.total, note=note)
    return Plan("date", _DateSql(styles, day_first, False), seen.fits / seen.total, note=note)


def time_plan(values: Values) -> Plan | None:
    """How a column of these texts becomes times of day, or None when it is none."""
    present = filled(values)
    total = sum(present.values())
    fits = sum(count for value, count in present.items() if _TIME.fullmatch(value))
    if not total or fits < FIT * total:
        return None
    return Plan("time", _time_sql, fits / total)


def _look(present: Values) -> _Seen:
    seen = _Seen()
    for value, count in present.items():
        seen.total += count
        tail = _WITH_TIME.fullmatch(value)
        text = tail[1] if tail else value
        style = _style(text, count, seen)
        if not style:
            continue
        seen.fits += count
        seen.styles[style] += count
        if tail:
            seen.with_time += count
            seen.not_midnight += count if re.search("[1-9]", tail[2]) else 0
            seen.with_zone += count if tail[3] else 0
    return seen


def _style(text: str, count: int, seen: _Seen) -> str:
    """The style of a date that exists in the calendar, else ""."""
    for name, pattern in _STYLES.items():
        found = pattern.fullmatch(text)
        if found is None:
            continue
        if name == "slashed":
            first, second, year = int(found[1]), int(found[2]), _year(found[3])
            if first > 12 >= second:
                seen.day_first += count
            elif second > 12 >= first:
                seen.month_first += count
            elif first <= 12 and second <= 12:
                seen.either.append((first, second, year))
            else:
                return ""
            return name
        if _exists(*_parts(name, found)):
            return name
    return ""


def _parts(style: str, found: re.Match[str]) -> tuple[int, int, int]:
    """Year, month (0 for a word that names none) and day."""
    if style in {"iso", "compact"}:
        return int(found[1]), int(found[2]), int(found[3])
    if style == "dotted":
        return _year(found[3]), int(found[2]), int(found[1])
    if style == "day named":
        return _year(found[3]), MONTHS.get(found[2].lower(), 0), int(found[1])
    if style == "named day":
        return int(found[3]), MONTHS.get(found[1].lower(), 0), int(found[2])
    return _year(found[6]), MONTHS.get(found[5].lower(), 0), int(found[1])


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) <= 68 else 1900)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _order(seen: _Seen) -> tuple[bool, str]:
    """Whether the day comes first in dates such as 6/9/2026, and what to say about it."""
    if "slashed" not in seen.styles:
        return True, ""
    day_first = seen.day_first >= seen.month_first
    told = "The day is read before the month" if day_first else "The month is read before the day"
    if seen.day_first and seen.month_first:
        return day_first, f"{told}, as most dates that show it have it; some have it the other way round."
    if seen.day_first or seen.month_first:
        return day_first, ""
    # No date shows it. The order in which the dates lie closer together is the likelier one.
    spans = []
    for turned in (False, True):
        days = [date(year, *((a, b) if turned else (b, a))).toordinal() for a, b, year in seen.either]
        spans.append(max(days) - min(days))
    day_first = spans[0] <= spans[1]
    told = "The day is read before the month" if day_first else "The month is read before the day"
    why = "because the dates then lie closest together" if spans[0] != spans[1] else "by custom"
    return day_first, f"{told}, {why}; no date in the column shows which is meant."


def _is_dated(title: str, present: Values) -> bool:
    return bool(_SERIAL_TITLE.search(title)) or all("1990" <= value[:4] <= "2060" for value in present)


def _serial_plan(present: Values, title: str) -> Plan | None:
    """Day numbers of a spreadsheet, where the title says that it is a date. Day 60 and before are unsure
    there.
    """
    if not _SERIAL_TITLE.search(title) or not present:
        return None
    if not all(re.fullmatch(r"[0-9]{5}", value) and 20_000 <= int(value) <= 60_000 for value in present):
        return None
    return Plan(
        "date",
        lambda text: f"DATE '1899-12-30' + TRY_CAST({text} AS INTEGER)",
        note="The cells hold day numbers of a spreadsheet (days since 30 December 1899), read as dates.",
    )


@dataclass(frozen=True)
class _DateSql:
    """Makes the SQL that turns a text into a date or timestamp."""

    styles: tuple[str, ...]
    day_first: bool
    with_time: bool

    def __call__(self, text: str) -> str:
        tail = literal(f"^{_TAIL}$")
        is_tailed = f"regexp_matches({text}, {tail})"
        day = self._dates(f"CASE WHEN {is_tailed} THEN regexp_extract({text}, {tail}, 1) ELSE {text} END")
        if not self.with_time:
            return f"CASE WHEN length({text}) <= 60 THEN CAST({day} AS DATE) END"
        clock = _time_sql(f"regexp_extract({text}, {tail}, 2)")
        zone = _offset(f"regexp_extract({text}, {tail}, 3)")
        moment = (
            f"CASE WHEN {is_tailed} THEN ({day}) + ({clock}) - ({zone}) ELSE CAST({day} AS TIMESTAMP) END"
        )
        if "group" in self.styles:
            moment = f"coalesce({_group_sql(text)}, {moment})"
        return f"CASE WHEN length({text}) <= 60 THEN {moment} END"

    def _dates(self, text: str) -> str:
        made = [_STYLE_SQL[name](text) for name in self.styles if name in _STYLE_SQL]
        if "slashed" in self.styles:
            order = r"\3-\2-\1" if self.day_first else r"\3-\1-\2"
            made.append(_numbers(text, _SLASHED, order))
        made = made or ["CAST(NULL AS DATE)"]
        return made[0] if len(made) == 1 else f"coalesce({', '.join(made)})"


def _numbers(text: str, pattern: str, order: str) -> str:
    """A date of three numbers; years of two digits up to 68 are of this century."""
    whole = literal(f"^{pattern}$")
    year = int(order[1])
    parts = f"regexp_replace({text}, {whole}, {literal(order)})"
    if pattern not in (_ISO, _COMPACT):
        short = f"regexp_extract({text}, {whole}, {year})"
        parts = (
            f"CASE WHEN length({short}) = 2 THEN CASE WHEN {short} <= '68' THEN '20' ELSE '19' END ELSE "
            f"'' END "
            f"|| {parts}"
        )
    return f"CASE WHEN regexp_matches({text}, {whole}) THEN TRY_CAST({parts} AS DATE) END"


def _month_map() -> str:
    names = ", ".join(f"{literal(name)}: {number}" for name, number in MONTHS.items())
    return "MAP {" + names + "}"


def _month(text: str) -> str:
    return f"({_month_map()})[lower({text})]"


def _named(text: str, pattern: str, day: int, month: int, year: int) -> str:
    whole = literal(f"^{pattern}$")
    d, m, y = (f"regexp_extract({text}, {whole}, {place})" for place in (day, month, year))
    century = f"CASE WHEN length({y}) = 2 THEN CASE WHEN {y} <= '68' THEN '20' ELSE '19' END ELSE '' END"
    made = f"{century} || {y} || '-' || {_month(m)} || '-' || {d}"
    return f"CASE WHEN regexp_matches({text}, {whole}) THEN TRY_CAST({made} AS DATE) END"


_STYLE_SQL = {
    "iso": lambda text: _numbers(text, _ISO, r"\1-\2-\3"),
    "compact": lambda text: _numbers(text, _COMPACT, r"\1-\2-\3"),
    "dotted": lambda text: _numbers(text, _DOTTED, r"\3-\2-\1"),
    "day named": lambda text: _named(text, _DAY_NAMED, 1, 2, 3),
    "named day": lambda text: _named(text, _NAMED_DAY, 2, 1, 3),
}


def _time_sql(text: str) -> str:
    clock = f"replace(regexp_extract({text}, '^({_CLOCK})', 1), ',', '.')"
    padded = f"CASE WHEN length(split_part({clock}, ':', 1)) = 1 THEN '0' ELSE '' END || {clock}"
    full = f"CASE WHEN length(split_part({clock}, ':', 3)) = 0 THEN {padded} || ':00' ELSE {padded} END"
    half = f"lower(regexp_extract({text}, '([AaPp])[.]?[Mm]', 1))"
    hour = f"TRY_CAST(split_part({clock}, ':', 1) AS INTEGER)"
    shift = (
        f"CASE WHEN {half} = 'p' AND {hour} < 12 THEN INTERVAL 12 HOUR "
        f"WHEN {half} = 'a' AND {hour} = 12 THEN INTERVAL (-12) HOUR ELSE INTERVAL 0 HOUR END"
    )
    return (
        f"CASE WHEN regexp_matches({text}, '^{_CLOCK}{_HALF}?$') THEN TRY_CAST({full} AS TIME) + {shift} END"
    )


def _offset(zone: str) -> str:
    hours = f"TRY_CAST(substr(replace({zone}, ':', ''), 2, 2) AS INTEGER)"
    minutes = f"coalesce(TRY_CAST(substr(replace({zone}, ':', ''), 4, 2) AS INTEGER), 0)"
    sign = f"CASE WHEN starts_with({zone}, '-') THEN -1 ELSE 1 END"
    return (
        f"CASE WHEN regexp_matches({zone}, '^[-+]') THEN to_minutes({sign} * ({hours} * 60 + {minutes})) "
        "ELSE INTERVAL 0 MINUTE END"
    )


def _group_sql(text: str) -> str:
    """A date-time group. The zone letters A to M (without J) lie east of Greenwich, N to Y west, Z on it."""
    whole = literal(f"^{_GROUP}$")
    day = _named(text, _GROUP, 1, 5, 6)
    hour, minute, letter = (f"regexp_extract({text}, {whole}, {place})" for place in (2, 3, 4))
    east = f"position({letter} IN 'ABCDEFGHIKLM')"
    west = f"position({letter} IN 'NOPQRSTUVWXY')"
    clock = f"to_minutes(TRY_CAST({hour} AS INTEGER) * 60 + TRY_CAST({minute} AS INTEGER))"
    return f"(CAST({day} AS TIMESTAMP) + {clock} - to_hours({east} - {west}))"
