"""The passages worth ranking: the best by words and the best by meaning, with both scores for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .dense import nearest
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
    the last. How rows are divided among segments decides nothing.

    `words` was made for these segments. `allowed` holds one flag for each row of each segment; a row without
    it is neither found nor counted towards `count`. With `reads_everything` the cosine is taken for passages
    in every language.
    """
    read_of = [_read_rows(s, meaning, reads_everything, a) for s, a in zip(opened, allowed, strict=True)]
    picked = words.best(allowed, count)
    if meaning is not None:
        near = nearest([s.dense for s in opened], meaning.vector, read_of, count)
        picked = [np.union1d(a, b) for a, b in zip(picked, near, strict=True)]
    documents, ordinals, dense, bm25, is_read, shares_word = [], [], [], [], [], []
    for segment, rows, read in zip(opened, picked, read_of, strict=True):
        content = segment.content
        documents += [content.documents[d] for d in content.document_of_row[rows].tolist()]
        ordinals += content.ordinals[rows].tolist()
        bm25.append(words.scores_at(content.postings, rows))
        is_read.append(read[rows])
        shares_word.append(words.shares(content.postings, rows))
        cosine = np.zeros(len(rows), dtype=np.float64)
        if meaning is not None and read[rows].any():
            cosine[read[rows]] = segment.dense.scores(meaning.vector, rows[read[rows]])
        dense.append(cosine)
    return Candidates(
        documents,
        ordinals,
        np.concatenate(dense),
        np.concatenate(bm25),
        np.concatenate(is_read),
        np.concatenate(shares_word),
    )


def with_the_rest(
    found: Candidates, opened: Sequence[OpenSegment], allowed: Sequence[Flags], *, count: int
) -> Candidates:
    """`found`, and behind it `count` more allowed rows in the order of document and place, with no scores.

    For a query that says which passages it wants: one that meets it is found though nothing ranks it.
    """
    known = set(zip(found.documents, found.ordinals, strict=True))
    # Rows of a segment are in the order of document and place: more than its first are never needed.
    most = count + len(known)
    places = sorted(
        (s.content.documents[s.content.document_of_row[row]], int(s.content.ordinals[row]))
        for s, flags in zip(opened, allowed, strict=True)
        for row in np.flatnonzero(flags)[:most].tolist()
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


def _read_rows(
    segment: OpenSegment, meaning: Meaning | None, reads_everything: bool, allowed: Flags
) -> Flags:
    """The allowed rows that the embedder understands."""
    content = segment.content
    if meaning is None or content.embedder != meaning.embedder.name:
        return np.zeros(len(content), dtype=np.bool_)
    reads = np.array(
        [reads_everything or meaning.embedder.reads(code) for code in content.languages], np.bool_
    )
    if reads.all():
        return allowed
    flags: Flags = reads[content.language_of_row] & allowed
    return flags
