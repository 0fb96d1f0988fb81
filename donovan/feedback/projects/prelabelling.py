"""What the current model says of an item before anybody looks: one interface, and those that stand ready.

    register(key, factory)          key: a template key; factory() gives a Prelabeller, or None for none now
    prelabeller_for(key) -> Prelabeller | None

A room above registers the trained model that serves: `register("document_class", ...)`. The last registered
comes first, and what it leaves out (None) the built-in one may say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from donovan.access.marking_text import MarkingError, read_parts
from donovan.assistant.spans import Span
from donovan.assistant.verify import verify_claim
from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognisers import installed_recognisers
from donovan.insight.entities.recognition import find_all
from donovan.llm.interface import ModelUnavailable, never
from donovan.llm.translation import TranslationUnavailable, chosen_translator, joined, segments_of
from retrieval.embedding import embedder_at_hand
from retrieval.embedding_errors import EmbedderUnavailable

NOWHERE = UUID(int=0)
GRADE_BOUNDS = (0.3, 0.45, 0.6)
"""Cosines from which a passage is taken to be of grade 1, 2 and 3; a first guess and no more."""

_SOFTNESS = 0.08
_PORTION = re.compile(r"\((?:[A-Z][A-Z ,/-]{0,80})\)")
_BANNER = re.compile(r"^[ \t]*([A-Z][A-Z ,/-]{3,120})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Prelabel:
    """A value in the shape of the task. `confidence` is 0 to 1 where the model gives one; `chances` are
    those of each answer, where people choose one.
    """

    value: dict[str, Any]
    confidence: float | None = None
    chances: Mapping[str, float] = field(default_factory=dict)


class Prelabeller(Protocol):
    """A model that answers items. `name` says which, with its version: another name is another model."""

    @property
    def name(self) -> str: ...

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        """An answer for each input, None where the model has none."""


Factory = Callable[[], Prelabeller | None]
_REGISTERED: dict[str, list[Factory]] = {}


def register(key: str, factory: Factory) -> None:
    """Have `factory()` asked first for items of this template."""
    _REGISTERED.setdefault(key, []).insert(0, factory)


def prelabeller_for(key: str) -> Prelabeller | None:
    """The model that answers items of a template now, or None."""
    for factory in _REGISTERED.get(key, ()):
        found = factory()
        if found is not None:
            return found
    return None


class RelevanceByMeaning:
    """Grades a passage by the cosine of its embedding to that of the question."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        return f"search by meaning ({self._embedder.name})"

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        questions = self._embedder.encode([str(one["question"]) for one in inputs], is_query=True)
        passages = self._embedder.encode([str(one["passage"]) for one in inputs], is_query=False)
        cosines = np.sum(np.asarray(questions) * np.asarray(passages), axis=1)
        return [self._graded(float(cosine)) for cosine in cosines]

    def _graded(self, cosine: float) -> Prelabel:
        above = [1.0 / (1.0 + np.exp(-(cosine - bound) / _SOFTNESS)) for bound in GRADE_BOUNDS]
        steps = [1.0, *above, 0.0]
        shares = [float(steps[grade] - steps[grade + 1]) for grade in range(4)]
        grade = max(range(4), key=lambda one: shares[one])
        chances = {str(one): round(share, 4) for one, share in enumerate(shares)}
        return Prelabel({"grade": grade}, round(shares[grade], 4), chances)


class ClaimCheck:
    """Says of a claim what the check of every answer says of it."""

    name = "claim check"

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        return [self._checked(one) for one in inputs]

    def _checked(self, given: Mapping[str, Any]) -> Prelabel:
        spans = [
            Span(NOWHERE, 0, 1, 0, len(text), text, passage_text=text)
            for text in map(str, given.get("evidence", []))
            if text.strip()
        ]
        verdict = verify_claim(str(given["claim"]), spans, question=str(given.get("question", "")))
        said = "supported" if verdict.is_supported else "unsupported"
        return Prelabel({"verdict": said, "steps": []}, verdict.similarity)


class EntityMarks:
    """Marks names by the recognisers of this installation."""

    name = "entity recognisers"
    _LABELS = {
        Kind.PERSON: "person",
        Kind.ORGANISATION: "organisation",
        Kind.PLACE: "place",
        Kind.DATE: "date",
        Kind.EQUIPMENT: "other",
    }

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        recognisers = installed_recognisers()
        found = []
        for one in inputs:
            mentions = [
                mention
                for mention in find_all(recognisers, str(one["text"]), "en")
                if mention.kind in self._LABELS and mention.level == Level.NAMED
            ]
            spans = [
                {"start": mention.start, "end": mention.end, "label": self._LABELS[mention.kind]}
                for mention in mentions
            ]
            confidence = min((mention.confidence for mention in mentions), default=None)
            found.append(Prelabel({"spans": spans}, confidence))
        return list(found)


class MarkingMarks:
    """Marks portion marks and banner lines by the parser of markings."""

    name = "marking parser"

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        return [Prelabel({"spans": self._spans(str(one["text"]))}) for one in inputs]

    def _spans(self, text: str) -> list[dict[str, Any]]:
        portions = [(match.start(), match.end(), "portion") for match in _PORTION.finditer(text)]
        banners = [(match.start(1), match.end(1), "banner") for match in _BANNER.finditer(text)]
        return [
            {"start": start, "end": end, "label": label}
            for start, end, label in sorted(portions + banners)
            if _is_marking(text[start:end])
        ]


class MachineTranslation:
    """The draft of the engine that translates here; the one that is there already is kept."""

    name = "translation engine"

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        return [self._translated(one) for one in inputs]

    def _translated(self, given: Mapping[str, Any]) -> Prelabel | None:
        text = str(given.get("draft") or "").strip() or self._made(given)
        return Prelabel({"text": text, "quality": 3}) if text.strip() else None

    def _made(self, given: Mapping[str, Any]) -> str:
        source, target = str(given["source_language"]), str(given["target_language"])
        try:
            translator = chosen_translator(source=source, target=target)
            segments = segments_of(
                str(given["text"]),
                translator,
                source=source,
                target=target,
                requester="labelling",
                is_cancelled=never,
            )
            return joined(str(given["text"]), tuple(segments))
        except (TranslationUnavailable, ModelUnavailable):
            return ""


def _is_marking(text: str) -> bool:
    try:
        read_parts(text)
    except MarkingError:
        return False
    return True


def _relevance() -> Prelabeller | None:
    try:
        embedder = embedder_at_hand()
    except EmbedderUnavailable:
        return None
    return RelevanceByMeaning(embedder) if embedder is not None else None


register("relevance", _relevance)
register("claim_support", ClaimCheck)
register("entities", EntityMarks)
register("portion_marks", MarkingMarks)
register("translation", MachineTranslation)
