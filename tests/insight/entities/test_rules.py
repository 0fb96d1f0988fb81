"""What each recogniser finds, and what it leaves alone."""

from datetime import date

import pytest

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.times import DateRecogniser, anchored
from donovan.insight.entities.recognition import without_overlaps

from .conftest import found_in


def normals(text: str, kind: Kind, language: str = "en") -> list[str]:
    return [m.normal for m in found_in(text, language) if m.kind == kind]


def texts(text: str, kind: Kind, language: str = "en") -> list[str]:
    return [m.text for m in found_in(text, language) if m.kind == kind]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("5 May 2016", "2016-05-05"),
        ("May 5, 2016", "2016-05-05"),
        ("5th of May, 2016", "2016-05-05"),
        ("2016-05-05", "2016-05-05"),
        ("2016-05-05T14:30Z", "2016-05-05T14:30"),
        ("05.05.2016", "2016-05-05"),
        ("25/12/2016", "2016-12-25"),
        ("12/25/2016", "2016-12-25"),
        ("051430ZMAY16", "2016-05-05T14:30"),
        ("051430Z MAY 2016", "2016-05-05T14:30"),
        ("05 1430Z MAY 16", "2016-05-05T14:30"),
        ("061430Z SEP 73", "1973-09-06T14:30"),
        ("2016.05.05", "2016-05-05"),
        ("October 25-26, 2016", "2016-10-25/2016-10-26"),
        ("11-13 Dec. 2016", "2016-12-11/2016-12-13"),
        ("May 2016", "2016-05"),
        ("3 de mayo de 2021", "2021-05-03"),
        ("9 мая 2022", "2022-05-09"),
        ("2021年5月3日", "2021-05-03"),
        ("1977-1979", "1977-01-01/1979-12-31"),
    ],
)
def test_dates_of_many_styles_are_read(written: str, normal: str) -> None:
    found = [m for m in found_in(f"It ended {written} there") if m.kind == Kind.DATE]
    assert [(m.text, m.normal) for m in found] == [(written, normal)]


def test_a_date_of_figures_that_can_be_read_two_ways_gets_no_value() -> None:
    (found,) = [m for m in found_in("Signed 03/04/2021 here") if m.kind == Kind.DATE]
    assert found.text == "03/04/2021"
    assert found.since is None


def test_days_that_the_calendar_lacks_are_not_dated() -> None:
    assert all(m.since is None for m in found_in("On 31 February 2020 it rained") if m.text.startswith("31"))


def test_may_is_a_month_only_with_a_capital() -> None:
    assert texts("They may 5 times march 3 miles", Kind.DATE) == []


@pytest.mark.parametrize(
    ("words", "anchor", "since", "until"),
    [
        ("yesterday", date(2016, 3, 1), date(2016, 2, 29), date(2016, 2, 29)),
        ("last month", date(2016, 1, 15), date(2015, 12, 1), date(2015, 12, 31)),
        ("this week", date(2016, 5, 5), date(2016, 5, 2), date(2016, 5, 8)),
        ("next year", date(2016, 5, 5), date(2017, 1, 1), date(2017, 12, 31)),
        ("Jan. 8", date(2017, 1, 10), date(2017, 1, 8), date(2017, 1, 8)),
        ("Dec. 27", date(2017, 1, 10), date(2016, 12, 27), date(2016, 12, 27)),
        ("yesterday", None, None, None),
        ("Jan. 8", None, None, None),
    ],
)
def test_relative_dates_rest_on_the_date_of_their_document(
    words: str, anchor: date | None, since: date | None, until: date | None
) -> None:
    (found,) = without_overlaps(DateRecogniser().find(f"It came {words} at last", "en"))
    resolved = anchored(found, anchor)
    assert (resolved.since, resolved.until) == (since, until)
    assert "relative" not in resolved.value and "partial" not in resolved.value


@pytest.mark.parametrize(
    ("written", "latitude", "longitude"),
    [
        ("33°47′N 44°30′E", 33.7833, 44.5),
        ("59°10′25″N 18°10′05″E", 59.1736, 18.1681),
        ("33.783°N 44.500°E", 33.783, 44.5),
        ("36.98512, -15.31234", 36.98512, -15.31234),
        ("38S MB 46520 84030", 33.29, 44.43),
        ("33T 500000 4649776", 42.0, 15.0),
    ],
)
def test_coordinates_are_read_in_every_notation(written: str, latitude: float, longitude: float) -> None:
    (found,) = [m for m in found_in(f"Seen at {written} at dusk") if m.kind == Kind.COORDINATE]
    assert found.text == written
    assert found.value["latitude"] == pytest.approx(latitude, abs=0.02)
    assert found.value["longitude"] == pytest.approx(longitude, abs=0.02)


def test_what_does_not_lie_on_the_globe_is_no_coordinate() -> None:
    assert texts("It read 97.12345, 210.12345 and 61S ZZ 1234 5678", Kind.COORDINATE) == []


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Call 910-432-3383 now", Kind.PHONE, ["+19104323383"]),
        ("Call +44 20 7946 0018 now", Kind.PHONE, ["+442079460018"]),
        ("Write to Jo.Ann@port.example.org.", Kind.MAIL, ["jo.ann@port.example.org"]),
        ("See https://example.org/a?b=1.", Kind.MAIL, ["https://example.org/a?b=1"]),
        ("It cost £59.5 million in all", Kind.MONEY, ["59.5 million gbp"]),
        ("It cost 300 USD in all", Kind.MONEY, ["300 usd"]),
        (
            "Resolution 2254 was S/RES/2254 (2015).",
            Kind.DOCUMENT_NUMBER,
            ["resolution 2254", "s res 2254 2015"],
        ),
        ("As in SITREP 07 and OPORD 26-03 said", Kind.DOCUMENT_NUMBER, ["sitrep 07", "opord 26 03"]),
        ("The MV Corvina Star met HMS Ocean", Kind.EQUIPMENT, ["mv corvina star", "hms ocean"]),
        ("A T-72, an AK-47 and a C-130 came", Kind.EQUIPMENT, ["t 72", "ak 47", "c 130"]),
    ],
)
def test_numbers_and_names_of_things_are_found(text: str, kind: Kind, expected: list[str]) -> None:
    assert normals(text, kind) == expected


def test_plain_numbers_are_no_telephone_numbers() -> None:
    assert texts("Boxes 1234 5678 9012 and 2016-05-05 and 12.50 and 100,200,300", Kind.PHONE) == []


@pytest.mark.parametrize(
    ("text", "written", "normal"),
    [
        ("Then Gen. Joseph L. Votel arrived", "Gen. Joseph L. Votel", "joseph votel"),
        (
            "It was Iraqi Prime Minister Haider al-Abadi who came",
            "Iraqi Prime Minister Haider al-Abadi",
            "haider al abadi",
        ),
        ("He met Mr Ellwood there", "Mr Ellwood", "ellwood"),
        ("It was Abu Musab al-Zarqawi himself", "Abu Musab al-Zarqawi", "abu musab al zarqawi"),
        ("El coronel Juan Pérez vino", "Juan Pérez", "juan perez"),
        (
            "Это Владимир Владимирович Путин сказал",
            "Владимир Владимирович Путин",
            "vladimir vladimirovic putin",
        ),
    ],
)
def test_people_are_known_by_title_name_and_shape(text: str, written: str, normal: str) -> None:
    assert [(m.text, m.normal) for m in found_in(text, "") if m.kind == Kind.PERSON] == [(written, normal)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Then the Ministry of Higher Education closed", "Ministry of Higher Education"),
        ("Then U.S. Central Command announced it", "U.S. Central Command"),
        ("Then the Government of Iraq met", "Government of Iraq"),
        ("Then Iraqi security forces came", "Iraqi security forces"),
        ("Then the Asad regime fell", "Asad regime"),
        ("Then NATO met", "NATO"),
        ("Then the UK has agreed", "UK"),
        ("Luego el Ministerio de Defensa cerró", "Ministerio de Defensa"),
    ],
)
def test_organisations_are_known_by_head_list_and_deed(text: str, written: str) -> None:
    assert texts(text, Kind.ORGANISATION) == [written]


def test_towns_need_evidence_and_countries_do_not() -> None:
    assert normals("He flew from Paris to Mosul in Iraq", Kind.PLACE) == ["paris fr", "mosul iq", "iraq"]
    assert texts("Reading and Nice words of Hope", Kind.PLACE) == []
    assert normals("They met in northern Syria", Kind.PLACE) == ["northern syria"]
    assert normals("It stood in Palmyra, Syria then", Kind.PLACE) == ["tadmur sy"]


def test_a_last_name_alone_goes_with_the_full_name_of_its_document() -> None:
    found = found_in("Gen. Joseph Votel spoke first. Later Votel left, and nobody saw Votel again.")
    assert [m.normal for m in found if m.kind == Kind.PERSON] == ["joseph votel"] * 3


def test_a_last_name_that_two_bear_goes_with_neither() -> None:
    found = found_in("Mr John Miller met Mrs Anna Miller. Later Miller said no.")
    assert [m.normal for m in found if m.kind == Kind.PERSON] == ["john miller", "anna miller", "miller"]


def test_descriptions_are_found_but_named_as_such() -> None:
    found = [m for m in found_in("They struck an ISIL-held building") if m.kind == Kind.PLACE]
    assert [(m.text, m.level) for m in found] == [("an ISIL-held building", "nominal")]
