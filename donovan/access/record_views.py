"""The record of actions, for reviewers and administrators."""

from collections.abc import Iterable
from datetime import date
from itertools import islice

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.middleware import source_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.audit import services as audit
from donovan.audit.models import AuditRecord
from donovan.audit.selectors import ACTIONS, OUTCOMES, RecordFilters, matching_records
from donovan.audit.verification import chain_length, verify_chain

PAGE_SIZE = 100
# Verified each time the page opens; the button verifies everything.
RECENT = 500


@entry(Role.ADMINISTRATOR, Role.REVIEWER)
@require_GET
def records(request: SignedInRequest) -> HttpResponse:
    filters, sentence = _filters(request.GET)
    rows = matching_records(filters)
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(sequence__lt=int(before))
    found = list(islice(_visible(request, rows.iterator(chunk_size=PAGE_SIZE)), PAGE_SIZE + 1))
    shown = [_shown(request, row) for row in found[:PAGE_SIZE]]
    older = request.GET.copy()
    if len(found) > PAGE_SIZE:
        older["before"] = str(shown[-1].sequence)
    length = chain_length()
    context = {
        "records": shown,
        "filters": filters,
        "sentence": sentence,
        "actions": ACTIONS,
        "outcomes": OUTCOMES,
        "older": older.urlencode() if len(found) > PAGE_SIZE else "",
        "is_first_page": not before,
        "report": verify_chain(first=max(1, length - RECENT + 1)),
        "length": length,
        "is_recent_only": length > RECENT,
        "page_marking": marking_of({label for row in shown for label in row.labels}).canonical,
    }
    return render(request, "access/records.html", context)


def _shown(request: SignedInRequest, row: AuditRecord) -> AuditRecord:
    """As this person may see it: of what stands under labels that they may not read, neither the labels nor
    what names it; the same document keeps the same sign, so that records about it can be put side by side.
    """
    if all(request.scope.may_read(label) for label in row.labels):
        return row
    row.documents = [f"closed {audit.sign_of(document)}" for document in row.documents]
    row.labels = []
    row.detail = {"closed": "its marking is above what you may read"}
    return row


@entry(Role.ADMINISTRATOR, Role.REVIEWER)
@require_POST
def verify(request: SignedInRequest) -> HttpResponse:
    report = verify_chain()
    with transaction.atomic():
        audit.record(
            request.user.username,
            "administer",
            source=source_of(request),
            detail={"what": "record verified", "intact": report.is_intact, "records": report.records},
        )
    context = {"report": report, "length": report.records, "is_recent_only": False}
    template = "access/_chain.html" if request.htmx else "access/chain.html"
    return render(request, template, context)


def _visible(request: SignedInRequest, rows: Iterable[AuditRecord]) -> Iterable[AuditRecord]:
    """Administrators see every record; a reviewer only those about labels that the reviewer may read."""
    if request.user.role == Role.ADMINISTRATOR:
        return rows
    return (row for row in rows if all(request.scope.may_read(label) for label in row.labels))


def _filters(query: QueryDict) -> tuple[RecordFilters, str]:
    days: dict[str, date | None] = {}
    sentence = ""
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(query.get(name, "")) if query.get(name) else None
        except ValueError:
            days[name] = None
            sentence = "A day is written as 2026-05-31. That filter was left out."
    filters = RecordFilters(
        actor=query.get("actor", "").strip()[:150],
        action=query.get("action", "") if query.get("action", "") in ACTIONS else "",
        outcome=query.get("outcome", "")[:16],
        document=query.get("document", "").strip()[:64],
        date_from=days["from"],
        date_to=days["to"],
    )
    return filters, sentence
