"""How well labelling goes: one's own figures, for the owner everybody's, and what calibration shows."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import agreement, figures, selectors, standing
from donovan.feedback.projects.access import OWNER, marking_shown, project_for
from donovan.feedback.projects.calibration import CalibrationItem, calibration_report
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import ProjectMember
from donovan.feedback.projects.presentation import ItemView, in_short, item_view, says
from donovan.library.callers import Caller

Role = ProjectMember.Role


@dataclass(frozen=True)
class ShownAnswer:
    """What one person said of an item of calibration."""

    person: str
    words: str
    view: ItemView


@dataclass(frozen=True)
class ShownItem:
    """One item of a calibration report, ready to be shown."""

    row: CalibrationItem
    words: str
    answers: list[ShownAnswer]


@entry()
@require_GET
def quality(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The reader's own standing, and for the owner that of all labellers."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, OWNER, Role.LABELLER)
    roles = selectors.roles_in(caller, project)
    is_owner = OWNER in roles
    everybody = standing.standings(caller, project.pk) if is_owner else []
    asked = request.GET.get("person", "")
    person = asked if is_owner and any(one.person == asked for one in everybody) else ""
    context = {
        "project": project,
        "roles": roles,
        "is_owner": is_owner,
        "own": standing.own_standing(caller, project.pk) if Role.LABELLER in roles else None,
        "everybody": everybody,
        "person": person,
        "stretches": figures.stretches_of(caller, project, person or caller.name),
        "confusion": figures.confusion_of(caller, project) if is_owner else [],
        "page_marking": marking_shown(caller, project),
    }
    return render(request, "projects/quality.html", context)


@entry(is_background=True)
@require_GET
def agreement_part(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """Agreement beyond chance, which takes some seconds and is therefore loaded after the page."""
    caller = Caller.of(request)
    project_for(caller, project_id, OWNER)
    try:
        context: dict[str, object] = {"agreement": agreement.agreement_of(caller, project_id)}
    except ProjectError as refusal:
        context = {"problem": refusal.sentence}
    return render(request, "projects/_agreement.html", context)


@entry()
@require_GET
def calibration(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """Where the instruction is unclear, before the rest goes out."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, OWNER)
    report = calibration_report(caller, project.pk)
    shown = [
        ShownItem(
            row=row,
            words=in_short(row.item),
            answers=[
                ShownAnswer(person, says(project, value), item_view(caller, project, row.item, value=value))
                for person, value in row.said
            ],
        )
        for row in report.items
    ]
    context = {
        "project": project,
        "roles": selectors.roles_in(caller, project),
        "report": report,
        "items": shown,
        "rounds": figures.alike_by_round(caller, project),
        "page_marking": marking_shown(caller, project),
    }
    return render(request, "projects/calibration.html", context)
