"""Segments held open in this process, the least recently used given up first.

A segment never changes, so what is held is keyed by its digest and by the documents that have left it since.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from . import catalogue, segments
from .dense import DenseIndex
from .models import IndexSegment
from .segment import Segment, SegmentDamaged

BYTES_HELD = 256 * 1024 * 1024
"""Most memory that segments which are not mapped may take in one process."""

MOST_HELD = 400
"""Segments held open at once; each that is mapped keeps a file open."""

_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class OpenSegment:
    """A segment ready to be searched."""

    content: Segment
    dense: DenseIndex

    @property
    def size(self) -> int:
        """Bytes of memory that nobody else could use; those of a mapped file are given back on demand."""
        return 0 if self.content.stamp else self.dense.size + self.content.postings.size


_held: OrderedDict[_Key, OpenSegment] = OrderedDict()
_lock = threading.Lock()


def open_segment(row: IndexSegment) -> OpenSegment:
    """The segment of a database row, from memory or from disk, less the documents that have left it.

    Raises SegmentDamaged when it is missing, is not the one that was written, or belongs to another label.
    """
    key = (row.digest, tuple(sorted(row.removed)))
    with _lock:
        found = _held.get(key)
        if found is not None:
            _held.move_to_end(key)
            return found
    # Read outside the lock: two threads may read the same file at once, which costs time and harms nothing.
    content = segments.read(row.folder, row.digest, stamp=row.verified_as)
    if content.stamp != row.verified_as:
        catalogue.note_verified(row, content.stamp)
    if content.label != row.label:
        raise SegmentDamaged(f"Index segment {row.folder} belongs to another label.")
    if row.removed:
        removed = frozenset(row.removed)
        # A small one is made anew in memory, of a mapped one rows are passed over.
        content = content.thinned(removed) if content.stamp else segments.without(content, removed)
    opened = OpenSegment(content, DenseIndex(content.vectors, content.codes))
    with _lock:
        for other in [held for held in _held if held[0] == row.digest]:
            # The same file with fewer documents gone; nobody asks for that again.
            del _held[other]
        _held[key] = opened
        while len(_held) > 1 and (len(_held) > MOST_HELD or sum(s.size for s in _held.values()) > BYTES_HELD):
            _held.popitem(last=False)
    return opened


def forget_all() -> None:
    """Give up every open segment."""
    with _lock:
        _held.clear()
