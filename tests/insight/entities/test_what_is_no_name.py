"""Markings, counts and words of every day are no names, dates or towns."""

from datetime import date

import pytest

from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.masking import without_markings
from donovan.insight.entities.recognisers import default_recognisers

DAY = date(2026, 9, 20)


def found(text: str, kind: str) -> list[str]:
    batches = extract([PageText(1, text, "en")], default_recognisers(), DAY)
    return [m.found.text for batch in batches for m in batch.mentions if m.found.kind == kind]


def days(text: str) -> list[date | None]:
    batches = extract([PageText(1, text, "en")], default_recognisers(), DAY)
    return [m.found.since for batch in batches for m in batch.mentions if m.found.kind == "date"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Cases since 6 September 73", date(2026, 9, 6)),
        ("She left on 17 September, 18 miles north of the cape.", date(2026, 9, 17)),
        ("Signed 14 SEP 26.", date(2026, 9, 14)),
        ("Built in '73 and opened 6-Sep-73.", date(1973, 9, 6)),
    ],
)
def test_two_figures_are_a_year_only_where_nothing_else_can_be_meant(text: str, day: date) -> None:
    assert day in days(text)


@pytest.mark.parametrize(
    "text",
    [
        "Item: salt | Minimum: 1500 | Pallets: 11",
        "The convoy left at 1540 for the port.",
        "hrast: 1946 | water: 2011",
    ],
)
def test_four_figures_of_a_count_or_a_time_are_no_year(text: str) -> None:
    assert not any(day is not None and day.year != DAY.year for day in days(text))


def test_a_year_is_found_where_it_is_one() -> None:
    assert date(1815, 1, 1) in days("The treaty of 1815 was signed in Vienna.")
    assert date(2011, 1, 1) in days("Year: 2011 | Cases: 40")


@pytest.mark.parametrize(
    "text",
    [
        "Oral rehydration salts: 400 boxes.",
        "Convoy 8 was late.",
        "Friendly forces hold the ridge.",
        "The Republic answered.",
    ],
)
def test_a_word_of_every_day_is_no_town_because_of_its_capital(text: str) -> None:
    assert found(text, "place") == []


def test_a_town_that_is_also_a_word_is_found_where_the_words_before_it_say_so() -> None:
    assert found("The team left France on Monday. They met in Nice.", "place") == ["France", "Nice"]


def test_markings_are_hidden_and_every_offset_stays() -> None:
    text = "SECRET//HARBOR//NOFORN\n(S//REL TO USA, GBR) Camp Jasen holds. (CUI) The rest waits."
    masked = without_markings(text)
    assert len(masked) == len(text)
    assert "NOFORN" not in masked
    assert "GBR" not in masked
    assert masked.index("Camp Jasen") == text.index("Camp Jasen")
    assert found(text, "organisation") == []
    assert "(s) of the plan" in without_markings("(s) of the plan")


def test_a_short_form_of_a_place_with_a_head_is_no_town_of_that_name() -> None:
    places = found("Camp Lipa holds 3,000 persons. The lorries went to Lipa in the evening.", "place")
    assert "Lipa" not in places
    assert "Camp Lipa" in places


@pytest.mark.parametrize(
    "text",
    [
        "RE: Noise at night\nDear all, the office has called again.",
        "This is NON negotiable, and NOT now.",
        "They need HELP NOW, said the clerk.",
        "All boxes were SEALED. Nobody had sealed them before.",
    ],
)
def test_a_word_in_capitals_is_no_organisation(text: str) -> None:
    assert found(text, "organisation") == []


def test_a_short_form_is_one_still() -> None:
    assert found("The SDF held the town, and UN OCHA sent food.", "organisation") == ["SDF", "UN", "OCHA"]
    assert "CANT" in found("The Combined Anti-Narcotics Team (CANT) met.", "organisation")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Suspect 3: Amra Hadzic, born in 1980", ["Amra Hadzic"]),
        ("Witness: Zlatko Perić\nSigned by: T. Okafor", ["Zlatko Perić", "T. Okafor"]),
        ("From: Amra Hadzic <amra@x.example>\nTo: Team Desk <t@x.example>", ["Amra Hadzic"]),
        ("Свидетель: Олена Ковальчук", ["Олена Ковальчук"]),
        ("Name: Amra Hadzic\nDate of birth: 4 May 1980", ["Amra Hadzic"]),
        ("Name: Lady Anna\nFlag: Malta\nName of vessel: Lady Anna\nName of firm: Blue Shield", []),
        ("Owner: Harbour Master Team\nName: Port Almina Hospital\nContact: The Manager", []),
    ],
)
def test_a_field_that_asks_for_a_person_is_filled_with_one(text: str, names: list[str]) -> None:
    assert found(text, "person") == names
