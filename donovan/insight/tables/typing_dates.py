"""Columns of dates and times as people write them, several styles in one column included.

A cell is read by `values.dates`, whose readings of 6/9/2026 are chosen between for the column as a whole.
Times with a zone are turned to UTC.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from donovan.insight.tables.typing_plans import FIT, Plan, Values, filled, literal
from ingest.values.dates import PartialDate, date_alone

_ISO = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_HALF = r"(?: ?[AaPp]\.?[Mm]\.?)"
_ZONE = r"(?:Z|UTC|GMT|[-+][0-9]{2}:?[0-9]{2}|[-+][0-9]{2})"
_TAIL = rf"(.*?[0-9A-Za-z.])(?:T|,? +)({_CLOCK}{_HALF}?)(?: ?({_ZONE}))?"
_SERIAL_TITLE = re.compile(r"\b(date|day|datum|fecha|data|dato|дата)\b|_date\b|date_", re.IGNORECASE)
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
    # Both days of each date that has two, that with the day before the month first.
    either: list[tuple[date, date]] = field(default_factory=list)


def date_plan(values: Values, title: str, near: date) -> Plan | None:
    """How a column of these texts becomes dates, or dates with times; None when it is neither.

    Years of two digits are those near `near`.
    """
    present = filled(values)
    seen = _look(present, near)
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
    sql = _DateSql(day_first, near, with_time, "group" in seen.styles)
    if with_time:
        if seen.with_zone or "group" in seen.styles:
            note = " ".join(filter(None, [note, "Times with a zone are given in UTC."]))
        return Plan("datetime", sql, seen.fits / seen.total, note=note)
    return Plan("date", sql, seen.fits / seen.total, note=note)


def time_plan(values: Values) -> Plan | None:
    """How a column of these texts becomes times of day, or None when it is none."""
    present = filled(values)
    total = sum(present.values())
    fits = sum(count for value, count in present.items() if _TIME.fullmatch(value))
    if not total or fits < FIT * total:
        return None
    return Plan("time", _time_sql, fits / total)


def _look(present: Values, near: date) -> _Seen:
    seen = _Seen()
    for value, count in present.items():
        seen.total += count
        tail = _WITH_TIME.fullmatch(value)
        style = _style(tail[1] if tail else value, count, seen, near)
        if not style:
            continue
        seen.fits += count
        seen.styles[style] += count
        if tail:
            seen.with_time += count
            seen.not_midnight += count if re.search("[1-9]", tail[2]) else 0
            seen.with_zone += count if tail[3] else 0
    return seen


def _style(text: str, count: int, seen: _Seen, near: date) -> str:
    """How a date that exists in the calendar is written, else ""."""
    found = _whole(text, near)
    if not found:
        return ""
    forms = [each.form for each in found]
    if "day first" in forms or "month first" in forms:
        days = [day for each in found if (day := each.day_near(near))]
        if len(days) == 2:
            seen.either.append((days[0], days[1]))
        elif found[0].day != found[0].month:
            seen.day_first += count if forms == ["day first"] else 0
            seen.month_first += count if forms == ["month first"] else 0
        return "slashed"
    return "iso" if forms[0] == "year first" else forms[0]


def _whole(text: str, near: date) -> Sequence[PartialDate]:
    """The readings of a cell that are days of the calendar; of a time group only those with a known zone."""
    found = [each for each in date_alone(text) if each.day_near(near)]
    return [each for each in found if each.form != "group" or each.instant_near(near)]


@lru_cache(maxsize=100_000)
def day_in_cell(text: str | None, day_first: bool, near: date) -> date | None:
    """The day of a cell, of two readings that of the order which the column has; None where it is no day."""
    found = _whole(text, near) if text else ()
    wanted = "day first" if day_first else "month first"
    either = [each for each in found if each.form == wanted] if len(found) > 1 else found
    return either[0].day_near(near) if either else None


@lru_cache(maxsize=100_000)
def moment_in_cell(text: str | None, near: date) -> datetime | None:
    """The moment, in UTC and without a zone, of a cell with a date-time group; None where it has none."""
    found = _whole(text, near) if text else ()
    moment = found[0].instant_near(near) if found and found[0].form == "group" else None
    return moment.replace(tzinfo=None) if moment else None


# What a workshop must know to run the SQL of these plans: name -> function, types of its arguments, its type.
FUNCTIONS = {
    "day_in_cell": (day_in_cell, ["VARCHAR", "BOOLEAN", "DATE"], "DATE"),
    "moment_in_cell": (moment_in_cell, ["VARCHAR", "DATE"], "TIMESTAMP"),
}


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
    spans: list[int] = []
    for days in zip(*seen.either, strict=True):
        spans.append((max(days) - min(days)).days if days else 0)
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

    day_first: bool
    near: date
    with_time: bool
    has_groups: bool

    def __call__(self, text: str) -> str:
        tail = literal(f"^{_TAIL}$")
        is_tailed = f"regexp_matches({text}, {tail})"
        day = self._day(f"CASE WHEN {is_tailed} THEN regexp_extract({text}, {tail}, 1) ELSE {text} END")
        if not self.with_time:
            return f"CASE WHEN length({text}) <= 60 THEN {day} END"
        clock = _time_sql(f"regexp_extract({text}, {tail}, 2)")
        zone = _offset(f"regexp_extract({text}, {tail}, 3)")
        moment = (
            f"CASE WHEN {is_tailed} THEN ({day}) + ({clock}) - ({zone}) ELSE CAST({day} AS TIMESTAMP) END"
        )
        if self.has_groups:
            moment = f"coalesce(moment_in_cell({text}, DATE '{self.near}'), {moment})"
        return f"CASE WHEN length({text}) <= 60 THEN {moment} END"

    def _day(self, text: str) -> str:
        # What the engine reads by itself, as most files have it, is not handed out.
        read = f"day_in_cell({text}, {self.day_first}, DATE '{self.near}')"
        is_plain = f"regexp_matches({text}, {literal(_ISO)})"
        return f"CASE WHEN {is_plain} THEN TRY_CAST({text} AS DATE) ELSE {read} END"


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
