"""Segments as versions before 2026-12 wrote them: one npz file, read whole. The sweep writes them anew."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .postings import Postings
from .segment import Segment
from .segment_file import FileDamaged
from .strings import Strings
from .variants import NameForms

FORMAT = 1
FILE_NAME = "segment.npz"


def read(path: Path, digest: str) -> Segment:
    """Read a segment from the very bytes that are compared. Raises FileDamaged, OSError and what comes of
    another form.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileDamaged("its digest differs")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _from_arrays({name: arrays[name] for name in arrays.files})
    except zipfile.BadZipFile as error:
        raise FileDamaged("it is of another form") from error


def _from_arrays(arrays: dict[str, npt.NDArray[Any]]) -> Segment:
    head = json.loads(arrays["head"].tobytes())
    if head["format"] != FORMAT:
        raise ValueError("format")
    postings = Postings(
        vocabulary=Strings.of(head["vocabulary"]),
        offsets=arrays["offsets"],
        rows=arrays["rows"],
        counts=arrays["counts"],
        lengths=arrays["lengths"],
        analyses=tuple(head["analyses"]),
        analysis_of_row=arrays["analysis_of_row"],
        names=NameForms.of(head["vocabulary"]),
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
