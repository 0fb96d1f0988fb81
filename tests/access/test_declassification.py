"""What a whole says about declassification that was made of several sources."""

import itertools

import pytest

from donovan.access.declassification import Whole, rolled_up, without_date
from donovan.access.markings import parse_marking

SECRET = parse_marking("SECRET")


@pytest.mark.parametrize(
    ("sources", "whole"),
    [
        (["20301231"], "2030-12-31"),
        (["2030-12-31", "20411231"], "2041-12-31"),
        (["25X1, 20501231", "2060-01-01"], "25X1, 2050-12-31"),
        (["25X1, 20501231", "25X2, 20511231"], "25X2, 2051-12-31"),
        (["25X1, 20501231", "25X1"], "25X1"),
        (["50X1-HUM", "25X1, 20501231"], "50X1-HUM"),
        (["50X6, 20701231", "50X2-WMD"], "50X2-WMD"),
        (["75X1, 20991231", "50X1-HUM"], "75X1, 2099-12-31"),
        ([], ""),
    ],
)
def test_the_most_restrictive_governs_in_any_order(sources: list[str], whole: str) -> None:
    for order in itertools.permutations(sources):
        assert rolled_up(order, SECRET) == Whole(whole)


@pytest.mark.parametrize(
    "text", ["OADR", "X1", "MR", "", "On completion of the test", "20301399", "25X1, soon"]
)
def test_what_a_person_must_decide_is_said_and_nothing_is_made_up(text: str) -> None:
    whole = rolled_up(["20301231", text], SECRET)
    assert whole == Whole("2030-12-31", (text or "no instruction",))


@pytest.mark.parametrize(
    ("marking", "said"),
    [
        ("SECRET//RD", "N/A to RD portions"),
        ("SECRET//FRD//NOFORN", "N/A to FRD portions"),
        ("SECRET//RD/TFNI", "N/A to RD/TFNI portions"),
        ("NATO SECRET", "N/A to NATO portions"),
        ("COSMIC TOP SECRET ATOMAL", "N/A to ATOMAL/NATO portions"),
    ],
)
def test_what_has_no_date_gets_none_whatever_its_sources_say(marking: str, said: str) -> None:
    whole = rolled_up(["20301231", "N/A to RD portions"], parse_marking(marking))
    assert whole.instruction.startswith(said) and not whole.undecided


def test_everything_else_is_due_a_date() -> None:
    assert without_date(parse_marking("TOP SECRET//SI//ORCON/NOFORN")) == ""
    assert without_date(parse_marking("UNCLASSIFIED//UCNI")) == ""
