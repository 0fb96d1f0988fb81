"""Deciding what labellers disagree on, looking through what is decided, and saying what is known already."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import answers, deciding, items, reviewing, selectors
from donovan.feedback.projects.access import OWNER, item_for, project_for
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.plain_markdown import instruction_html
from donovan.feedback.projects.presentation import ItemView, item_view, says
from donovan.feedback.projects.reasons import why_disputed
from donovan.feedback.projects.showing import example_rows
from donovan.feedback.projects.views.common import marking_over, whole
from donovan.feedback.services import FeedbackRefused
from donovan.library.callers import Caller

Role = ProjectMember.Role


@dataclass(frozen=True)
class Opinion:
    """What one person said of an item, in words and, for spans, in the text."""

    person: str
    words: str
    why: str
    view: ItemView
    seconds: float | None


@entry()
@require_GET
def adjudicate(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The first item that waits for a decision, or the one at the place that is asked for."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, Role.ADJUDICATOR)
    waiting = deciding.disputed_items(caller, project.pk)
    return _page(request, caller, project, "adjudicate", waiting)


@entry()
@require_GET
def review(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The decided item that is least certain, or the one at the place that is asked for."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, Role.REVIEWER)
    waiting = reviewing.items_to_review(caller, project.pk)
    return _page(request, caller, project, "review", waiting)


@entry()
@require_GET
def item(request: SignedInRequest, item_id: uuid.UUID) -> HttpResponse:
    """One item for the owner: what was said of it, and the answer where it is known."""
    caller = Caller.of(request)
    found = item_for(caller, item_id, OWNER)
    return _page(request, caller, found.project, "item", [found])


@entry()
@require_POST
def decide(request: SignedInRequest, item_id: uuid.UUID, mode: str) -> HttpResponse:
    """What an adjudicator, a reviewer or the owner does to an item."""
    caller = Caller.of(request)
    act = _ACTS.get((mode, request.POST.get("action", "")))
    role = _ROLES.get(mode, OWNER)
    found = item_for(caller, item_id, role)
    project, text = found.project, str(found.input.get("text", ""))
    value = answers.value_of(project, text, request.POST)
    error = answers.span_problem(project, text, request.POST)
    if act is not None:
        try:
            said = act(caller, found, value, request.POST.get("remark", ""))
            messages.success(request, said)
            return redirect(_after(mode, found, whole(request.POST.get("at"))))
        except (ProjectError, FeedbackRefused) as refusal:
            error = refusal.sentence
    return _page(request, caller, project, mode, [found], held=value, error=error)


def _after(mode: str, found: ProjectItem, at: int) -> str:
    """Where it goes on: at the same place of the list, where the item after this one stands now."""
    if mode == "item":
        return reverse("projects:item", args=[found.pk])
    address = reverse(f"projects:{mode}", args=[found.project_id])
    return f"{address}?at={at}" if at else address


def _needs_all(found: ProjectItem, value: dict[str, Any]) -> None:
    missing = answers.missing_in(found.project, found.input, value)
    if missing:
        raise ProjectError(missing)


def _adjudicate(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    _needs_all(found, value)
    deciding.adjudicate(caller, found.pk, value, note=remark)
    return f"Item {found.ordinal} is decided: {says(found.project, value)}."


def _accept(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    reviewing.accept(caller, found.pk, note=remark)
    return f"Item {found.ordinal} is accepted."


def _fix(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    _needs_all(found, value)
    done = reviewing.fix(caller, found.pk, value, note=remark)
    if done.review == ProjectItem.Review.ACCEPTED:
        return f"Item {found.ordinal} is accepted: {says(found.project, value)} is what was decided."
    return f"Item {found.ordinal} is put right: {says(found.project, value)}."


def _send_back(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    reviewing.send_back(caller, found.pk, note=remark)
    return f"Item {found.ordinal} goes back to the labellers."


def _know(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    _needs_all(found, value)
    items.mark_gold(caller, found.pk, value)
    return f"The answer to item {found.ordinal} is kept. Labellers are measured by it, without knowing."


def _unknow(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    items.unmark_gold(caller, found.pk)
    return f"Item {found.ordinal} is one like the others again."


def _leave_out(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    items.leave_out(caller, found.pk)
    return f"Item {found.ordinal} is left out."


def _take_in(caller: Caller, found: ProjectItem, value: dict[str, Any], remark: str) -> str:
    items.take_in(caller, found.pk)
    return f"Item {found.ordinal} is one like the others again."


def _after_it(caller: Caller, project: LabelProject, found: ProjectItem) -> ProjectItem | None:
    """The next item of the project that the owner may read."""
    return selectors.items_of(caller, project).filter(ordinal__gt=found.ordinal).first()


_ROLES: dict[str, str] = {"adjudicate": Role.ADJUDICATOR, "review": Role.REVIEWER, "item": OWNER}
_ACTS: dict[tuple[str, str], Callable[[Caller, ProjectItem, dict[str, Any], str], str]] = {
    ("adjudicate", "give"): _adjudicate,
    ("review", "accept"): _accept,
    ("review", "give"): _fix,
    ("review", "send-back"): _send_back,
    ("item", "give"): _know,
    ("item", "unknow"): _unknow,
    ("item", "leave-out"): _leave_out,
    ("item", "take-in"): _take_in,
}


def _page(
    request: SignedInRequest,
    caller: Caller,
    project: LabelProject,
    mode: str,
    waiting: list[ProjectItem],
    *,
    held: dict[str, Any] | None = None,
    error: str = "",
) -> HttpResponse:
    # Behind the last of the list it begins anew. What was refused comes alone, and keeps its place.
    is_list = request.method == "GET"
    at = whole(request.GET.get("at")) % max(len(waiting), 1) if is_list else whole(request.POST.get("at"))
    found = waiting[at if is_list else 0] if waiting else None
    shown, opinions = None, []
    if found is not None:
        given = selectors.labels_of(caller, found)
        opinions = [
            Opinion(
                person=one.person,
                words=says(project, one.value),
                why=str(one.value.get("why", "")),
                view=item_view(caller, project, found, value=one.value),
                seconds=one.seconds,
            )
            for one in given
        ]
        start = held if held is not None else found.final if mode != "adjudicate" else None
        shown = item_view(caller, project, found, value=start)
    context = {
        "project": project,
        "mode": mode,
        "item": found,
        "shown": shown,
        "opinions": opinions,
        "skips": found.assignments.filter(state="skipped").select_related("person") if found else [],
        "decision": says(project, found.final) if found else "",
        "left": len(waiting),
        "at": at,
        "reason": why_disputed(found) if found and mode == "adjudicate" else "",
        "after": _after_it(caller, project, found) if found is not None and mode == "item" else None,
        "error": error,
        "instruction": instruction_html(project.instruction),
        "examples": example_rows(project),
        "page_marking": marking_over(project, found.labels if found else ()),
    }
    return render(request, "projects/judge.html", context, status=400 if error else 200)
