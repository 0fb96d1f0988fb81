"""What has to be true of a passage or its document, told by the database, always within a scope."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from ingest.models import Document, Passage
from retrieval.filters import documents_flagged
from retrieval.opened import OpenSegment
from retrieval.querying.elements import places_in
from retrieval.querying.tree import (
    AtPlaces,
    Condition,
    Dated,
    Headed,
    InLanguages,
    Labelled,
    Leaf,
    OfTypes,
    OnPages,
    Titled,
)
from retrieval.scope import AccessScope
from retrieval.words import analysis_of, read_words

Flags = npt.NDArray[np.bool_]

HEADERS = {"from": ("From",), "to": ("To", "Cc")}
"""The headers of mail that a field looks at, as ingest keeps them in the metadata of a document."""

_DOCUMENTS_AT_ONCE = 400


def flags_of(node: Condition, opened: Sequence[OpenSegment], scope: AccessScope) -> list[Flags]:
    """For each segment, one flag for each row: whether the condition is met."""
    if isinstance(node, Labelled):
        return [np.full(len(s.content), s.content.label in node.labels, dtype=np.bool_) for s in opened]
    if isinstance(node, InLanguages):
        return [
            np.array([code in node.languages for code in s.content.languages], dtype=np.bool_)[
                s.content.language_of_row
            ]
            for s in opened
        ]
    if isinstance(node, OnPages | AtPlaces):
        ordinals = _on_pages(node, scope) if isinstance(node, OnPages) else _at_places(node, scope)
        return [_by_place(s, ordinals) for s in opened]
    documents = {str(pk) for pk in _documents(node, scope)}
    return [_by_document(s, documents) for s in opened]


def _documents(node: Dated | Titled | Headed | OfTypes, scope: AccessScope) -> Iterable[UUID]:
    readable = Document.objects.filter(label__in=scope.labels).order_by()
    if isinstance(node, OfTypes):
        return readable.filter(media_type__in=node.media_types).values_list("pk", flat=True)
    if isinstance(node, Titled):
        rows = readable.values_list("pk", "languages", "title", "name")
        return _holding(
            rows, lambda title, name: (title.replace("_", " "), name.replace("_", " ")), node.text
        )
    if isinstance(node, Headed):
        mails = readable.filter(metadata__has_key=HEADERS[node.field][0]).values_list(
            "pk", "languages", "metadata"
        )
        return _holding(mails, lambda said: [str(said.get(h, "")) for h in HEADERS[node.field]], node.text)
    if node.first:
        readable = readable.filter(document_date__gte=node.first)
    if node.last:
        readable = readable.filter(document_date__lte=node.last)
    return readable.filter(document_date__isnull=False).values_list("pk", flat=True)


def _holding(
    rows: "QuerySet[Any, tuple[Any, ...]]", texts_of: Callable[..., Iterable[str]], leaf: Leaf
) -> Iterable[UUID]:
    """The documents of which one text holds `leaf`, in the first language of the document."""
    for pk, languages, *said in rows.iterator():
        analysis = analysis_of(languages[0] if languages else "")
        if any(places_in(leaf, read_words(text, analysis), analysis) for text in texts_of(*said)):
            yield pk


_Ordinals = dict[str, set[int]]


def _on_pages(node: OnPages, scope: AccessScope) -> _Ordinals:
    found = Passage.objects.filter(label__in=scope.labels, page__number__gte=node.first).order_by()
    if node.last is not None:
        found = found.filter(page__number__lte=node.last)
    ordinals: _Ordinals = defaultdict(set)
    for document, ordinal in found.values_list("document_id", "ordinal").iterator():
        ordinals[str(document)].add(ordinal)
    return ordinals


def _at_places(node: AtPlaces, scope: AccessScope) -> _Ordinals:
    starts: dict[tuple[UUID, int], list[int]] = defaultdict(list)
    for place in sorted(node.places, key=lambda p: p.start):
        starts[place.document, place.page].append(place.start)
    documents = sorted({document for document, _ in starts})
    ordinals: _Ordinals = defaultdict(set)
    for first in range(0, len(documents), _DOCUMENTS_AT_ONCE):
        part = documents[first : first + _DOCUMENTS_AT_ONCE]
        passages = Passage.objects.filter(document_id__in=part, label__in=scope.labels).order_by()
        columns = ("document_id", "ordinal", "page__number", "start", "end")
        for document, ordinal, page, start, end in passages.values_list(*columns).iterator():
            here = starts.get((document, page), [])
            nearest = bisect_left(here, start)
            if nearest < len(here) and here[nearest] < end:
                ordinals[str(document)].add(ordinal)
    return ordinals


def _by_document(segment: OpenSegment, documents: set[str]) -> Flags:
    content = segment.content
    flags: Flags = documents_flagged(content.documents, documents)[content.document_of_row]
    return flags


def _by_place(segment: OpenSegment, ordinals: _Ordinals) -> Flags:
    content = segment.content
    of_document = [ordinals.get(d) or set() for d in content.documents]
    rows = zip(content.document_of_row.tolist(), content.ordinals.tolist(), strict=True)
    return np.array([ordinal in of_document[document] for document, ordinal in rows], dtype=np.bool_)
