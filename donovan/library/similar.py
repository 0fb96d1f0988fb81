"""What is like a passage or a document, asked on behalf of a person: within their scope, and on record."""

import re
from dataclasses import dataclass
from uuid import UUID

from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.finding import MOST_HITS, Asked
from donovan.library.grouping import Group, grouped_beside
from donovan.library.selectors import readable_document
from ingest.models import Document, Passage
from retrieval.search import Hit
from retrieval.similar import Similar, reference, similar

_LIKE = re.compile(r"^(?P<document>[0-9A-Fa-f-]{32,36})(?::(?P<passage>\d{1,7}))?$", re.ASCII)


@dataclass(frozen=True)
class Like:
    """What is compared: a document, or one passage of it by its place in the document, counted from 0."""

    document: UUID
    passage: int | None = None

    def __str__(self) -> str:
        return f"{self.document}" if self.passage is None else f"{self.document}:{self.passage}"


@dataclass(frozen=True)
class FoundSimilar:
    """What is like a document or a passage of it.

    `passage` is the passage that was compared, None for the document as a whole. `copies` say the same as
    what was compared; `groups` are the others, by document.
    """

    document: Document
    passage: Passage | None
    similar: Similar
    copies: list[Hit]
    groups: list[Group]


def read_like(given: str) -> Like:
    """A document's id, or its id and the place of a passage: "ID" or "ID:4".

    Raises NotFoundHere for anything else, as for a document that does not exist.
    """
    match = _LIKE.match(given.strip())
    try:
        if match is not None:
            passage = match["passage"]
            return Like(UUID(match["document"]), int(passage) if passage is not None else None)
    except ValueError:
        pass
    raise NotFoundHere


def similar_on_record(caller: Caller, like: Like, asked: Asked, *, limit: int = 10) -> FoundSimilar:
    """The passages of other documents that the caller may read, most like what is given first.

    The query of `asked` is not looked at. Raises NotFoundHere, with the denial on record, alike for what does
    not exist, may not be read or is not ready, and LibraryError for filters that leave nothing.
    """
    asked.check_days()
    compared = reference(like.document, like.passage, caller.scope)
    if compared is None:
        audit.record(caller.name, "denial", "refused", source=caller.source, documents=[str(like.document)])
        raise NotFoundHere
    document = readable_document(caller.scope, like.document)
    passage = None
    if like.passage is not None:
        passages = Passage.objects.filter(document=document, label__in=caller.scope.labels)
        passage = passages.select_related("page").defer("page__text").filter(ordinal=like.passage).first()
    found = similar(
        compared,
        caller.scope,
        limit=min(max(limit, 1), MOST_HITS),
        filters=asked.filters(caller.scope),
        order_by=asked.order_by,
    )
    hits = found.result.hits
    audit.record(
        caller.name,
        "search",
        source=caller.source,
        labels={compared.label, *(hit.label for hit in hits)},
        documents=list(dict.fromkeys([str(document.pk), *(str(hit.document_id) for hit in hits)])),
        detail={"like": str(like), "hits": len(hits), "generation": found.result.generation},
    )
    copies, groups = grouped_beside([text for _, text in compared.texts], hits)
    return FoundSimilar(document, passage, found, copies, groups)
