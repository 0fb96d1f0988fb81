"""What sets a document or a collection apart from the rest of what a person may read, on record."""

from dataclasses import dataclass
from uuid import UUID

from donovan.access.labels import split_label
from donovan.access.models import Collection
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import collections_of, readable_documents
from ingest.models import Document, Status
from retrieval.results import SearchFilters, SignificantTerms
from retrieval.significant import significant_in


@dataclass(frozen=True)
class StandingOut:
    """The terms of a document or of a collection; one of the two is given."""

    terms: SignificantTerms
    notices: tuple[str, ...]
    document: Document | None = None
    collection: Collection | None = None


def standing_out_on_record(
    caller: Caller, *, document: UUID | None = None, collection: str = ""
) -> StandingOut:
    """The words that stand in a document, or in a collection, far more than in the rest of the scope.

    Raises NotFoundHere, with the denial on record, alike for what does not exist, may not be read or is not
    ready.
    """
    shown, chosen = None, None
    if document is not None:
        shown = readable_documents(caller.scope).filter(pk=document, status=Status.READY).first()
        filters = SearchFilters(documents=frozenset({document}))
    else:
        chosen = next((one for one in collections_of(caller.user) if one.slug == collection), None)
        labels = frozenset(key for key in caller.scope.labels if split_label(key)[0] == collection)
        filters = SearchFilters(labels=labels)
    if shown is None and chosen is None:
        asked = [str(document)] if document else []
        audit.record(caller.name, "denial", "refused", source=caller.source, documents=asked)
        raise NotFoundHere
    notices: list[str] = []
    terms = significant_in(caller.scope, filters, notices)
    audit.record(
        caller.name,
        "search",
        source=caller.source,
        labels=terms.labels,
        documents=[str(shown.pk)] if shown else [],
        detail={"terms": len(terms.terms), "collection": chosen.slug if chosen else ""},
    )
    return StandingOut(terms, tuple(notices), shown, chosen)
