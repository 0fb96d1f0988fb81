"""Vectors of one segment, exact to the last bit, and their codes, which are scanned first where there are
many.

Vectors are rounded to a grid of 2**-11 before they are kept. Every product of two grid values is then a
multiple of 2**-22 and every partial sum of a dot product of two such unit vectors stays below 2, so each of
them fits the 24 bits of a 32-bit float: no order of summing, no instruction set and no neighbour in the index
can change a score. The rounding moves a cosine by about 0.0001.

A code is two bits a dimension: the signs of the coordinates after two fixed rotations, the same for everybody
and for every vector (sign random projections: Charikar 2002, "Similarity Estimation Techniques from Rounding
Algorithms"; the rotation is a Hadamard matrix with random signs: Ailon & Chazelle 2009, "The Fast
Johnson-Lindenstrauss Transform"). Its entries are 1 and -1, so that a coordinate is a whole number and its
sign depends on nothing but the vector. Vectors that are near have codes with few different bits.
"""

from collections.abc import Sequence
from functools import lru_cache

import faiss
import numpy as np
import numpy.typing as npt

GRID = 2048

Vectors = npt.NDArray[np.float32]
Packed = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]
Distances = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

EXACT_BELOW = 20_000
"""Of so many rows each is compared in full; that takes no longer than to look through codes first."""

BY_CODE = 4_000
"""So many rows with the nearest codes are compared in full, and all that tie with the last."""

FOR_EACH = 20
"""So many for each row that is wanted, where that is more."""

TURNS = 2
"""Rotations of a code. One needs four times as many rows compared in full for the same recall, and three or
four hardly fewer (measured on mixtures of e5 vectors of XQuAD and a reference book, 400,000 rows).
"""

_AT_ONCE = 4096
_SEED = 384

# A scan takes a few milliseconds; threads of OpenMP would only spin, and not survive a fork.
faiss.omp_set_num_threads(1)


def pack(vectors: Vectors) -> Packed:
    """Unit vectors (n, d) as whole numbers of the grid, half the size and safe to keep in a file."""
    return np.rint(vectors * GRID).astype(np.int16)


def on_grid(vectors: Vectors) -> Vectors:
    """The same vectors (n, d), rounded to the grid."""
    return pack(vectors).astype(np.float32) / np.float32(GRID)


def codes_of(packed: Packed) -> Codes:
    """The codes of packed vectors (n, d), shape (n, bytes of a code)."""
    count, dimensions = packed.shape
    rotation = _rotation(dimensions)
    codes = np.zeros((count, rotation.shape[1] // 8), dtype=np.uint8)
    for start in range(0, count, _AT_ONCE):
        turned = packed[start : start + _AT_ONCE].astype(np.float32) @ rotation
        codes[start : start + _AT_ONCE] = np.packbits(turned > 0, axis=1)
    return codes


@lru_cache(maxsize=4)
def _rotation(dimensions: int) -> Vectors:
    """TURNS matrices (d, order) of 1 and -1 side by side, each with rows at right angles."""
    order = min(
        base << power for base in (1, 12, 20) for power in range(3, 20) if base << power >= dimensions
    )
    # Drawn by a generator whose numbers are promised to stay what they are.
    draw = np.random.RandomState(_SEED)
    turns = []
    for _ in range(TURNS):
        signs, places = draw.randint(0, 2, order) * 2 - 1, draw.permutation(order)
        turns.append((_hadamard(order) * signs[:, np.newaxis])[places][:dimensions])
    return np.ascontiguousarray(np.concatenate(turns, axis=1), np.float32)


def _hadamard(order: int) -> npt.NDArray[np.int64]:
    """A matrix of 1 and -1 with rows at right angles: doubled (Sylvester 1867) from order 1, 12 or 20 (Paley
    1933).
    """
    base = order
    while base % 2 == 0 and base not in (12, 20):
        base //= 2
    matrix = np.ones((1, 1), dtype=np.int64) if base == 1 else _paley(base - 1)
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _paley(prime: int) -> npt.NDArray[np.int64]:
    squares = {i * i % prime for i in range(1, prime)}
    kind = np.array([0] + [1 if i in squares else -1 for i in range(1, prime)])
    inner = kind[(np.arange(prime)[:, np.newaxis] - np.arange(prime)) % prime]
    skew = np.block(
        [
            [np.zeros((1, 1), dtype=np.int64), np.ones((1, prime), dtype=np.int64)],
            [-np.ones((prime, 1), dtype=np.int64), inner],
        ]
    )
    return skew + np.eye(prime + 1, dtype=np.int64)


class DenseIndex:
    """The vectors of one segment."""

    def __init__(self, packed: Packed, codes: Codes | None = None) -> None:
        """`packed` as `pack` gives it, shape (n, d), and `codes` as `codes_of` gives them of it."""
        self._packed = packed
        self._codes = codes_of(packed) if codes is None else codes

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self._packed.nbytes + self._codes.nbytes)

    @property
    def dimensions(self) -> int:
        return int(self._packed.shape[1])

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of `rows` as they are kept, shape (len(rows), d)."""
        return self._packed[rows].astype(np.float32) / np.float32(GRID)

    def distances(self, asked: Codes) -> Distances:
        """In how many bits the code of each row differs from the one code `asked` (1, bytes), shape (n,)."""
        found = np.empty(len(self._codes), dtype=np.int32)
        if len(found):
            codes = np.ascontiguousarray(self._codes)
            faiss.hammings(  # type: ignore[attr-defined]
                faiss.swig_ptr(asked), faiss.swig_ptr(codes), 1, len(codes), codes.shape[1],
                faiss.swig_ptr(found),
            )  # fmt: skip
        return found

    def scores(self, query: Vectors, rows: Rows) -> Vectors:
        """Inner products of one query vector (d,) with `rows`, shape (len(rows),)."""
        question = pack(query).astype(np.float32)
        found = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            is_run = len(some) and some[-1] - some[0] == len(some) - 1
            part = self._packed[some[0] : some[-1] + 1] if is_run else self._packed[some]
            found[start : start + _AT_ONCE] = part.astype(np.float32) @ question
        return found / np.float32(GRID * GRID)


def nearest(scope: Sequence[DenseIndex], query: Vectors, allowed: Sequence[Flags], count: int) -> list[Rows]:
    """For each index the rows, rising, of the `count` highest inner products with one query vector (d,) among
    the `allowed` rows of all of them, and of all that tie with the last.

    Among many rows those are looked for whose codes are nearest, as many as are decided over the whole scope,
    never for each index; so a row that is among the nearest may be missed, and which is missed depends on
    nothing but the rows that are allowed.
    """
    total = sum(int(np.count_nonzero(flags)) for flags in allowed)
    if not total or count < 1:
        return [np.zeros(0, dtype=np.int64) for _ in scope]
    rows = (
        [np.flatnonzero(flags) for flags in allowed]
        if total <= EXACT_BELOW
        else _near(scope, query, allowed, max(BY_CODE, FOR_EACH * count))
    )
    scores = [index.scores(query, some) for index, some in zip(scope, rows, strict=True)]
    everything = np.concatenate(scores)
    if len(everything) <= count:
        return rows
    # Which of equal scores come first depends on the order of the rows; keep them all.
    least = np.partition(everything, len(everything) - count)[len(everything) - count]
    return [some[mine >= least] for some, mine in zip(rows, scores, strict=True)]


def _near(scope: Sequence[DenseIndex], query: Vectors, allowed: Sequence[Flags], count: int) -> list[Rows]:
    """For each index the allowed rows whose codes are among the `count` nearest of all, and all that tie."""
    asked = codes_of(pack(query[np.newaxis]))
    # One of which nothing is asked may have vectors of another model, and codes of another length.
    distances = [
        index.distances(asked) if flags.any() else np.zeros(len(flags), dtype=np.int32)
        for index, flags in zip(scope, allowed, strict=True)
    ]
    counts = np.zeros(1, dtype=np.int64)
    for mine, flags in zip(distances, allowed, strict=True):
        held = np.bincount(mine if flags.all() else mine[flags])
        longest = max(len(counts), len(held))
        counts = np.pad(counts, (0, longest - len(counts))) + np.pad(held, (0, longest - len(held)))
    farthest = int(np.searchsorted(np.cumsum(counts), min(count, counts.sum())))
    return [
        np.flatnonzero((mine <= farthest) & flags) for mine, flags in zip(distances, allowed, strict=True)
    ]
