"""What a reader is asked and what it says: the types on both sides of the embedding host's socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class ReaderUnavailable(Exception):
    """There is no reader. `sentence` says why and what to do, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Window:
    """A stretch of a page, the title above it, and the places (start, end) of its spans in `text`."""

    title: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SpanReading:
    """How well a span answers, as a raw score that becomes a chance only together with what else is known of
    it, and where in the window's text it stands.
    """

    score: float
    start: int
    end: int


@dataclass(frozen=True)
class Judgement:
    """The chances (0 to 1) that a text supports a statement, or says the contrary; the rest is "not
    told".
    """

    supported: float
    contradicted: float


class Reader(Protocol):
    """What reads: one in this process, or the one in the embedding host.

    `thresholds` and `joined` (the weights by which its score is joined with what else is known of a span)
    come from the description of the model, where calibration put them.
    """

    name: str
    thresholds: Mapping[str, float]
    joined: Mapping[str, float]

    def read(self, question: str, windows: Sequence[Window]) -> list[tuple[SpanReading, ...]]:
        """For each window a reading of each of its spans."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """For each (statement, evidence) a judgement."""
