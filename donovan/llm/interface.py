"""What the rest of Donovan knows of a language model: a request, the events that come back, and one
exception.

Whatever stands behind it - the model host of this machine, an endpoint on the enclave, a script in a test -
obeys the same rules, held by one suite that every provider passes:

- events come in the order Queued*, Started, Token*, Finished; Finished is always the last and comes exactly
  once;
- Restarted may come at any moment before Finished. All tokens before it are void: the generation starts
  again;
- at temperature 0 the same request gives the same text;
- a cancelled request stops within one token and ends with Finished("cancelled");
- closing the iterator early cancels the request;
- what cannot be done is a ModelUnavailable whose sentence can be shown to the person who asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from donovan.llm.speed import Speed

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True)
class Message:
    """One turn of the conversation. Text of documents is data: it belongs in a user turn, never in a system
    turn.
    """

    role: Role
    content: str


@dataclass(frozen=True)
class GenerationRequest:
    """What to generate. `requester` is who waits for it: the queue goes round the requesters in turn.

    `max_tokens` is the most that is generated; `temperature` 0 takes the likeliest token each time; `seed`
    makes higher temperatures repeatable; generation ends before any of the texts in `stop`.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    requester: str = ""


@dataclass(frozen=True)
class Queued:
    """The request waits; `position` requests go before it."""

    position: int


@dataclass(frozen=True)
class Restarted:
    """The model's process died and was brought back. Every token so far is void."""

    sentence: str


@dataclass(frozen=True)
class Started:
    """The model has begun to read the prompt."""


@dataclass(frozen=True)
class Token:
    """The next piece of text, never empty and never half a character."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The end. `seconds` runs from Started; `reused_tokens` of the prompt were still in memory."""

    reason: FinishReason
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    reused_tokens: int = field(default=0, compare=False)


Event = Queued | Restarted | Started | Token | Finished


class ModelUnavailable(Exception):
    """The model cannot do this; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PromptTooLong(ModelUnavailable):
    """The messages do not fit into the model's context. Trying again does not help; a shorter prompt does."""


def never() -> bool:
    """For requests that nobody cancels."""
    return False


@runtime_checkable
class LanguageModel(Protocol):
    """A model that continues a conversation.

    `name` and `digest` say which weights (the digest is empty where they lie on another machine);
    `context_tokens` is the room for prompt and completion together.
    """

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def context_tokens(self) -> int: ...

    def generate(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool] = never
    ) -> Iterator[Event]: ...

    def count_tokens(self, text: str) -> int: ...

    def speed(self) -> Speed | None:
        """How fast it reads and writes here, None while that is not known."""
        ...
