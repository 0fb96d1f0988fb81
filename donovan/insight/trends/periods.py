"""Days, weeks and months: where one begins, which follow each other, and how they are called."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, get_args

Interval = Literal["day", "week", "month"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)


def start_of(day: date, interval: Interval) -> date:
    """The first day of the period in which `day` lies; weeks begin on Monday (ISO 8601)."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def following(start: date, interval: Interval) -> date:
    """The first day of the next period."""
    if interval == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return start + timedelta(days=7 if interval == "week" else 1)


def last_day(start: date, interval: Interval) -> date:
    return following(start, interval) - timedelta(days=1)


def periods(first: date, last: date, interval: Interval) -> Iterator[date]:
    """The first days of all periods from that of `first` to that of `last`."""
    current = start_of(first, interval)
    while current <= last:
        yield current
        current = following(current, interval)


def count_between(first: date, last: date, interval: Interval) -> int:
    """How many periods `periods` gives, without walking through them."""
    first, last = start_of(first, interval), start_of(last, interval)
    if interval == "month":
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return (last - first).days // (7 if interval == "week" else 1) + 1


def in_words(start: date, interval: Interval) -> str:
    """`6 Sep 2026`, `week of 31 Aug 2026`, `Sep 2026`."""
    if interval == "month":
        return f"{start:%b %Y}"
    day = f"{start.day} {start:%b %Y}"
    return f"week of {day}" if interval == "week" else day
