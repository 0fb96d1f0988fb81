"""The designer: templates of one's own, changed by buttons that a keyboard reaches."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.tables.selectors import readable_tables
from donovan.library.callers import Caller
from donovan.library.selectors import readable_documents
from donovan.reports import designing
from donovan.reports.errors import ReportError
from donovan.reports.models import Design
from donovan.reports.sections import KINDS
from donovan.reports.selectors import own_design, own_designs
from donovan.reports.templates_library import TEMPLATES
from ingest.models import Status

MOST_SUGGESTED = 200


@entry()
@require_http_methods(["GET", "POST"])
def designs(request: SignedInRequest) -> HttpResponse:
    """One's own templates; POST begins one, empty or from a built-in."""
    if request.method == "POST":
        try:
            made = designing.start_design(
                Caller.of(request), name=request.POST.get("name", ""), copied=request.POST.get("copied", "")
            )
            return redirect("reports:design", design_id=made.pk)
        except ReportError as refusal:
            messages.error(request, refusal.sentence)
    context = {"designs": own_designs(request.user), "templates": list(TEMPLATES.values())}
    return render(request, "reports/designs.html", context)


@entry()
@require_http_methods(["GET", "POST"])
def design(request: SignedInRequest, design_id: uuid.UUID) -> HttpResponse:
    """One design. Every button sends the whole form, so that nothing that was typed is lost."""
    found = own_design(request.user, design_id)
    if request.method == "POST":
        return _changed(request, found)
    return _page(request, found)


def _changed(request: SignedInRequest, found: Design) -> HttpResponse:
    caller, action = Caller.of(request), request.POST.get("action", "save")
    if action == "put-away":
        designing.put_away(caller, found)
        messages.info(request, f"“{found.name}” was put away.")
        return redirect("reports:designs")
    form = {name: str(value) for name, value in request.POST.items()}
    try:
        sections = designing.with_action(
            designing.sections_of(form), action, request.POST.get("new-kind", "")
        )
        designing.save_design(
            caller,
            found,
            name=request.POST.get("name", ""),
            purpose=request.POST.get("purpose", ""),
            sections=sections,
        )
    except ReportError as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reports:design", design_id=found.pk)
    if action == "save":
        messages.success(request, "Saved.")
    return redirect(f"{reverse('reports:design', args=[found.pk])}#{_anchor(action, len(sections))}")


def _anchor(action: str, count: int) -> str:
    """Where the eye was: at the section that moved, or the one that was added."""
    verb, _, text = action.partition(":")
    if verb == "add":
        return f"part-{count - 1}"
    if verb in ("up", "down") and text.isascii() and text.isdecimal():
        place = int(text) + (1 if verb == "down" else -1)
        return f"part-{min(max(place, 0), count - 1)}"
    return "preview"


def _page(request: SignedInRequest, found: Design) -> HttpResponse:
    parts = []
    for index, section in enumerate(found.sections):
        kind = KINDS.get(section["kind"])
        if kind is None:
            continue
        fields = [(asked, section["settings"].get(asked.name, "")) for asked in kind.fields]
        parts.append(
            {
                "index": index,
                "section": section,
                "kind": kind,
                "fields": fields,
                "problem": designing.problem_of(section),
            }
        )
    wanted = {asked.kind for part in parts for asked, _value in part["fields"]}
    documents, tables = [], []
    if wanted & {"document", "documents"}:
        ready = readable_documents(request.scope).filter(status=Status.READY)
        documents = list(ready.order_by("-received_at")[:MOST_SUGGESTED])
    if "table" in wanted:
        tables = list(readable_tables(request.scope).order_by("document__title", "ordinal")[:MOST_SUGGESTED])
    shows_titles = bool(documents or tables)
    context = {
        "design": found,
        "parts": parts,
        "kinds": list(KINDS.values()),
        "documents": documents,
        "tables": tables,
        "is_usable": bool(parts) and not any(part["problem"] for part in parts),
        # Titles of documents are suggested, so the page carries what the person may read.
        "page_marking": marking_of(request.scope.labels).canonical if shows_titles else "",
    }
    return render(request, "reports/design.html", context)
