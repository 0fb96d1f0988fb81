"""What could be taken for a formula is written as a text."""

import pytest

from donovan.library.inert import inert


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-HYPERLINK(1)",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "-2+3+cmd|' /C calc'!A0",
        "＝1",
    ],
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["-2", "+3.5", "-1,200.50", "- a".replace("- ", "a "), "plain", "", None, 5, -2.5, "1=1", "12 %"]
)
def test_all_else_stays_as_it_is(value: object) -> None:
    assert inert(value) == value
