"""A query as a tree: what a passage has to hold, and what has to be true of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


class QueryError(Exception):
    """A query that cannot be read. `sentence` names the place and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def wrong_at(at: int, piece: str, why: str) -> QueryError:
    """The error for `piece`, which stands at offset `at`: people count characters from one."""
    shown = piece if len(piece) <= 40 else piece[:40] + "…"
    return QueryError(f"Character {at + 1}, “{shown}”: {why}")


@dataclass(frozen=True)
class Word:
    """A word in any of its endings; one with signs inside (“R-27”) is its pieces next to each other."""

    text: str
    at: int = 0


@dataclass(frozen=True)
class Phrase:
    """Words next to each other, as they stand."""

    text: str
    at: int = 0


@dataclass(frozen=True)
class Wildcard:
    """A word of which * leaves any letters open and ? exactly one."""

    text: str
    at: int = 0


@dataclass(frozen=True)
class Fuzzy:
    """A word with at most `distance` letters changed, left out, added, or swapped with the next."""

    text: str
    distance: int
    at: int = 0


Leaf = Word | Phrase | Wildcard | Fuzzy


@dataclass(frozen=True)
class Near:
    """Two things at most `distance` words apart, in either order; next to each other is 1."""

    left: "Node"
    right: "Node"
    distance: int
    at: int = 0


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Asked:
    """A field whose values only a room above understands; `querying.resolving` puts what it means here."""

    field: str
    value: str
    at: int = 0


@dataclass(frozen=True)
class Dated:
    """Passages of documents with a date in between, both ends included; None is an open end."""

    first: date | None
    last: date | None


@dataclass(frozen=True)
class OnPages:
    first: int
    last: int | None


@dataclass(frozen=True)
class Titled:
    """Passages of documents whose title or file name holds this."""

    text: Leaf


@dataclass(frozen=True)
class Headed:
    """Passages of mail of which a header holds this. `field` is as it was written: from or to."""

    field: str
    text: Leaf


@dataclass(frozen=True)
class Labelled:
    """Passages with one of these labels. `words` say it, for people: “marked SECRET”."""

    labels: frozenset[str]
    words: str


@dataclass(frozen=True)
class OfTypes:
    media_types: frozenset[str]
    words: str


@dataclass(frozen=True)
class InLanguages:
    languages: frozenset[str]
    words: str


@dataclass(frozen=True)
class Place:
    """Characters of the text of one page of a document."""

    document: UUID
    page: int
    start: int
    end: int


@dataclass(frozen=True)
class AtPlaces:
    """Passages in which one of these places begins."""

    places: frozenset[Place]
    words: str


Condition = Dated | OnPages | Titled | Headed | Labelled | OfTypes | InLanguages | AtPlaces
Node = Leaf | Near | Not | And | Or | Asked | Condition
