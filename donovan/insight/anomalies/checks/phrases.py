"""Figures and values as they stand in a sentence."""

from datetime import date, datetime, time
from typing import Any


def words_in(text: str) -> frozenset[str]:
    """The words of a small lexicon."""
    return frozenset(text.split())


def figure(number: float) -> str:
    """A number with at most four significant digits after rounding, thousands apart: 1,234.5."""
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.4g}"


def moment(value: Any) -> str:
    """A date, time or both: 14 September 2026, 23:20."""
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y}, {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def day(ordinal: float) -> str:
    """A position on the line of days as a date."""
    return moment(date.fromordinal(max(1, min(int(ordinal), date.max.toordinal()))))


def quoted(text: str, longest: int = 60) -> str:
    return f"“{text if len(text) <= longest else text[: longest - 1] + '…'}”"


def times(ratio: float) -> str:
    """How many times as much: "10 times", "one tenth of"."""
    if ratio >= 1:
        return f"{figure(round(ratio, 1) if ratio < 100 else round(ratio))} times"
    return f"1/{figure(round(1 / ratio, 1) if ratio > 0.01 else round(1 / ratio))} of"
