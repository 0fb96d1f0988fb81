"""What analysts decide about entities: merging, keeping apart, splitting off, rejecting, taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.entities import merging, selectors
from donovan.insight.entities.models import Decision
from donovan.insight.entities.views.shown import frame, identifiers
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

MOST_DOCUMENTS = 200


@entry()
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest) -> HttpResponse:
    """Show the chosen entities side by side and ask whether they are one; then make them one."""
    caller = Caller.of(request)
    given = request.POST if request.method == "POST" else request.GET
    chosen = identifiers(given.getlist("id"))[: merging.MOST_MERGED]
    problem = ""
    if request.method == "POST":
        try:
            merging.merge(caller, chosen, name=given.get("name", ""), note=given.get("note", ""))
        except InsightError as error:
            problem = error.sentence
        else:
            messages.success(request, "They are shown as one now. This can be undone below.")
            return redirect("entities:entity", entity_id=chosen[0])
    profiles = [selectors.entity(caller.scope, one) for one in chosen]
    if len({profile.row.id for profile in profiles}) < 2:
        problem = problem or "Choose at least two in the list that are shown apart, then merge them."
    labels = frozenset[str]().union(*(profile.labels for profile in profiles))
    context = frame(request, caller, "entities:merge", labels)
    names = dict.fromkeys(form for profile in profiles for form, _ in profile.forms)
    return render(
        request,
        "entities/merge.html",
        context | {"profiles": profiles, "names": list(names)[:20], "problem": problem, "given": given},
        status=400 if problem and request.method == "POST" else 200,
    )


@entry()
@require_http_methods(["GET", "POST"])
def split(request: SignedInRequest, entity_id: UUID) -> HttpResponse:
    """Ask in which documents the name means another; then split that off."""
    caller = Caller.of(request)
    profile = selectors.entity(caller.scope, entity_id)
    problem = ""
    chosen = identifiers(request.POST.getlist("document"))
    if request.method == "POST":
        try:
            members = identifiers([request.POST.get("member", "")])
            decision = merging.split(
                caller,
                members[0] if members else entity_id,
                chosen,
                name=request.POST.get("name", ""),
                note=request.POST.get("note", ""),
            )
        except InsightError as error:
            problem = error.sentence
        else:
            messages.success(
                request, "The other one is split off. This is its profile; it can be undone below."
            )
            return redirect("entities:entity", entity_id=decision.made)
    appearances = (
        selectors.readable_appearances(caller.scope)
        .filter(entity_id__in=profile.members)
        .select_related("document")
        .order_by("-document__document_date", "document_id")
    )
    context = frame(request, caller, "entities:split", profile.labels, entity=str(profile.row.id))
    return render(
        request,
        "entities/split.html",
        context
        | {
            "row": profile.row,
            "appearances": [
                (one, split_label(one.document.label)[1].canonical, one.document_id in chosen)
                for one in appearances[:MOST_DOCUMENTS]
            ],
            "members": [(member, member == entity_id) for member in profile.members],
            "problem": problem,
            "given": request.POST,
        },
        status=400 if problem else 200,
    )


@entry()
@require_POST
def separate(request: SignedInRequest, entity_id: UUID) -> HttpResponse:
    """Keep one of the gathered names apart from the rest."""
    others = identifiers([request.POST.get("other", "")])
    caller = Caller.of(request)
    try:
        if not others:
            raise InsightError("Choose the name that is to be kept apart.")
        merging.separate(caller, entity_id, others[0], note=request.POST.get("note", ""))
    except InsightError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "The two are kept apart now. This can be undone below.")
    return redirect("entities:entity", entity_id=entity_id)


@entry()
@require_POST
def reject(request: SignedInRequest, entity_id: UUID) -> HttpResponse:
    """Take something out of the lists that is no such thing."""
    try:
        merging.reject(Caller.of(request), entity_id, note=request.POST.get("note", ""))
    except InsightError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, "It is left out of lists and graphs now. Its profile stays, and it can be undone there."
        )
    return redirect("entities:entity", entity_id=entity_id)


@entry()
@require_POST
def undo(request: SignedInRequest, decision_id: UUID) -> HttpResponse:
    """Take a decision back, and go to what it was about."""
    caller = Caller.of(request)
    decision = merging.undo(caller, decision_id)
    messages.success(request, "The decision is taken back.")
    return redirect(_after(caller, decision))


def _after(caller: Caller, decision: Decision) -> str:
    for one in decision.entities:
        try:
            return reverse("entities:entity", args=[selectors.entity(caller.scope, one).row.id])
        except NotFoundHere:
            continue
    return reverse("entities:entities")
