"""What the text of a marking says, block by block, before it is a marking."""

from dataclasses import dataclass, field


class MarkingError(ValueError):
    """A text that is not a marking. `sentence` says what is wrong and what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class MarkingParts:
    """What the text says. `has_bare_release` is a portion mark's REL without a list; `is_stated`, that the
    text itself says to whom it goes; `is_closed`, that a name in it closes it to other nations.
    """

    level: str
    is_controlled: bool = False
    compartments: frozenset[str] = field(default_factory=frozenset)
    categories: frozenset[str] = field(default_factory=frozenset)
    handling: frozenset[str] = field(default_factory=frozenset)
    nations: frozenset[str] | None = None
    has_bare_release: bool = False
    fgi: frozenset[str] = field(default_factory=frozenset)
    display: frozenset[str] = field(default_factory=frozenset)
    is_relido: bool = False
    is_stated: bool = False
    is_closed: bool = False


def shown(text: str) -> str:
    """As much of a text as a sentence can hold."""
    return text if len(text) <= 40 else f"{text[:40]}…"
