"""One segment of the index: what it holds, how segments are combined, and how one is kept on disk.

On disk a segment is a folder with one file of plain arrays (`retrieval.segment_file`). It is staged, flushed,
renamed into place and never changed again. It is opened only when its digest is the one in the database.
"""

import errno
import os
import shutil
import uuid
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.conf import settings

from . import older_segments, segment_file
from .dense import codes_of
from .postings import Postings, combined
from .segment import Segment, SegmentDamaged
from .segment_file import FileDamaged
from .strings import Strings
from .variants import NameForms

FORMAT = 2
FILE_NAME = "segment.arrays"
PARTIAL = ".partial"

_OF_SEGMENT: Final = ("document_of_row", "ordinals", "language_of_row", "vectors")
_OF_POSTINGS: Final = ("offsets", "rows", "counts", "lengths", "analysis_of_row")


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
    document_parts = [
        _renumbered(s.document_of_row, [place.get(d, -1) for d in s.documents]) for s in segments
    ]
    document_of_row = np.concatenate(document_parts)
    ordinals = np.concatenate([s.ordinals for s in segments])
    order = np.lexsort((ordinals, document_of_row))
    order = order[document_of_row[order] >= 0]
    new_row = np.full(len(ordinals), -1, dtype=np.int64)
    new_row[order] = np.arange(len(order))
    codes = [s.codes for s in segments if s.codes is not None]
    language_of_row = np.concatenate(
        [_renumbered(s.language_of_row, [languages.index(code) for code in s.languages]) for s in segments]
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
        codes=np.concatenate(codes)[order] if len(codes) == len(segments) else None,
        postings=combined([s.postings for s in segments], new_row, order),
    )


def _renumbered(values: npt.NDArray[Any], table: Sequence[int]) -> npt.NDArray[np.int64]:
    renumbered: npt.NDArray[np.int64] = np.array(table or [0], dtype=np.int64)[values]
    return renumbered


def write(segment: Segment) -> tuple[str, str]:
    """Keep a segment on disk. Returns the name of its folder under settings.INDEX_DIR and its digest."""
    said = {
        "format": FORMAT,
        "label": segment.label,
        "embedder": segment.embedder,
        "languages": segment.languages,
        "analyses": segment.postings.analyses,
        "documents_sum": f"{segment.documents_sum:064x}",
    }
    root = Path(settings.INDEX_DIR)
    root.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    staged, final = root / f"{name}{PARTIAL}", root / name
    staged.mkdir()
    digest = segment_file.write(staged / FILE_NAME, said, _arrays_of(segment))
    _flush_folder(staged)
    staged.rename(final)
    _flush_folder(root)
    return name, digest


def read(folder: str, digest: str, *, stamp: str = "") -> Segment:
    """Read a segment. Raises SegmentDamaged when it is missing or its bytes are not those of `digest`.

    A large file whose stamp is still `stamp` was compared before, and is opened without reading it.
    """
    path = Path(settings.INDEX_DIR) / folder / FILE_NAME
    try:
        if is_old(folder):
            return older_segments.read(path.with_name(older_segments.FILE_NAME), digest)
        return _from_file(segment_file.read(path, digest, stamp=stamp))
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
            # The machine is at its limit; the file is as sound as before.
            raise
        raise SegmentDamaged(f"Index segment {folder} cannot be read: {error.strerror}.") from error
    except FileDamaged as error:
        raise SegmentDamaged(f"Index segment {folder} is not the one that was written: {error}.") from error
    except (KeyError, ValueError, TypeError) as error:
        raise SegmentDamaged(f"Index segment {folder} has another form than this version reads.") from error


def stamp_if_large(folder: str) -> str:
    """The stamp of a segment that was just written; "" of one that is not mapped."""
    return segment_file.stamp_if_large(Path(settings.INDEX_DIR) / folder / FILE_NAME)


def is_old(folder: str) -> bool:
    """Whether a segment lies in the form of an earlier version, which is read whole each time."""
    path = Path(settings.INDEX_DIR) / folder
    return not (path / FILE_NAME).exists() and (path / older_segments.FILE_NAME).exists()


def discard(folder: str) -> None:
    """Take a segment's folder away. One that is already gone is no error."""
    shutil.rmtree(Path(settings.INDEX_DIR) / folder, ignore_errors=True)


def _arrays_of(segment: Segment) -> dict[str, npt.NDArray[Any]]:
    postings, names = segment.postings, segment.postings.names
    arrays = {name: getattr(segment, name) for name in _OF_SEGMENT}
    arrays |= {name: getattr(postings, name) for name in _OF_POSTINGS}
    arrays["codes"] = codes_of(segment.vectors) if segment.codes is None else segment.codes
    arrays["sound_offsets"] = names.offsets
    texts = {
        "documents": _as_strings(segment.documents),
        "fingerprints": _as_strings(segment.fingerprints),
        "vocabulary": postings.vocabulary,
        "skeletons": names.skeletons,
        "names": names.names,
    }
    for name, strings in texts.items():
        arrays[f"{name}_blob"], arrays[f"{name}_offsets"] = strings.blob, strings.offsets
    return arrays


def _as_strings(texts: Sequence[str]) -> Strings:
    return texts if isinstance(texts, Strings) else Strings.of(texts)


def _from_file(contents: segment_file.Contents) -> Segment:
    said, arrays = contents.said, contents.arrays
    if said["format"] != FORMAT:
        raise ValueError("format")

    def strings(name: str) -> Strings:
        return Strings(arrays[f"{name}_blob"], arrays[f"{name}_offsets"])

    return Segment(
        label=said["label"],
        embedder=said["embedder"],
        documents=strings("documents"),
        fingerprints=strings("fingerprints"),
        languages=tuple(said["languages"]),
        postings=Postings(
            vocabulary=strings("vocabulary"),
            analyses=tuple(said["analyses"]),
            names=NameForms(strings("skeletons"), arrays["sound_offsets"], strings("names")),
            **{name: arrays[name] for name in _OF_POSTINGS},
        ),
        codes=arrays["codes"],
        kept_sum=int(said["documents_sum"], 16),
        stamp=contents.stamp if contents.is_mapped else "",
        **{name: arrays[name] for name in _OF_SEGMENT},
    )


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
