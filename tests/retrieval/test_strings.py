from hypothesis import given
from hypothesis import strategies as st

from retrieval.strings import Strings, Terms

words = st.text(st.characters(exclude_characters="\n:", exclude_categories=["Cs"]), max_size=12)


@given(st.sets(words), words)
def test_sorted_texts_are_found_where_they_stand(some: set[str], other: str) -> None:
    kept = sorted(some)
    strings = Strings.of(kept)
    assert list(strings) == kept
    assert [strings[i] for i in range(len(kept))] == kept
    assert [strings.place_of(text) for text in kept] == list(range(len(kept)))
    assert strings.place_of(other) == (kept.index(other) if other in some else None)
    assert strings.lengths.tolist() == [len(text) for text in kept]
    assert [strings[i] for i in strings.beginning_with(other)] == [t for t in kept if t.startswith(other)]
    assert strings.flags_of({other, *kept[:2]}).tolist() == [t in {other, *kept[:2]} for t in kept]


@given(st.sets(words), st.sets(words.filter(bool), min_size=1, max_size=3), st.integers(0, 6))
def test_terms_of_one_analysis_are_told_from_those_of_others(
    some: set[str], parts: set[str], length: int
) -> None:
    keys = sorted({f"{a}:{term}" for a in ("en", "ru", "plain") for term in some})
    terms, asked = Terms(Strings.of(keys), "en:"), sorted(parts)
    kept = sorted(some)
    assert terms.all() == kept
    assert terms.holding(asked) == [t for t in kept if any(part in t for part in asked)]
    assert terms.holding(asked, at_the_end=True) == [t for t in kept if t.endswith(tuple(asked))]
    assert terms.of_length(length, length + 1) == [t for t in kept if length <= len(t) <= length + 1]
    assert terms.beginning_with(asked[0]) == [t for t in kept if t.startswith(asked[0])]
