"""What was to be expected: bands hold what they say, chances are true, and only the past is used."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from donovan.insight.trends.baseline import (
    LEAST,
    SHARE,
    WINDOW,
    direction,
    expect_count,
    expect_measure,
)
from donovan.insight.trends.distributions import CountDistribution, student_reach, student_tail

DAY = date(2026, 1, 5)


def days(count: int) -> list[date]:
    return [DAY + timedelta(days=n) for n in range(count)]


@pytest.mark.parametrize(
    ("distance", "freedom", "tail"),
    [(2.228, 10, 0.05), (12.706, 1, 0.05), (3.169, 10, 0.01), (2.000, 60, 0.05), (0.0, 5, 1.0)],
)
def test_students_tails_are_those_of_the_printed_table(distance: float, freedom: int, tail: float) -> None:
    assert student_tail(distance, freedom) == pytest.approx(tail, abs=2e-4)
    if distance:
        assert student_reach(1 - tail, freedom) == pytest.approx(distance, rel=2e-3)


def test_counts_have_the_chances_of_poisson_and_of_the_negative_binomial() -> None:
    poisson = CountDistribution(4.0, 4.0)
    assert poisson.tail(9) == pytest.approx(
        1 - sum(math.exp(-4) * 4**k / math.factorial(k) for k in range(9))
    )
    assert poisson.tail(0) == pytest.approx(math.exp(-4))
    # With size 2 and mean 4 the chance of zero is (2/(2+4))**2.
    assert CountDistribution(4.0, 12.0).tail(0) == pytest.approx(1 / 9)


@pytest.mark.parametrize(("mean", "size"), [(0.3, None), (6.0, None), (40.0, None), (6.0, 2.0), (200.0, 5.0)])
def test_the_band_of_counts_holds_what_it_says(mean: float, size: float | None) -> None:
    """Over 3000 series from a known source, the next value lies in the band at least 93 % of the time."""
    source = np.random.default_rng(7)
    length = WINDOW["day"]
    chance = None if size is None else size / (size + mean)
    inside = 0
    for _ in range(3000):
        drawn = (
            source.poisson(mean, length + 1)
            if size is None or chance is None
            else source.negative_binomial(size, chance, length + 1)
        ).astype(float)
        found = expect_count(
            drawn[-1], drawn[:-1].tolist(), days(length), DAY + timedelta(days=length), "day"
        )
        assert found is not None
        inside += found.low <= drawn[-1] <= found.high
    assert inside / 3000 >= SHARE - 0.02


@pytest.mark.parametrize("length", [12, 56])
def test_the_band_of_measures_holds_what_it_says(length: int) -> None:
    source = np.random.default_rng(11)
    inside = 0
    for _ in range(2000):
        drawn = source.normal(20, 3, length + 1)
        found = expect_measure(
            drawn[-1], drawn[:-1].tolist(), days(length), DAY + timedelta(days=length), "day"
        )
        assert found is not None
        inside += found.low <= drawn[-1] <= found.high
    assert 0.91 <= inside / 2000 <= 0.985


def test_an_odd_value_in_the_past_does_not_hide_the_next() -> None:
    past = [10.0, 10.4, 9.7, 10.1, 9.9, 500.0, 10.2, 9.8, 10.3, 9.6]
    found = expect_measure(15.0, past, days(10), DAY + timedelta(days=10), "day")
    assert found is not None and found.probability is not None
    assert 9.5 < found.expected < 10.5
    assert found.probability < 0.001


def test_a_weekly_rhythm_is_no_surprise_and_its_break_is() -> None:
    past = [float(2 if (DAY + timedelta(days=n)).weekday() >= 5 else 40) for n in range(56)]
    source = np.random.default_rng(3)
    noisy = source.poisson(past).astype(float).tolist()
    monday = DAY + timedelta(days=56)
    assert monday.weekday() == 0
    usual, empty = (expect_count(value, noisy, days(56), monday, "day") for value in (41.0, 2.0))
    assert usual is not None and empty is not None
    assert usual.is_by_weekday and usual.expected == pytest.approx(40, abs=5)
    assert usual.probability is not None and usual.probability > 0.3
    assert empty.probability is not None and empty.probability < 1e-6


def test_weekdays_that_are_alike_are_not_told_apart() -> None:
    source = np.random.default_rng(5)
    told_apart = 0
    for _ in range(500):
        past = source.poisson(8, 56).astype(float).tolist()
        found = expect_count(8.0, past, days(56), DAY + timedelta(days=56), "day")
        told_apart += found is not None and found.is_by_weekday
    assert told_apart <= 5


def test_with_too_little_past_nothing_is_said() -> None:
    for expect in (expect_count, expect_measure):
        assert expect(3.0, [1.0] * (LEAST["day"] - 1), days(LEAST["day"] - 1), DAY, "day") is None


def test_after_nothing_but_zeros_one_is_rare_and_never_impossible() -> None:
    found = expect_count(5.0, [0.0] * 56, days(56), DAY + timedelta(days=56), "day")
    assert found is not None and found.probability is not None
    assert 0 < found.probability < 0.001
    zero = expect_count(0.0, [0.0] * 56, days(56), DAY + timedelta(days=56), "day")
    assert zero is not None and zero.probability == 1.0


def test_what_never_varied_and_now_does_is_said_to_be_new() -> None:
    same = expect_measure(5.0, [5.0] * 20, days(20), DAY, "day")
    other = expect_measure(5.1, [5.0] * 20, days(20), DAY, "day")
    assert same is not None and same.probability == 1.0
    assert other is not None and other.probability is None


def test_a_rise_is_found_and_noise_has_no_direction() -> None:
    source = np.random.default_rng(2)
    rising = direction([n * 0.5 + value for n, value in enumerate(source.normal(0, 1, 60))])
    assert rising is not None and rising.probability < 1e-6
    assert rising.slope == pytest.approx(0.5, abs=0.05)
    found = [direction(source.normal(0, 1, 60).tolist()) for _ in range(400)]
    assert sum(one is not None and one.probability < 0.05 for one in found) <= 36
    assert direction([1.0] * 7) is None
    assert direction([1.0, None, 3.0]) is None
