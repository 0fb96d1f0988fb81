import hashlib
import io
import json
import uuid
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings, settings

from retrieval import older_segments, segments
from retrieval.segment import Segment, SegmentDamaged

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


def large(monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, str, str]:
    """A segment that counts as large: its file, folder and digest, and its stamp as it was written."""
    monkeypatch.setattr("retrieval.segment_file.LARGE", 0)
    folder, digest = segments.write(segment("a", english("river bridge"), english("boat")))
    path = Path(settings.INDEX_DIR) / folder / segments.FILE_NAME
    return path, folder, digest, segments.stamp_if_large(folder)


def spoil_the_end(path: Path, word: bytes = b"river") -> None:
    content = bytearray(path.read_bytes())
    place = content.rindex(word)
    content[place] ^= 1
    path.write_bytes(content)


def test_a_large_segment_is_mapped_and_says_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder, digest, stamp = large(monkeypatch)
    read = segments.read(folder, digest, stamp=stamp)
    assert read.stamp == stamp != ""
    assert not read.vectors.flags.writeable
    assert read.postings.of("en:bridg")[0].tolist() == [0]


def test_a_large_segment_is_compared_whole_when_its_file_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder, digest, stamp = large(monkeypatch)
    spoil_the_end(path)
    for known in (stamp, "", "1 2 3 4"):
        with pytest.raises(SegmentDamaged):
            segments.read(folder, digest, stamp=known)


def test_a_large_segment_with_its_stamp_is_not_read_through(monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder, digest, _ = large(monkeypatch)
    spoil_the_end(path)
    # What nobody can see from outside: bytes that changed while number, size and times did not.
    segments.read(folder, digest, stamp=segments.stamp_if_large(folder))
    with pytest.raises(SegmentDamaged):
        segments.read(folder, digest)


def test_another_head_is_refused_whatever_the_stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder, digest, _ = large(monkeypatch)
    path.write_bytes(path.read_bytes().replace(b'"embedder": "e"', b'"embedder": "f"'))
    with pytest.raises(SegmentDamaged):
        segments.read(folder, digest, stamp=segments.stamp_if_large(folder))


def test_a_small_segment_is_compared_each_time() -> None:
    folder, digest = segments.write(segment("a", english("river bridge")))
    assert segments.stamp_if_large(folder) == ""
    assert segments.read(folder, digest).stamp == ""
    spoil_the_end(Path(settings.INDEX_DIR) / folder / segments.FILE_NAME)
    with pytest.raises(SegmentDamaged):
        segments.read(folder, digest)


def write_as_before(written: Segment) -> tuple[str, str]:
    """A segment in the form of versions before 2026-12."""
    postings = written.postings
    head = {
        "format": 1, "label": written.label, "embedder": written.embedder,
        "documents": list(written.documents), "fingerprints": list(written.fingerprints),
        "languages": list(written.languages), "analyses": list(postings.analyses),
        "vocabulary": list(postings.vocabulary),
    }  # fmt: skip
    content = io.BytesIO()
    np.savez(
        content, head=np.frombuffer(json.dumps(head).encode(), np.uint8), vectors=written.vectors,
        document_of_row=written.document_of_row, ordinals=written.ordinals,
        language_of_row=written.language_of_row, offsets=postings.offsets, rows=postings.rows,
        counts=postings.counts, lengths=postings.lengths, analysis_of_row=postings.analysis_of_row,
    )  # fmt: skip
    folder = uuid.uuid4().hex
    path = Path(settings.INDEX_DIR) / folder / older_segments.FILE_NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(content.getvalue())
    return folder, hashlib.sha256(content.getvalue()).hexdigest()


def test_a_segment_of_an_earlier_version_is_read() -> None:
    written = segment("a", english("river bridge", title="Orla"), english("boat"))
    folder, digest = write_as_before(written)
    assert segments.is_old(folder)
    read = segments.read(folder, digest)
    assert read.documents == written.documents
    assert read.postings.vocabulary == written.postings.vocabulary
    assert list(read.postings.names.sounds()) == list(written.postings.names.sounds())
    again = segments.read(*segments.write(read))
    assert again.documents_sum == written.documents_sum
    with pytest.raises(SegmentDamaged):
        segments.read(folder, "0" * 64)
