"""The promoted triage model answers items of label projects first, so that people look where it is unsure."""

from collections.abc import Mapping, Sequence
from typing import Any

from donovan.feedback.projects.prelabelling import Prelabel, register
from donovan.insight.triage.features import document_features
from donovan.insight.triage.services import serving_triage
from retrieval.classifying import LinearClassifier
from retrieval.embedding import get_embedder


class TriageGuess:
    """Names the class of a text, with the chance of every class it knows."""

    def __init__(self, classifier: LinearClassifier) -> None:
        self._classifier = classifier
        self.name = classifier.shown

    def prelabel(self, inputs: Sequence[Mapping[str, Any]]) -> list[Prelabel | None]:
        texts = [(str(one.get("title", "")), str(one.get("text", ""))) for one in inputs]
        if not texts:
            return []
        features = document_features(get_embedder(), texts)
        found, typical = self._classifier.probabilities(features), self._classifier.is_typical(features)
        guesses: list[Prelabel | None] = []
        for row, is_typical in zip(found, typical, strict=True):
            if not is_typical:
                guesses.append(None)
                continue
            chances = {
                name: round(float(chance), 4)
                for name, chance in zip(self._classifier.classes, row, strict=True)
            }
            best = max(chances, key=lambda name: chances[name])
            guesses.append(Prelabel({"class": best}, chances[best], chances))
        return guesses


def triage_guess() -> TriageGuess | None:
    """The promoted triage model, where there is one that can be used with the embedder in service."""
    classifier, _why = serving_triage()
    return TriageGuess(classifier) if classifier is not None else None


register("document_class", triage_guess)
