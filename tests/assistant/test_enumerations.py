"""An enumeration is quoted whole, from the words that announce it to its last item."""

import pytest

from donovan.assistant.enumerations import LONGEST, enumeration_of, enumerations_in
from donovan.assistant.spans import cut
from donovan.assistant.stating import SURE, as_quoted
from tests.assistant.material import span

SALE = (
    "He called on Monday. He gave three reasons for the sale: 1) Prices are high. 2) The dollar is short. "
    "3) The harvest was large, and nobody else bought. He hopes for more."
)


def wholes(text: str) -> list[str]:
    return [text[one.start : one.end] for one in enumerations_in(text, list(cut(text)))]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (
            SALE,
            "He gave three reasons for the sale: 1) Prices are high. 2) The dollar is short. "
            "3) The harvest was large, and nobody else bought.",
        ),
        (
            "It may be: (1) Robbery; (2) Suicide; or (3) flight by sea. Despatch follows.",
            "It may be: (1) Robbery; (2) Suicide; or (3) flight by sea.",
        ),
        ("Needed are (a) rope, (b) oil (two drums), and (c) nails. Send all.",
         "Needed are (a) rope, (b) oil (two drums), and (c) nails."),
        ("Steps: (i) ask; (ii) wait; (iii) go. Then rest.", "Steps: (i) ask; (ii) wait; (iii) go."),
        (
            "Aid stops.\nThe delivery holds:\n- four radios\n- two mortars\n- a truck\n\nIt left on Friday.",
            "The delivery holds:\n- four radios\n- two mortars\n- a truck",
        ),
        ("Se piden tres cosas: 1) agua; 2) pan; 3) luz. Nada más.",
         "Se piden tres cosas: 1) agua; 2) pan; 3) luz."),
    ],
)  # fmt: skip
def test_an_enumeration_reaches_from_its_announcement_to_its_last_item(text: str, whole: str) -> None:
    assert wholes(text) == [whole]


@pytest.mark.parametrize(
    "text",
    [
        "See note (2) and note (4). Nothing else.",
        "The bridge (1) is closed. The mill is open.",
        "They met in 1956 (a year of floods). (b) was never sent.",
        "The list:\nNothing was on it.",
        "Only one item: 1) rope. It was sent.",
    ],
)
def test_marks_that_do_not_count_on_are_no_enumeration(text: str) -> None:
    assert wholes(text) == []


def test_of_a_long_enumeration_the_items_that_fit_are_kept() -> None:
    text = "Items: " + " ".join(f"{n}) {'word ' * 60}end." for n in range(1, 9))
    (whole,) = wholes(text)
    assert whole.endswith("end.")
    assert 300 < len(whole) <= LONGEST


def test_its_beginning_is_never_quoted_alone_and_a_sure_item_is() -> None:
    cuts = list(cut(SALE))
    found = enumerations_in(SALE, cuts)
    spans = []
    for start, end in cuts:
        one = enumeration_of(found, start, end)
        alone = span(SALE[start:end], passage=SALE)
        values = {**alone.__dict__, "start": start, "end": end}
        if one is not None:
            values |= {
                "enumeration": one.rest_of(SALE, start, end),
                "is_beginning": one.begins_in(start, end),
            }
        spans.append(type(alone)(**values))
    announced = next(each for each in spans if "three reasons" in each.text)
    second = next(each for each in spans if "dollar" in each.text)
    for quoted in (as_quoted(announced, SURE, []), as_quoted(second, 0.4, [])):
        assert quoted is not None
        assert quoted.text == wholes(SALE)[0]
        assert SALE[quoted.start : quoted.end] == quoted.text
    assert as_quoted(second, SURE, []) == second
