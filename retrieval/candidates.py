"""The passages worth ranking: the best by words and the best by meaning, with both scores for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .embedder import Embedder
from .lexical import LexicalQuery
from .opened import OpenSegment

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Meaning:
    """The query as a vector (d,), and the model that made it."""

    embedder: Embedder
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Candidates:
    """Parallel lists of n passages: document and ordinal, cosine (0 where unknown), BM25, whether the
    embedder understands it, and whether it holds a word of the query that tells something.
    """

    documents: list[str]
    ordinals: list[int]
    dense: Floats
    bm25: Floats
    is_read: Flags
    shares_word: Flags


def gather(
    words: LexicalQuery,
    meaning: Meaning | None,
    opened: Sequence[OpenSegment],
    allowed: Sequence[Flags],
    *,
    count: int,
    reads_everything: bool,
) -> Candidates:
    """The `count` best by words and the `count` best by meaning over all of `opened`, with all that tie with
    the last.

    `allowed` holds one flag for each row of each segment; a row without it is neither found nor counted
    towards `count`. With `reads_everything` the cosine is taken for passages in every language.
    """
    words_of = [words.scores(s.content.postings) * a for s, a in zip(opened, allowed, strict=True)]
    read_of = [_read_rows(s, meaning, reads_everything) & a for s, a in zip(opened, allowed, strict=True)]
    picked = [_top(scores, count) for scores in words_of]
    if meaning is not None:
        nearest = [_nearest(s, meaning.vector, read, count) for s, read in zip(opened, read_of, strict=True)]
        picked = [np.union1d(a, b) for a, b in zip(picked, nearest, strict=True)]
    documents, ordinals, dense, bm25, is_read, shares_word = [], [], [], [], [], []
    for segment, rows, scores, read in zip(opened, picked, words_of, read_of, strict=True):
        content = segment.content
        documents += [content.documents[d] for d in content.document_of_row[rows]]
        ordinals += content.ordinals[rows].tolist()
        bm25.append(scores[rows])
        is_read.append(read[rows])
        shares_word.append(words.shares(content.postings)[rows])
        cosine = np.zeros(len(rows), dtype=np.float64)
        if meaning is not None and read[rows].any():
            cosine[read[rows]] = segment.dense.scores(meaning.vector, rows[read[rows]])
        dense.append(cosine)
    everything = Candidates(
        documents,
        ordinals,
        np.concatenate(dense),
        np.concatenate(bm25),
        np.concatenate(is_read),
        np.concatenate(shares_word),
    )
    return _best_of(everything, count)


def with_the_rest(
    found: Candidates, opened: Sequence[OpenSegment], allowed: Sequence[Flags], *, count: int
) -> Candidates:
    """`found`, and behind it `count` more allowed rows in the order of document and place, with no scores.

    For a query that says which passages it wants: one that meets it is found though nothing ranks it.
    """
    known = set(zip(found.documents, found.ordinals, strict=True))
    places = sorted(
        (s.content.documents[s.content.document_of_row[row]], int(s.content.ordinals[row]))
        for s, flags in zip(opened, allowed, strict=True)
        for row in np.flatnonzero(flags)
    )
    rest = [place for place in places if place not in known][:count]
    nothing = np.zeros(len(rest))
    return Candidates(
        documents=[*found.documents, *(document for document, _ in rest)],
        ordinals=[*found.ordinals, *(ordinal for _, ordinal in rest)],
        dense=np.concatenate([found.dense, nothing]),
        bm25=np.concatenate([found.bm25, nothing]),
        is_read=np.concatenate([found.is_read, nothing > 0]),
        shares_word=np.concatenate([found.shares_word, nothing > 0]),
    )


def _best_of(found: Candidates, count: int) -> Candidates:
    """The best of all segments together: how rows are divided among them must not decide who is ranked."""
    by_meaning = np.where(found.is_read, found.dense, -np.inf)
    chosen = np.union1d(_top(found.bm25, count), _top(by_meaning, count, above=-np.inf))
    return Candidates(
        documents=[found.documents[i] for i in chosen],
        ordinals=[found.ordinals[i] for i in chosen],
        dense=found.dense[chosen],
        bm25=found.bm25[chosen],
        is_read=found.is_read[chosen],
        shares_word=found.shares_word[chosen],
    )


def _read_rows(segment: OpenSegment, meaning: Meaning | None, reads_everything: bool) -> Flags:
    content = segment.content
    if meaning is None or content.embedder != meaning.embedder.name:
        return np.zeros(len(content), dtype=np.bool_)
    if reads_everything:
        return np.ones(len(content), dtype=np.bool_)
    reads = np.array([meaning.embedder.reads(code) for code in content.languages], dtype=np.bool_)
    flags: Flags = reads[content.language_of_row]
    return flags


def _nearest(segment: OpenSegment, vector: npt.NDArray[np.float32], read: Flags, count: int) -> Rows:
    if read.all():
        return segment.dense.best(vector, count)
    rows = np.flatnonzero(read)
    if len(rows) <= count:
        return rows
    nearest: Rows = rows[_top(segment.dense.scores(vector, rows).astype(np.float64), count, above=-np.inf)]
    return nearest


def _top(scores: Floats, count: int, *, above: float = 0.0) -> Rows:
    """Positions of the `count` highest scores greater than `above`, and of all that tie with the last of
    them.
    """
    rows = np.flatnonzero(scores > above)
    if len(rows) <= count:
        return rows
    lowest = np.partition(scores[rows], len(rows) - count)[len(rows) - count]
    best: Rows = rows[scores[rows] >= lowest]
    return best
