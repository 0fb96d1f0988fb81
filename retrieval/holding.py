"""Which passages hold given words, in any inflection: for counting, where ranking plays no part."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from .filters import allowed_rows
from .opened import OpenSegment
from .opening import open_scope
from .results import SearchFilters
from .scope import AccessScope
from .words import grouped_terms


def passages_holding(
    words: Sequence[str], scope: AccessScope, filters: SearchFilters
) -> tuple[dict[UUID, list[int]], list[str]]:
    """By document the ordinals of the passages that hold every one of `words` (in title, heading or text),
    and sentences about what could not be looked through.

    A word is compared as each passage's own language inflects it. No words hold nowhere.
    """
    notices: list[str] = []
    found: dict[UUID, list[int]] = {}
    opened = open_scope(scope, notices)
    if not words:
        return found, notices
    for segment, allowed in zip(opened, allowed_rows(opened, filters, scope), strict=True):
        held = allowed.copy()
        for word in words:
            held &= _rows_with(segment, word)
        for row in np.flatnonzero(held):
            document = UUID(segment.content.documents[segment.content.document_of_row[row]])
            found.setdefault(document, []).append(int(segment.content.ordinals[row]))
    return found, notices


def _rows_with(segment: OpenSegment, word: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A flag for each row: whether it holds all parts of the word in the analysis of its language."""
    postings = segment.content.postings
    rows = np.zeros(len(segment.content), dtype=np.bool_)
    for analysis in postings.analyses:
        parts = np.ones(len(rows), dtype=np.bool_)
        for group in grouped_terms(word, analysis):
            for term in group:
                part = np.zeros(len(rows), dtype=np.bool_)
                part[postings.of(f"{analysis}:{term}")[0]] = True
                parts &= part
        rows |= parts if grouped_terms(word, analysis) else False
    return rows
