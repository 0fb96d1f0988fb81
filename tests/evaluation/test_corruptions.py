"""Statements made false in one way each, so that a verifier can be judged by what it lets through."""

from donovan.evaluation.corruptions import (
    DENIED,
    EXCHANGED,
    NAME,
    NUMBER,
    SHORTER,
    TRUE,
    statements_of,
)

TEXT = (
    "The convoy of Major Tretherne was seen near Podgaj with 212 persons, which surprised all who live there."
)


def made(text: str, language: str = "en") -> dict[str, str]:
    return {each.kind: each.text for each in statements_of(text, language, ["Ana Petrov"], seed="x")}


def test_each_kind_changes_what_it_names_and_nothing_else() -> None:
    found = made(TEXT)
    assert set(found) == {TRUE, SHORTER, NUMBER, NAME, EXCHANGED, DENIED}
    assert found[TRUE] == TEXT
    assert found[SHORTER] == "The convoy of Major Tretherne was seen near Podgaj with 212 persons."
    assert "212" not in found[NUMBER]
    assert "Ana Petrov" in found[NAME]
    assert found[EXCHANGED].index("Podgaj") < found[EXCHANGED].index("Major Tretherne")
    assert "was not seen" in found[DENIED]


def test_the_same_seed_makes_the_same_changes() -> None:
    assert made(TEXT) == made(TEXT)


def test_what_is_not_there_is_not_changed() -> None:
    assert set(made("nothing is known about it, and nobody asked.")) <= {TRUE, SHORTER, DENIED}
    assert DENIED not in made("The bridge is not open to any traffic today.")


def test_a_changed_number_is_another_number_written_the_same_way() -> None:
    for number in ("6,000", "1.250", "9", "90", "2015"):
        changed = made(f"They delivered {number} blankets to the camp.").get(NUMBER)
        if changed:
            assert f" {number} " not in changed
            assert len(changed) == len(f"They delivered {number} blankets to the camp.")


def test_a_number_between_letters_without_spaces_is_changed_and_one_that_is_part_of_a_word_is_not() -> None:
    made = {one.kind: one.text for one in statements_of("营地住着8,450人。", "zh", (), seed="one")}
    assert made[NUMBER] != "营地住着8,450人。"
    assert made[NUMBER].startswith("营地住着")
    assert made[NUMBER].endswith("人。")
    for text in ("The B12 road is open now.", "The ship M1abrams left at 10:30 today.", "See 1/2 of it."):
        assert NUMBER not in {one.kind for one in statements_of(text, "en", (), seed="one")}, text
