import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.dense import DenseIndex, codes_of, nearest, on_grid, pack


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


def best(index: DenseIndex, query: np.ndarray, count: int) -> np.ndarray:
    return nearest([index], query, [np.ones(len(index), np.bool_)], count)[0]


def test_everything_that_ties_with_the_last_is_found() -> None:
    vectors = np.concatenate([unit(5), np.repeat(unit(1, seed=5), 20, axis=0)])
    assert set(best(DenseIndex(pack(vectors)), vectors[-1], 3)) == set(range(5, 25))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 5))
def test_best_holds_the_highest_scores(count: int, wanted: int, seed: int) -> None:
    vectors, query = unit(count, seed), unit(1, seed + 100)[0]
    index = DenseIndex(pack(vectors))
    scores = index.scores(query, np.arange(count))
    found = best(index, query, wanted)
    assert len(found) >= min(wanted, count)
    assert scores[found].min() >= np.sort(scores)[::-1][:wanted][-1]


def test_an_empty_index_finds_nothing() -> None:
    assert len(best(DenseIndex(pack(unit(3)[:0])), unit(1)[0], 5)) == 0


def test_a_code_depends_on_its_vector_alone() -> None:
    packed = np.random.RandomState(1).randint(-300, 300, (300, 384)).astype(np.int16)
    together = codes_of(packed)
    assert together.shape == (300, 96)
    assert all(codes_of(packed[i : i + 1]).tobytes() == together[i].tobytes() for i in range(300))
    # Written down: an index keeps its codes for years.
    assert hashlib.sha256(together.tobytes()).hexdigest().startswith("a58fc455eb6ac652")


@pytest.mark.parametrize("width", [1, 4, 300, 384, 768])
def test_codes_fit_vectors_of_any_width(width: int) -> None:
    codes = codes_of(np.ones((2, width), np.int16))
    assert codes.shape[1] * 8 >= width


def test_the_nearest_by_code_are_the_same_however_rows_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.dense.EXACT_BELOW", 50)
    monkeypatch.setattr("retrieval.dense.BY_CODE", 60)
    monkeypatch.setattr("retrieval.dense.FOR_EACH", 1)
    packed, query = pack(unit(900)), unit(1, seed=3)[0]
    allowed = np.random.default_rng(1).random(900) < 0.6
    whole = nearest([DenseIndex(packed)], query, [allowed], 10)[0]
    assert 10 <= len(whole) < 60
    assert allowed[whole].all()
    for cuts in ([1], [300, 301, 700], [50, 450]):
        parts = [DenseIndex(part) for part in np.split(packed, cuts)]
        found = nearest(parts, query, np.split(allowed, cuts), 10)
        firsts = [0, *cuts]
        assert np.concatenate([rows + first for rows, first in zip(found, firsts, strict=True)]).tolist() == (
            whole.tolist()
        )
    # What is not allowed takes nobody's place.
    alone = nearest([DenseIndex(packed[allowed])], query, [np.ones(allowed.sum(), np.bool_)], 10)[0]
    assert np.flatnonzero(allowed)[alone].tolist() == whole.tolist()
