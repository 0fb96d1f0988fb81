"""What Babel writes for a locale is read back as the same value, with a digit changed as another."""

import random
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.values.dates import PartialDate, dates
from ingest.values.locales import language_of
from ingest.values.numbers import quantities
from ingest.values.years import full_year

LOCALES = (
    "en", "en_IN", "es", "fr", "de", "de_CH", "ru", "uk", "ar_EG", "ar_LB", "zh", "pt", "it", "hi", "fa",
    "tr", "pl", "nl", "sv", "hr", "sr", "sr_Latn", "mk", "bg", "cs", "ro", "id", "da",
)  # fmt: skip
# Their own figures, where Babel writes the Latin ones unless it is asked.
FIGURES = {"ar_EG": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "hi": "०१२३४५६७८९"}
TODAY = date(2026, 11, 30)
STYLES = ("short", "medium", "long", "full")

locales = st.sampled_from(LOCALES)
chances = st.integers(0, 10**9).map(random.Random)
days = st.integers(0, 35_000).map(lambda shift: date(1950, 1, 1) + timedelta(days=shift))
numbers = st.decimals(0, 10**9, places=2) | st.integers(1, 10**9).map(Decimal)


def in_own_figures(text: str, locale: str) -> str:
    return text.translate(str.maketrans("0123456789", FIGURES[locale])) if locale in FIGURES else text


def changed(text: str, chance: random.Random) -> str:
    """The text with one of its figures changed to another of the same script."""
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    place = chance.choice(places)
    zero = ord(text[place]) - int(text[place])
    other = chance.choice([digit for digit in range(10) if digit != int(text[place])])
    return f"{text[:place]}{chr(zero + other)}{text[place + 1 :]}"


def values_of(text: str, locale: str) -> frozenset[Decimal]:
    """What the text can mean; a form that no locale has (0,83,90,625) may be read as several numbers."""
    return frozenset[Decimal]().union(*(each.values for each in quantities(text, language_of(locale))))


def days_of(text: str, locale: str) -> set[date]:
    found = dates(text, language_of(locale))
    return {day for each in found if (day := day_of(each)) is not None}


def day_of(found: PartialDate) -> date | None:
    return found.day_near(TODAY)


@settings(max_examples=400, deadline=None)
@given(locales, numbers, chances)
def test_a_number_is_read_as_it_was_written(locale: str, value: Decimal, chance: random.Random) -> None:
    written = in_own_figures(format_decimal(value, locale=locale, decimal_quantization=False), locale)
    read = values_of(written, locale)
    assert value in read
    # Only one mark before three figures leaves a number open.
    assert len(read) == 1 or sum(not character.isdecimal() for character in written) == 1
    assert value not in values_of(changed(written, chance), locale)


@settings(max_examples=400, deadline=None)
@given(locales, days, st.sampled_from(STYLES), chances)
def test_a_day_is_read_as_it_was_written(locale: str, day: date, style: str, chance: random.Random) -> None:
    written = in_own_figures(format_date(day, style, locale=locale), locale)
    meant = (
        day.replace(year=full_year(day.year % 100, TODAY))
        if style == "short" and two_digits(written)
        else day
    )
    read = days_of(written, locale)
    assert meant in read, (written, read)
    assert len(read) == 1 or style == "short"
    assert meant not in days_of(changed(written, chance), locale)


def two_digits(written: str) -> bool:
    return sum(character.isdecimal() for character in written) <= 6


def test_five_thousand_changed_values_are_never_the_true_one() -> None:
    chance = random.Random(7)
    for number in range(5_000):
        locale = LOCALES[number % len(LOCALES)]
        if number % 2:
            value = Decimal(chance.randint(1, 10**8)) / chance.choice((1, 10, 100))
            written = in_own_figures(format_decimal(value, locale=locale), locale)
            assert value in values_of(written, locale), (locale, written)
            other = changed(written, chance)
            assert value not in values_of(other, locale), (locale, written, other)
        else:
            day = date(1950, 1, 1) + timedelta(days=chance.randrange(35_000))
            written = in_own_figures(format_date(day, "long", locale=locale), locale)
            assert day in days_of(written, locale), (locale, written)
            other = changed(written, chance)
            assert day not in days_of(other, locale), (locale, written, other)
