"""What serves, what could, and what is being trained; starting a training; going back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.feedback.datasets.errors import DatasetError
from donovan.training import presentation, services
from donovan.training.base_cards import base_rows
from donovan.training.errors import TrainingError, WrongField
from donovan.training.moving import ask_to_roll_back
from donovan.training.permissions import readable_candidates, readable_jobs
from donovan.training.targets import ENOUGH, said_before
from donovan.training.waiting import newest_reports, waiting_for, waiting_of_each
from retrieval.model_folders import ROLES

CANDIDATES_SHOWN = 30
JOBS_SHOWN = 20


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def models(request: SignedInRequest) -> HttpResponse:
    """The first page: roles, candidates, trainings."""
    # "Train on this", on the page of a data set, names it.
    chosen = request.GET.get("dataset", "")[:200]
    return _page(request, values={"seed": "0", "dataset": chosen} if chosen else None)


@entry(Role.REVIEWER, Role.MODEL_OWNER, is_background=True)
@require_GET
def waiting(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, as a part of the home page: each row carries its own marking."""
    return render(request, "training/_waiting.html", {"waiting": waiting_for(request.user)})


@entry(Role.MODEL_OWNER)
@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    values = {name: request.POST.get(name, "").strip() for name in ("kind", "dataset", "seed", "settings")}
    try:
        said = said_before(request.user, values["kind"], values["dataset"])
        job = services.start_job(
            request.user,
            values["kind"],
            values["dataset"],
            settings=services.parsed_settings(values["settings"].splitlines()),
            seed=services.parsed_seed(values["seed"]),
        )
    except WrongField as error:
        return _page(request, errors={error.field: error.sentence}, values=values, status=422)
    except DatasetError as error:
        return _page(request, errors={"dataset": error.sentence}, values=values, status=422)
    except TrainingError as error:
        return _page(request, errors={"": error.sentence}, values=values, status=422)
    messages.success(request, "The training waits for the worker and starts as soon as it is free.")
    messages.info(request, said)
    return redirect("training:job", job.pk)


@entry(Role.MODEL_OWNER)
@require_http_methods(["GET", "POST"])
def rollback(request: SignedInRequest, role: str) -> HttpResponse:
    """Going back is asked about once, with what will serve then."""
    if role not in ROLES:
        raise Http404
    row = next(row for row in presentation.role_rows(request.scope) if row.role == role)
    if request.method == "GET":
        marking = presentation.marking_over([row.candidate.labels] if row.candidate else [])
        return render(request, "training/rollback.html", {"row": row, "page_marking": marking})
    try:
        move = ask_to_roll_back(request.user, role)
    except TrainingError as error:
        messages.error(request, error.sentence)
    else:
        said = f"{row.back_to[0].upper()}{row.back_to[1:]} serves again."
        messages.success(
            request, said if move else "Going back is under way; what served before is kept ready."
        )
    return redirect("training:models")


def _page(
    request: SignedInRequest,
    *,
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`errors` are sentences by the name of the field that they are about; "" is the whole form."""
    wrong = errors or {}
    candidates = readable_candidates(request.scope)
    jobs = readable_jobs(request.scope)
    rows = presentation.role_rows(request.scope)
    shown = candidates[:CANDIDATES_SHOWN]
    reports = newest_reports(shown)
    waits = waiting_of_each(shown, reports)
    refused = {key for key, report in reports.items() if not report.is_passed}
    labels = [one.labels for one in shown]
    labels += [job.labels for job in jobs[:JOBS_SHOWN]]
    labels += [row.candidate.labels for row in rows if row.candidate]
    choices = presentation.dataset_choices(request.scope)
    context = {
        "rows": rows,
        "bases": base_rows(),
        "candidates": [(one, waits.get(one.pk), one.pk in refused) for one in shown],
        "candidate_count": len(candidates),
        "jobs": jobs[:JOBS_SHOWN],
        "job_count": len(jobs),
        "datasets": choices,
        "enough": ENOUGH,
        "kinds": presentation.kind_choices(choices),
        "may_train": request.user.role == Role.MODEL_OWNER,
        "error": wrong.get("", ""),
        "errors": wrong,
        "values": values or {"seed": "0"},
        "page_marking": presentation.marking_over([*labels, *[choice.labels for choice in choices]]),
    }
    return render(request, "training/models.html", context, status=status)
