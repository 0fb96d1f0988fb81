"""A table against the newest earlier version of it.

An earlier version is a table of the same name in a document of the same label whose name differs only in
digits and dates. Only the same label: so which version is the newest, and what differs, never depends on a
document that a reader of this one may not read.
"""

from collections.abc import Iterator, Mapping, Sequence

from donovan.insight.anomalies import material
from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.checks.versions import changed_columns, new_values
from donovan.insight.anomalies.signatures import family_of
from donovan.insight.tables.models import DataTable
from ingest.models import Document, Status

MOST_LOOKED_AT = 2000


def against_earlier(
    document: Document, sheets: Sequence[Sheet], settings_of: Mapping[str, Settings]
) -> Iterator[Detection]:
    """What differs in the columns and recurring values of each table. Raises InsightError."""
    wanted = [sheet for sheet in sheets if "versions" in settings_of.get(sheet.key, Settings()).checks]
    if not wanted:
        return
    earlier = _earlier_tables(document)
    for sheet in wanted:
        table = earlier.get(family_of(document.name, sheet.name))
        if table is None:
            continue
        before = material.sheet_of(table)
        further = str(table.document_id)
        yield from changed_columns(sheet, before, table.document.name, further)
        yield from new_values(sheet, before, table.document.name, further)


def _earlier_tables(document: Document) -> dict[str, DataTable]:
    """The newest earlier table of each family."""
    found: dict[str, DataTable] = {}
    tables = (
        DataTable.objects.filter(
            document__status=Status.READY,
            document__label=document.label,
            document__received_at__lt=document.received_at,
        )
        .exclude(document=document)
        .select_related("document")
        .order_by("-document__received_at", "ordinal")
    )
    for table in tables[:MOST_LOOKED_AT]:
        found.setdefault(family_of(table.document.name, table.name), table)
    return found
