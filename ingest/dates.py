"""The date of a document: what its mail header says, else a date line near its top, else what the file
says.
"""

import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime

MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jan feb mar apr may jun jul aug sept oct nov dec",
):
    MONTHS.update({name: number for number, name in enumerate(_names.split(), 1)})

_TIME_GROUP = re.compile(r"\b(\d{2})[0-2]\d[0-5]\d\s?[A-Z]?\s+([A-Za-z]{3})\.?\s+(\d{4}|\d{2})\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})\.?(?:st|nd|rd|th)?\s+(?:de\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+|del\s+)?(\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_PDF = re.compile(r"^(?:D:)?(\d{4})(\d{2})(\d{2})")
_COLON = re.compile(r"^(\d{4})[:/-](\d{2})[:/-](\d{2})")
_DATE_LABEL = re.compile(
    r"^\s*(date|dated|date-time group|dtg|fecha|datum|datei|дата|as of)\b", re.IGNORECASE
)
_TOP_LINES = 30
_YEARS = range(1800, 2101)


def _made(year: int, month: int | None, day: int) -> date | None:
    if month is None or year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dates_in(line: str) -> Iterator[date]:
    """Dates written in full in one line, military date-time groups included."""
    found: list[tuple[int, date | None]] = []
    for match in _TIME_GROUP.finditer(line):
        year = int(match[3])
        found.append(
            (
                match.start(),
                _made(year if year > 99 else 2000 + year, MONTHS.get(match[2].lower()), int(match[1])),
            )
        )
    for match in _DAY_MONTH.finditer(line):
        found.append((match.start(), _made(int(match[3]), MONTHS.get(match[2].lower()), int(match[1]))))
    for match in _MONTH_DAY.finditer(line):
        found.append((match.start(), _made(int(match[3]), MONTHS.get(match[1].lower()), int(match[2]))))
    for pattern in (_ISO, _CHINESE):
        for match in pattern.finditer(line):
            found.append((match.start(), _made(int(match[1]), int(match[2]), int(match[3]))))
    for match in _DOTTED.finditer(line):
        found.append((match.start(), _made(int(match[3]), int(match[2]), int(match[1]))))
    yield from (day for _, day in sorted(found, key=lambda item: item[0]) if day is not None)


def stated_date(value: str) -> date | None:
    """A date as metadata gives it: PDF ("D:20260312..."), EXIF, ISO, or a mail's Date header."""
    for pattern in (_COLON, _PDF):
        match = pattern.match(value.strip())
        if match:
            return _made(int(match[1]), int(match[2]), int(match[3]))
    try:
        day = parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return next(dates_in(value), None)
    return day if day.year in _YEARS else None


def document_date(first_page: str, stated: str, *, trust_stated: bool) -> date | None:
    """The date of a document.

    `trust_stated` is for mail, whose header is the date. For other files the date line of the first page
    comes before
    what the file says about itself, which is often the day it was scanned or copied.
    """
    from_file = stated_date(stated) if stated else None
    if trust_stated and from_file is not None:
        return from_file
    lines = [line for line in first_page.split("\n") if line.strip()][:_TOP_LINES]
    for line in lines:
        found = next(dates_in(line), None)
        if found is not None and (
            _DATE_LABEL.match(line) or _TIME_GROUP.search(line) or len(line.strip()) <= 40
        ):
            return found
    if from_file is not None:
        return from_file
    return next((day for line in lines for day in dates_in(line)), None)
