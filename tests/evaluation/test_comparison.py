"""Two runs side by side: what is a gain, what is a loss, and what is noise."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from donovan.evaluation.comparison import Comparison, compare, compare_scores
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.models import SuiteRun
from tests.evaluation.conftest import MakeRun

LANGUAGES = ("en", "es", "ru", "ar", "zh")
MARGIN = 0.01
RUN = SuiteRun(suite="retrieval", subject={})


def compared(change: Callable[[str, float, np.random.Generator], float], seed: int = 0) -> Comparison:
    """60 questions in each language, of which `change` makes the scores of the second run."""
    random = np.random.default_rng(seed)
    a, b = {}, {}
    for language in LANGUAGES:
        for number in range(60):
            score = float(np.clip(random.normal(0.5, 0.12), 0, 1))
            slices: Mapping[str, str] = {"language": language}
            a[f"{language}-{number}", "ndcg"] = (score, slices)
            b[f"{language}-{number}", "ndcg"] = (
                float(np.clip(change(language, score, random), 0, 1)),
                slices,
            )
    return compare_scores(RUN, RUN, a, b)


def test_the_same_scores_are_neither_better_nor_worse() -> None:
    same = compared(lambda _language, score, _random: score)
    assert not same.is_better("ndcg")
    assert not same.is_worse("ndcg", MARGIN)
    assert same.changed == ()


def test_a_gain_beyond_noise_is_better() -> None:
    gained = compared(lambda _language, score, random: score + random.normal(0.05, 0.1))
    assert gained.is_better("ndcg")
    assert not gained.is_worse("ndcg", MARGIN)
    assert gained.better_items("ndcg")[0].by >= gained.better_items("ndcg")[-1].by > 0


def test_a_loss_in_one_language_only_is_found_though_the_mean_is_up() -> None:
    lost = compared(
        lambda language, score, random: score + random.normal(-0.12 if language == "ar" else 0.06, 0.08)
    )
    assert lost.is_better("ndcg")
    reasons = lost.reasons_worse("ndcg", MARGIN)
    assert len(reasons) == 1
    assert "language ar" in reasons[0]


def test_a_loss_within_the_margin_is_let_pass() -> None:
    lost = compared(lambda _language, score, _random: score - 0.004 * (score > 0.01))
    assert lost.overall("ndcg").high < 0.0  # type: ignore[union-attr]
    assert not lost.is_worse("ndcg", MARGIN)


def test_noise_is_seldom_called_better_or_worse() -> None:
    found = [
        compared(lambda _language, score, random: score + random.normal(0, 0.1), seed=seed)
        for seed in range(40)
    ]
    assert sum(each.is_better("ndcg") for each in found) <= 4
    assert sum(each.is_worse("ndcg", MARGIN) for each in found) <= 4


def test_a_few_items_alone_never_make_a_slice_worse() -> None:
    a = {(f"q{n}", "ndcg"): (1.0, {"language": "mk" if n < 5 else "en"}) for n in range(200)}
    b = {key: (0.0 if key[0] in ("q0", "q1") else 1.0, slices) for key, (_, slices) in a.items()}
    found = compare_scores(RUN, RUN, a, b)
    assert found.slices("ndcg")[1].mean == pytest.approx(-0.4)
    assert not found.is_worse("ndcg", MARGIN)


def test_a_margin_of_0_is_a_promise_that_one_item_breaks() -> None:
    a = {(f"attack-{n}", "not_leaked"): (1.0, {"attack": "leakage"}) for n in range(500)}
    b = {key: (0.0 if key[0] == "attack-7" else value[0], value[1]) for key, value in a.items()}
    run = SuiteRun(suite="red-team", subject={})
    assert "attack-7" in compare_scores(run, run, a, b).reasons_worse("not_leaked", 0.0)[0]
    assert compare_scores(run, run, a, a).reasons_worse("not_leaked", 0.0) == []


def test_leaving_items_out_is_no_gain() -> None:
    a = {(f"q{n}", "ndcg"): (n / 100, {"language": "en"}) for n in range(100)}
    b = {key: (min(1.0, score + 0.2), slices) for key, (score, slices) in a.items() if key[0] != "q3"}
    found = compare_scores(RUN, RUN, a, b)
    assert not found.is_better("ndcg")
    assert found.missing_in_b == ("q3",)
    assert "q3" in found.reasons_refused({"ndcg": MARGIN})[-1]


def test_holm_makes_no_p_value_smaller_and_keeps_their_order() -> None:
    found = compared(lambda language, score, random: score + random.normal(0.03 * len(language), 0.2))
    rows = found.slices("ndcg")
    assert all(0.0 < row.p <= 1.0 for row in rows)
    assert sorted(rows, key=lambda row: row.p) == sorted(rows, key=lambda row: (row.p, row.high < 0))


def test_runs_of_other_items_or_suites_are_not_compared(make_run: MakeRun) -> None:
    run = make_run({"q1": 1.0})
    with pytest.raises(UnusableData, match="different items"):
        compare(run, make_run({"q2": 1.0}, material="other"))
    with pytest.raises(UnusableData, match="two different suites"):
        compare(run, make_run({"q1": 1.0}, suite="answers", metric="gold"))
    waiting = make_run({"q1": 1.0})
    waiting.state = SuiteRun.State.RUNNING
    with pytest.raises(UnusableData, match="once it is done"):
        compare(run, waiting)


def test_kept_runs_are_compared_item_by_item(make_run: MakeRun) -> None:
    found = compare(make_run({"q1": 1.0, "q2": 0.5}), make_run({"q1": 0.25, "q2": 0.5}, words="base"))
    assert [(each.item, each.by) for each in found.worse_items("ndcg")] == [("q1", -0.75)]
    told = found.as_json()
    assert told["b"]["subject"] == "base"
    assert told["differences"][0]["n"] == 2
