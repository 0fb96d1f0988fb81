"""A document unlike the others of its collection: far from its nearest neighbours by the words it uses.

How far is far is read off the others: the median of their distances and the median deviation from it, so
that a collection of many matters has a wide measure and one of forms a narrow one (modified z-score, Iglewicz
and Hoaglin, 1993).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from donovan.insight.subprocesses import run_subprocess
from retrieval.words import analysis_of, terms

LEAST_DOCUMENTS = 12
MOST_DOCUMENTS = 2000
NEIGHBOURS = 5
LONGEST_TEXT = 20_000
LEAST_TERMS = 20
FAR = 3.5
SECONDS = 120.0
MEGABYTES = 1500


@dataclass(frozen=True)
class ReadText:
    """A document as its text and main language."""

    document_id: uuid.UUID
    text: str
    language: str


@dataclass(frozen=True)
class Unlike:
    """A document whose distance lies `deviations` above the usual; `words` are its own."""

    document_id: uuid.UUID
    distance: float
    usual: float
    deviations: float
    documents: int
    words: tuple[str, ...]
    language: str
    usual_language: str


def unlike_the_others(texts: Sequence[ReadText]) -> list[Unlike]:
    """The documents far from all others, the farthest first; none where there are too few to tell.

    Raises InsightError where the computation cannot be done.
    """
    read = [(text, terms(text.text[:LONGEST_TEXT], analysis_of(text.language or "en"))) for text in texts]
    read = [(text, found) for text, found in read if len(found) >= LEAST_TERMS][-MOST_DOCUMENTS:]
    if len(read) < LEAST_DOCUMENTS:
        return []
    answer = run_subprocess(
        "donovan.insight.anomalies.texts.unlike_child",
        {"texts": [" ".join(found) for _, found in read], "neighbours": NEIGHBOURS},
        seconds=SECONDS,
        megabytes=MEGABYTES,
    )
    distances: list[float] = answer["distances"]
    usual = median(distances)
    spread = median(abs(distance - usual) for distance in distances) or 1e-9
    languages = [text.language for text, _ in read]
    usual_language = max(set(languages), key=languages.count)
    found = []
    for (text, _), distance, words in zip(read, distances, answer["words"], strict=True):
        deviations = 0.6745 * (distance - usual) / spread
        if deviations > FAR:
            found.append(
                Unlike(
                    text.document_id,
                    distance,
                    usual,
                    deviations,
                    len(read),
                    tuple(words),
                    text.language,
                    usual_language,
                )
            )
    return sorted(found, key=lambda item: -item.deviations)
