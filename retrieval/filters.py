"""Filters, applied before anything is ranked: a filtered search finds as much as there is, never what was
left over.
"""

from binascii import unhexlify
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, CharField, TextField
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from ingest.models import Document

from .opened import OpenSegment
from .results import SearchFilters
from .scope import AccessScope
from .strings import Strings

Flags = npt.NDArray[np.bool_]


_DIGITS = 32


class _Joined(Aggregate):
    """All the values as one text."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, '')"
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> tuple[str, Sequence[Any]]:
        return self.as_sql(compiler, connection, function="STRING_AGG", **more)


class Numbers:
    """Many ids of documents as numbers, two of 64 bits each: no Python object for each of them."""

    def __init__(self, digits: str) -> None:
        """`digits` are those of all the ids, 32 each."""
        numbers = _numbers(digits.encode())
        self._sorted = np.ascontiguousarray(numbers[np.argsort(numbers[:, 0])])

    def flags_of(self, documents: Sequence[str]) -> Flags:
        """Whether each of `documents` is among them, shape (len(documents),)."""
        if not len(documents) or not len(self._sorted):
            return np.zeros(len(documents), dtype=np.bool_)
        raw = documents.blob.tobytes() if isinstance(documents, Strings) else "".join(documents).encode()
        asked = _numbers(raw)
        first, second = self._sorted[:, 0], self._sorted[:, 1]
        place = np.minimum(np.searchsorted(first, asked[:, 0]), len(first) - 1)
        flags: Flags = (first[place] == asked[:, 0]) & (second[place] == asked[:, 1])
        # Of ids with one beginning only the first was compared.
        for at in np.flatnonzero(~flags & (first[place] == asked[:, 0])).tolist():
            last = np.searchsorted(first, asked[at, 0], side="right")
            flags[at] = bool((second[place[at] : last] == asked[at, 1]).any())
        return flags


def _numbers(digits: bytes) -> npt.NDArray[np.uint64]:
    """Ids of 32 hexadecimal digits each, with dashes and line feeds or without, as numbers, shape (n, 2)."""
    found = np.frombuffer(unhexlify(digits.translate(None, b"-\n")), dtype=">u8")
    return found.astype(np.uint64).reshape(-1, 2)


def allowed_rows(opened: Sequence[OpenSegment], filters: SearchFilters, scope: AccessScope) -> list[Flags]:
    """For each segment, one flag for each row: whether the filters let it through."""
    documents = _documents(filters, scope)
    return [_allowed(segment, documents, filters.languages) for segment in opened]


def _documents(filters: SearchFilters, scope: AccessScope) -> "frozenset[str] | Numbers | None":
    """The documents that the filters leave, or None when they leave all."""
    if not filters.asks_the_database:
        return frozenset(str(d) for d in filters.documents) if filters.documents else None
    found = Document.objects.filter(label__in=scope.labels)
    if filters.date_from:
        found = found.filter(document_date__gte=filters.date_from)
    if filters.date_to:
        found = found.filter(document_date__lte=filters.date_to)
    if filters.media_types:
        found = found.filter(media_type__in=filters.media_types)
    # As one text: of many documents the objects, and the rows, would cost more than the search.
    said = found.order_by().aggregate(said=_Joined(Cast("id", CharField())))["said"]
    left = (said or "").replace("-", "")
    if filters.documents:
        return frozenset(str(d) for d in filters.documents) & frozenset(map(str, _one_by_one(left)))
    return Numbers(left)


def _one_by_one(ids: str) -> Iterator[UUID]:
    return (UUID(ids[at : at + _DIGITS]) for at in range(0, len(ids), _DIGITS))


def _allowed(
    segment: OpenSegment, documents: "frozenset[str] | Numbers | None", languages: frozenset[str]
) -> Flags:
    content = segment.content
    allowed = np.ones(len(content), dtype=np.bool_) if content.alive is None else content.alive.copy()
    if documents is not None:
        flags = (
            documents.flags_of(content.documents)
            if isinstance(documents, Numbers)
            else documents_flagged(content.documents, documents)
        )
        allowed &= flags[content.document_of_row]
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
