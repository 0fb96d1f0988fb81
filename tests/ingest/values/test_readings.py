"""A number is read whole, in the form of its language, and with its unit; a part of it is another number."""

from decimal import Decimal

import pytest

from ingest.values.dates import dates
from ingest.values.numbers import Quantity, quantities


def read(text: str, language: str = "en") -> Quantity:
    found = quantities(text, language)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("2.350,75 toneladas", "es", "2350.75", "t"),
        ("1 234,5 km", "es", "1234.5", "km"),
        ("1\u202f234\u202f567,25 km", "fr", "1234567.25", "km"),
        ("1\u00a0234,5 км", "ru", "1234.5", "km"),
        ("12’345.5 kg", "de", "12345.5", "kg"),
        ("12,34,567.25 km", "en", "1234567.25", "km"),
        ("٢٬٣٥٠٫٧٥ طن", "ar", "2350.75", "t"),
        ("۱۲٬۳۴۵ کیلومتر", "fa", "12345", "km"),
        ("2,4 Mio. Euro", "de", "2400000", "€"),
        ("1,2 mil millones de dólares", "es", "1200000000", "$"),
        ("12,3 тыс. тонн", "ru", "12300", "t"),
        ("1.2亿吨", "zh", "120000000", "t"),
        ("1亿2000万元", "zh", "120000000", "CNY"),
        ("三千五百吨", "zh", "3500", "t"),
        ("%75", "tr", "75", "%"),
        ("7,5 lakh tonnes", "hi", "750000", "t"),
        ("treinta y cinco kilómetros", "es", "35", "km"),
        ("quatre-vingt-dix kilomètres", "fr", "90", "km"),
        ("خمسة وعشرون يوما", "ar", "25", "day"),
        ("сто двадцать пять километров", "ru", "125", "km"),
        ("the 20th century", "en", "20", "century"),
        ("a 20-kVA generator", "en", "20", "kVA"),
    ],
)
def test_the_forms_of_many_languages_are_one_value(text: str, language: str, value: str, unit: str) -> None:
    found = read(text, language)
    assert found.values == {Decimal(value)}
    assert found.unit == unit


@pytest.mark.parametrize(
    ("part", "whole", "language"),
    [
        ("75 toneladas", "2.350,75 toneladas", "es"),
        ("5 km", "1.234,5 km", "es"),
        ("5 km", "1 234,5 km", "fr"),
        ("234 km", "1 234 km", "en"),
        ("567 t", "1,234,567 t", "en"),
        ("5 кг", "12,5 кг", "ru"),
        ("8 kg", "12’345.8 kg", "de"),
        ("30 minutes", "12:30", "en"),
        ("15 tonnes", "S/2015/15 tonnes", "en"),
        ("五百人", "三千五百人", "zh"),
        ("5 hombres", "treinta y cinco hombres", "es"),
        ("٧٥ طن", "٢٬٣٥٠٫٧٥ طن", "ar"),
    ],
)
def test_a_part_of_a_number_is_not_in_it(part: str, whole: str, language: str) -> None:
    said = read(part, language)
    assert not any(said.is_supported_by(other) for other in quantities(whole, language))


def test_an_ambiguous_form_has_both_readings_and_no_third() -> None:
    assert read("1.234 km", "de").values == {Decimal("1234"), Decimal("1.234")}
    # In English a comma divides thousands and nothing else.
    assert read("1,234 km", "en").values == {Decimal("1234")}


def test_a_time_of_day_and_a_section_number_are_no_numbers() -> None:
    assert read("at 2:30 pm").code == read("à 14h30").code == read("1430Z").code == "14:30"
    section = read("see 3.2.1")
    assert section.code == "3.2.1"
    assert not section.values


def test_figures_side_by_side_in_a_row_may_be_several_numbers() -> None:
    assert {str(value) for each in quantities("12 345 678") for value in each.values} >= {"12", "345"}
    # In prose, and where thousands are divided so, they are one.
    assert read("There were 12 345 people in it").values == {Decimal(12345)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("5 July 2026", "en"),
        ("July 5, 2026", "en"),
        ("5 de julio de 2026", "es"),
        ("5 июл. 2026 г.", "ru"),
        ("٥ يوليو ٢٠٢٦", "ar"),
        ("5\u200f/7\u200f/2026", "ar"),
        ("2026年7月5日", "zh"),
        ("2026/7/5", "zh"),
        ("5 lug 2026", "it"),
        ("5 जुल॰ 2026", "hi"),
        ("۵ ژوئیهٔ ۲۰۲۶", "fa"),
        ("5 Tem 2026", "tr"),
        ("5 lipca 2026", "pl"),
        ("5. 7. 2026", "cs"),
        ("05.07.26", "de"),
    ],
)
def test_a_day_is_the_same_in_every_form(text: str, language: str) -> None:
    (day, *others) = dates(text, language)
    assert (day.year % 100, day.month, day.day) == (26, 7, 5)
    assert text[day.start : day.end].strip() == text
    assert all(other.start == day.start for other in others)


def test_a_year_of_two_figures_is_of_this_century_or_the_last() -> None:
    short = dates("05.07.26", "de")[0]
    assert dates("5. Juli 2026", "de")[0].is_supported_by(short)
    assert not dates("5. Juli 2126", "de")[0].is_supported_by(short)
    assert not dates("05.07.26", "de")[0].is_supported_by(dates("05.07.00", "de")[0])


def test_a_short_name_of_a_month_is_one_in_its_language_only() -> None:
    assert dates("5 out 2026", "pt")[0].month == 10
    assert not [date for date in dates("5 out of 20", "en") if date.month]
