"""The segments of one scope, opened; no other is ever touched."""

from . import catalogue
from .opened import OpenSegment, open_segment
from .scope import AccessScope
from .segment import SegmentDamaged

_DAMAGED = (
    "Part of the search index is damaged and is being rebuilt. Until then some passages may be missing."
)


def open_scope(scope: AccessScope, notices: list[str]) -> list[OpenSegment]:
    """Every segment of the scope that can be opened; what cannot is noted for the sweep and told."""
    for attempt in range(2):
        opened, is_whole = [], True
        for row in catalogue.current(scope.labels):
            try:
                opened.append(open_segment(row))
            except SegmentDamaged:
                is_whole = False
                # Between reading the rows and opening the folders a merge may have come by: look once more.
                if attempt:
                    catalogue.note_damage(row)
        if is_whole:
            return opened
    notices.append(_DAMAGED)
    return opened
