"""A figure of a text that a table gives otherwise.

A sentence is held against a cell only when it names the row, the column and, where the table has days, the
day; when it gives one number and no more; and when that number is near the cell (within half of it, or ten
times off): then it means the same thing and says another. A rounded figure is no disagreement.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from donovan.assistant.spans import cut
from donovan.assistant.terms import stems_in
from donovan.insight.anomalies.texts.facts import Fact
from donovan.insight.entities.identity import folded
from ingest.models import Page
from ingest.values.dates import dates
from ingest.values.numbers import quantities

NEAR = Decimal("1.5")


@dataclass(frozen=True)
class Disagreement:
    """A sentence at its place, what it says, and the cell that says otherwise."""

    page: int
    start: int
    end: int
    quote: str
    said: Decimal
    fact: Fact


def disagreements(
    pages: Iterable[Page], facts: Sequence[Fact], document_day: date | None
) -> list[Disagreement]:
    """The sentences of the pages whose one figure is not that of the cell they speak of."""
    found = []
    for page in pages:
        language = page.language or "en"
        named = _named_on(page.text, facts)
        if not named:
            continue
        for start, end in cut(page.text):
            text = page.text[start:end]
            clash = _clash(text, language, named, document_day)
            if clash is not None:
                found.append(Disagreement(page.number, start, end, text, *clash))
    return found


def _named_on(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """The facts whose row could be named on this page at all."""
    words = f" {folded(text)} "
    return [fact for fact in facts if not fact.keys or any(f" {key} " in words for key in fact.keys)]


def _clash(
    text: str, language: str, facts: Sequence[Fact], document_day: date | None
) -> tuple[Decimal, Fact] | None:
    masked = text
    days = set()
    for found in dates(text):
        masked = masked[: found.start] + " " * (found.end - found.start) + masked[found.end :]
        days |= _days_of(found.year, found.month, found.day, document_day)
    numbers = quantities(masked, language)
    if len(numbers) != 1 or len(numbers[0].values) != 1:
        return None
    said = next(iter(numbers[0].values))
    if said <= 0:
        return None
    words, stems = f" {folded(masked)} ", stems_in(masked, language)
    meant = [
        fact
        for fact in facts
        if fact.about <= stems
        and (not fact.keys or any(f" {key} " in words for key in fact.keys))
        and (fact.day is None or fact.day in days)
    ]
    if not meant or any(_is_same(said, fact.value) for fact in meant):
        return None
    near = [fact for fact in meant if _is_near(said, fact.value)]
    return (said, near[0]) if len(near) == 1 and len(meant) == 1 else None


def _days_of(year: int, month: int, day: int, document_day: date | None) -> set[date]:
    if not (month and day):
        return set()
    years = [year] if year else ([document_day.year] if document_day else [])
    found = set()
    for candidate in years:
        full = candidate if candidate >= 100 else 2000 + candidate
        try:
            found.add(date(full, month, day))
        except ValueError:
            continue
    return found


def _is_same(said: Decimal, value: Decimal) -> bool:
    """Equal, or a rounding of it to the digits that the text gives."""
    if said == value:
        return True
    digits = len(str(said.normalize()).replace(".", "").replace("-", "").split("E")[0])
    magnitude = math.floor(math.log10(abs(float(value)))) if value else 0
    return round(float(value), digits - 1 - magnitude) == float(said)


def _is_near(said: Decimal, value: Decimal) -> bool:
    if value <= 0:
        return False
    ratio = said / value
    return 1 / NEAR <= ratio <= NEAR or ratio in (Decimal(10), Decimal("0.1"))
