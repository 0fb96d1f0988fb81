"""A provider that says what it was told to say: for tests, and for machines without a model.

It obeys the same rules as the others. Its answers are texts, or one of the steps below.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from donovan.llm.interface import (
    Event,
    Finished,
    FinishReason,
    GenerationRequest,
    ModelUnavailable,
    PromptTooLong,
    Queued,
    Restarted,
    Started,
    Token,
    never,
)
from donovan.llm.speed import Speed


@dataclass(frozen=True)
class Dies:
    """The process ends after `words` words. It comes back and says `then`, or stays away where that is
    None.
    """

    words: int = 1
    then: str | None = None


@dataclass(frozen=True)
class Hangs:
    """Nothing comes until the request is cancelled, or `seconds` have passed."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Waits:
    """The request queues at these positions first."""

    positions: tuple[int, ...]
    then: str


Answer = str | Dies | Hangs | Waits


class ScriptedModel:
    """Gives `answers` in order, then the last one again and again. `requests` keeps what was asked of it."""

    def __init__(
        self,
        answers: Sequence[Answer] | Callable[[GenerationRequest], Answer] = ("",),
        *,
        name: str = "scripted",
        context_tokens: int = 2048,
        speed: Speed | None = None,
    ) -> None:
        self._answers = answers if callable(answers) else list(answers)
        self._lock = threading.Lock()
        self._given = 0
        self.name = name
        self.digest = "0" * 64
        self.context_tokens = context_tokens
        self._speed = speed
        self.requests: list[GenerationRequest] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def speed(self) -> Speed | None:
        return self._speed

    def generate(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool] = never
    ) -> Iterator[Event]:
        prompt_tokens = sum(self.count_tokens(message.content) for message in request.messages)
        if prompt_tokens >= self.context_tokens:
            raise PromptTooLong(
                f"This is too long for the language model: {prompt_tokens:,} tokens, of which it can hold "
                f"{self.context_tokens - 1:,}. Ask about less at a time."
            )
        answer = self._next(request)
        text = answer if isinstance(answer, str) else ""
        if isinstance(answer, Waits):
            for position in answer.positions:
                yield Queued(position)
            text = answer.then
        yield Started()
        started = time.monotonic()
        if isinstance(answer, Hangs):
            while not is_cancelled() and time.monotonic() - started < answer.seconds:
                time.sleep(0.01)
        if isinstance(answer, Dies):
            for word in _words("and then nothing")[: answer.words]:
                yield Token(word)
            if answer.then is None:
                raise ModelUnavailable("The language model's process ended and could not be started again.")
            yield Restarted("The language model's process ended unexpectedly and is being started again.")
            yield Started()
            text = answer.then
        for stop in request.stop:
            text = text.partition(stop)[0]
        words = _words(text)
        produced = 0
        for word in words[: min(request.max_tokens, self.context_tokens - prompt_tokens)]:
            if is_cancelled():
                break
            produced += 1
            yield Token(word)
        reason: FinishReason = "stop" if produced == len(words) else "length"
        if is_cancelled():
            reason = "cancelled"
        yield Finished(reason, prompt_tokens, produced, round(time.monotonic() - started, 4))

    def _next(self, request: GenerationRequest) -> Answer:
        with self._lock:
            self.requests.append(request)
            if callable(self._answers):
                return self._answers(request)
            answer = self._answers[min(self._given, len(self._answers) - 1)]
            self._given += 1
            return answer


def _words(text: str) -> list[str]:
    """The text in pieces of one word and the white space before it."""
    pieces = [f" {word}" for word in text.split(" ")]
    if pieces:
        pieces[0] = pieces[0][1:]
    return [piece for piece in pieces if piece]
