"""Dates that do not depend on the day the demo is made."""

import datetime

from rendering.markup import DemoText, TextError

EPOCH = datetime.datetime(2026, 9, 1, 12, 0, 0)


def date_of(text: DemoText) -> datetime.date:
    """The date of a text, from its line `date: 2026-09-12`. Raises TextError when it is not a date."""
    value = text.setting("date")
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise TextError(f"{text.source.name}: the date {value!r} is not written year-month-day.") from error
