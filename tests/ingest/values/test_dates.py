"""Dates in words, figures, groups and other calendars: what is said is read, the rest stays open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ingest.values.dates import date_alone, dates, sole_days
from ingest.values.time_groups import HOURS_AHEAD
from ingest.values.years import full_year

TODAY = date(2026, 11, 30)
MARCH_15 = date(2019, 3, 15)


@pytest.mark.parametrize(
    "text",
    [
        "15/03/2019", "03/15/2019", "15-MAR-2019", "151400ZMAR19", "15 1400Z MAR 19", "151400Z MAR 2019",
        "2019-03-15", "2019.03.15", "2019/03/15", "15.03.2019", "15. 3. 2019", "80101911/15.03.2019",
        "Given under my hand this 15th day of March, 2019", "15 March 2019", "March 15, 2019", "15 Mar 19",
        "Port Evering, Ministry of Rivers and Canals, 15 March 2019", "15 de março de 2019", "15 marzo 2019",
        "15. März 2019", "15 марта 2019 г.", "15 березня 2019 року", "15. ožujka 2019.", "15. март 2019.",
        "15 Mart 2019", "15 marca 2019", "15 mars 2019", "2019. március 15.", "2019年3月15日",
        "2019년 3월 15일",
        "١٥ مارس ٢٠١٩", "15 آذار/مارس 2019", "۱۵ مارس ۲۰۱۹", "15 मार्च 2019",
        "民國108年3月15日", "15 มีนาคม พ.ศ. 2562", "8 رجب 1440 هـ", "8 Rajab 1440 AH",
    ],
)  # fmt: skip
def test_one_day_in_many_forms(text: str) -> None:
    assert list(sole_days(text, TODAY)) == [MARCH_15]


def test_a_day_that_can_be_read_in_two_ways_has_both_and_is_no_sole_day() -> None:
    assert {each.day_near(TODAY) for each in dates("07/10/2014")} == {date(2014, 10, 7), date(2014, 7, 10)}
    assert list(sole_days("07/10/2014", TODAY)) == []
    # In German the day comes first, in English in either place.
    assert list(sole_days("07/10/2014", TODAY, "de")) == [date(2014, 10, 7)]
    assert list(sole_days("07.10.2014", TODAY)) == [date(2014, 10, 7)]


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("March 2019", "en", (2019, 3, 0)),
        ("in March", "en", (0, 3, 0)),
        ("15 March", "en", (0, 3, 15)),
        ("2019年3月", "zh", (2019, 3, 0)),
        ("3月15日", "zh", (0, 3, 15)),
        ("марта 2019 года", "ru", (2019, 3, 0)),
        ("061430Z SEP", "en", (0, 9, 6)),
    ],
)
def test_what_a_date_leaves_out_stays_out(text: str, language: str, parts: tuple[int, int, int]) -> None:
    (found,) = dates(text, language)
    assert (found.year, found.month, found.day) == parts
    assert found.day_near(TODAY) is None


def test_two_figures_after_a_name_of_a_month_may_be_a_count() -> None:
    assert [each.year for each in dates("on 17 September, 18 miles north")] == [0]
    assert [each.year for each in dates("on 17 September 18 miles north")] == [0]
    assert [each.year for each in dates("since 6 Sep 73 and '73 only: 6 September '73")] == [73, 73]


@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
@pytest.mark.parametrize(
    "form", ["061430{}SEP26", "061430{} SEP 26", "06 1430{} SEP 2026", "061430{}sep2026"]
)
def test_a_time_group_is_an_instant_by_its_letter(letter: str, form: str) -> None:
    (found,) = dates(form.format(letter))
    assert (found.zone, found.hour, found.minute, found.day_near(TODAY)) == (letter, 14, 30, date(2026, 9, 6))
    ahead = HOURS_AHEAD.get(letter)
    written = datetime(2026, 9, 6, 14, 30, tzinfo=UTC)
    assert found.instant_near(TODAY) == (None if ahead is None else written - timedelta(hours=ahead))


def test_the_letters_go_round_the_world() -> None:
    assert (HOURS_AHEAD["A"], HOURS_AHEAD["I"], HOURS_AHEAD["K"], HOURS_AHEAD["M"]) == (1, 9, 10, 12)
    assert (HOURS_AHEAD["N"], HOURS_AHEAD["Y"], HOURS_AHEAD["Z"]) == (-1, -12, 0)
    assert "J" not in HOURS_AHEAD and len(HOURS_AHEAD) == 25


def test_a_time_group_without_a_letter_is_of_an_unknown_zone() -> None:
    (found,) = dates("231400 SEP 2026")
    assert (found.zone, found.hour) == ("", 14) and found.instant_near(TODAY) is None
    (late,) = dates("232300R SEP 26")
    assert late.instant_near(TODAY) == datetime(2026, 9, 24, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "near", "full"),
    [(73, 2026, 1973), (26, 2026, 2026), (46, 2026, 2046), (47, 2026, 1947), (99, 2026, 1999),
     (0, 2026, 2000), (73, 1980, 1973), (5, 1980, 1905), (1999, 2026, 1999), (68, 2026, 1968)],
)  # fmt: skip
def test_two_digits_of_a_year_reach_twenty_years_ahead(year: int, near: int, full: int) -> None:
    assert full_year(year, date(near, 6, 1)) == full


def test_a_cell_is_a_date_only_if_nothing_else_stands_in_it() -> None:
    for text in ("20190315", "Fri, 15 Mar 2019", "15-Mar-19", "March 15, 2019", "15.03.2019"):
        assert {each.day_near(TODAY) for each in date_alone(text)} == {MARCH_15}, text
    for text in ("15 March 2019 at noon", "12 boxes", "March", "15/03", "v2019-03-15"):
        assert not [each for each in date_alone(text) if each.day_near(TODAY)], text


def test_no_day_that_the_calendar_lacks() -> None:
    for text in ("31/02/2019", "31 April 2019", "2019-02-29", "00/03/2019", "32 March 2019", "251400ZXXX19"):
        assert list(sole_days(text, TODAY)) == [], text
