"""A re-ranker learns an order from labels, never ships worse than the fused one, and survives a kill."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from donovan.training.checkpoints import load_last
from donovan.training.contract import Progress, Stopped, Trained, TrainingRefused
from donovan.training.trainers import reranker
from donovan.training.trainers.reranker import train_reranker
from donovan.training.trainers.reranker_fit import choose, fit, folded, mean_ndcg
from donovan.training.trainers.reranker_lists import Ranked
from retrieval.model_folders import write_model
from retrieval.reranking import FEATURES, load_reranker
from tests.training.relevance_rows import relevance_rows

TRAIN = relevance_rows("train", of=slice(0, 14))
DEV = relevance_rows("dev", of=slice(14, 20))
FUSED, NAMES = FEATURES.index("fused"), FEATURES.index("names_in_text")


def _lists(count: int, *, tells: bool, seed: int) -> list[Ranked]:
    """Made questions of ten candidates each. The fused score is noise; where it `tells`, names are right."""
    random = np.random.default_rng(seed)
    lists = []
    for _ in range(count):
        features = random.random((10, len(FEATURES))) * 0.1
        grades = np.zeros(10)
        grades[random.integers(10)] = 2
        if tells:
            features[:, NAMES] += (grades > 0) * 0.5
        else:
            features[:, FUSED] += grades * 0.5
        order = np.argsort(-features[:, FUSED], kind="stable")
        lists.append(Ranked(features[order], grades[order], np.ones(10, dtype=np.bool_), (), 1.0))
    return lists


def _train(work: Path, told: list[Progress], stop_at: int | None = None) -> Trained:
    return train_reranker(
        TRAIN,
        DEV,
        work=work,
        settings={"candidates": 8},
        seed=1,
        on_progress=told.append,
        is_stopped=lambda: stop_at is not None and bool(told) and told[-1].step >= stop_at,
    )


def _quiet(number: int, words: str) -> None:
    pass


def test_what_the_labels_say_changes_the_order() -> None:
    choice = choose(_lists(60, tells=True, seed=1), _lists(30, tells=True, seed=2), _quiet)
    assert choice.after > 0.95 > choice.before
    assert choice.weight[NAMES] > 0
    assert choice.alpha > 0


def test_more_in_common_never_counts_against_a_passage() -> None:
    lists = _lists(40, tells=True, seed=6)
    # As if labellers had only been shown passages without the names that were asked for.
    for one in lists:
        one.features[:, NAMES] = 0.6 - one.features[:, NAMES]
    mean, scale = np.zeros(len(FEATURES)), np.ones(len(FEATURES))
    weight, _ = fit(lists, np.zeros(len(FEATURES)), 0.001, mean=mean, scale=scale)
    assert weight[NAMES] == 0.0


def test_where_dev_sees_no_gain_the_fused_order_stays() -> None:
    dev = _lists(30, tells=False, seed=4)
    choice = choose(_lists(60, tells=False, seed=3), dev, _quiet)
    assert choice.alpha == 0.0
    assert choice.after == choice.before
    weights = folded(choice)
    for one in dev:
        scores = ((one.features - weights["mean"]) / weights["scale"]) @ weights["weight"]
        assert np.argsort(-scores, kind="stable").tolist() == list(range(10))


def test_the_loss_falls_and_a_strong_pull_keeps_the_weights() -> None:
    lists = _lists(40, tells=True, seed=5)
    mean, scale, start = np.zeros(len(FEATURES)), np.ones(len(FEATURES)), np.zeros(len(FEATURES))
    free, loss = fit(lists, start, 0.001, mean=mean, scale=scale)
    held, held_loss = fit(lists, start, 1e6, mean=mean, scale=scale)
    assert loss < held_loss <= np.log(10) + 1e-6
    assert np.abs(held).max() < 1e-4 < np.abs(free).max()
    assert mean_ndcg(lists, free, mean, scale) > 0.95


def test_a_killed_training_goes_on_to_the_same_bytes_and_opens(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reranker, "AT_ONCE", 10)
    settings.MODELS_DIR = tmp_path / "models"
    whole: list[Progress] = []
    model = write_model("reranker", "velm", _train(tmp_path / "whole", whole).fill)
    loaded = load_reranker(model)
    scores = loaded.scores(np.zeros((2, len(FEATURES))))
    assert ((scores > 0) & (scores < 1)).all()
    assert model.facts["metrics"]["ndcg@10"] >= model.facts["metrics"]["ndcg@10_before"]
    assert sorted(path.suffix for path in model.path.iterdir()) == [".json", ".json", ".safetensors"]

    told: list[Progress] = []
    with pytest.raises(Stopped):
        _train(tmp_path / "cut", told, stop_at=2)
    last = load_last(tmp_path / "cut")
    assert last is not None
    assert last.step == 2
    again: list[Progress] = []
    other = write_model("reranker", "velm-again", _train(tmp_path / "cut", again).fill)
    assert again[0].step == 3
    for name in ("weights.safetensors", "features.json"):
        assert (other.path / name).read_bytes() == (model.path / name).read_bytes()


@pytest.mark.parametrize("wrong", [{"candidates": 2}, {"candidates": "all"}, {"colour": 1}])
def test_settings_out_of_bounds_are_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="setting"):
        train_reranker(
            TRAIN,
            DEV,
            work=tmp_path,
            settings=wrong,
            seed=1,
            on_progress=lambda _: None,
            is_stopped=lambda: False,
        )
