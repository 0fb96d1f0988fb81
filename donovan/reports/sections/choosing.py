"""Which document or table a setting means, among those that may be read for the report."""

from uuid import UUID

from django.db.models import QuerySet

from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_tables
from donovan.library.selectors import has_name, readable_documents
from donovan.reports.errors import ReportError
from ingest.models import Document, Status
from retrieval.scope import AccessScope

MOST_DOCUMENTS = 6
MOST_LOOKED_AT = 500


def document_named(scope: AccessScope, asked: str) -> Document:
    """The ready document with this id, exact title or exact file name.

    Raises ReportError alike when there is none and when it may not be read; and for a name that several bear.
    """
    ready = readable_documents(scope).filter(status=Status.READY)
    try:
        found = list(ready.filter(pk=UUID(asked)))
    except ValueError:
        found = list(ready.filter(title=asked).order_by("-received_at")[:2])
        found = found or list(ready.filter(has_name(asked)).order_by("-received_at")[:2])
    if not found:
        raise ReportError(
            f"There is no readable document “{asked[:80]}”. Give its id, or its exact title or file name."
        )
    if len(found) > 1:
        raise ReportError(f"Several documents are named “{asked[:80]}”. Give the id of one.")
    return found[0]


def documents_named(scope: AccessScope, asked: str) -> list[Document]:
    """The documents named one a line, each once, MOST_DOCUMENTS at most. Raises ReportError as above."""
    names = list(dict.fromkeys(line.strip() for line in asked.splitlines() if line.strip()))
    if len(names) > MOST_DOCUMENTS:
        raise ReportError(
            f"At most {MOST_DOCUMENTS} documents can be set side by side; these are {len(names)}."
        )
    return list({found.pk: found for found in (document_named(scope, name) for name in names)}.values())


def table_named(scope: AccessScope, asked: str) -> DataTable:
    """The table with this id, or of this exact name, or the only one of the document of this name.

    Raises ReportError alike when there is none and when it may not be read; and for a name that several bear.
    """
    tables = readable_tables(scope)
    try:
        found = list(tables.filter(pk=UUID(asked)))
    except ValueError:
        found = list(tables.filter(name=asked)[:2])
        found = found or list(tables.filter(document__title=asked)[:2])
        found = found or list(tables.filter(document__name=asked)[:2])
    if not found:
        raise ReportError(
            f"There is no readable table “{asked[:80]}”. Open Tables and copy its name or address."
        )
    if len(found) > 1:
        raise ReportError(f"Several tables are named “{asked[:80]}”. Give the id of one.")
    return found[0]


def document_meant(scope: AccessScope, asked: str) -> Document:
    """The document of that name, or without one the newest that is not in English alone, else the newest.

    Raises ReportError as `document_named` does, and when there is none to take.
    """
    if asked:
        return document_named(scope, asked)
    newest = _newest(scope)[:MOST_LOOKED_AT]
    foreign = (found for found in newest if found.languages and found.languages != ["en"])
    taken = next(foreign, None) or next(iter(newest), None)
    if taken is None:
        raise ReportError("There is no readable document to take. Name one, or choose another collection.")
    return taken


def documents_meant(scope: AccessScope, asked: str) -> list[Document]:
    """The documents named one a line, or without any the two newest."""
    return documents_named(scope, asked) if asked.strip() else list(_newest(scope)[:2])


def _newest(scope: AccessScope) -> QuerySet[Document]:
    return readable_documents(scope).filter(status=Status.READY).order_by("-received_at", "pk")
