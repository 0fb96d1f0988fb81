"""Shared reads of tables. A table is there for a person exactly when its document is."""

from uuid import UUID

from django.db.models import Q, QuerySet

from donovan.access.labels import split_label
from donovan.insight.tables.models import DataTable
from donovan.library.errors import NotFoundHere
from ingest.models import Status
from retrieval.scope import AccessScope

HIDDEN_SHEET = "[hidden sheet]"
"""Stands in the name of a table of a sheet that its workbook hides."""


def readable_tables(
    scope: AccessScope, *, document_id: UUID | str | None = None, collection: str | None = None
) -> QuerySet[DataTable]:
    """The tables of ready documents in the scope, of one document or collection (its slug) where given.

    What cannot be an id gives nothing.
    """
    labels = scope.labels
    if collection is not None:
        labels = frozenset(label for label in labels if split_label(label)[0] == collection)
    wanted = Q(document__label__in=labels, document__status=Status.READY)
    if document_id is not None:
        try:
            wanted &= Q(document=UUID(str(document_id)))
        except ValueError:
            return DataTable.objects.none()
    return DataTable.objects.filter(wanted).select_related("document")


def readable_table(scope: AccessScope, table_id: UUID | str) -> DataTable:
    """One table in the scope. Raises NotFoundHere alike when there is none and when it may not be read."""
    try:
        found = readable_tables(scope).filter(pk=UUID(str(table_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFoundHere
    return found
