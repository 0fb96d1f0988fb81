"""The queue of a labeller: one item, one answer, the next."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import answers, labelling
from donovan.feedback.projects.access import project_for, roles_in
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectMember
from donovan.feedback.projects.plain_markdown import instruction_html
from donovan.feedback.projects.presentation import item_view
from donovan.feedback.projects.selectors import own_progress, shown_item
from donovan.feedback.projects.showing import example_rows
from donovan.feedback.projects.views.common import marking_over
from donovan.feedback.services import FeedbackRefused
from donovan.library.callers import Caller
from donovan.ui.templatetags.donovan_ui import marking_kind

Role = ProjectMember.Role


@entry()
@require_GET
def queue(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The item to label now, with the instruction beside it."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, Role.LABELLER)
    return render(request, "projects/queue.html", _work(caller, project) | _beside(caller, project))


@entry()
@require_POST
def answer(request: SignedInRequest, project_id: uuid.UUID, slot_id: uuid.UUID) -> HttpResponse:
    """Keep an answer and go on, skip, or change the spans of an answer without a script."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, Role.LABELLER)
    action, error, said = request.POST.get("action", "give"), "", ""
    held: dict[str, Any] | None = None
    try:
        if action == "skip":
            reason = request.POST.get("reason", "")
            labelling.skip(caller, slot_id, reason, note=request.POST.get("note", ""))
            said = "Skipped."
        else:
            given = _input_of(caller, slot_id)
            text = str(given.get("text", ""))
            held = answers.value_of(project, text, request.POST)
            error = answers.span_problem(project, text, request.POST)
            if action == "give":
                error = answers.missing_in(project, given, held)
                error = error or answers.doubt_in(project, held, request.POST)
                if not error:
                    seconds = answers.seconds_of(request.POST)
                    labelling.give_label(caller, slot_id, held, seconds=seconds)
                    held, said = None, "Kept."
    except (ProjectError, FeedbackRefused) as refusal:
        error = refusal.sentence
    return _after(request, caller, project, error=error, said=said, held=held, held_for=slot_id)


@entry()
@require_POST
def undo(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """Take the last label back, and show its item again with what was answered."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, Role.LABELLER)
    error, held = "", None
    last = _last_slot(caller, project)
    try:
        if labelling.undo(caller, project.pk) is None:
            error = "There is nothing of yours to take back, or it was decided meanwhile."
        else:
            held = dict(last.label.value) if last and last.label else None
    except ProjectError as refusal:
        error = refusal.sentence
    said = "" if error else "Your last label is taken back. Answer again."
    return _after(request, caller, project, error=error, said=said, held=held)


def _after(
    request: SignedInRequest,
    caller: Caller,
    project: LabelProject,
    *,
    error: str,
    said: str,
    held: dict[str, Any] | None,
    held_for: uuid.UUID | None = None,
) -> HttpResponse:
    """The next item, or the same one with what was typed. `held_for` is the slot that `held` belongs to;
    without one it is the slot that is open now.
    """
    if not request.htmx and held is None:
        if error:
            messages.error(request, error)
        return redirect("projects:queue", project_id=project.pk)
    project.refresh_from_db()
    context = _work(caller, project, held=held, held_for=held_for, error=error, said=said)
    if not request.htmx:
        # What was typed must not be lost: the whole page comes back with it.
        return render(request, "projects/queue.html", context | _beside(caller, project))
    response = render(request, "projects/_work.html", context)
    marking = str(context["page_marking"])
    event = {"donovan:marking": {"marking": marking, "kind": marking_kind(marking)}}
    response.headers["HX-Trigger"] = json.dumps(event)
    return response


def _beside(caller: Caller, project: LabelProject) -> dict[str, Any]:
    """The instruction, which stays while items come and go."""
    return {
        "instruction": instruction_html(project.instruction),
        "examples": example_rows(project),
        "roles": roles_in(caller, project),
    }


def _work(
    caller: Caller,
    project: LabelProject,
    *,
    held: dict[str, Any] | None = None,
    held_for: uuid.UUID | None = None,
    error: str = "",
    said: str = "",
) -> dict[str, Any]:
    """What the part of the page that changes needs."""
    slot, closed = None, ""
    try:
        slot = labelling.next_item(caller, project.pk)
    except ProjectError as refusal:
        closed = refusal.sentence
    given, shown = None, None
    if slot is not None:
        given = shown_item(caller, slot)
        is_same = held is not None and held_for in (None, slot.pk)
        # Spans that the machine marked are put right rather than marked anew, where the project shows them.
        start = held if is_same else given.draft if given.draft and "spans" in given.draft else None
        shown = item_view(
            caller, project, slot.item, slot=slot.pk, value=start, prelabel=given.draft, by=given.draft_by
        )
    progress = own_progress(caller, project)
    return {
        "project": project,
        "slot": slot,
        "shown": shown,
        "sent_back": given.sent_back if given else "",
        "closed": closed,
        "error": error,
        "said": said,
        "progress": progress,
        "passed": progress.done + progress.skipped,
        "total": progress.done + progress.skipped + progress.left,
        "round": _round(project),
        "can_undo": given.can_undo if given else _last_slot(caller, project) is not None,
        "is_asked_again": error == answers.DOUBT,
        "skips": Assignment.Skip.choices,
        "page_marking": marking_over(project, slot.item.labels if slot else ()),
    }


def _round(project: LabelProject) -> int:
    """The calibration round that runs, 0 outside of one."""
    return project.round if project.state == LabelProject.State.CALIBRATING else 0


def _input_of(caller: Caller, slot_id: uuid.UUID) -> dict[str, Any]:
    """What is shown in the caller's own slot; nothing for anybody else's."""
    slot = Assignment.objects.select_related("item").filter(pk=slot_id, person=caller.user).first()
    return dict(slot.item.input) if slot else {}


def _last_slot(caller: Caller, project: LabelProject) -> Assignment | None:
    """Where the caller labelled last, if that can still be taken back."""
    done = Assignment.objects.filter(
        item__project=project,
        person=caller.user,
        state=Assignment.State.DONE,
        round=_round(project),
        label__withdrawn_at__isnull=True,
    )
    return done.select_related("label").order_by("-done_at").first()
