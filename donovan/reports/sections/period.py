"""The period of a report: which days it is about, and which documents are of those days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from donovan.library.selectors import readable_documents
from donovan.reports.errors import ReportError
from donovan.reports.sections.contract import Field
from ingest.models import Document
from retrieval.scope import AccessScope

DAYS = timedelta(days=14)
LATEST = "latest"
SINCE = Field(
    "since",
    "From",
    help="A date like 2026-03-31, or “latest” for the two weeks up to the newest document. Empty: all days.",
)
UNTIL = Field("until", "to", help="A date like 2026-03-31, or empty.")


@dataclass(frozen=True)
class Period:
    """From and to, both days included. Without a day there is no end on that side.

    `used` is the document that the days were taken from, with its label, where they were not named.
    """

    since: date | None = None
    until: date | None = None
    used: dict[UUID, str] = field(default_factory=dict)

    def documents(self, scope: AccessScope) -> QuerySet[Document]:
        """The readable documents of these days. One without a date is of the day on which it came in."""
        found = readable_documents(scope)
        if self.since is not None:
            undated = Q(document_date__isnull=True, received_at__date__gte=self.since)
            found = found.filter(undated | Q(document_date__gte=self.since))
        if self.until is not None:
            undated = Q(document_date__isnull=True, received_at__date__lte=self.until)
            found = found.filter(undated | Q(document_date__lte=self.until))
        return found

    def ids(self, scope: AccessScope) -> frozenset[UUID]:
        return frozenset(self.documents(scope).values_list("pk", flat=True))

    def __str__(self) -> str:
        if self.since and self.until:
            return f"{self.since:%-d %B %Y} to {self.until:%-d %B %Y}"
        if self.since:
            return f"since {self.since:%-d %B %Y}"
        return f"up to {self.until:%-d %B %Y}" if self.until else "all days"


def period_of(settings: Mapping[str, str], scope: AccessScope) -> Period:
    """The days that the settings name; all days where they name none.

    Raises ReportError for what is no date, and for an end before the beginning.
    """
    until = day_of(settings.get("until", ""))
    if settings.get("since") == LATEST:
        return _latest(scope, until)
    since = day_of(settings.get("since", ""))
    if since is not None and until is not None and since > until:
        raise ReportError(f"The period ends on {until} before it begins on {since}. Exchange the two days.")
    return Period(since, until)


def _latest(scope: AccessScope, until: date | None) -> Period:
    """The two weeks up to a day, or up to the newest document."""
    if until is not None:
        return Period(until - DAYS, until)
    newest = readable_documents(scope).filter(document_date__isnull=False).order_by("-document_date", "pk")
    found = newest.first()
    if found is None or found.document_date is None:
        return Period()
    return Period(found.document_date - DAYS, found.document_date, {found.pk: found.label})


def day_of(text: str) -> date | None:
    """The day of a setting, or None where it is empty. Raises ReportError for what is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ReportError(
            f"“{text[:40]}” is no date. Write one like 2026-03-31, or leave it empty."
        ) from None
