"""Boxes on the image and marks in the text land on the same words."""

from hypothesis import given
from hypothesis import strategies as st

from donovan.library.highlights import Span, boxes_of, doubtful_spans, found_spans, marked_text, span_within
from ingest.models import Word


def _line(text: str, top: float, *, confidence: float = 1.0, at: int = 0) -> list[Word]:
    words = []
    left = 0.1
    for part in text.split():
        start = at + text.index(part)
        width = 0.015 * len(part)
        words.append(Word(part, start, start + len(part), left, top, left + width, top + 0.02, confidence))
        left += width + 0.01
    return words


def test_neighbouring_words_of_a_line_share_one_box() -> None:
    words = _line("the bridge is closed", 0.1)
    (box,) = boxes_of(words, [Span(4, 13)], 1000, 1400)
    assert box.left == round(words[1].left * 1000)
    assert box.left + box.width == round(words[2].right * 1000)


def test_a_span_over_two_lines_has_two_boxes() -> None:
    words = _line("the bridge", 0.1) + _line("is closed", 0.2, at=11)
    boxes = boxes_of(words, [Span(0, 20)], 1000, 1000)
    assert [box.top for box in boxes] == [100, 200]


def test_words_in_two_columns_are_not_joined_across_the_gap() -> None:
    left = Word("left", 0, 4, 0.05, 0.1, 0.1, 0.12, 1.0)
    right = Word("right", 5, 10, 0.6, 0.1, 0.66, 0.12, 1.0)
    assert len(boxes_of([left, right], [Span(0, 10)], 1000, 1000)) == 2


def test_a_span_outside_the_text_is_no_span() -> None:
    assert span_within("short", "3", "900") == Span(3, 5)
    assert span_within("short", "-4", "2") == Span(0, 2)
    for start, end in (("9", "12"), ("3", "3"), ("4", "2"), ("x", "2"), (None, None)):
        assert span_within("short", start, end) is None


def test_finding_ignores_case_and_line_ends() -> None:
    assert found_spans("Port\nDarsa is open. PORT DARSA", "port darsa") == [Span(0, 10), Span(20, 30)]
    assert found_spans("a.b", ".") == [Span(1, 2)]
    assert found_spans("anything", "  ") == []


def test_words_read_with_doubt_are_told() -> None:
    words = _line("sure", 0.1) + _line("doubt", 0.1, confidence=0.3, at=5)
    assert doubtful_spans(words) == [Span(5, 10)]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=5),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=5),
    st.tuples(st.integers(0, 45), st.integers(0, 45)),
)
def test_marking_never_changes_the_text(
    text: str, doubtful: list[tuple[int, int]], found: list[tuple[int, int]], cited: tuple[int, int]
) -> None:
    span = span_within(text, *cited)
    marked = marked_text(
        text, cited=span, doubtful=[Span(*pair) for pair in doubtful], found=[Span(*pair) for pair in found]
    )
    parts = (*marked.before, *marked.cited, *marked.after)
    assert "".join(piece.text for piece in parts) == text
    if span:
        assert "".join(piece.text for piece in marked.cited) == text[span.start : span.end]
