"""One project: how far it is, who works in it, its items, and its steps."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role as PersonRole
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import members, selectors, services
from donovan.feedback.projects.access import OWNER, marking_shown, project_for
from donovan.feedback.projects.calibration import running_round
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import ProjectItem, ProjectMember
from donovan.feedback.projects.plain_markdown import instruction_html
from donovan.feedback.projects.presentation import in_short, says
from donovan.feedback.projects.reach import undecidable
from donovan.feedback.projects.showing import example_rows
from donovan.feedback.projects.views.common import marking_over, refusals_shown
from donovan.library.callers import Caller

PAGE_SIZE = 50
LONGEST_FIND = 200
Role = ProjectMember.Role
_STEPS = {
    "calibrate": (services.start_calibration, "Calibration has begun: everybody gets the same items."),
    "release": (services.release, "Everything that waited is given out."),
    "pause": (services.pause, "Paused: nothing is given out for now."),
    "resume": (services.resume, "It goes on."),
    "close": (services.close, "Closed. What is decided stays, and can be made into a data set."),
}


@entry()
@require_GET
def project(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    caller = Caller.of(request)
    found = selectors.project_of(caller, project_id)
    roles = selectors.roles_in(caller, found)
    people = selectors.members_of(caller, found)
    report = running_round(caller, found)
    context = {
        "project": found,
        "roles": roles,
        "is_owner": OWNER in roles,
        "progress": selectors.progress_of(caller, found),
        "own": selectors.own_progress(caller, found) if Role.LABELLER in roles else None,
        "people": people,
        "undecidable": undecidable(caller, found) if OWNER in roles else 0,
        "may_make_dataset": caller.user.role == PersonRole.MODEL_OWNER,
        "round": report,
        "next_step": report.next_step if report is not None else "",
        "may_open": bool(roles & {OWNER, Role.REVIEWER, Role.ADJUDICATOR}),
        "noticed": [member for member in people if member.named_as],
        "instruction": instruction_html(found.instruction),
        "examples": example_rows(found),
        "page_marking": marking_shown(caller, found),
    }
    return render(request, "projects/project.html", context)


@entry()
@require_GET
def items(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The items, for those who may see more than their own."""
    caller = Caller.of(request)
    found = selectors.project_of(caller, project_id)
    state, wanted = request.GET.get("state", ""), request.GET.get("find", "")[:LONGEST_FIND]
    rows = selectors.items_of(caller, found, state=state, words=wanted)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    roles = selectors.roles_in(caller, found)
    is_owner = OWNER in roles
    context = {
        "project": found,
        "page": page,
        "rows": [
            (item, in_short(item), says(found, item.final) if is_owner or not item.is_gold else "")
            for item in page
        ],
        "roles": roles,
        "is_owner": is_owner,
        "state": state,
        "wanted": wanted,
        "states": [
            *ProjectItem.State.choices,
            *(kind for kind in selectors.KINDS if is_owner or kind[0] != "known"),
        ],
        "page_marking": marking_over(found, {label for item in page for label in item.labels}),
    }
    return render(request, "projects/items.html", context)


@entry()
@require_POST
def step(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """Calibrate, release, pause, resume, close or delete. What is refused is said where it was asked for."""
    caller = Caller.of(request)
    asked = request.POST.get("step", "")
    is_setup = request.POST.get("next") == "setup"
    with refusals_shown(request, part="start" if is_setup else ""):
        if asked == "delete":
            services.delete_project(caller, project_id)
            messages.success(request, "The project is deleted.")
            return redirect("projects:projects")
        if asked in _STEPS:
            move, said = _STEPS[asked]
            move(caller, project_id)
            messages.success(request, said)
            return redirect("projects:project", project_id=project_id)
        project_for(caller, project_id, OWNER)
        raise ProjectError("That is no step of a project. Load the page again.")
    if is_setup:
        return redirect(f"{reverse('projects:setup', args=[project_id])}#start")
    return redirect("projects:project", project_id=project_id)


@entry()
@require_POST
def member(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """Pause a labeller, let them go on, or take back what was noticed of them."""
    caller = Caller.of(request)
    verb, _, username = request.POST.get("action", "").partition(":")
    with refusals_shown(request):
        if verb in ("pause", "go-on"):
            members.pause_member(caller, project_id, username=username, is_paused=verb == "pause")
            messages.success(
                request, f"{username} {'is given nothing more' if verb == 'pause' else 'goes on'}."
            )
        elif verb == "clear":
            members.clear_member(caller, project_id, username=username)
            messages.success(request, f"What was noticed of {username} is taken back.")
        else:
            project_for(caller, project_id, OWNER)
    return redirect("projects:project", project_id=project_id)
