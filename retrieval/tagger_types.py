"""What a tagger of names is asked and what it says: the types on both sides of the host's socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class TaggerUnavailable(Exception):
    """There is no tagger. `sentence` says why, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class TaggedName:
    """A name in a text: characters start to end (past the last), its kind, and the chance (0 to 1) that both
    ends and the kind are right.
    """

    start: int
    end: int
    kind: str
    chance: float


class Tagger(Protocol):
    """What tags: one in this process, or the one in the embedding host.

    `sure` is, for each kind, how sure a rule must be to stand where the tagger, which read the same text, saw
    something else; calibration put it into the description of the model.
    """

    name: str
    sure: Mapping[str, float]

    def tag(self, texts: Sequence[str]) -> list[list[TaggedName]]:
        """The names of each text that are likely enough, in order, none over another."""
