import math
import random

import numpy as np
import pytest

from retrieval.lexical import K1, B, LexicalQuery
from retrieval.postings import TITLE_WEIGHT, Counted, count
from retrieval.segment import Segment
from retrieval.segments import combine


def english(text: str, title: str = "") -> Counted:
    return Counted(title, "", text, "en")


def segment(name: str, *fields: Counted) -> Segment:
    n = len(fields)
    return Segment(
        "l", "e", (name,), ("f",), np.zeros(n, np.int32), np.arange(n, dtype=np.int32), ("en",),
        np.zeros(n, np.int16), np.zeros((n, 4), np.int16), count(fields),
    )  # fmt: skip


def test_scores_follow_the_formula() -> None:
    postings = count([english("bridge bridge river"), english("river boat"), english("clinic")])
    scores = LexicalQuery("bridge", [postings]).scores(postings)
    average = (3 + 2 + 1) / 3
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 * (K1 + 1) / (2 + K1 * (1 - B + B * 3 / average))
    assert np.isclose(scores[0], expected)
    assert scores[1] == scores[2] == 0


def test_a_title_term_counts_several_times() -> None:
    postings = count([english("x", title="bridge"), english("bridge " * TITLE_WEIGHT + "x")])
    scores = LexicalQuery("bridge", [postings]).scores(postings)
    assert scores[0] == scores[1]


def test_scores_do_not_depend_on_how_passages_are_divided() -> None:
    fields = [english(f"bridge {'river ' * i}port {i}", title=f"report {i % 3}") for i in range(9)]
    whole = count(fields)
    parts = [count(fields[:2]), count(fields[2:7]), count(fields[7:])]
    together = LexicalQuery("bridge report 3 river", [whole]).scores(whole)
    query = LexicalQuery("bridge report 3 river", parts)
    assert np.concatenate([query.scores(p) for p in parts]).tobytes() == together.tobytes()


def test_combined_postings_are_those_of_all_passages_together() -> None:
    a, b = segment("a", english("river bridge"), english("boat")), segment("b", english("bridge clinic"))
    both = combine([b, a])
    expected = count([english("river bridge"), english("boat"), english("bridge clinic")])
    assert both.postings.vocabulary == expected.vocabulary
    for name in ("offsets", "rows", "counts", "lengths", "analysis_of_row"):
        assert np.array_equal(getattr(both.postings, name), getattr(expected, name))


def test_a_document_that_left_leaves_no_trace_in_the_statistics() -> None:
    a, b = segment("a", english("river bridge")), segment("b", Counted("", "", "мост", "ru"))
    left = combine([a, b], removed={"b"})
    assert left.postings.vocabulary == a.postings.vocabulary
    assert left.postings.analyses == ("en",)
    assert list(left.documents) == ["a"]


def test_each_passage_is_read_in_its_own_language() -> None:
    postings = count([Counted("", "", "Мостови града", "sh"), Counted("", "", "Mostovi grada", "sh")])
    scores = LexicalQuery("mostovi", [postings]).scores(postings)
    assert scores[0] > 0
    assert scores[1] > 0


@pytest.mark.parametrize("seed", range(6))
def test_the_best_are_those_that_scoring_every_row_gives(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.lexical.DEAR", 3)
    chance = random.Random(seed)
    words = [f"w{i}" for i in range(40)]
    weights = [1 / (i + 1) for i in range(40)]
    texts = [" ".join(chance.choices(words, weights, k=chance.randint(3, 30))) for _ in range(300)]
    parts = [count([english(text) for text in texts[a:b]]) for a, b in ((0, 120), (120, 130), (130, 300))]
    for _ in range(10):
        query = LexicalQuery(" ".join(chance.choices(words, k=chance.randint(1, 7))), parts)
        allowed = [np.array([chance.random() < 0.7 for _ in p.lengths]) for p in parts]
        every = np.concatenate([query.scores(p) * a for p, a in zip(parts, allowed, strict=True)])
        for wanted in (1, 7, 100):
            least = np.sort(every)[::-1][wanted - 1]
            expected = np.flatnonzero((every >= least) & (every > 0))
            rows = query.best(allowed, wanted)
            found = np.concatenate([r + first for r, first in zip(rows, (0, 120, 130), strict=True)])
            assert found.tolist() == expected.tolist()
            at = np.concatenate([query.scores_at(p, r) for p, r in zip(parts, rows, strict=True)])
            assert at.tobytes() == every[expected].tobytes()
