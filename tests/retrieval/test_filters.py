import uuid

from hypothesis import given
from hypothesis import strategies as st

from retrieval.filters import Numbers, documents_flagged
from retrieval.strings import Strings

ids = st.builds(
    lambda first, second: str(uuid.UUID(int=(first << 64) + second)), st.integers(0, 5), st.integers(0, 5)
)


@given(st.sets(ids), st.sets(ids))
def test_ids_are_told_apart_by_all_their_digits(held: set[str], left: set[str]) -> None:
    documents = sorted(held)
    expected = [document in left for document in documents]
    numbers = Numbers("".join(left).replace("-", ""))
    for some in (documents, Strings.of(documents)):
        assert numbers.flags_of(some).tolist() == expected
        assert documents_flagged(some, left).tolist() == expected
