"""Where the rows of a data set stand in the library: addresses of the viewer, at the words where those are
known.

addresses_of(rows, scope) -> {row id: address}      only of documents that may be read now
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from donovan.feedback.datasets.rows import Row, documents_of
from donovan.feedback.projects.models import ProjectItem
from donovan.library.ids import id_of
from donovan.library.reading import address_at
from donovan.library.selectors import readable_documents
from ingest.models import Passage
from retrieval.scope import AccessScope

Place = tuple[int, int, int]
BEGINNING: Place = (1, 0, 0)


def addresses_of(rows: Sequence[Row], scope: AccessScope) -> dict[str, str]:
    """The address of the document of each row, by the row's id. Rows without a document in the library, or
    whose document may not be read as it is labelled now, have none.
    """
    named = {document for row in rows for document in documents_of(row) if id_of(document) is not None}
    found = readable_documents(scope).filter(pk__in=named).values_list("pk", flat=True)
    readable = {str(key) for key in found}
    at_items, at_passages = _places_of_items(rows), _places_of_passages(rows)
    addresses = {}
    for row in rows:
        document = _first(row, readable)
        if document is None:
            continue
        known = (
            at_items.get((str(row.get("item") or ""), document))
            or at_passages.get((str(row["input"].get("passage_id") or ""), document))
            or _page_named(row)
        )
        addresses[str(row["id"])] = address_at(UUID(document), *known)
    return addresses


def _first(row: Row, readable: Iterable[str]) -> str | None:
    ordered = [str(row.get("document") or ""), *documents_of(row)]
    ids = [str(key) for each in ordered if (key := id_of(each)) is not None]
    return next((key for key in ids if key in readable), None)


def _places_of_items(rows: Sequence[Row]) -> dict[tuple[str, str], Place]:
    wanted = {key for row in rows if (key := id_of(row.get("item"))) is not None}
    items = ProjectItem.objects.filter(pk__in=wanted, document__isnull=False)
    return {
        (str(key), str(document)): place
        for key, document, origin in items.values_list("pk", "document_id", "origin")
        if (place := _place(origin)) is not None
    }


def _places_of_passages(rows: Sequence[Row]) -> dict[tuple[str, str], Place]:
    named = {str(row["input"].get("passage_id") or "") for row in rows}
    # Imported rows name passages of other systems.
    wanted = {int(key) for key in named if key.isascii() and key.isdigit() and len(key) < 19}
    passages = Passage.objects.filter(pk__in=wanted).select_related("page")
    return {
        (str(each.pk), str(each.document_id)): (each.page.number, each.start, each.end) for each in passages
    }


def _place(origin: Mapping[str, object]) -> Place | None:
    page, start, end = (origin.get(name) for name in ("page", "start", "end"))
    if not isinstance(page, int):
        return None
    return (page, start, end) if isinstance(start, int) and isinstance(end, int) else (page, 0, 0)


def _page_named(row: Row) -> Place:
    page = row["input"].get("page")
    return (page, 0, 0) if isinstance(page, int) and page > 0 else BEGINNING
