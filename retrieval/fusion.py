"""One score out of two: what the words say and what the meaning says.

A convex combination of scores on their theoretical scales (Bruch, Gai & Ingber 2023, "An Analysis of Fusion
Functions for Hybrid Retrieval", who find it better than reciprocal ranks and robust in its one parameter): a
cosine as it is, BM25 as a share of what a passage with every word of the question could get. No scale depends
on which other passages were found. Words of the question that stand nowhere in the scope count in that share:
where hardly any does, because the question is in another language than the passages, the meaning decides. The
weight of the meaning is zero for a passage, or a question, in a language that the model does not read; there
the words decide alone.
"""

import numpy as np
import numpy.typing as npt

DENSE_WEIGHT = 0.55
"""The best mean nDCG@10 over XQuAD in five languages, XQuAD asked in English of four others, pages of a
reference book and diplomatic papers (`make bench BENCH=retrieval`); .5 and .6 are within .003 of it.
"""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def fuse(dense: Floats, bm25: Floats, ceiling: float, is_read: Flags) -> Floats:
    """Fused scores, shape (n,), at most 1, of candidates with cosine `dense` and BM25 score `bm25`.

    `ceiling` is the BM25 score of a passage full of every word of the question. `is_read` says which
    candidates the embedder understands; the others are ranked by their words alone.
    """
    words = bm25 / max(ceiling, 1e-9)
    weight = np.where(is_read, DENSE_WEIGHT, 0.0)
    return np.asarray(weight * np.maximum(dense, 0.0) + (1 - weight) * words, dtype=np.float64)
