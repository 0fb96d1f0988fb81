"""A snippet shows why a passage was found, and changes nothing in it."""

from hypothesis import given
from hypothesis import strategies as st

from donovan.library.snippets import SNIPPET_LENGTH, snippet


def _matches(text: str, query: str) -> list[str]:
    return [piece.text for piece in snippet(text, query) if piece.is_match]


def test_words_are_marked_with_their_other_endings() -> None:
    assert _matches("Two bridges were closed.", "bridge closes") == ["bridges", "closed"]


def test_words_inside_other_words_are_not_marked() -> None:
    assert _matches("The export report", "port") == []


def test_script_without_spaces_is_marked() -> None:
    assert _matches("港口的水不安全", "港口") == ["港口"]


def test_a_long_passage_is_shown_where_its_matches_stand() -> None:
    text = "nothing here " * 100 + "the cholera clinic at Darsa " + "nothing there " * 100
    shown = "".join(piece.text for piece in snippet(text, "cholera clinic"))
    assert "cholera clinic" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= SNIPPET_LENGTH + 4


def test_signs_with_a_meaning_in_patterns_are_harmless() -> None:
    assert _matches("a+b (c) [d]", "(((( [a-z]* \\b") == []


@given(st.text(max_size=300), st.text(max_size=40))
def test_a_short_passage_is_shown_whole(text: str, query: str) -> None:
    assert "".join(piece.text for piece in snippet(text, query)) == text
