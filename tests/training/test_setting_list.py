"""The list of settings says what the trainers themselves hold."""

from dataclasses import asdict
from typing import Any

import pytest

from donovan.training.contract import TrainingRefused
from donovan.training.setting_list import LLM, RERANKER, RETRIEVER, SETTINGS, Setting
from donovan.training.trainers.language_model.options import _BOUNDS, Options
from donovan.training.trainers.reranker import _MOST_CANDIDATES
from donovan.training.trainers.reranker_lists import FEWEST_CANDIDATES
from donovan.training.trainers.retriever import _LIMITS, read_plan
from donovan.training.trainers.retriever_loop import Plan
from retrieval.reranking import RERANKED

TEXTS = {"corpus", "guard_texts"}


def held(settings: tuple[Setting, ...]) -> dict[str, Any]:
    return {one.name: one.default for one in settings if one.name not in TEXTS}


def bounds(settings: tuple[Setting, ...]) -> dict[str, tuple[float, float]]:
    return {one.name: (one.least, one.most) for one in settings if one.most}


def test_defaults_and_bounds_are_those_of_the_trainers() -> None:
    assert held(RETRIEVER) == asdict(Plan()) and bounds(RETRIEVER) == dict(_LIMITS)
    assert held(LLM) == asdict(Options()) and bounds(LLM) == _BOUNDS
    assert held(RERANKER) == {"candidates": RERANKED}
    assert bounds(RERANKER) == {"candidates": (FEWEST_CANDIDATES, _MOST_CANDIDATES)}


def test_every_setting_takes_its_own_default_and_says_what_it_is() -> None:
    for settings in SETTINGS.values():
        for one in settings:
            assert one.name in TEXTS or one.takes(one.default), one.name
            assert one.words and one.allowed and one.default_words


def test_what_the_list_refuses_the_trainer_refuses_too() -> None:
    epochs = next(one for one in RETRIEVER if one.name == "epochs")
    for value in (0, 51, 2.5, "3", True):
        assert not epochs.takes(value)
        with pytest.raises(TrainingRefused):
            read_plan({"epochs": value})
