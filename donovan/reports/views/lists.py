"""The desk of reports, and starting one."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.selectors import collections_of, readable_documents
from donovan.reports import selectors, services
from donovan.reports.errors import ReportError
from donovan.reports.listing import ROWS, banner_over, rows_of
from donovan.reports.templates_library import TEMPLATES
from ingest.models import Document, Status

MOST_SUGGESTED = 200
ROWS_AT_HOME = 5


@entry()
@require_GET
def reports(request: SignedInRequest) -> HttpResponse:
    return render(request, "reports/reports.html", _desk(request))


@entry(is_background=True)
@require_GET
def rows(request: SignedInRequest) -> HttpResponse:
    """The lists alone, asked for again and again while something is being made."""
    return render(request, "reports/_lists.html", _desk(request))


@entry()
@require_GET
def waiting(request: SignedInRequest) -> HttpResponse:
    """What of one's reports wants attention, as a part of the home page: each row carries its own marking."""
    lists = selectors.report_lists(request.user, request.scope)
    to_review = rows_of(lists.to_review[:ROWS_AT_HOME])
    drafts = [report for report in lists.mine if report.is_open]
    mine = rows_of(drafts[:ROWS_AT_HOME])
    return render(request, "reports/_waiting.html", {"to_review": to_review, "mine": mine})


@entry()
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Choose a template, then say what it asks for."""
    key = request.POST.get("template", "") or request.GET.get("template", "")
    if not key:
        return _choice(request, "")
    caller = Caller.of(request)
    try:
        template = services.template_named(caller, key)
    except ReportError as refusal:
        return _choice(request, refusal.sentence)
    told = {
        asked.name: request.POST.get(asked.name, request.GET.get(asked.name, ""))
        for asked in template.parameters
    }
    error = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                report = services.start_report(
                    caller,
                    key,
                    collection=request.POST.get("collection", ""),
                    title=request.POST.get("title", ""),
                    parameters=told,
                )
            return redirect("reports:report", report_id=report.pk)
        except ReportError as refusal:
            error = refusal.sentence
    documents: list[Document] = []
    if any(asked.kind in ("document", "documents") for asked in template.parameters):
        ready = readable_documents(request.scope).filter(status=Status.READY).order_by("-received_at")
        documents = list(ready[:MOST_SUGGESTED])
    context = {
        "template": template,
        "fields": [(asked, told[asked.name] or asked.default) for asked in template.parameters],
        "collections": collections_of(request.user),
        "chosen_collection": request.POST.get("collection", request.GET.get("collection", "")),
        "title": request.POST.get("title", ""),
        "documents": documents,
        "error": error,
        "page_marking": _marking_of_choice(request, documents),
    }
    return render(request, "reports/new.html", context, status=400 if error else 200)


def _choice(request: SignedInRequest, error: str) -> HttpResponse:
    context = {
        "templates": list(TEMPLATES.values()),
        "designs": selectors.own_designs(request.user),
        "error": error,
        "carried": {
            name: request.GET[name]
            for name in ("subject", "questions", "collection")
            if request.GET.get(name)
        },
    }
    return render(request, "reports/choose.html", context, status=400 if error else 200)


def _marking_of_choice(request: SignedInRequest, documents: list[Document]) -> str:
    """Titles of documents are suggested, so the page carries what the person may read."""
    return marking_of(request.scope.labels).canonical if documents else ""


def _desk(request: SignedInRequest) -> dict[str, object]:
    lists = selectors.report_lists(request.user, request.scope)
    parts = [
        ("to-review", "Waiting for your review", lists.to_review),
        ("mine", "Yours", lists.mine),
        ("released", "Released by others", lists.released),
    ]
    shown = [(key, title, rows_of(found[:ROWS]), len(found)) for key, title, found in parts]
    every_row = [row for _key, _title, rows_shown, _total in shown for row in rows_shown]
    return {
        "lists": shown,
        "most": ROWS,
        "is_anything_open": any(row.is_open and row.report.is_open for row in every_row),
        "is_empty": not every_row,
        "page_marking": banner_over(every_row),
    }
