"""How well labelling goes: one's own figures, for the owner everybody's, and what calibration shows."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import agreement, figures, labeller_quality, selectors
from donovan.feedback.projects.access import OWNER, marking_shown, project_for
from donovan.feedback.projects.calibration import CalibrationItem, calibration_report
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectMember
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
    """One item of a calibration report. What others said is hidden from an owner who is yet
    to label the item.
    """

    row: CalibrationItem
    words: str
    answers: list[ShownAnswer]
    skips: list[tuple[str, str, str]]
    is_hidden: bool


@entry()
@require_GET
def quality(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The reader's own quality, and for the owner that of all labellers."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, OWNER, Role.LABELLER)
    roles = selectors.roles_in(caller, project)
    is_owner = OWNER in roles
    everybody = labeller_quality.qualities(caller, project.pk) if is_owner else []
    asked = request.GET.get("person", "")
    person = asked if is_owner and any(one.person == asked for one in everybody) else ""
    context = {
        "project": project,
        "roles": roles,
        "is_owner": is_owner,
        "own": labeller_quality.own_quality(caller, project.pk) if Role.LABELLER in roles else None,
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
    roles = selectors.roles_in(caller, project)
    labels_too = Role.LABELLER in roles and project.state == LabelProject.State.CALIBRATING
    shown = [_shown(caller, project, row, labels_too=labels_too) for row in report.items]
    context = {
        "project": project,
        "roles": roles,
        "report": report,
        "items": shown,
        "next_step": report.next_step,
        "is_report": True,
        "rounds": figures.alike_by_round(caller, project),
        "page_marking": marking_shown(caller, project),
    }
    return render(request, "projects/calibration.html", context)


def _shown(caller: Caller, project: LabelProject, row: CalibrationItem, *, labels_too: bool) -> ShownItem:
    passed = {person for person, _ in row.said} | {person for person, _, _ in row.skips}
    is_hidden = labels_too and caller.name not in passed
    answers = [
        ShownAnswer(person, says(project, value), item_view(caller, project, row.item, value=value))
        for person, value in row.said
    ]
    return ShownItem(
        row=row,
        words=in_short(row.item),
        answers=[] if is_hidden else answers,
        skips=[] if is_hidden else list(row.skips),
        is_hidden=is_hidden,
    )
