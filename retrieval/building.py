"""From the passages of a document in the database to the rows of a segment."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ingest.models import Passage

from . import postings
from .dense import Packed, pack
from .embedder import Embedder
from .embedding import passage_text
from .segment import Segment
from .words import analysis_of

AT_ONCE = 64
"""Passages embedded between two signs of life."""


@dataclass(frozen=True)
class IndexedPassage:
    """What is indexed of one passage."""

    ordinal: int
    heading: str
    text: str
    language: str


@dataclass(frozen=True)
class IndexedText:
    """What is indexed of one document, as it stood when it was read."""

    document_id: UUID
    label: str
    title: str
    passages: tuple[IndexedPassage, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that reaches the index: the same fingerprint, the same rows."""
        rows = [[p.ordinal, p.heading, p.text, p.language] for p in self.passages]
        said = json.dumps([postings.METHOD, self.title, rows], ensure_ascii=False)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class EmbeddedText:
    """A document with its vectors on the grid, one row for each passage, and the model that made them."""

    text: IndexedText
    vectors: Packed
    embedder: str


def read_texts(documents: Iterable[tuple[UUID, str, str]]) -> list[IndexedText]:
    """The passages of documents given as (id, label, title)."""
    rows = {document_id: (label, title, list[IndexedPassage]()) for document_id, label, title in documents}
    found = Passage.objects.filter(document_id__in=rows).order_by("document_id", "ordinal")
    columns = ("document_id", "ordinal", "heading", "text", "language")
    for document_id, *fields in found.values_list(*columns):
        rows[document_id][2].append(IndexedPassage(*fields))
    return [IndexedText(i, label, title, tuple(passages)) for i, (label, title, passages) in rows.items()]


def embed(text: IndexedText, embedder: Embedder, alive: Callable[[int], None]) -> EmbeddedText:
    """Vectors of a document. `alive` is told after every few passages how many are done, and may raise."""
    parts: list[npt.NDArray[np.float32]] = [np.zeros((0, embedder.dimensions), dtype=np.float32)]
    for start in range(0, len(text.passages), AT_ONCE):
        some = text.passages[start : start + AT_ONCE]
        parts.append(
            embedder.encode([passage_text(text.title, p.heading, p.text) for p in some], is_query=False)
        )
        alive(start + len(some))
    return EmbeddedText(text, pack(np.concatenate(parts)), embedder.name)


def build(label: str, embedder_name: str, embedded: Sequence[EmbeddedText]) -> Segment:
    """One segment out of documents of one label, in the order of their ids."""
    ordered = sorted(embedded, key=lambda e: str(e.text.document_id))
    passages = [p for e in ordered for p in e.text.passages]
    languages = tuple(sorted({p.language for p in passages}))
    counted = [
        postings.Counted(e.text.title, p.heading, p.text, analysis_of(p.language))
        for e in ordered
        for p in e.text.passages
    ]
    sizes = [len(e.text.passages) for e in ordered]
    return Segment(
        label=label,
        embedder=embedder_name,
        documents=tuple(str(e.text.document_id) for e in ordered),
        fingerprints=tuple(e.text.fingerprint for e in ordered),
        document_of_row=np.repeat(np.arange(len(ordered), dtype=np.int32), sizes),
        ordinals=np.array([p.ordinal for p in passages], dtype=np.int32),
        languages=languages,
        language_of_row=np.array([languages.index(p.language) for p in passages], dtype=np.int16),
        vectors=np.concatenate([e.vectors for e in ordered]),
        postings=postings.count(counted),
    )
