"""What the triage model looks at in a document. Training and serving share this one place.

A document is longer than what an embedder reads at once, so the mean of its first pieces stands for it, and
its title beside it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from retrieval.embedder import Embedder, Vectors

VERSION = 1
"""Raise it when a feature changes: a model trained with other features is not used."""

PIECE = 900
MOST_PIECES = 6


def document_features(embedder: Embedder, documents: Sequence[tuple[str, str]]) -> Vectors:
    """Features of (title, text), shape (documents, 2 * dimensions). Raises EmbedderUnavailable."""
    rows = []
    for title, text in documents:
        vectors = embedder.encode([title.replace("_", " "), *pieces(text)], is_query=False)
        mean = vectors[1:].mean(axis=0) if len(vectors) > 1 else np.zeros(embedder.dimensions)
        length = max(float(np.sqrt(np.sum(mean.astype(np.float64) ** 2))), 1e-12)
        rows.append(np.concatenate([mean / length, 0.5 * vectors[0]]).astype(np.float32))
    return np.stack(rows) if rows else np.zeros((0, 2 * embedder.dimensions), dtype=np.float32)


def pieces(text: str) -> list[str]:
    """The first stretches of a text, each about as long as an embedder reads, cut between words."""
    return list(_pieces(" ".join(text[: 2 * PIECE * MOST_PIECES].split())))[:MOST_PIECES]


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= PIECE else text.rfind(" ", start, start + PIECE)
        end = end if end > start else start + PIECE
        yield text[start:end].strip()
        start = end
