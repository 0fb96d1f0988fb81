"""A yes-or-no question becomes the statement that "yes" would stand for."""

import pytest

from donovan.assistant.kinds.statements import statements_of


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Did Marsh give her word?", "Marsh did give her word."),
        ("Was the bridge open on 5 July?", "The bridge was open on 5 July."),
        ("Is the Orlov bridge open?", "The Orlov bridge is open."),
        ("Had the flood reached Brezna by noon?", "The flood had reached Brezna by noon."),
        ("Can lorries of 20 tonnes cross the bridge?", "Lorries of 20 tonnes can cross the bridge."),
        ("Is there a curfew in Brezna?", "There is a curfew in Brezna."),
        ("Isn't the road closed?", "The road is closed."),
        ("Were Marsh and Tretherne of one mind?", "Marsh and Tretherne were of one mind."),
        ("The ferry, in June - did it run?", "It did run (The ferry, in June)."),
        ("Открыт ли мост?", "Открыт мост."),
        ("هل الجسر مفتوح؟", "الجسر مفتوح."),
    ],
)
def test_the_verb_goes_behind_its_subject(question: str, statement: str) -> None:
    assert statements_of(question, "en")[0] == statement


@pytest.mark.parametrize("question", ["", "?", "When did it open?", "Did?"])
def test_what_asks_for_no_verdict_gives_no_statement(question: str) -> None:
    assert statements_of(question, "en") == ()
