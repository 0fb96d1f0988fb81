"""BM25 over postings in plain arrays. Each segment counts for itself; the statistics are summed over one
scope.

Method: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the
non-negative idf log(1 + (N - n + 0.5) / (n + 0.5)) and k1 = 0.9, b = 0.4 as in Trotman, Puurula & Burgess
2014. A title term counts `TITLE_WEIGHT` times (the weighted term frequencies of BM25F with one common
length), because a question names its subject and a title does too.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .words import terms

K1 = 0.9
B = 0.4
TITLE_WEIGHT = 3
HEADING_WEIGHT = 1

METHOD = 1
"""Raised with every change to how passages are counted, so that indexes made before it are made anew."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """The three texts of one passage that are counted, and the analysis they are read with."""

    title: str
    heading: str
    text: str
    analysis: str


@dataclass(frozen=True)
class Postings:
    """Which rows hold which term how often, as arrays.

    `vocabulary` maps "analysis:term" to a position t; the rows of term t are rows[offsets[t]:offsets[t + 1]]
    and their weighted counts the same part of `counts`. `lengths` (n,) is each row's weighted length in
    terms, `analyses` the analyses in use and `analysis_of_row` (n,) a position in them.
    """

    vocabulary: dict[str, int]
    offsets: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.uint32]
    analyses: tuple[str, ...]
    analysis_of_row: npt.NDArray[np.uint8]

    def of(self, key: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]:
        """Rows and counts of one term; both empty when no row holds it."""
        position = self.vocabulary.get(key)
        if position is None:
            return self.rows[:0], self.counts[:0]
        part = slice(int(self.offsets[position]), int(self.offsets[position + 1]))
        return self.rows[part], self.counts[part]

    @property
    def size(self) -> int:
        """Bytes in memory, the vocabulary estimated."""
        arrays = (self.offsets, self.rows, self.counts, self.lengths, self.analysis_of_row)
        return sum(a.nbytes for a in arrays) + 120 * len(self.vocabulary)


def count(fields: Sequence[Counted]) -> Postings:
    """Postings of passages in row order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = np.zeros(len(fields), dtype=np.uint32)
    analyses = tuple(sorted({f.analysis for f in fields}))
    for row, field in enumerate(fields):
        bag = Counter(terms(field.text, field.analysis))
        for text, weight in ((field.title, TITLE_WEIGHT), (field.heading, HEADING_WEIGHT)):
            for term in terms(text.replace("_", " "), field.analysis):
                bag[term] += weight
        lengths[row] = bag.total()
        for term, n in bag.items():
            found[f"{field.analysis}:{term}"].append((row, min(n, 65_535)))
    vocabulary = {key: position for position, key in enumerate(sorted(found))}
    offsets = np.zeros(len(vocabulary) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(found[key]) for key in vocabulary], dtype=np.int64)
    flat = [pair for key in vocabulary for pair in found[key]]
    return Postings(
        vocabulary=vocabulary,
        offsets=offsets,
        rows=np.array([row for row, _ in flat], dtype=np.int32),
        counts=np.array([n for _, n in flat], dtype=np.uint16),
        lengths=lengths,
        analyses=analyses,
        analysis_of_row=np.array([analyses.index(f.analysis) for f in fields], dtype=np.uint8),
    )


@dataclass(frozen=True)
class _Slot:
    """A term of the query as each analysis spells it, how often it is asked for, and its idf in the scope."""

    spelling: dict[str, str]
    times: int
    idf: float


class LexicalQuery:
    """A query with the term statistics of exactly the postings it was made for.

    Everything that enters a score - the number of passages, how many hold a term, the average length - is a
    sum of integers over those postings, so a score does not depend on how they are divided into segments, nor
    on anything that is not among them.
    """

    def __init__(self, text: str, scope: Sequence[Postings]) -> None:
        analyses = sorted({a for postings in scope for a in postings.analyses})
        total = sum(len(p.lengths) for p in scope)
        self._average = {a: _average_length(scope, a) for a in analyses}
        columns = [terms(text, a) for a in analyses]
        self._slots = []
        missing = 0
        for spelling, times in sorted(Counter(zip(*columns, strict=True)).items()):
            spelt = dict(zip(analyses, spelling, strict=True))
            holding = sum(
                len(p.of(f"{a}:{t}")[0]) for p in scope for a, t in spelt.items() if a in p.analyses
            )
            if holding:
                self._slots.append(
                    _Slot(spelt, times, math.log(1 + (total - holding + 0.5) / (holding + 0.5)))
                )
            else:
                missing += times
        self._missing = missing * math.log(1 + (total + 0.5) / 0.5)

    @property
    def is_any_known(self) -> bool:
        """Whether a word of the query stands anywhere in the scope."""
        return bool(self._slots)

    @property
    def ceiling(self) -> float:
        """The score of a passage full of every asked term, those that stand nowhere here among them: none
        exceeds it.
        """
        return math.fsum([s.times * s.idf for s in self._slots] + [self._missing]) * (K1 + 1)

    def scores(self, postings: Postings) -> Floats:
        """BM25 of every row, shape (n,); 0 where no term of the query occurs."""
        result = np.zeros(len(postings.lengths), dtype=np.float64)
        if not self._slots:
            return result
        average = np.array([self._average[a] for a in postings.analyses], dtype=np.float64)
        relative = postings.lengths / average[postings.analysis_of_row]
        saturation = K1 * (1 - B + B * relative)
        for slot in self._slots:
            for analysis in postings.analyses:
                rows, counts = postings.of(f"{analysis}:{slot.spelling[analysis]}")
                if len(rows):
                    times = counts.astype(np.float64)
                    result[rows] += slot.times * slot.idf * times * (K1 + 1) / (times + saturation[rows])
        return result

    def coverage(self, postings: Postings, rows: Integers) -> Floats:
        """The idf-weighted share of the query's terms that each row holds, 0 to 1, shape (len(rows),)."""
        whole = math.fsum(s.idf for s in self._slots)
        held = np.zeros(len(postings.lengths), dtype=np.float64)
        for slot in self._slots:
            for analysis in postings.analyses:
                held[postings.of(f"{analysis}:{slot.spelling[analysis]}")[0]] += slot.idf
        return held[rows] / whole if whole else held[rows]


def _average_length(scope: Sequence[Postings], analysis: str) -> float:
    terms_counted = passages = 0
    for postings in scope:
        if analysis in postings.analyses:
            mine = postings.analysis_of_row == postings.analyses.index(analysis)
            terms_counted += int(postings.lengths[mine].sum(dtype=np.int64))
            passages += int(mine.sum())
    return max(terms_counted / passages, 1.0) if passages else 1.0
