"""Cells that do not fit the type of their column: 26:00, 31 September, a word among numbers."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, is_blank

MOST_SHARE = 0.1
_NAMES = {
    "integer": "whole numbers",
    "decimal": "numbers",
    "date": "dates",
    "datetime": "dates with times",
    "time": "times of day",
    "boolean": "yes or no",
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?")
_PATTERNS = {
    "date": re.compile(r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})\s*"),
    "time": re.compile(r"\s*\d{1,2}:\d{2}(?::\d{2})?\s*"),
    "datetime": re.compile(r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})[ T]+\d.*"),
    "decimal": re.compile(r"\s*[-+]?\d+(?:[.,]\d+)?\s*"),
}


def check_misfits(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    for column in sheet.columns:
        if column.title in settings.left_out:
            continue
        kind = _type_of(sheet, column, settings)
        if kind is None:
            continue
        wrong = [
            place
            for place in sheet.body
            if not is_blank(column.raws[place]) and _misfits(column, place, kind)
        ]
        filled = sum(not is_blank(column.raws[place]) for place in sheet.body)
        if len(wrong) > max(1, MOST_SHARE * filled):
            continue
        for place in wrong:
            yield _detection(sheet, column, place, kind, filled)


def _type_of(sheet: Sheet, column: Column, settings: Settings) -> str | None:
    """The type that the column has, or would have without a few cells; None for text."""
    if column.type != "text":
        return column.type
    raws = [column.raws[place] for place in sheet.body if not is_blank(column.raws[place])]
    if len(raws) < settings.least_rows:
        return None
    for kind, pattern in _PATTERNS.items():
        fitting = sum(pattern.fullmatch(raw) is not None for raw in raws)
        if len(raws) * (1 - MOST_SHARE) <= fitting < len(raws):
            return kind
    return None


def _misfits(column: Column, place: int, kind: str) -> bool:
    if column.type != "text":
        return column.values[place] is None
    raw = column.raws[place]
    return _PATTERNS[kind].fullmatch(raw) is None or bool(_impossible(raw, kind))


def _detection(sheet: Sheet, column: Column, place: int, kind: str, filled: int) -> Detection:
    raw = column.raws[place]
    impossible = _impossible(raw, kind)
    what = _NAMES[kind]
    why = impossible or f"{quoted(raw)} stands in a column of {what}. {_hint(raw, kind)}".strip()
    # Words in place of a value are often a remark; figures that cannot be read are an error.
    is_remark = not any(sign.isdigit() for sign in raw)
    return Detection(
        "impossible date" if impossible else "type error",
        sheet.key,
        (sheet.rows[place],),
        column.title,
        raw,
        why,
        "type of the column",
        f"All but a few of the {filled:,} filled cells of {column.title} are {what}.",
        f"{filled:,} filled cells are {what}.",
        0.99 if impossible else 0.7 if is_remark else 0.9,
    )


def _impossible(raw: str, kind: str) -> str:
    """A sentence when the cell is written as a day or time that does not exist."""
    if kind in ("date", "datetime"):
        found = _YEAR_FIRST.search(raw)
        if found:
            year, month, day = (int(part) for part in found.groups())
        else:
            found = _YEAR_LAST.search(raw)
            if not found:
                return _impossible_time(raw) if kind == "datetime" else ""
            day, month, year = (int(part) for part in found.groups())
            if month > 12 >= day:
                day, month = month, day
        sentence = _impossible_day(raw, year, month, day)
        return sentence or (_impossible_time(raw) if kind == "datetime" else "")
    return _impossible_time(raw) if kind == "time" else ""


def _impossible_day(raw: str, year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return f"{quoted(raw)} is no date: there is no month {month}."
    if year < 1:
        return f"{quoted(raw)} is no date: there is no year {year}."
    longest = monthrange(year, month)[1]
    if not 1 <= day <= longest:
        name = f"{date(2000, month, 1):%B}" + (f" {year}" if month == 2 else "")
        return f"{quoted(raw)} is no date: {name} has {longest} days."
    return ""


def _impossible_time(raw: str) -> str:
    found = _TIME.search(raw)
    if not found:
        return ""
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 24 or (hour == 24 and (minute or second)):
        return f"{quoted(raw)} is no time: a day has 24 hours."
    if minute > 59 or second > 59:
        return f"{quoted(raw)} is no time: an hour has 60 minutes and a minute 60 seconds."
    return ""


def _hint(raw: str, kind: str) -> str:
    if kind not in ("integer", "decimal"):
        return ""
    if re.search(r"\d\s*[^\W\d_]{1,8}\.?$", raw):
        return "The figure has a unit written after it."
    if re.search(r"[OolI]", raw) and re.search(r"\d", raw):
        return "A letter stands for a digit."
    return ""
