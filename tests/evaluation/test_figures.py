"""Figures with intervals: what a bootstrap must do whatever the scores are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from donovan.evaluation.chrf import chrf
from donovan.evaluation.figures import figure, figures_of

shares = st.lists(st.floats(0.0, 1.0, width=32), min_size=1, max_size=60)


@given(shares)
def test_the_interval_lies_around_the_mean_and_within_0_and_1(scores: list[float]) -> None:
    found = figure(scores)
    assert 0.0 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 1.0 + 1e-9
    assert found.n == len(scores)


@given(shares)
def test_the_same_scores_give_the_same_interval(scores: list[float]) -> None:
    assert figure(scores) == figure(scores)


@pytest.mark.parametrize("count", [1, 10, 300])
def test_no_failure_in_n_trials_bounds_the_rate_below_3_in_n(count: int) -> None:
    assert figure([1.0] * count).high == 1.0
    assert 1.0 - figure([1.0] * count).low <= 3 / count
    assert figure([0.0] * count).high <= 3 / count


def test_more_items_make_a_narrower_interval() -> None:
    few, many = figure([0.0, 1.0] * 10), figure([0.0, 1.0] * 500)
    assert many.high - many.low < (few.high - few.low) / 4


def test_the_interval_holds_the_true_mean_in_about_19_of_20_samples() -> None:
    random = np.random.default_rng(5)
    held = sum(
        found.low <= 0.7 <= found.high
        for found in (figure(list((random.random(120) < 0.7).astype(float))) for _ in range(150))
    )
    assert 0.88 <= held / 150 <= 1.0


def test_there_is_no_figure_of_nothing() -> None:
    with pytest.raises(ValueError):
        figure([])


def test_slices_count_only_items_that_are_in_them() -> None:
    scores = [("m", 1.0, {"language": "en"}), ("m", 0.0, {"language": "ru"}), ("m", 1.0, {"language": ""})]
    overall, slices = figures_of(scores)
    assert overall["m"]["n"] == 3
    assert set(slices["language"]) == {"en", "ru"}
    assert slices["language"]["ru"]["m"]["mean"] == 0.0


@given(st.text(alphabet="abcd efg", min_size=1, max_size=30).filter(str.strip))
def test_a_text_is_its_own_perfect_translation(text: str) -> None:
    assert chrf(text, text) == pytest.approx(1.0)


def test_chrf_falls_with_what_differs_and_is_0_for_nothing_in_common() -> None:
    reference = "The bridge is closed."
    assert 1.0 > chrf("The bridge was closed.", reference) > chrf("A ridge is open.", reference) > 0.0
    assert chrf("xyz", "abc") == 0.0
    assert chrf("", "abc") == 0.0
