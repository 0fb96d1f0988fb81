"""The list of findings, one finding, and what is said of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.anomalies import selectors, services
from donovan.insight.anomalies.checks.detections import KINDS
from donovan.insight.anomalies.listing import MOST, Wanted, list_findings
from donovan.insight.anomalies.models import Disposition
from donovan.insight.anomalies.surroundings import surroundings_of
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.services import open_document

VERDICTS = [
    (str(value), str(label), str(number))
    for number, (value, label) in enumerate(Disposition.Verdict.choices, start=1)
]


@entry()
@require_GET
def anomalies(request: SignedInRequest) -> HttpResponse:
    """What is odd, ranked, with choices beside it."""
    wanted = Wanted.from_address(request.GET)
    listing = list_findings(request.scope, wanted)
    services.note_looked_at(Caller.of(request), listing.rows)
    context = {
        "listing": listing,
        "wanted": wanted,
        "verdicts": VERDICTS,
        "most": MOST,
        "return_address": request.get_full_path(),
        "previous_address": wanted.address(page=str(listing.page - 1)) if listing.page > 1 else "",
        "next_address": wanted.address(page=str(listing.page + 1)) if listing.page < listing.pages else "",
        "page_marking": marking_of(selectors.labels_of(listing.rows)).canonical,
    }
    return render(request, "anomalies/anomalies.html", context)


@entry()
@require_GET
def anomaly(request: SignedInRequest, finding_id: UUID) -> HttpResponse:
    """One finding with the rows around it, why it is odd, and what was said of it."""
    shown = selectors.readable_finding(request.scope, finding_id)
    finding = shown.finding
    open_document(Caller.of(request), finding.document_id, detail={"finding": str(finding.pk)})
    problem = ""
    try:
        around = surroundings_of(finding)
    except InsightError as error:
        around, problem = None, error.sentence
    context = {
        "shown": shown,
        "kind_in_words": KINDS.get(finding.kind, finding.kind),
        "around": around,
        "problem": problem,
        "verdicts": VERDICTS,
        "history": selectors.history_of(request.scope, shown),
        "further": selectors.further_documents(request.scope, finding),
        "return_address": request.get_full_path(),
        "page_marking": marking_of(selectors.labels_of([shown])).canonical,
    }
    return render(request, "anomalies/anomaly.html", context)


@entry()
@require_POST
def dispose(request: SignedInRequest, finding_id: UUID) -> HttpResponse:
    """Say what a finding is, or take that back. From a list only its line comes back."""
    caller = Caller.of(request)
    verdict = request.POST.get("verdict", "")
    sentence = ""
    try:
        if verdict == "undo":
            services.undo(caller, finding_id)
        else:
            services.dispose(caller, finding_id, verdict=verdict, note=request.POST.get("note", ""))
    except InsightError as error:
        sentence = error.sentence
    shown = selectors.readable_finding(caller.scope, finding_id)
    if request.htmx:
        context = {"shown": shown, "verdicts": VERDICTS, "problem": sentence, "is_refresh": True}
        return render(request, "anomalies/_row.html", context, status=200)
    if sentence:
        messages.error(request, sentence)
    elif verdict == "undo":
        messages.success(request, "What was said of the anomaly is taken back; the record keeps it.")
    else:
        messages.success(request, f"Marked as {shown.disposition}. You can take it back.")
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("anomalies:anomaly", finding_id=finding_id)
