"""Passages are exact slices of their page, hold every word once, and never cut a table row."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import LONGEST_LAST, cut, cut_pages
from ingest.protocol import Heading, PageRead

WORDS = st.text(alphabet="abcdefgh ABC.,!?\n  üñ中文。١٢", max_size=6000)
ROWS = st.lists(st.text(alphabet="abc 123:|", min_size=1, max_size=1500).filter(str.strip), max_size=12)


@given(WORDS)
def test_every_word_is_in_exactly_one_passage(text: str) -> None:
    spans = cut(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a_end <= b_start for (_, a_end), (b_start, _) in itertools.pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)
    assert all(end - start <= LONGEST_LAST for start, end in spans)


@given(ROWS, st.text(alphabet="xyz \n.", max_size=1500))
def test_no_row_is_cut(lines: list[str], before: str) -> None:
    lines = [line.strip() for line in lines]
    text = before + "\n\n" + "\n".join(lines)
    rows, place = [], len(before) + 2
    for line in lines:
        rows.append((place, place + len(line)))
        place += len(line) + 1
    spans = cut(text, rows=rows)
    for row_start, row_end in rows:
        assert any(start <= row_start and row_end <= end for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


def test_a_passage_ends_where_a_reader_would_pause() -> None:
    sentence = "The convoy left the northern depot at dawn and crossed the river before noon. "
    spans = cut(sentence * 40)
    assert all((sentence * 40)[start:end].endswith("noon.") for start, end in spans)
    assert all(600 <= end - start <= 900 for start, end in spans[:-1])


def test_the_path_of_headings_is_carried_over_the_page_end() -> None:
    body = "Water is short in the eastern camp and must be brought by road. " * 6
    first = PageRead(1, f"Annex A\n\n{body}\n\nWater\n\n{body}", headings=(Heading(0, 1, "Annex A"),
                     Heading(9 + len(body) + 2, 2, "Water")))  # fmt: skip
    cuts = list(cut_pages([first, PageRead(2, body)]))
    assert [c.heading for c in cuts] == ["Annex A", "Annex A > Water", "Annex A > Water"]
    assert [c.page for c in cuts] == [1, 1, 2]
