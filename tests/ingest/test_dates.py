"""The day of a paper is the one that it gives; where that has two readings, or no day, it stays open."""

from datetime import date

import pytest

from ingest.dates import document_date, stated_date

CAME_IN = date(2026, 11, 30)
SCANNED = "D:20260101120000Z"
MARCH_15 = date(2019, 3, 15)


def day_of(*lines: str, language: str = "en") -> date | None:
    return document_date("\n".join(lines), SCANNED, CAME_IN, trust_stated=False, language=language)


@pytest.mark.parametrize(
    "line",
    [
        "03/15/2019", "15/03/2019", "15-MAR-2019", "151400ZMAR19", "15 1400Z MAR 19", "2019.03.15",
        "2019/03/15", "this 15th day of March, 2019",
        "Port Evering, Ministry of Rivers and Canals, 15 March 2019",
        "15 Mar 19", "Date of issue: 15/03/2019", "15 de março de 2019", "15 March 2019",
        "15 marzo 2019",
        "١٥ مارس ٢٠١٩", "2019年3月15日", "二〇一九年三月十五日",
        "80101911/15.03.2019",
    ],
)  # fmt: skip
def test_fifteen_ways_and_more_to_write_one_day(line: str) -> None:
    assert day_of("Harbour office", line, "The record of the lamp is kept in the tower.") == MARCH_15


@pytest.mark.parametrize("line", ["Date: 07/10/2014", "07/10/2014", "March 2019", "June 2024"])
def test_what_is_no_one_day_stays_open_and_is_not_the_day_of_the_scan(line: str) -> None:
    assert day_of("County of Ashmere", line, "The wall of parcel 4471 is to be rebuilt.") is None


def test_a_later_line_may_close_what_an_earlier_one_left_open() -> None:
    assert day_of("Monthly return", "March 2019", "Signed:", "15 March 2019") == MARCH_15


def test_two_digits_of_a_year_are_near_the_day_on_which_the_file_came_in() -> None:
    assert day_of("DTG 061430Z SEP 73") == date(1973, 9, 6)
    assert day_of("Harbour log", "11.08.17") == date(2017, 8, 11)


def test_the_day_on_which_a_file_was_made_is_not_that_of_the_paper() -> None:
    assert day_of("A note without a day") is None


def test_a_photograph_says_when_it_was_taken() -> None:
    of_itself = document_date("Pier 8", SCANNED, CAME_IN, trust_stated=False, is_of_itself=True)
    assert of_itself == date(2026, 1, 1)


def test_how_files_write_their_own_day() -> None:
    assert stated_date("2026:03:12 10:00:00", CAME_IN) == date(2026, 3, 12)
    assert stated_date("Do, 6 Okt 2022 12:27:13 +0200", CAME_IN, "de") == date(2022, 10, 6)
    assert stated_date("12/03/2024 10:15 AM", CAME_IN) is None


def test_of_a_mail_the_header_is_the_day() -> None:
    said = "Thu, 6 Oct 2022 12:27:13 +0200"
    assert document_date("15 March 2019", said, CAME_IN, trust_stated=True) == date(2022, 10, 6)


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["Passport", "Date of birth", "24 May 1971"], "en"),
        (["Lease", "Valid until 31 December 2030"], "en"),
        (["Rechnung 4471", "Fällig am: 31.12.2030"], "de"),
        (["RECEIVED 20 March 2019", "Harbour office"], "en"),
        (["Vuestra solicitud", "Su carta de 3 de mayo de 2018"], "es"),
        (["Harbour office", "The old sea wall broke on 3 May 1954 and was never rebuilt."], "en"),
        (["Harbour office", "On 3 May 1954 the old sea wall broke, and it", "was never rebuilt."], "en"),
        (["إدارة الميناء", "تاريخ الميلاد: ٢٤ مايو ١٩٧١"], "ar"),
    ],
)  # fmt: skip
def test_a_day_of_something_else_is_not_that_of_the_paper(lines: list[str], language: str) -> None:
    assert day_of(*lines, language=language) is None


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["RECEIVED 20 March 2019", "Port Evering, 15 March 2019", "Dear Sir,"], "en"),
        (["Invoice 4471", "Due: 30 April 2019", "Date: 15 March 2019"], "en"),
        (["Invoice 4471   Date: 15 March 2019   Due: 30 April 2019"], "en"),
        (["Your letter of 3 May 2018", "15 March 2019", "Dear Sir,"], "en"),
        (["PORT EVERING, 15 March 2019 – The lamp on the northern pier is lit again after a year."], "en"),
        (["Minutes of the meeting of the harbour council held on 15 March 2019 in its hall", "1."], "en"),
        (["Décret n° 45 du 15 mars 2019 relatif à l'usage des mouillages", "La lampe est entretenue."], "fr"),
        (["This agreement is made on 15 March 2019 between the Harbour Office and Marlow Ltd."], "en"),
        (["Issued", "15 March 2019", "Expires", "15 March 2029"], "en"),
        ([*(f"{number}. It is lit at dusk." for number in range(60)), "Done at Ever, 15 March 2019"], "en"),
    ],
)  # fmt: skip
def test_the_day_of_the_paper_is_found_among_others(lines: list[str], language: str) -> None:
    assert day_of(*lines, language=language) == MARCH_15
