"""Values of charts as people say them, and as JSON holds them."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Value = int | float | Decimal

MOST_TOLD = 12


def plain(value: Any) -> Any:
    """A value as JSON: Decimal as a float for drawing, moments in ISO 8601, nothing for what is no number."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        # With its hour even for a day: a drawing library takes a bare day for midnight in Greenwich.
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return moment.replace(tzinfo=None).isoformat()
    return value


def told_number(value: Value | None) -> str:
    """`12,340`, `0.47`, or `missing`: a Decimal to its last digit, a float to six places that matter."""
    if value is None:
        return "missing"
    if isinstance(value, Decimal):
        return f"{value:,f}" if value.is_finite() else "missing"
    if isinstance(value, float):
        if plain(value) is None:
            return "missing"
        return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:,.6g}"
    return f"{value:,}"


def in_words(values: Sequence[tuple[str, Value | None]]) -> str:
    """`Lipa 12, Jasen 9`; of many only the largest and how many more there are."""
    if not values:
        return "nothing"
    if len(values) <= MOST_TOLD:
        return ", ".join(f"{name} {told_number(value)}" for name, value in values)
    known = sorted((item for item in values if item[1] is not None), key=lambda item: -float(item[1] or 0))
    told = ", ".join(f"{name} {told_number(value)}" for name, value in known[:MOST_TOLD])
    return f"the largest are {told}; {len(values) - min(len(known), MOST_TOLD)} more"


def span_in_words(places: Sequence[Any]) -> str:
    """`6 Sep 2026`, or `from 6 Sep 2026 to 26 Sep 2026` for several."""
    told = [_place(place) for place in places]
    first, last = told[0], told[-1]
    return first if first == last else f"from {first} to {last}"


def _place(place: Any) -> str:
    if isinstance(place, datetime):
        is_midnight = (place.hour, place.minute, place.second) == (0, 0, 0)
        return f"{place.day} {place:%b %Y}" + ("" if is_midnight else f", {place:%H:%M}")
    if isinstance(place, date):
        return f"{place.day} {place:%b %Y}"
    return told_number(place) if isinstance(place, int | float | Decimal) else str(place)
