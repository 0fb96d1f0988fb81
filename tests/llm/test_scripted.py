"""The scripted provider obeys the contract, and does on demand what real ones do by accident."""

import threading

import pytest

from donovan.llm import get_language_model, using
from donovan.llm.interface import Finished, ModelUnavailable, Queued, Restarted
from donovan.llm.scripted import Dies, Hangs, ScriptedModel, Waits
from tests.llm.contract import ProviderContract, asking, text_of


class TestScripted(ProviderContract):
    @pytest.fixture
    def model(self) -> ScriptedModel:
        return ScriptedModel(["Red, green and a deep blue like the sea at noon in the harbour."])


def test_answers_come_in_order_and_the_last_one_stays() -> None:
    model = ScriptedModel(["one", "two"])
    assert [text_of(list(model.generate(asking()))) for _ in range(3)] == ["one", "two", "two"]
    assert len(model.requests) == 3


def test_a_death_voids_what_came_before() -> None:
    events = list(ScriptedModel([Dies(words=2, then="the whole answer")]).generate(asking()))
    assert any(isinstance(event, Restarted) for event in events)
    assert text_of(events) == "the whole answer"


def test_a_death_without_return_is_a_sentence() -> None:
    with pytest.raises(ModelUnavailable):
        list(ScriptedModel([Dies()]).generate(asking()))


def test_a_hanging_model_can_be_cancelled() -> None:
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    events = list(ScriptedModel([Hangs()]).generate(asking(), is_cancelled=cancelled.is_set))
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "cancelled"


def test_positions_in_the_queue_are_told() -> None:
    events = list(ScriptedModel([Waits((2, 1), "done")]).generate(asking()))
    assert [event.position for event in events if isinstance(event, Queued)] == [2, 1]


def test_a_model_in_use_takes_the_place_of_the_one_in_the_settings() -> None:
    model = ScriptedModel(["mine"])
    with using(model):
        assert get_language_model() is model
    assert get_language_model() is not model
