"""One segment of the index: what it holds, how segments are combined, and how one is kept on disk.

On disk a segment is a folder with one file of plain numpy arrays. It is staged, flushed, renamed into
place and never changed again. It is read only when its SHA-256 is the one in the database, from the very
bytes that were hashed, and nothing in it is ever unpickled.
"""

import hashlib
import io
import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings

from .dense import Packed
from .lexical import Postings

FORMAT = 1
FILE_NAME = "segment.npz"
PARTIAL = ".partial"


class SegmentDamaged(Exception):
    """A segment is missing, or is not the one the database knows. It has to be rebuilt from the passages."""


@dataclass(frozen=True)
class Segment:
    """The rows of one segment. Row i is passage `ordinals[i]` of document `documents[document_of_row[i]]`.

    `fingerprints` holds one SHA-256 for each document, over all that was indexed of it; `languages` and
    `language_of_row` the language of each passage. `vectors` is (n, d) on the grid of `retrieval.dense`.
    """

    label: str
    embedder: str
    documents: tuple[str, ...]
    fingerprints: tuple[str, ...]
    document_of_row: npt.NDArray[np.int32]
    ordinals: npt.NDArray[np.int32]
    languages: tuple[str, ...]
    language_of_row: npt.NDArray[np.int16]
    vectors: Packed
    postings: Postings

    def __len__(self) -> int:
        return len(self.ordinals)


def without(segment: Segment, removed: Collection[str]) -> Segment:
    """The segment as it would be had `removed` never been in it."""
    return combine([segment], removed=removed) if removed else segment


def combine(
    segments: Sequence[Segment], *, removed: Collection[str] = (), label: str | None = None
) -> Segment:
    """One segment with all rows of `segments`, less the documents in `removed`, in the order of document and
    ordinal.

    All must come from one embedder; `label` replaces theirs.
    """
    documents = sorted(
        (document, fingerprint)
        for segment in segments
        for document, fingerprint in zip(segment.documents, segment.fingerprints, strict=True)
        if document not in removed
    )
    place = {document: i for i, (document, _) in enumerate(documents)}
    languages = tuple(sorted({language for s in segments for language in s.languages}))
    document_parts = [_mapped(s.document_of_row, [place.get(d, -1) for d in s.documents]) for s in segments]
    document_of_row = np.concatenate(document_parts)
    ordinals = np.concatenate([s.ordinals for s in segments])
    order = np.lexsort((ordinals, document_of_row))
    order = order[document_of_row[order] >= 0]
    new_row = np.full(len(ordinals), -1, dtype=np.int64)
    new_row[order] = np.arange(len(order))
    language_of_row = np.concatenate(
        [_mapped(s.language_of_row, [languages.index(code) for code in s.languages]) for s in segments]
    )
    return Segment(
        label=segments[0].label if label is None else label,
        embedder=segments[0].embedder,
        documents=tuple(document for document, _ in documents),
        fingerprints=tuple(fingerprint for _, fingerprint in documents),
        document_of_row=document_of_row[order].astype(np.int32),
        ordinals=ordinals[order],
        languages=languages,
        language_of_row=language_of_row[order].astype(np.int16),
        vectors=np.concatenate([s.vectors for s in segments])[order],
        postings=_combined_postings([s.postings for s in segments], new_row, order),
    )


def _mapped(values: npt.NDArray[Any], table: Sequence[int]) -> npt.NDArray[np.int64]:
    mapped: npt.NDArray[np.int64] = np.array(table or [0], dtype=np.int64)[values]
    return mapped


def _combined_postings(
    parts: Sequence[Postings], new_row: npt.NDArray[np.int64], order: npt.NDArray[np.int64]
) -> Postings:
    """Postings of the rows that stay: `new_row` maps old to new (-1 gone), `order` new to old, over all
    parts.
    """
    keys = sorted(set().union(*(p.vocabulary for p in parts)))
    position = {key: i for i, key in enumerate(keys)}
    analyses = tuple(sorted({a for p in parts for a in p.analyses}))
    term_parts, row_parts, first = [], [], 0
    for part in parts:
        to_position = np.zeros(len(part.vocabulary), dtype=np.int64)
        for key, old in part.vocabulary.items():
            to_position[old] = position[key]
        term_parts.append(np.repeat(to_position, np.diff(part.offsets)))
        row_parts.append(new_row[part.rows.astype(np.int64) + first])
        first += len(part.lengths)
    term_of, row_of = np.concatenate(term_parts), np.concatenate(row_parts)
    counts = np.concatenate([p.counts for p in parts])
    sorting = np.lexsort((row_of, term_of))
    sorting = sorting[row_of[sorting] >= 0]
    held = np.bincount(term_of[sorting], minlength=len(keys))
    present = np.flatnonzero(held)
    offsets = np.zeros(len(present) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum(held[present])
    analysis_of_row = np.concatenate(
        [_mapped(p.analysis_of_row, [analyses.index(a) for a in p.analyses]) for p in parts]
    )[order]
    # An analysis that no row is read with any more must not be asked for either: its presence would show in
    # queries.
    used = np.unique(analysis_of_row)
    return Postings(
        vocabulary={keys[int(i)]: n for n, i in enumerate(present)},
        offsets=offsets,
        rows=row_of[sorting].astype(np.int32),
        counts=counts[sorting],
        lengths=np.concatenate([p.lengths for p in parts])[order],
        analyses=tuple(analyses[int(i)] for i in used),
        analysis_of_row=np.searchsorted(used, analysis_of_row).astype(np.uint8),
    )


def write(segment: Segment) -> tuple[str, str]:
    """Keep a segment on disk. Returns the name of its folder under settings.INDEX_DIR and its SHA-256."""
    head = {
        "format": FORMAT,
        "label": segment.label,
        "embedder": segment.embedder,
        "documents": segment.documents,
        "fingerprints": segment.fingerprints,
        "languages": segment.languages,
        "analyses": segment.postings.analyses,
        "vocabulary": list(segment.postings.vocabulary),
    }
    content = io.BytesIO()
    np.savez(
        content,
        head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8),
        document_of_row=segment.document_of_row,
        ordinals=segment.ordinals,
        language_of_row=segment.language_of_row,
        vectors=segment.vectors,
        offsets=segment.postings.offsets,
        rows=segment.postings.rows,
        counts=segment.postings.counts,
        lengths=segment.postings.lengths,
        analysis_of_row=segment.postings.analysis_of_row,
    )
    root = Path(settings.INDEX_DIR)
    root.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    staged, final = root / f"{name}{PARTIAL}", root / name
    staged.mkdir()
    with (staged / FILE_NAME).open("wb") as stream:
        stream.write(content.getbuffer())
        stream.flush()
        os.fsync(stream.fileno())
    _flush_folder(staged)
    staged.rename(final)
    _flush_folder(root)
    return name, hashlib.sha256(content.getbuffer()).hexdigest()


def read(folder: str, digest: str) -> Segment:
    """Read a segment. Raises SegmentDamaged when it is missing or its bytes are not those of `digest`."""
    path = Path(settings.INDEX_DIR) / folder / FILE_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SegmentDamaged(f"Index segment {folder} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise SegmentDamaged(f"Index segment {folder} is not the one that was written; its digest differs.")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _from_arrays({name: arrays[name] for name in arrays.files})
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise SegmentDamaged(f"Index segment {folder} has another form than this version reads.") from error


def discard(folder: str) -> None:
    """Take a segment's folder away. One that is already gone is no error."""
    shutil.rmtree(Path(settings.INDEX_DIR) / folder, ignore_errors=True)


def _from_arrays(arrays: dict[str, npt.NDArray[Any]]) -> Segment:
    head = json.loads(arrays["head"].tobytes())
    if head["format"] != FORMAT:
        raise ValueError("format")
    postings = Postings(
        vocabulary={key: i for i, key in enumerate(head["vocabulary"])},
        offsets=arrays["offsets"],
        rows=arrays["rows"],
        counts=arrays["counts"],
        lengths=arrays["lengths"],
        analyses=tuple(head["analyses"]),
        analysis_of_row=arrays["analysis_of_row"],
    )
    return Segment(
        label=head["label"],
        embedder=head["embedder"],
        documents=tuple(head["documents"]),
        fingerprints=tuple(head["fingerprints"]),
        document_of_row=arrays["document_of_row"],
        ordinals=arrays["ordinals"],
        languages=tuple(head["languages"]),
        language_of_row=arrays["language_of_row"],
        vectors=arrays["vectors"],
        postings=postings,
    )


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
