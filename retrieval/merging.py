"""Many small segments become one, and what has left is taken out for good."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from . import catalogue, segments
from .catalogue import Superseded
from .models import IndexSegment
from .segment import SegmentDamaged

MOST_SEGMENTS = 6
"""More segments than this in one size class of a label are merged."""

CLASS_FACTOR = 8
LARGE = 50_000
"""Segments from this many passages on are rewritten only to take out what has left them."""


LEFT_IN = timedelta(hours=1)

AT_ONCE = 10_000
"""More passages than this are not merged while a document is waiting to become ready: the sweep does it."""


def compact(label: str, *, most: int | None = None) -> None:
    """Merge where a label has many segments of one size: each passage is rewritten only a few times.

    With `most` only where so many passages are rewritten at most.
    """
    rows = catalogue.current([label])
    classes: dict[tuple[str, int], list[IndexSegment]] = {}
    for row in rows:
        if not row.is_damaged and row.passage_count < LARGE:
            classes.setdefault((row.embedder, _size_class(row.passage_count)), []).append(row)
    for some in classes.values():
        if len(some) > MOST_SEGMENTS and (most is None or sum(r.passage_count for r in some) <= most):
            _rewrite(some)


def take_out_for_good(label: str) -> None:
    """Rewrite the segments of a label from which documents have left; a large one, of which that takes long
    and which passes over their rows meanwhile, when it is older than LEFT_IN.
    """
    for row in catalogue.current([label]):
        is_due = row.passage_count < LARGE or row.created_at < timezone.now() - LEFT_IN
        if row.removed and is_due and not row.is_damaged:
            _rewrite([row])


def renew(label: str) -> None:
    """Rewrite the segments of a label that lie in the form of an earlier version."""
    for row in catalogue.current([label]):
        if not row.is_damaged and segments.is_old(row.folder):
            _rewrite([row])


def _rewrite(rows: Sequence[IndexSegment]) -> None:
    """One segment in the place of `rows`. When somebody else changes them first, theirs stands and this is
    dropped.
    """
    try:
        merged = segments.combine([catalogue.load(row) for row in rows])
    except SegmentDamaged:
        return
    folder, digest = segments.write(merged)
    try:
        catalogue.publish(merged, folder, digest, replacing=rows)
    except Superseded:
        segments.discard(folder)


def _size_class(passages: int) -> int:
    size = 0
    while passages > 64:
        passages //= CLASS_FACTOR
        size += 1
    return size
