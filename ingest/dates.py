"""The date of a document: what its mail header says, else a date line near its top.

What a file says of itself is the day on which it was made, scanned or copied, or that of the template it was
made from; it counts only where it is the day of the thing itself, as with a photograph. A day is taken only
where it is written in full and can be read in one way; two digits of a year are those near the day on which
the file came in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from ingest.day_roles import Role, role_of
from ingest.values.dates import PartialDate, dates
from ingest.values.locales import LOCALES, language_of

_STAMP = re.compile(r"^(?:D:)?(\d{4})([:/-]?)(\d{2})\2(\d{2})")
_TOP_LINES = 30
_LAST_LINES = 8
_TWO_READINGS = frozenset({"day first", "month first"})
_YEARS = range(1800, 2101)
# A clock that was never set counts from 1970 or 1980; no mail came over the network before the seventies.
_CLOCK_NOT_SET = frozenset({date(1969, 12, 31), date(1970, 1, 1), date(1980, 1, 1)})
_FIRST_MAIL = date(1971, 1, 1)
# A zone may be a day ahead of the machine on which a file comes in.
_AHEAD = timedelta(days=1)


def _day(found: PartialDate, near: date) -> date | None:
    """The day of a date, if it is whole and certain: 07/10/2014 is in July or in October, always."""
    has_stroke = found.form in ("day first", "month first")
    is_open = has_stroke and found.day != found.month and max(found.day, found.month) <= 12
    day = None if is_open else found.day_near(near)
    return day if day is not None and day.year in _YEARS else None


def stated_date(value: str, near: date, language: str = "") -> date | None:
    """A date as metadata gives it: PDF ("D:20260312..."), EXIF, ISO, or a mail's Date header."""
    stamp = _STAMP.match(value.strip())
    try:
        if stamp:
            day = date(int(stamp[1]), int(stamp[3]), int(stamp[4]))
        else:
            day = parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return next((given for each in dates(value, language) if (given := _day(each, near))), None)
    return day if day.year in _YEARS else None


def mail_date(stated: str, traces: Sequence[str], near: date, language: str = "") -> date | None:
    """The day on which a mail was sent, in the zone of its sender; None where nothing says it surely.

    `stated` is its Date header, `traces` are the dates of its Received headers, the first station first. What
    is missing, unreadable, has two readings, comes from a clock that was not set or lies after `near`, the
    day on which the file came in, gives way to the next.
    """
    for value in (stated, *traces):
        day = stated_date(value, near, language) or foreign_day(value, near) if value else None
        if day is not None and day not in _CLOCK_NOT_SET and _FIRST_MAIL <= day <= near + _AHEAD:
            return day
    return None


def foreign_day(value: str, near: date) -> date | None:
    """The day of a text whose month has a short name of any language, if all that read it agree."""
    languages = dict.fromkeys(map(language_of, LOCALES))
    days = {day for each in languages for one in dates(value, each) if (day := _day(one, near))}
    return days.pop() if len(days) == 1 else None


def document_date(
    first_page: str,
    stated: str,
    near: date,
    *,
    trust_stated: bool,
    is_of_itself: bool = False,
    language: str = "",
    traces: Sequence[str] = (),
) -> date | None:
    """The date of a document, or None where it is open.

    `near` is the day on which the file came in, `language` that of the first page. `trust_stated` is for
    mail, whose headers are the date (`mail_date`), or nothing is. For other files the date line of the first
    page is, and what that leaves open stays open; only where `is_of_itself` the file's own date is that of
    the document without one.
    """
    if trust_stated:
        return mail_date(stated, traces, near, language)
    from_file = stated_date(stated, near, language) if stated else None
    written = _days_written(first_page, near, language)
    if not isinstance(written, Open):
        return written
    return from_file if is_of_itself and not written.is_contested else None


@dataclass(frozen=True)
class Open:
    """No day stands there; `is_contested` where one does that can be read in several ways."""

    is_contested: bool


def _days_written(first_page: str, near: date, language: str) -> date | Open:
    """The day that a page gives as that of the paper: where it is labelled or placed as that, else in its
    title. What is due, valid, received, born or answered on a day has another; a day in running text is
    nobody's.
    """
    lines = [line for line in first_page.split("\n") if line.strip()]
    # A certificate, a contract or a judgment may give its day below its text.
    shown = [*range(min(_TOP_LINES, len(lines)))]
    shown += [
        number for number in range(max(len(lines) - _LAST_LINES, 0), len(lines)) if number >= _TOP_LINES
    ]
    is_contested = False
    in_title: date | None = None
    for number in shown:
        since = 0
        for each in dates(lines[number], language):
            role = role_of(lines, number, each, since)
            # The two readings of one date stand in one place.
            if each.year and each.form not in _TWO_READINGS:
                since = each.end
            if role < Role.TITLE or not each.year:
                continue
            day = _day(each, near)
            if role == Role.OF_ITSELF and day is not None:
                return day
            is_contested = is_contested or role == Role.OF_ITSELF
            in_title = in_title or day
    return in_title if in_title is not None and not is_contested else Open(is_contested)
