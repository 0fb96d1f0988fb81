"""Positions, date-time groups and telephone numbers under one key, whichever way they are written.

"18S UJ 23394 07395", "38.8977, -77.0365" and "385352N0770211W" are one place, "061630BSEP26" and "06 1430Z
SEP 2026" one moment, "+964 770 123 4567" and "0770 1234567" one number. A passage is counted under the keys
of what it holds, and a query looks up the keys of what it asks for. They are read by `ingest.values`, as
everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from ingest.values.dates import PartialDate, groups
from ingest.values.phones import national, phones_in
from ingest.values.positions import NoPosition, Position, position
from ingest.values.positions_in_text import positions_in

PLACE, MOMENT, PHONE = "@p", "@t", "@n"

LARGEST_SQUARE = 100
"""Metres. A larger square is no point; it is found by its name."""

_CELLS = 1000
"""To a degree: what lies within a cell, or the next, is one place: within about 150 metres."""

SHORTEST_NUMBER = 6

_ANY_YEAR = date(2024, 7, 1)


@dataclass(frozen=True)
class Form:
    """Where one stands in a text, its keys, and how it is told."""

    start: int
    end: int
    keys: tuple[str, ...]
    shown: str


def forms_in(text: str) -> Iterator[Form]:
    """What a passage holds, with the keys that it is counted under."""
    for start, end, place in _places(text):
        yield Form(start, end, (_cell(*_place_of(place)),), "")
    for group in groups(text):
        yield Form(group.start, group.end, tuple(_moments(group)), "")
    for start, end, number in phones_in(text):
        yield Form(start, end, tuple(_numbers(text[start:end], number)), "")


def forms_asked(query: str) -> list[Form]:
    """What a query asks for, with every key that it is looked up under."""
    found = []
    for start, end, place in _places(query) or _place_alone(query):
        north, east = _place_of(place)
        around = product((north - 1, north, north + 1), (east - 1, east, east + 1))
        found.append(Form(start, end, tuple(_cell(*cell) for cell in around), place.degrees()))
    for group in groups(query):
        keys = _moments(group)
        if keys:
            told = keys[0].removeprefix(MOMENT) + " UTC"
            found.append(Form(group.start, group.end, (keys[0],), told))
    for start, end, number in phones_in(query, are_told=True):
        keys = _numbers(query[start:end], number)
        is_another = any(start < form.end and form.start < end for form in found)
        if keys and not is_another:
            found.append(Form(start, end, tuple(keys), number or query[start:end]))
    return found


def _places(text: str) -> list[tuple[int, int, Position]]:
    return [
        (start, end, place) for start, end, place, _ in positions_in(text) if place.square <= LARGEST_SQUARE
    ]


def _place_alone(query: str) -> list[tuple[int, int, Position]]:
    """A query that is a position and nothing else may be written in forms too loose to be looked for in
    prose.
    """
    try:
        place = position(query)
    except NoPosition:
        return []
    return [(0, len(query), place)] if place.square <= LARGEST_SQUARE else []


def _place_of(place: Position) -> tuple[int, int]:
    return round(place.latitude * _CELLS), round(place.longitude * _CELLS)


def _cell(north: int, east: int) -> str:
    return f"{PLACE}{north}:{(east + 180 * _CELLS) % (360 * _CELLS)}"


def _moments(group: PartialDate) -> list[str]:
    """The moment in UTC, and where the year is written also without it; none where the zone is unknown."""
    whole = group if group.year else replace(group, year=_ANY_YEAR.year)
    instant = whole.instant_near(_ANY_YEAR)
    if instant is None:
        return []
    without = f"{MOMENT}{instant:%d %b %H:%M}"
    return [f"{MOMENT}{instant:%d %b %Y %H:%M}", without] if group.year else [without]


def _numbers(written: str, number: str | None) -> list[str]:
    """The number as it is dialled from abroad, where that is known, and as it is within its country."""
    within = national(number) if number else "".join(c for c in written if c.isdigit()).lstrip("0")
    return [PHONE + key for key in (number, within) if key and len(key) >= SHORTEST_NUMBER]
