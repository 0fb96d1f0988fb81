"""One candidate: what it is, what the gate found, who said what, and letting it serve."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.evaluation.catalogue import metrics_of
from donovan.evaluation.presentation import title_of_suite
from donovan.training import approvals, evaluating, gate, moving
from donovan.training.errors import TrainingError
from donovan.training.models import Candidate, GateReport
from donovan.training.presentation import marking_over
from donovan.training.wording import metrics_in_words

FACTS = (
    *("base", "dataset", "dataset_version", "dataset_digest", "seed", "code_version", "settings"),
    *("languages", "trained_at", "trained_by"),
)


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def candidate(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    found = _found(request, candidate_id)
    report = found.gate_reports.first()
    context = {
        "candidate": found,
        "metrics": metrics_in_words(found.facts.get("metrics") or {}),
        "facts": [
            (name, found.facts[name]) for name in FACTS if found.facts.get(name) not in (None, "", {}, [])
        ],
        "report": report,
        "suites": _suites(report) if report else [],
        "failed": [check for check in report.content["checks"] if not check["is_passed"]] if report else [],
        "said_yes": approvals.approvers(found, report) if report else [],
        "words": found.approvals.filter(report_digest=report.digest).select_related("by") if report else [],
        "needed": approvals.NEEDED,
        "has_said": report is not None
        and found.approvals.filter(report_digest=report.digest, by=request.user).exists(),
        "may_train": request.user.role == Role.MODEL_OWNER,
        "page_marking": marking_over([found.labels]),
    }
    return render(request, "training/candidate.html", context)


@entry(Role.REVIEWER, Role.MODEL_OWNER, is_background=True)
@require_GET
def progress(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    """How far its evaluation is; the page is loaded again once it is over."""
    found = _found(request, candidate_id)
    response = render(request, "training/_evaluation.html", {"candidate": found})
    if found.evaluation_asked_by_id is None:
        response["HX-Refresh"] = "true"
    return response


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_POST
def check(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    _found(request, candidate_id)
    return _done(request, candidate_id, lambda: gate.ask_gate(request.user, candidate_id), "")


@entry(Role.MODEL_OWNER)
@require_POST
def evaluate(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    _found(request, candidate_id)
    return _done(request, candidate_id, lambda: evaluating.request_evaluation(request.user, candidate_id), "")


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_POST
def say(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    """Yes or no, to the report that the page showed."""
    _found(request, candidate_id)
    is_yes = request.POST.get("word") == "yes"
    return _done(
        request,
        candidate_id,
        lambda: approvals.say(
            request.user,
            candidate_id,
            request.POST.get("report", ""),
            is_yes=is_yes,
            remark=request.POST.get("remark", ""),
        ),
        "Your approval is recorded." if is_yes else "Your refusal is recorded.",
    )


@entry(Role.MODEL_OWNER)
@require_POST
def promote(request: SignedInRequest, candidate_id: UUID) -> HttpResponse:
    found = _found(request, candidate_id)
    try:
        move = moving.ask_to_promote(request.user, candidate_id)
    except TrainingError as error:
        messages.error(request, error.sentence)
        return redirect("training:candidate", candidate_id)
    said = f"{found.name} serves from now on. Going back is one click."
    messages.success(
        request, said if move else "It reads every passage first, beside what serves; see below."
    )
    return redirect("training:models")


def _found(request: SignedInRequest, candidate_id: UUID) -> Candidate:
    try:
        return gate.readable_candidate(request.user, candidate_id)
    except TrainingError:
        raise Http404 from None


def _done(request: SignedInRequest, candidate_id: UUID, do: Any, said: str) -> HttpResponse:
    try:
        do()
    except TrainingError as error:
        messages.error(request, error.sentence)
    else:
        if said:
            messages.success(request, said)
    return redirect("training:candidate", candidate_id)


def _suites(report: GateReport) -> list[dict[str, Any]]:
    """The comparisons of a report, suite by suite, with what differs over all items and in slices."""
    found = []
    for suite, comparison in report.content["comparisons"].items():
        titles = {name: metric.title for name, metric in metrics_of(suite).items()}
        rows = [
            {**row, "title": titles.get(row["metric"], row["metric"]), "of": row["value"] or "all items"}
            for row in comparison["differences"]
        ]
        rows.sort(key=lambda row: (row["title"], row["dimension"], row["value"]))
        before, after = report.content["runs"][suite]
        found.append(
            {
                "title": title_of_suite(suite),
                "overall": [row for row in rows if not row["dimension"]],
                "slices": [row for row in rows if row["dimension"]],
                "before": before,
                "after": after,
            }
        )
    return found
