from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from retrieval import segments
from retrieval.segment import SegmentDamaged

from .test_lexical import english, segment


def test_a_segment_reads_back_as_it_was_written() -> None:
    written = segment("a", english("river bridge", title="Orla"), english("boat"))
    read = segments.read(*segments.write(written))
    assert read.documents == written.documents
    assert read.postings.vocabulary == written.postings.vocabulary
    assert np.array_equal(read.postings.counts, written.postings.counts)
    assert np.array_equal(read.vectors, written.vectors)


@pytest.mark.parametrize("spoil", ["flip", "cut", "remove", "empty"])
def test_a_spoilt_segment_is_never_opened(spoil: str, settings: LazySettings) -> None:
    folder, digest = segments.write(segment("a", english("river bridge")))
    path = Path(settings.INDEX_DIR) / folder / segments.FILE_NAME
    content = path.read_bytes()
    if spoil == "flip":
        path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    elif spoil == "cut":
        path.write_bytes(content[:-7])
    elif spoil == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    with pytest.raises(SegmentDamaged):
        segments.read(folder, digest)


def test_a_crash_while_writing_leaves_no_folder_that_counts(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        segments.write(segment("a", english("river")))
    left = [p.name for p in Path(settings.INDEX_DIR).iterdir()]
    assert all(name.endswith(segments.PARTIAL) for name in left)
