"""A transcript is known by its form, and what stands in a turn is said by its speaker."""

import pytest

from donovan.assistant.turns import turn_at, turns_of

HEARING = """Lynne Neagle AM: Good morning. What was done for schools?
Carol Shillabeer: We sent nurses to every school. They stay until the summer of next year.
Lynne Neagle AM: And who pays for it?
Carol Shillabeer: The health board pays. The council gives the rooms, and it gives them for nothing.
"""
FORM = """Title: Situation report 12
Load limit: 40 tonnes
Engineer in charge: Captain Elena Marsh
Detour: by the Varda ford, passable for light vehicles only
Load limit: 20 tonnes
"""


def test_a_turn_is_more_than_one_sentence() -> None:
    (turns,) = turns_of([HEARING])
    assert [turn.speaker for turn in turns] == ["Lynne Neagle AM", "Carol Shillabeer"] * 2
    assert HEARING[turns[1].start : turns[1].end].strip().endswith("next year.")
    assert turn_at(turns, HEARING.index("The council")) == turns[3]


def test_the_name_is_where_the_turn_says_it_is_without_the_brackets_behind_it() -> None:
    text = HEARING.replace("Carol Shillabeer:", "Carol Shillabeer (Powys, Lib.):")
    (turns,) = turns_of([text])
    place = turns[1].named_at
    assert place is not None
    assert text[slice(*place)] == turns[1].speaker == "Carol Shillabeer"


def test_a_turn_goes_on_over_the_end_of_a_page() -> None:
    before, after = HEARING.split("They stay")
    first, second = turns_of([before, f"They stay{after}"])
    assert first[-1].speaker == second[0].speaker == "Carol Shillabeer"
    assert second[0].named_at is None


@pytest.mark.parametrize(
    "text", [FORM, "One line.", "", "Note: the bridge is closed.\nNote: use the ford.\n"]
)
def test_a_form_and_a_note_are_no_transcripts(text: str) -> None:
    assert turns_of([text]) == [[]]
