"""What every provider of a language model has to do. Each provider's test class inherits these rules.

A class gives a fixture `model` (ready to generate at least a few words for the request below).
"""

import threading
import time

import pytest

from donovan.llm.interface import (
    Finished,
    GenerationRequest,
    LanguageModel,
    Message,
    PromptTooLong,
    Queued,
    Restarted,
    Started,
    Token,
)


def asking(text: str = "Name three colours.", **options: object) -> GenerationRequest:
    """A request of a known beginning; `options` are its fields."""
    fields: dict[str, object] = {"max_tokens": 12, "requester": "ana", **options}
    messages = (Message("system", "You are a clerk. Answer shortly."), Message("user", text))
    return GenerationRequest(messages, **fields)


def text_of(events: list[object]) -> str:
    """The text that counts: what came after the last restart."""
    words: list[str] = []
    for event in events:
        if isinstance(event, Restarted):
            words.clear()
        elif isinstance(event, Token):
            words.append(event.text)
    return "".join(words)


class ProviderContract:
    """The rules."""

    def test_it_names_itself_and_its_room(self, model: LanguageModel) -> None:
        assert isinstance(model, LanguageModel)
        assert model.name
        assert model.context_tokens >= 512

    def test_events_come_in_order_and_end_with_finished(self, model: LanguageModel) -> None:
        events = list(model.generate(asking()))
        kinds = [type(event) for event in events]
        assert kinds.count(Started) == 1
        assert kinds.count(Finished) == 1
        assert kinds[-1] is Finished
        started = kinds.index(Started)
        assert all(kind is Queued for kind in kinds[:started])
        assert all(kind is Token for kind in kinds[started + 1 : -1])
        assert text_of(events).strip()
        assert all(event.text for event in events if isinstance(event, Token))

    def test_the_end_says_how_much_was_read_and_written(self, model: LanguageModel) -> None:
        end = list(model.generate(asking()))[-1]
        assert isinstance(end, Finished)
        assert end.prompt_tokens > 0
        assert 0 < end.completion_tokens <= 12
        assert end.seconds >= 0

    def test_the_same_request_gives_the_same_text_at_temperature_zero(self, model: LanguageModel) -> None:
        assert text_of(list(model.generate(asking()))) == text_of(list(model.generate(asking())))

    def test_no_more_tokens_come_than_allowed(self, model: LanguageModel) -> None:
        end = list(model.generate(asking(max_tokens=3)))[-1]
        assert isinstance(end, Finished)
        assert end.completion_tokens <= 3
        assert end.reason == "length"

    def test_a_stop_text_ends_it_and_is_not_shown(self, model: LanguageModel) -> None:
        whole = text_of(list(model.generate(asking())))
        stop = whole.strip()[3:6]
        events = list(model.generate(asking(stop=(stop,))))
        assert stop not in text_of(events)
        assert whole.startswith(text_of(events))
        assert isinstance(events[-1], Finished)
        assert events[-1].reason == "stop"

    def test_a_cancelled_request_stops_within_one_token(self, model: LanguageModel) -> None:
        cancelled = threading.Event()
        after = 0
        end: object = None
        for event in model.generate(asking(max_tokens=200), is_cancelled=cancelled.is_set):
            if isinstance(event, Token):
                after += cancelled.is_set()
                cancelled.set()
            end = event
        assert isinstance(end, Finished)
        assert end.reason == "cancelled"
        # What was on its way when it was cancelled may still arrive.
        assert after <= 3

    def test_leaving_early_leaves_the_model_free_for_the_next(self, model: LanguageModel) -> None:
        for event in model.generate(asking(max_tokens=400)):
            if isinstance(event, Token):
                break
        started = time.monotonic()
        assert text_of(list(model.generate(asking(max_tokens=3))))
        assert time.monotonic() - started < 20

    def test_a_prompt_that_does_not_fit_is_refused_with_a_sentence(self, model: LanguageModel) -> None:
        with pytest.raises(PromptTooLong) as refusal:
            list(model.generate(asking("word " * 40 * model.context_tokens)))
        assert "too long" in refusal.value.sentence
        assert refusal.value.sentence.endswith(".")

    def test_it_counts_tokens(self, model: LanguageModel) -> None:
        assert model.count_tokens("") == 0
        assert 0 < model.count_tokens("one two three") < model.count_tokens("one two three " * 10)
