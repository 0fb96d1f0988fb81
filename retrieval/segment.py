"""The rows of one segment of the index."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .dense import Codes, Packed
from .postings import Postings

SUMMED = 1 << 256


class SegmentDamaged(Exception):
    """A segment is missing, or is not the one the database knows. It has to be rebuilt from the passages."""


@dataclass(frozen=True)
class Segment:
    """The rows of one segment. Row i is passage `ordinals[i]` of document `documents[document_of_row[i]]`.

    `documents` are sorted, and rows by document and ordinal. `fingerprints` holds one SHA-256 for each
    document, over all that was indexed of it; `languages` and `language_of_row` the language of each passage.
    `vectors` is (n, d) on the grid of `retrieval.dense`, and `codes` are their codes, where those were made.
    `kept_sum` is `documents_sum` where that is known, `stamp` that of the mapped file in which the arrays
    lie. Rows that are not `alive` (n,) belong to documents that have left, and count for nothing.
    """

    label: str
    embedder: str
    documents: Sequence[str]
    fingerprints: Sequence[str]
    document_of_row: npt.NDArray[np.int32]
    ordinals: npt.NDArray[np.int32]
    languages: tuple[str, ...]
    language_of_row: npt.NDArray[np.int16]
    vectors: Packed
    postings: Postings
    codes: Codes | None = None
    kept_sum: int | None = None
    stamp: str = ""
    alive: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ordinals)

    def thinned(self, removed: Collection[str]) -> "Segment":
        """The same as if the documents in `removed` had never been in it; their rows stay where they are."""
        gone = np.array([document in removed for document in self.documents], dtype=np.bool_)
        alive = ~gone[self.document_of_row]
        less = sum(
            number_of(self.documents[place], self.fingerprints[place], self.embedder)
            for place in np.flatnonzero(gone).tolist()
        )
        return replace(
            self,
            alive=alive,
            postings=self.postings.thinned(alive),
            kept_sum=(self.documents_sum - less) % SUMMED,
        )

    @cached_property
    def languages_held(self) -> tuple[str, ...]:
        """The languages of the rows that count."""
        if self.alive is None:
            return self.languages
        return tuple(self.languages[i] for i in np.unique(self.language_of_row[self.alive]).tolist())

    @cached_property
    def documents_sum(self) -> int:
        """What is indexed here as one number below 2**256: those of segments, added, are that of all their
        documents, however these are divided.
        """
        if self.kept_sum is not None:
            return self.kept_sum
        pairs = zip(self.documents, self.fingerprints, strict=True)
        return sum(number_of(document, said, self.embedder) for document, said in pairs) % SUMMED

    @cached_property
    def is_document_held(self) -> npt.NDArray[np.bool_]:
        """Whether a document has a row, shape (documents,)."""
        return self.documents_of(np.ones(len(self), dtype=np.bool_))

    def documents_of(self, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether a document has one of the flagged rows, shape (documents,)."""
        held = np.zeros(len(self.documents), dtype=np.bool_)
        held[self.document_of_row[rows]] = True
        return held


def number_of(document: str, fingerprint: str, embedder: str) -> int:
    """What is indexed of one document as a number below 2**256."""
    said = f"{document} {fingerprint} {embedder}"
    return int.from_bytes(hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest(), "big")
