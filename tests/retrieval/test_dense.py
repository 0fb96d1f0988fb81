import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.dense import DenseIndex, on_grid, pack


def unit(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_score_is_exact_whatever_else_is_in_the_index() -> None:
    vectors, query = unit(300), unit(1, seed=9)[0]
    exact = (pack(vectors).astype(np.int64) @ pack(query[None])[0].astype(np.int64)) / 2048**2
    index = DenseIndex(pack(vectors))
    assert np.array_equal(index.scores(query, np.arange(300)).astype(np.float64), exact)
    alone = DenseIndex(pack(vectors[7:8]))
    assert alone.scores(query, np.array([0]))[0] == index.scores(query, np.array([7]))[0]


def test_rounding_to_the_grid_hardly_moves_a_cosine() -> None:
    vectors = unit(200)
    assert np.abs((on_grid(vectors) * vectors).sum(axis=1) - 1).max() < 1e-3


def test_everything_that_ties_with_the_last_is_found() -> None:
    vectors = np.concatenate([unit(5), np.repeat(unit(1, seed=5), 20, axis=0)])
    best = DenseIndex(pack(vectors)).best(vectors[-1], 3)
    assert set(best) == set(range(5, 25))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 5))
def test_best_holds_the_highest_scores(count: int, wanted: int, seed: int) -> None:
    vectors, query = unit(count, seed), unit(1, seed + 100)[0]
    index = DenseIndex(pack(vectors))
    scores = index.scores(query, np.arange(count))
    best = index.best(query, wanted)
    assert len(best) >= min(wanted, count)
    assert scores[best].min() >= np.sort(scores)[::-1][:wanted][-1]


def test_an_empty_index_finds_nothing() -> None:
    assert len(DenseIndex(pack(unit(3)[:0])).best(unit(1)[0], 5)) == 0
