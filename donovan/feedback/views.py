"""Giving, taking back, listing and exporting judgements; corrections are in `correction_views`."""

import json

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.audit import services as audit
from donovan.feedback import selectors, services
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import TASKS
from donovan.feedback.showing import row_of
from donovan.feedback.targets import TargetNotFound

PAGE_SIZE = 50
_FRAGMENTS = {
    "claim": "feedback/_claim_buttons.html",
    "answer": "feedback/_answer_buttons.html",
    "passage": "feedback/_passage_buttons.html",
    "nearest": "feedback/_nearest_button.html",
}


@entry()
@require_POST
def give(request: SignedInRequest) -> HttpResponse:
    target, target_id = request.POST.get("target", ""), request.POST.get("target_id", "")
    question = request.POST.get("question", "")
    error = ""
    try:
        services.give_feedback(
            user=request.user,
            scope=request.scope,
            target=target,
            target_id=target_id,
            verdict=request.POST.get("verdict", ""),
            correction=request.POST.get("correction", ""),
            question=question,
        )
    except (services.FeedbackRefused, TargetNotFound) as refusal:
        error = refusal.sentence
    return _buttons(request, target, target_id, question, error)


@entry()
@require_POST
def withdraw(request: SignedInRequest) -> HttpResponse:
    target, target_id = request.POST.get("target", ""), request.POST.get("target_id", "")
    services.withdraw_feedback(user=request.user, target=target, target_id=target_id)
    return _buttons(request, target, target_id, request.POST.get("question", ""), "")


def _buttons(
    request: SignedInRequest, target: str, target_id: str, question: str, error: str
) -> HttpResponse:
    if not request.htmx or target not in _FRAGMENTS:
        back = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect(back if is_ours else "feedback:labels")
    context = {"target_id": target_id, "question": question, "feedback_error": error}
    # htmx shows only successful answers, and a refused judgement must be read by the person who gave it.
    return render(request, _FRAGMENTS[target], context)


@entry()
@require_GET
def labels(request: SignedInRequest) -> HttpResponse:
    """All that was said, of every task, narrowed down by task, judgement and where it was said."""
    wanted = _wanted(request.GET)
    found = selectors.visible_labels(request.user, request.scope, **wanted)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    shown_labels = {key for label in page for key in label.labels}
    context = {
        "page": page,
        "rows": [row_of(label) for label in page],
        "wanted": wanted,
        "is_narrowed": any(wanted.values()),
        "address": urlencode({name: value for name, value in wanted.items() if value}),
        "tasks": list(TASKS.items()),
        "targets": Annotation.Target.choices,
        "verdicts": Annotation.Verdict.choices,
        "origins": Annotation.Origin.choices,
        "sees_everybody": request.user.role in (Role.REVIEWER, Role.MODEL_OWNER),
        "page_marking": marking_of(shown_labels).canonical if shown_labels else "",
    }
    return render(request, "feedback/labels.html", context)


def _wanted(form: QueryDict) -> dict[str, str]:
    """What the list is narrowed to."""
    return {name: form.get(name, "") for name in ("target", "verdict", "task", "origin")}


@entry()
@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    found = selectors.visible_labels(request.user, request.scope, **_wanted(request.POST))
    keys = sorted({key for label in found for key in label.labels})
    marking = marking_of(keys).canonical if keys else "UNCLASSIFIED"
    audit.record(request.user.username, "export", labels=keys, detail={"what": "labels", "rows": len(found)})
    head = {"marking": marking, "notice": "system-derived, review required", "rows": len(found)}
    lines = [json.dumps(head, ensure_ascii=False)]
    lines += [json.dumps(row, ensure_ascii=False) for row in selectors.export_rows(found)]
    response = HttpResponse("\n".join(lines) + "\n", content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="donovan-labels.jsonl"'
    return response
