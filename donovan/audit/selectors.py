"""Reads of the record."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from donovan.audit.models import AuditRecord

ACTIONS = (
    "sign-in",
    "sign-in-failed",
    "sign-out",
    "search",
    "ask",
    "view",
    "upload",
    "export",
    "label",
    "report",
    "denial",
    "administer",
)
OUTCOMES = ("done", "refused", "failed")


@dataclass(frozen=True)
class RecordFilters:
    """Which records to show; empty fields do not narrow. Days are whole days in UTC, both included."""

    actor: str = ""
    action: str = ""
    outcome: str = ""
    document: str = ""
    date_from: date | None = None
    date_to: date | None = None


def matching_records(filters: RecordFilters) -> QuerySet[AuditRecord]:
    """Records that fit, newest first."""
    rows = AuditRecord.objects.order_by("-sequence")
    if filters.actor:
        rows = rows.filter(actor=filters.actor)
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.outcome:
        rows = rows.filter(outcome=filters.outcome)
    if filters.document:
        # A list in JSON is text in SQLite, and ids hold nothing that JSON would write differently.
        rows = rows.filter(documents__icontains=filters.document)
    if filters.date_from:
        rows = rows.filter(at__date__gte=filters.date_from)
    if filters.date_to:
        rows = rows.filter(at__date__lte=filters.date_to)
    return rows
