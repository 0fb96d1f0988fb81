"""The one interface of everything that finds names in a text, and how several of them are put together.

A recogniser says where a thing stands, what kind it is and its normal form. Rules, gazetteers, the language
model and a supplied model folder all keep the same promises, held by one suite (tests/insight/entities):

- every span lies in the text, is not empty, and `text` is exactly what stands there;
- the same text gives the same answer, in order of start;
- any text is taken: empty, of a megabyte, of control characters, of any language.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, runtime_checkable

from donovan.insight.entities.kinds import Kind, Level


@dataclass(frozen=True)
class Found:
    """One mention. `normal` is the form by which it is linked.

    `value`, `since` and `until` are as at `models.Mention`.

    `confidence` is 0 to 1 and orders what overlaps; it is no probability.
    """

    start: int
    end: int
    kind: Kind
    text: str
    normal: str
    value: dict[str, Any] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    confidence: float = 0.5
    level: Level = Level.NAMED
    recogniser: str = ""


class Recogniser(Protocol):
    """Finds mentions in a text of a language (ISO 639-1, "" when unknown)."""

    @property
    def name(self) -> str: ...

    def find(self, text: str, language: str) -> list[Found]: ...


@runtime_checkable
class DocumentRecogniser(Recogniser, Protocol):
    """One that is costly to start, and so is given all pages of a document at once."""

    def find_in_pages(self, texts: Sequence[str], language: str) -> list[list[Found]]: ...


@runtime_checkable
class WeighingRecogniser(DocumentRecogniser, Protocol):
    """One that has read the whole text, and so tells which mentions of the others stand beside its own."""

    def weighed(self, rules: Sequence[Found], own: Sequence[Found]) -> list[Found]: ...


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """The mentions that stand when no two may share a character: named before described, then the surer, the
    longer, the earlier.
    """
    order = sorted(
        found, key=lambda m: (m.level != Level.NAMED, -m.confidence, m.start - m.end, m.start, m.kind)
    )
    taken: set[int] = set()
    kept = []
    for mention in order:
        letters = range(mention.start, mention.end)
        if taken.isdisjoint(letters):
            taken.update(letters)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def find_all(recognisers: Sequence[Recogniser], text: str, language: str) -> list[Found]:
    """What all recognisers find together, without overlaps, in order."""
    weighing = [one for one in recognisers if isinstance(one, WeighingRecogniser)]
    others = [one for one in recognisers if one not in weighing]
    found = without_overlaps(m for recogniser in others for m in recogniser.find(text, language))
    for recogniser in weighing:
        found = recogniser.weighed(found, recogniser.find(text, language))
    return found


_ARTICLE = re.compile(r"(?:^|(?<=[^\w-]))(?:the|an?)\s+$", re.IGNORECASE)
_WITH_ARTICLE = frozenset({Kind.ORGANISATION, Kind.PLACE, Kind.PERSON, Kind.DOCUMENT_NUMBER})
_TAKES_ARTICLE = re.compile(r"[\s.]|s$|^[A-Z]{2}$|^(?:Gulf|Levant|Crimea|Sahel|Caucasus|Kremlin|Sinai)$")


def extent_start(text: str, found: Found) -> int:
    """Where the whole phrase of a mention begins, its article included: “the [Syrian Democratic Forces]”.

    The ACE guidelines call this the extent of a mention; what we keep and link is the name alone. Before the
    name of a town the article belongs to what follows (“the Mosul offensive”), as “a” does before any name.
    """
    article = _ARTICLE.search(text[max(0, found.start - 5) : found.start])
    if article is None or found.kind not in _WITH_ARTICLE:
        return found.start
    is_named = found.level == Level.NAMED
    if is_named and article.group()[0] in "aA":
        return found.start
    if is_named and found.kind == Kind.PLACE and not _TAKES_ARTICLE.search(found.text):
        return found.start
    return found.start - len(article.group())
