"""A figure of a text is held against the one cell it speaks of, and against no other."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from donovan.insight.anomalies.texts.facts import Fact
from donovan.insight.anomalies.texts.figures import disagreements
from donovan.insight.entities.identity import folded
from ingest.models import Page

TABLE, DOCUMENT = uuid.uuid4(), uuid.uuid4()


def fact(key: str, about: str, value: int, *, day: date | None = None, row: int = 2) -> Fact:
    keys = frozenset({folded(key)}) if key else frozenset()
    return Fact(TABLE, DOCUMENT, row, about, about, Decimal(value), keys, day, frozenset({about}))


FACTS = [
    fact("Camp Jasen", "pallet", 92),
    fact("Camp Lipa", "pallet", 33, row=3),
    fact("", "meal", 11530, day=date(2026, 9, 17)),
]


def said(text: str) -> list[tuple[Decimal, int]]:
    page = Page(number=1, text=text, language="en")
    return [(item.said, item.fact.row) for item in disagreements([page], FACTS, date(2026, 9, 20))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Camp Jasen holds 88 pallets.", [(Decimal(88), 2)]),
        ("On 17 September 2026 the kitchens served 11,350 meals.", [(Decimal(11350), 2)]),
        ("On 17 September the kitchens served 11,350 meals.", [(Decimal(11350), 2)]),
    ],
)
def test_another_figure_for_the_same_cell_is_told(text: str, expected: list[tuple[Decimal, int]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Camp Jasen holds 92 pallets.",
        "Camp Jasen holds about 90 pallets.",
        "Camp Jasen holds 88 tents.",
        "Camp Hrast holds 88 pallets.",
        "Camp Jasen received 4 pallets.",
        "Camp Jasen holds 88 pallets and 12 crates.",
        "On 18 September 2026 the kitchens served 11,350 meals.",
        "The kitchens served 11,350 meals.",
        "On 17 September 2026 the kitchens served 11,500 meals.",
    ],
)
def test_a_sentence_about_something_else_or_a_rounded_figure_is_no_disagreement(text: str) -> None:
    assert said(text) == []


def test_the_place_is_that_of_the_sentence() -> None:
    text = "Stock is low.\n\nCamp Jasen holds 88 pallets. More will come."
    found = disagreements([Page(number=3, text=text, language="en")], FACTS, None)
    assert text[found[0].start : found[0].end] == "Camp Jasen holds 88 pallets."
    assert found[0].page == 3
