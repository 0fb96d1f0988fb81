"""Which sentences of a document say most of what it says, without saying it twice.

Each sentence is a vector; the document is their mean. A sentence counts by its nearness to the mean, a
little by standing early and by holding numbers or names, and is then chosen against those already chosen
(maximal marginal relevance, Carbonell and Goldstein 1998).
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from donovan.assistant.spans import Span
from donovan.assistant.terms import is_stop_word, terms_of
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

MOST_ENCODED = 240
ENCODED_CHARACTERS = 600
RELEVANCE = 0.7
EARLY_BONUS = 0.08
FACT_BONUS = 0.06
LONGEST_VOCABULARY = 4000

Vectors = npt.NDArray[np.float32]


def choose(spans: Sequence[Span], most: int, language: str) -> list[Span]:
    """At most `most` spans in the order of the document."""
    if len(spans) <= most:
        return list(spans)
    candidates = list(range(len(spans)))
    words = _word_vectors(spans, language)
    if len(spans) > MOST_ENCODED:
        # Encoding is what costs time: for a long document the words alone choose what is looked at closely.
        nearness = words @ _unit(words.mean(axis=0))
        candidates = sorted(np.argsort(-nearness)[:MOST_ENCODED].tolist())
    kept = [spans[index] for index in candidates]
    vectors = _meaning_vectors(kept, language)
    if vectors is None:
        vectors = words[candidates]
    worth = vectors @ _unit(vectors.mean(axis=0))
    worth += np.array([_bonus(span, place, len(kept)) for place, span in enumerate(kept)], dtype=np.float32)
    return [kept[place] for place in sorted(_diverse(vectors, worth, most))]


def _diverse(vectors: Vectors, worth: Vectors, most: int) -> list[int]:
    chosen: list[int] = []
    closest = np.zeros(len(vectors), dtype=np.float32)
    while len(chosen) < most:
        score = RELEVANCE * worth - (1 - RELEVANCE) * closest
        score[chosen] = -np.inf
        best = int(np.argmax(score))
        chosen.append(best)
        closest = np.maximum(closest, vectors @ vectors[best])
    return chosen


def _bonus(span: Span, place: int, count: int) -> float:
    facts = sum(term.kind != "word" or term.is_name for term in terms_of(span.text, span.language or "en"))
    return EARLY_BONUS * (1 - place / count) + FACT_BONUS * min(facts, 4) / 4


def _meaning_vectors(spans: Sequence[Span], language: str) -> Vectors | None:
    try:
        embedder = get_embedder()
        if not embedder.reads(language or "en"):
            return None
        return embedder.encode([span.text[:ENCODED_CHARACTERS] for span in spans], is_query=False)
    except EmbedderUnavailable:
        return None


def _word_vectors(spans: Sequence[Span], language: str) -> Vectors:
    """Rows of length 1 over the document's content words, shape (len(spans), words)."""
    bags = [
        Counter(
            term.key
            for term in terms_of(span.text, language or "en")
            if not is_stop_word(term.key, language or "en")
        )
        for span in spans
    ]
    frequent = Counter(key for bag in bags for key in bag).most_common(LONGEST_VOCABULARY)
    places = {key: place for place, (key, _count) in enumerate(frequent)}
    vectors = np.zeros((len(spans), max(len(places), 1)), dtype=np.float32)
    for row, bag in enumerate(bags):
        for key, count in bag.items():
            if key in places:
                vectors[row, places[key]] = 1 + np.log(count)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(norms, 1e-9)
    return result


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    result: Vectors = vector / length if length else vector
    return result
