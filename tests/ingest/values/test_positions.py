"""Coordinates in every notation come to the same place, and what is wrong with one is said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values.positions import NoPosition, Position, from_mgrs, position

METRES_IN_DEGREE = 111_320


def apart(first: Position, second: Position) -> float:
    """Metres between two near positions."""
    north = (first.latitude - second.latitude) * METRES_IN_DEGREE
    turn = (first.longitude - second.longitude + 180) % 360 - 180
    return math.hypot(north, turn * METRES_IN_DEGREE * math.cos(math.radians(first.latitude)))


# The Eiffel tower, the White House, Sydney's opera house and Cape Horn, as published in several notations.
@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("48.8584, 2.2945", 48.8584, 2.2945),
        ("48°51′30.24″N 2°17′40.2″E", 48.8584, 2.2945),
        ("31U DQ 48252 11954", 48.8583, 2.2945),
        ("31UDQ4825211954", 48.8583, 2.2945),
        ("31U 448252 5411955", 48.8583, 2.2945),
        ("18S UJ 23394 07395", 38.8977, -77.0365),
        ("N38 53.862 W077 02.190", 38.8977, -77.0365),
        ("385352N0770211W", 38.89778, -77.03639),
        ("-33.8568 151.2153", -33.8568, 151.2153),
        ("33°51.408'S, 151°12.918'E", -33.8568, 151.2153),
        ("56H LH 34900 52288", -33.8568, 151.2153),
        ("5558S06716W", -55.96667, -67.26667),
    ],
)
def test_a_notation_is_read(text: str, latitude: float, longitude: float) -> None:
    assert apart(position(text), Position(latitude, longitude)) < 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a coordinate"),
        ("the harbour", "not a coordinate"),
        ("9" * 500, "not a coordinate"),
        ("91, 10", "latitude of 91"),
        ("10, 181", "longitude of 181"),
        ("48°61′N 2°E", "below 60"),
        ("-48°N 2°E", "not both"),
        ("31U IQ 48252 11954", "letters I and O"),
        ("61U DQ 48252 11954", "1 to 60"),
        ("31U DQ 48252 1195", "as many digits"),
        ("31X DQ 48252 11954", "no square DQ"),
        ("31A DQ 48252 11954", "poles"),
        ("31U 000001 5411955", "eastings"),
        ("00U 448252 5411955", "not a zone"),
        ("31T 448252 5411955", "not lie in band T but in U"),
        ("33N 500000 4649776", "write 33T"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(NoPosition) as raised:
        position(text)
    assert words in raised.value.sentence


@given(latitude=st.floats(-79.9, 83.9), longitude=st.floats(-179.99, 179.99))
def test_every_notation_leads_back(latitude: float, longitude: float) -> None:
    there = Position(latitude, longitude)
    assert apart(position(there.mgrs()), there) < 2
    assert apart(position(there.degrees()), there) < 2
    assert apart(position(there.minutes()), there) < 4
    assert apart(position(there.utm()), there) < 2


@given(st.text(max_size=60))
def test_any_text_is_a_position_or_a_sentence(text: str) -> None:
    try:
        found = position(text)
    except NoPosition as error:
        assert error.sentence.endswith(".")
    else:
        assert abs(found.latitude) <= 90 and abs(found.longitude) <= 180


def test_fewer_digits_name_a_larger_square() -> None:
    tower = Position(48.8584, 2.2945)
    assert tower.mgrs(5) == "31U DQ 48252 11954"
    assert tower.mgrs(2) == "31U DQ 48 11"
    assert tower.mgrs(0) == "31U DQ"
    assert apart(from_mgrs("31U DQ 48 11"), tower) < 1500


@pytest.mark.parametrize(
    ("text", "extent", "notations"),
    [
        (
            "31U DQ 48 11",
            "a square of 1 km",
            ("31U DQ 48 11", "48.85° N, 2.30° E", "48°51′ N, 002°18′ E", "31U 448000 5411000"),
        ),
        (
            "31UDQ482119",
            "a square of 100 m",
            ("31U DQ 482 119", "48.858° N, 2.294° E", "48°51′30″ N, 002°17′40″ E", "31U 448200 5411900"),
        ),
        (
            "31U DQ",
            "a square of 100 km",
            ("31U DQ", "49° N, 2° E", "49°12′ N, 002°19′ E", "31U 400000 5400000"),
        ),
    ],
)
def test_a_square_is_never_written_more_finely_than_it_was_named(
    text: str, extent: str, notations: tuple[str, ...]
) -> None:
    square = position(text)
    assert (square.mgrs(), square.degrees(), square.minutes(), square.utm()) == notations
    assert square.extent == extent


@given(latitude=st.floats(-79.9, 83.9), longitude=st.floats(-179.99, 179.99), digits=st.integers(0, 5))
def test_the_middle_of_a_square_names_it(latitude: float, longitude: float, digits: int) -> None:
    named = Position(latitude, longitude).mgrs(digits)
    assert from_mgrs(named).mgrs() == named


def test_the_poles_have_mgrs_and_no_utm() -> None:
    pole = Position(89.0, 10.0)
    assert pole.mgrs().startswith("Z AF")
    assert pole.utm() == ""
