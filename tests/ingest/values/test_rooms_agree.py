"""The same writing means the same in every room: each reads the value or leaves it open."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from donovan.assistant.terms import terms_of
from donovan.insight.entities.recognisers.times import DateRecogniser
from donovan.insight.entities.recognition import without_overlaps
from donovan.insight.tables.engine import literal, open_workshop
from donovan.insight.tables.questions.lexicon import date_at, number_at, words_of
from donovan.insight.tables.typing_dates import day_in_cell
from donovan.insight.tables.typing_numbers import number_plan
from ingest.dates import document_date
from ingest.values.numbers import quantities

TODAY = date(2026, 11, 30)
MARCH_15 = date(2019, 3, 15)
SEPTEMBER_6 = date(1973, 9, 6)
ONE_DAY = (
    "15 March 2019", "15th March 2019", "15 Mar 2019", "March 15, 2019", "Mar. 15, 2019",
    "15-MAR-2019", "15-Mar-19",
    "2019-03-15", "2019.03.15", "2019/03/15", "15.03.2019", "15. 3. 2019", "15/03/2019", "03/15/2019",
    "15-03-2019",
    "151400ZMAR19", "151400Z MAR 19", "15 1400Z MAR 2019", "151400ZMAR2019", "151400R MAR 19",
    "15.03.19",
    "15 de marzo de 2019", "15 marzo 2019", "15 mars 2019", "15. März 2019", "15 марта 2019",
    "15 марта 2019 г.",
    "15. ožujka 2019", "15. marta 2019", "15. марта 2019", "2019年3月15日", "15 de março de 2019",
    "15 marca 2019",
    "15 березня 2019", "15 Mart 2019", "15 maart 2019", "15 maaliskuuta 2019", "2019. március 15.",
    "15 martie 2019",
    "١٥ مارس ٢٠١٩", "15 آذار 2019", "民國108年3月15日", "8 رجب 1440", "15 มีนาคม 2562", "二〇一九年三月十五日",
)  # fmt: skip
OTHER_CENTURY = ("061430Z SEP 73", "061430ZSEP73", "06 1430Z SEP 73", "06.09.73", "06-Sep-73", "6 Sep 1973")
OPEN = (
    "07/10/2014",
    "03/04/2021",
    "1/2/99",
    "5-6-2020",
    "March 2019",
    "2019",
    "15 March",
    "31/02/2019",
    "31 April 2019",
)
NUMBERS = {
    "1,234,567": "1234567", "1,234.5": "1234.5", "1.234,5": "1234.5", "1.234.567,25": "1234567.25",
    "12": "12",
    "1 234,5": "1234.5", "1'234.5": "1234.5", "1’234’567": "1234567", "12,34,567": "1234567",
    "0.125": "0.125",
    "0,125": "0.125", "12345.678": "12345.678", "2.350,75": "2350.75", "1\u202f234\u202f567": "1234567",
    "1\u00a0234,75": "1234.75", "٢٬٣٥٠٫٧٥": "2350.75", "۱۲٬۳۴۵٬۶۷۸": "12345678", "१२३": "123",
    "-44": "-44",
    "12.5 km": "12.5", "3 EUR": "3", "$1,200.50": "1200.5", "12.5%": "12.5", "4.50 mg/l": "4.5",
    "38 kg": "38",
}  # fmt: skip


def by_verification(text: str) -> set[date]:
    """Its readings near today; verification itself leaves the century of two digits open."""
    read = (each for term in terms_of(text, "") for each in term.dates)
    return {day for each in read if (day := each.day_near(TODAY))}


def by_ingest(text: str) -> set[date]:
    day = document_date(text, "", TODAY, trust_stated=False)
    return {day} if day else set()


def by_tables(text: str) -> set[date]:
    """In a column that shows nothing of its order both orders are left."""
    return {day for order in (True, False) if (day := day_in_cell(text, order, TODAY))}


def by_entities(text: str) -> set[date]:
    found = without_overlaps(DateRecogniser().find(f"On {text} it ended", ""))
    return {each.since for each in found if each.since and each.since == each.until}


def by_questions(text: str) -> set[date]:
    words = words_of(text)
    spoken = date_at(words, 0, None)
    return {spoken[0].first} if spoken and spoken[1] == len(words) and spoken[0].is_day else set()


ROOMS = (by_verification, by_ingest, by_tables, by_entities, by_questions)
# Questions are asked in English and entities know the months of the language of their text.
READS_ALL = (by_verification, by_ingest, by_tables)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    ("texts", "day"), [(ONE_DAY, MARCH_15), (OTHER_CENTURY, SEPTEMBER_6)], ids=["one day", "other century"]
)
def test_a_day_is_the_same_day_in_every_room(
    room: Callable[[str], set[date]], texts: tuple[str, ...], day: date
) -> None:
    read = {text: room(text) for text in texts}
    assert {text: days for text, days in read.items() if days - {day}} == {}
    if room in READS_ALL:
        assert [text for text, days in read.items() if not days] == []


@pytest.mark.parametrize("text", OPEN)
def test_what_is_open_is_open_in_every_room(text: str) -> None:
    assert by_ingest(text) == by_entities(text) == by_questions(text) == set()
    assert by_tables(text) == by_verification(text) and len(by_tables(text)) in (0, 2)


def test_a_number_is_the_same_in_a_sentence_a_column_and_a_question() -> None:
    with open_workshop(seconds=60) as workshop:
        for text, written in NUMBERS.items():
            value = Decimal(written)
            (said,) = quantities(f"They count {text} of it", "")
            assert value in said.values, text
            plan = number_plan({text: 1}, "")
            assert plan is not None, text
            ((cell,),) = workshop.rows(f"SELECT {plan.sql(literal(text))}")
            assert Decimal(str(cell)) in said.values, (text, cell)
            # Questions are asked in English: no spaces in numbers, no comma before decimals alone.
            if text.isascii() and " " not in text and text[0].isdigit() and not text.startswith("0,"):
                asked = number_at(words_of(text), 0)
                assert asked is None or asked[0] == value, text
