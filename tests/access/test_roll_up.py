"""What a whole says that is made of parts, held against the public rules; and who may read it then."""

import random

import pytest

from donovan.access.clearance import Clearance
from donovan.access.markings import Level, least_upper_bound, parse_marking
from tests.access.roll_up_oracle import REASONS, combination, written
from tests.access.rolling import compared, told

MANY = 1_000


def test_what_is_written_is_what_is_read() -> None:
    chance = random.Random(7)
    for part in (part for _ in range(300) for part in combination(chance)):
        assert told(parse_marking(written(part))) == part


def test_a_whole_says_what_the_public_rules_say_or_why_not_is_on_record() -> None:
    reasons, unexplained = compared(MANY, seed=20261201)
    assert not unexplained, unexplained[:5]
    assert set(reasons) <= {"same", *REASONS}
    assert reasons["same"] > 0.85 * MANY


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["SECRET", "SECRET//REL TO USA, GBR"], "SECRET//NOFORN"),
        (["SECRET//REL TO USA, FRA", "SECRET//REL TO USA, GBR"], "SECRET//NOFORN"),
        (["U", "SECRET//REL TO USA, GBR"], "SECRET//REL TO USA, GBR"),
        (["C//REL TO USA, GBR, AUS", "S//REL TO FVEY"], "SECRET//REL TO USA, AUS, GBR"),
        (["SECRET//REL TO USA, GBR", "SECRET//NOFORN"], "SECRET//NOFORN"),
        (["SECRET//RELIDO", "SECRET//RELIDO"], "SECRET//RELIDO"),
        (["SECRET//RELIDO", "SECRET"], "SECRET//NOFORN"),
        (["SECRET//RELIDO", "SECRET//NOFORN"], "SECRET//NOFORN"),
        (["S//DISPLAY ONLY AFG", "S//REL TO USA, AFG"], "SECRET//DISPLAY ONLY AFG"),
        (["SECRET", "CONFIDENTIAL"], "SECRET"),
        (["SECRET//REL TO USA, GBR", "CUI"], "SECRET//CUI//NOFORN"),
        (["//GBR SECRET", "SECRET//REL TO USA, GBR"], "SECRET//FGI GBR//REL TO USA, GBR"),
        (["//GBR SECRET", "//FGI SECRET"], "SECRET//FGI//NOFORN"),
        (["NATO SECRET", "U"], "SECRET//FGI NATO//REL TO USA, NATO"),
        (["S//RD", "S//FRD"], "SECRET//FRD/RD"),
        (["LES", "U//SBU-NF"], "UNCLASSIFIED//NOFORN//LES/SBU"),
    ],
)
def test_a_whole_by_example(parts: list[str], whole: str) -> None:
    assert least_upper_bound(map(parse_marking, parts)).canonical == whole


def test_nobody_of_another_nation_reads_a_whole_with_a_part_that_they_may_not_read() -> None:
    chance = random.Random(3)
    for _ in range(MANY):
        markings = [parse_marking(written(part)) for part in combination(chance)]
        whole = least_upper_bound(markings)
        for nation in ("USA", "GBR", "FRA"):
            reader = Clearance(
                Level.TOP_SECRET, frozenset({"SI", "TK", "HCS", "SI-G", "RD"}), nation, True, "government"
            )
            assert reader.permits(whole) <= all(map(reader.permits, markings))
