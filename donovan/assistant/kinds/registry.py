"""Which kinds of question there are, and who answers each. Rooms above register what they can answer.

A kind looks at a question that was classified as one of its `takes` and gives what it found, or None: then
the next one is asked, and where none takes it the question goes the ordinary way. Nothing a kind gives may
rest on anything outside the scope it was handed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from donovan.assistant.kinds.classify import classify
from donovan.assistant.spans import Span
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope


@dataclass(frozen=True)
class Candidate:
    """A span in reach and its chance (0 to 1) of answering what was sought."""

    span: Span
    chance: float


class Judged(Protocol):
    """What is held of a statement before a piece of evidence: chances 0 to 1, the rest is "not told"."""

    @property
    def supported(self) -> float: ...

    @property
    def contradicted(self) -> float: ...


Judge = Callable[[Sequence[tuple[str, str]]], Sequence[Judged]]
Seek = Callable[[str], Sequence[Candidate]]


@dataclass(frozen=True)
class Asked:
    """One question with all that a kind may use to answer it.

    `seek` finds and weighs spans for any wording, best first, within the scope and the filters. `judge`
    compares (statement, evidence) pairs and is None where no reader is at hand; `least_support` is the chance
    from which a judgement counts. `is_sure` says whether what was found first answers surely. `left_out` are
    documents treated as absent (evaluation only).
    """

    text: str
    language: str
    kind: str
    scope: AccessScope
    filters: SearchFilters
    seek: Seek = field(repr=False)
    judge: Judge | None = field(default=None, repr=False)
    least_support: float = 0.5
    is_sure: Callable[[], bool] = field(default=lambda: False, repr=False)
    left_out: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Statement:
    """One statement of an answer and the spans that it rests on, or for a computed one was counted from.

    `origin` is a value of `Claim.Origin`. `head` stands before it: a day, a source, the name of a group.
    """

    text: str
    origin: str
    spans: tuple[Span, ...]
    head: str = ""


@dataclass(frozen=True)
class Taken:
    """What a kind gives. `form` says how the statements are laid out: "verdict", "list", "count", "timeline",
    "compare", "groups" or "table"; `notices` say how it was made and what it leaves out; `facts` are kept
    with the answer as JSON. `labels` are those of everything it rests on beside the spans of its statements.
    """

    kind: str
    form: str
    statements: tuple[Statement, ...]
    notices: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()

    @property
    def is_quoted(self) -> bool:
        """Whether it is made of quotations alone, beside which a checked draft may say it shorter."""
        return all(statement.origin == "quoted" for statement in self.statements)


@dataclass(frozen=True)
class QuestionKind:
    """A way to answer. `takes` are the classes of question it is tried on; lower `order` is tried first."""

    name: str
    takes: frozenset[str]
    answer: Callable[[Asked], Taken | None]
    order: int = 50


_kinds: dict[str, QuestionKind] = {}


def register(kind: QuestionKind) -> None:
    """Add a kind, or replace the one of the same name."""
    _kinds[kind.name] = kind


def registered() -> list[QuestionKind]:
    """The kinds in the order in which they are tried."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.name))


def take(asked: Asked) -> Taken | None:
    """What the first kind that takes the question gives; None where it goes the ordinary way."""
    for kind in registered():
        if asked.kind in kind.takes and (taken := kind.answer(asked)) is not None:
            return taken
    return None


def kind_of(text: str, language: str) -> str:
    """The class of a question; see `classify`."""
    return classify(text, language)
