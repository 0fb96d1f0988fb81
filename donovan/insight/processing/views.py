"""How far insight is: parts of the home page and of the ledger of a document."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.insight.anomalies.selectors import readable_findings
from donovan.insight.entities.selectors import readable_appearances
from donovan.insight.processing import selectors
from donovan.insight.tables.selectors import readable_tables
from donovan.insight.triage.selectors import class_of
from donovan.library.selectors import readable_document


@entry(is_background=True)
@require_GET
def progress(request: SignedInRequest) -> HttpResponse:
    """How many of the readable documents are still to be looked into; asks again until there are none."""
    return render(request, "processing/_progress.html", {"progress": selectors.progress(request.scope)})


@entry(is_background=True)
@require_GET
def steps(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """What was found in one document, and what became of each step."""
    document = readable_document(request.scope, document_id)
    context = {
        "document": document,
        "steps": selectors.steps_of(document),
        "document_class": class_of(document),
        "tables": list(readable_tables(request.scope, document_id=document.pk)),
        "anomaly_count": readable_findings(request.scope, document=document.pk).count(),
        "entity_count": readable_appearances(request.scope).filter(document=document).count(),
    }
    return render(request, "processing/_steps.html", context)
