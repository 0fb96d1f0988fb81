"""One score out of two: what the words say and what the meaning says.

A convex combination of normalised scores (Bruch, Gai & Ingber 2023, "An Analysis of Fusion Functions for
Hybrid Retrieval", who find it better than reciprocal ranks and robust in its one parameter). BM25 is divided
by the best BM25 score among the candidates; a cosine runs from the lowest among the candidates to the best.
The weight of the meaning is not one number: it is zero for a passage, or a question, in a language that the
model does not read.
"""

import numpy as np
import numpy.typing as npt

DENSE_WEIGHT = 0.4

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def fuse(dense: Floats, bm25: Floats, is_read: Flags) -> Floats:
    """Fused scores, shape (n,), of candidates with cosine `dense` and BM25 score `bm25`.

    `is_read` says which of them the embedder understands; the others are ranked by their words alone.
    """
    words = bm25 / max(float(bm25.max(initial=0.0)), 1e-9)
    if not is_read.any():
        return words
    known = dense[is_read]
    low, high = float(known.min()), float(known.max())
    meaning = np.where(is_read, (dense - low) / max(high - low, 1e-9), 0.0)
    weight = np.where(is_read, DENSE_WEIGHT, 0.0)
    return np.asarray(weight * meaning + (1 - weight) * words, dtype=np.float64)
