"""Filters, applied before anything is ranked: a filtered search finds as much as there is, never what was
left over.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ingest.models import Document

from .opened import OpenSegment
from .results import SearchFilters
from .scope import AccessScope
from .strings import Strings

Flags = npt.NDArray[np.bool_]


def allowed_rows(opened: Sequence[OpenSegment], filters: SearchFilters, scope: AccessScope) -> list[Flags]:
    """For each segment, one flag for each row: whether the filters let it through."""
    documents = _documents(filters, scope)
    return [_allowed(segment, documents, filters.languages) for segment in opened]


def _documents(filters: SearchFilters, scope: AccessScope) -> frozenset[str] | None:
    """The documents that the filters leave, as text, or None when they leave all."""
    if not filters.asks_the_database:
        return frozenset(str(d) for d in filters.documents) if filters.documents else None
    found = Document.objects.filter(label__in=scope.labels)
    if filters.date_from:
        found = found.filter(document_date__gte=filters.date_from)
    if filters.date_to:
        found = found.filter(document_date__lte=filters.date_to)
    if filters.media_types:
        found = found.filter(media_type__in=filters.media_types)
    left: set[UUID] = set(found.values_list("id", flat=True))
    return frozenset(str(d) for d in (left & filters.documents if filters.documents else left))


def _allowed(segment: OpenSegment, documents: frozenset[str] | None, languages: frozenset[str]) -> Flags:
    content = segment.content
    allowed = np.ones(len(content), dtype=np.bool_)
    if documents is not None:
        allowed &= documents_flagged(content.documents, documents)[content.document_of_row]
    if languages:
        allowed &= np.array([code in languages for code in content.languages], dtype=np.bool_)[
            content.language_of_row
        ]
    return allowed


def documents_flagged(documents: Sequence[str], some: Collection[str]) -> Flags:
    """Whether each of the documents of a segment is one of `some`."""
    if isinstance(documents, Strings):
        return documents.flags_of(some)
    return np.array([document in some for document in documents], dtype=np.bool_)
