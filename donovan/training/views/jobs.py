"""One training: how far it is, the curve of its loss, stopping and going on."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.training import services
from donovan.training.errors import TrainingError
from donovan.training.models import TrainingJob
from donovan.training.permissions import may_read
from donovan.training.presentation import loss_curve, marking_over
from donovan.training.wording import metrics_in_words

POINTS_TOLD = 12


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def job(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    found = _found(request, job_id)
    every = max(1, len(found.history) // POINTS_TOLD)
    context = {
        **_context(request, found),
        "curve": loss_curve(found.history),
        "metrics": metrics_in_words(found.metrics),
        "points": [*found.history[::every]],
        "page_marking": marking_over([found.labels]),
    }
    return render(request, "training/job.html", context)


@entry(Role.REVIEWER, Role.MODEL_OWNER, is_background=True)
@require_GET
def progress(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """How far it is; the whole page comes again once it is settled."""
    found = _found(request, job_id)
    response = render(request, "training/_job_progress.html", _context(request, found))
    if not found.is_open:
        response["HX-Refresh"] = "true"
    return response


@entry(Role.MODEL_OWNER)
@require_POST
def stop(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    _found(request, job_id)
    try:
        services.stop_job(request.user, job_id)
    except TrainingError as error:
        messages.error(request, error.sentence)
    return redirect("training:job", job_id)


@entry(Role.MODEL_OWNER)
@require_POST
def go_on(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    _found(request, job_id)
    try:
        services.continue_job(request.user, job_id)
    except TrainingError as error:
        messages.error(request, error.sentence)
    return redirect("training:job", job_id)


def _context(request: SignedInRequest, found: TrainingJob) -> dict[str, object]:
    return {
        "job": found,
        "time_left": found.time_left.total_seconds() if found.time_left else None,
        "may_train": request.user.role == Role.MODEL_OWNER,
        "may_go_on": found.may_go_on and not services.settings_problem(found),
        "candidate": getattr(found, "candidate", None),
    }


def _found(request: SignedInRequest, job_id: UUID) -> TrainingJob:
    found = TrainingJob.objects.select_related("started_by", "candidate").filter(pk=job_id).first()
    if found is None or not may_read(request.scope, found.labels):
        raise Http404
    return found
