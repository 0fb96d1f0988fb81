"""Vectors of one segment in a flat FAISS index, exact to the last bit.

Vectors are rounded to a grid of 2**-11 before they are kept. Every product of two grid values is then a
multiple of 2**-22 and every partial sum of a dot product of two such unit vectors stays below 2, so each of
them fits the 24 bits of a 32-bit float: no order of summing, no instruction set and no neighbour in the index
can change a score. The rounding moves a cosine by about 0.0001.
"""

import faiss
import numpy as np
import numpy.typing as npt

GRID = 2048

Vectors = npt.NDArray[np.float32]
Packed = npt.NDArray[np.int16]
Rows = npt.NDArray[np.int64]

# One query looks through a flat index in a few milliseconds; threads of OpenMP would only spin, and not
# survive a fork.
faiss.omp_set_num_threads(1)


def pack(vectors: Vectors) -> Packed:
    """Unit vectors (n, d) as whole numbers of the grid, half the size and safe to keep in a file."""
    return np.rint(vectors * GRID).astype(np.int16)


def on_grid(vectors: Vectors) -> Vectors:
    """The same vectors (n, d), rounded to the grid."""
    return pack(vectors).astype(np.float32) / np.float32(GRID)


class DenseIndex:
    """The vectors of one segment."""

    def __init__(self, packed: Packed) -> None:
        """`packed` as `pack` gives it, shape (n, d)."""
        count, dimensions = packed.shape
        self._index = faiss.IndexFlatIP(dimensions)
        self._index.add(packed.astype(np.float32) / np.float32(GRID))
        # The array faiss already holds, seen from numpy: scores of chosen rows need no second copy.
        stored = (
            faiss.rev_swig_ptr(self._index.get_xb(), count * dimensions) if count else np.zeros(0, np.float32)
        )
        self._stored: Vectors = stored.reshape(count, dimensions)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return int(self._stored.nbytes)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of `rows` as they are kept, shape (len(rows), d)."""
        kept: Vectors = self._stored[rows].copy()
        return kept

    def best(self, query: Vectors, count: int) -> Rows:
        """The rows of the `count` highest scores for one query vector (d,), and every row that ties with the
        last.
        """
        total = int(self._index.ntotal)
        if not total or count < 1:
            return np.zeros(0, dtype=np.int64)
        question = on_grid(query)[np.newaxis]
        scores, rows = self._index.search(question, min(count, total))
        if count >= total:
            return np.sort(rows[0])
        # Which of equal scores a heap keeps depends on the order of the rows; keep them all and let the
        # caller decide.
        lowest = np.nextafter(scores[0][-1], np.float32(-2))
        _, _, rows = self._index.range_search(question, float(lowest))
        return np.sort(rows)

    def scores(self, query: Vectors, rows: Rows) -> Vectors:
        """Inner products of one query vector (d,) with `rows`, shape (len(rows),)."""
        question = on_grid(query)
        # Picking many rows copies them; the product with all of them is cheaper then, and as exact.
        many = len(rows) > len(self._stored) // 8
        found: Vectors = (self._stored @ question)[rows] if many else self._stored[rows] @ question
        return found
