"""Giving each document its class by the promoted triage model; again when another model serves."""

import logging
import time
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from donovan.insight.triage.features import VERSION, document_features
from donovan.insight.triage.models import DocumentClass
from ingest.models import Document, Passage, Status
from ingest.work.leases import fenced
from retrieval.classifying import LinearClassifier, serving_classifier
from retrieval.embedder import Embedder
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

logger = logging.getLogger(__name__)
ROLE = "triage"
_AT_ONCE = 16
_MOST_CHARACTERS = 12_000


@dataclass(frozen=True)
class Guess:
    """A class and the probability the model gives it."""

    shown: str
    confidence: float


def serving_triage() -> tuple[LinearClassifier | None, str]:
    """The triage model in use and nothing, or None and a sentence why the promoted one is not used."""
    return serving_classifier(ROLE, "triage model", VERSION)


def guesses(documents: list[tuple[str, str]]) -> list[Guess] | None:
    """The likeliest class of each (title, text), however unsure; None when no triage model is in use."""
    classifier, _why = serving_triage()
    if classifier is None:
        return None
    return [Guess(*found) for found in classifier.best(document_features(get_embedder(), documents))]


def classify_waiting(until: float) -> int:
    """Give a class to documents that have none by the model in service, until time.monotonic() is `until`.

    Returns how many were done. Without a usable model nothing is done.
    """
    classifier, why = serving_triage()
    if classifier is None:
        if why:
            logger.warning("%s", why)
        return 0
    done = 0
    while time.monotonic() < until:
        waiting = list(_waiting(classifier.digest)[:_AT_ONCE])
        if not waiting:
            break
        try:
            _classify(classifier, get_embedder(), waiting)
        except EmbedderUnavailable:
            break
        done += len(waiting)
    return done


def _waiting(digest: str) -> QuerySet[Document]:
    # Nothing equals NULL, and a document whose end of reading is not known would be classified for ever.
    same = Q(reading=OuterRef("finished_at")) | Q(reading=None, document__finished_at=None)
    settled = DocumentClass.objects.filter(same, document=OuterRef("pk"), digest=digest)
    return Document.objects.filter(~Exists(settled), status=Status.READY).order_by(F("finished_at").desc())


def _classify(classifier: LinearClassifier, embedder: Embedder, documents: list[Document]) -> None:
    texts = [(document.title or document.name, _text_of(document)) for document in documents]
    features = document_features(embedder, texts)
    found = zip(classifier.best(features), classifier.is_typical(features), strict=True)
    for document, (_title, text), ((shown, confidence), is_typical) in zip(
        documents, texts, found, strict=True
    ):
        language = document.languages[0] if document.languages else ""
        # How sure it is says nothing of a document that is like none it learnt from.
        is_sure = is_typical and confidence >= classifier.threshold and bool(text)
        values = {
            "shown": shown if is_sure and _reads(classifier, embedder, language) else "",
            "confidence": confidence,
            "is_untypical": not is_typical,
            "model": classifier.shown,
            "digest": classifier.digest,
            "embedder": classifier.embedder,
            "reading": document.finished_at,
            "made_at": timezone.now(),
        }
        with fenced():
            # A document that was removed meanwhile must not come back as a row.
            if Document.objects.filter(pk=document.pk).exists():
                DocumentClass.objects.update_or_create(document=document, defaults=values)


def _reads(classifier: LinearClassifier, embedder: Embedder, language: str) -> bool:
    return embedder.reads(language) and (not classifier.languages or language in classifier.languages)


def _text_of(document: Document) -> str:
    parts: list[str] = []
    length = 0
    for text in Passage.objects.filter(document=document).order_by("ordinal").values_list("text", flat=True):
        parts.append(text)
        length += len(text)
        if length > _MOST_CHARACTERS:
            break
    return "\n".join(parts)
