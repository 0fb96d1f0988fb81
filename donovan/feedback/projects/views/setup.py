"""Setting a project up: one page of steps, each saved by itself."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import members, selectors, sources
from donovan.feedback.projects.access import OWNER, marking_shown, project_for
from donovan.feedback.projects.calibration import running_round
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectMember
from donovan.feedback.projects.plain_markdown import instruction_html
from donovan.feedback.projects.presentation import in_short
from donovan.feedback.projects.reach import reach_of, short_of_people
from donovan.feedback.projects.renaming import FREE_TASKS, labels_are_kept
from donovan.feedback.projects.samples import csv_sample, json_sample
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.showing import example_rows
from donovan.feedback.projects.templates_of_tasks import PREFERENCE, TEXT
from donovan.feedback.projects.views.setup_forms import forms_of
from donovan.feedback.projects.views.setup_saving import SAVERS
from donovan.insight.tables.selectors import readable_tables
from donovan.library.callers import Caller
from donovan.library.offered_markings import known_markings
from donovan.library.selectors import collections_of, collections_open_for_upload

ITEMS_SHOWN = 5
MOST_TABLES = 200
DOCUMENTS_OFFERED = 50
FILE_FIELDS = {
    "relevance": "question, passage",
    "document_class": "text, and title if it has one",
    "spans": "text",
    "preference": "question, context (a list), a, b",
    "claim_support": "question, claim, evidence (a list)",
    "translation": "text, source_language, target_language, draft",
    "transcription": "document (its id), page, box (four shares of the page), draft",
    "table_cell": "table, row, column, shown",
}


@entry()
@require_GET
def setup(request: SignedInRequest, project_id: uuid.UUID) -> HttpResponse:
    """The steps from a template to the first label."""
    caller = Caller.of(request)
    return _page(request, caller, project_for(caller, project_id, OWNER))


@entry(body_megabytes=36)
@require_POST
def change(request: SignedInRequest, project_id: uuid.UUID, part: str) -> HttpResponse:
    """Save one step. What was refused comes back as it was typed."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, OWNER)
    saver = SAVERS.get(part)
    if saver is None:
        return redirect("projects:setup", project_id=project.pk)
    try:
        said = saver(request, caller, project)
    except ProjectError as refusal:
        project.refresh_from_db()
        return _page(request, caller, project, refused=part, refusal=refusal)
    messages.success(request, said, extra_tags=part)
    return redirect(f"{reverse('projects:setup', args=[project.pk])}#{part}")


def _page(
    request: SignedInRequest,
    caller: Caller,
    project: LabelProject,
    *,
    refused: str = "",
    refusal: ProjectError | None = None,
) -> HttpResponse:
    progress = selectors.progress_of(caller, project)
    people = selectors.members_of(caller, project)
    labellers = sum(member.role == ProjectMember.Role.LABELLER for member in people)
    reach = reach_of(caller, project)
    report = running_round(caller, project)
    first = selectors.items_of(caller, project)[:ITEMS_SHOWN]
    task = project.task
    wanted = (request.GET.get("find") or request.POST.get("find", "")).strip()[:200]
    matching = sources.documents_named(caller, wanted) if wanted and task in sources.FROM_DOCUMENTS else None
    forms = forms_of(project, refused, request.POST)
    ticked = forms.adding["documents"]
    offered = [] if matching is None else list(matching[:DOCUMENTS_OFFERED])
    context = {
        "project": project,
        "template": template_of(project),
        "instruction": instruction_html(project.instruction),
        "examples": example_rows(project),
        "forms": forms,
        "numbers": _numbers(project),
        "roles": selectors.roles_in(caller, project),
        "is_free": task in FREE_TASKS,
        "names_stay": task in FREE_TASKS and labels_are_kept(project),
        "progress": progress,
        "first_items": [(item, in_short(item)) for item in first],
        "people": [(member, reach.get(member.user.get_username())) for member in people],
        "short": short_of_people(caller, project) if labellers else 0,
        "labellers": labellers,
        "choosable": members.people_to_choose(caller),
        "roles_to_give": ProjectMember.Role.choices,
        "collections": collections_of(caller.user),
        "open_collections": collections_open_for_upload(caller.user),
        "markings": known_markings(caller),
        "tables": list(readable_tables(caller.scope)[:MOST_TABLES]) if task in sources.FROM_TABLES else [],
        "from_documents": task in sources.FROM_DOCUMENTS,
        "find": wanted,
        "offered": [
            (
                document,
                split_label(document.label)[1].canonical,
                str(document.pk) in ticked,
            )
            for document in offered
        ],
        "offered_count": len(offered),
        "more_offered": 0 if matching is None else max(0, matching.count() - DOCUMENTS_OFFERED),
        "from_search": task in sources.FROM_SEARCH,
        "from_answers": task in sources.FROM_ANSWERS,
        "from_tables": task in sources.FROM_TABLES,
        "file_fields": FILE_FIELDS.get(task, "the fields of the task"),
        "file_sample": json_sample(project),
        "file_columns": csv_sample(project),
        "labels": sorted(caller.scope.labels),
        "round": report,
        "next_step": report.next_step if report is not None else "",
        "checks": _checks(project, progress, labellers),
        "refused": refused,
        "sentence": refusal.sentence if refusal is not None else "",
        "wrong": refusal.field if refusal is not None else "",
        "page_marking": marking_shown(caller, project, beside=[document.label for document in offered]),
    }
    return render(request, "projects/setup.html", context, status=400 if refused else 200)


def _numbers(project: LabelProject) -> dict[str, int]:
    """The steps of this kind of project by their numbers. The answers to a comparison are what they are, and
    a text that is typed has none.
    """
    has_answers = template_of(project).kind not in (PREFERENCE, TEXT)
    parts = ["instruction", *(["answers"] if has_answers else []), "examples", "items", "people"]
    return {part: number for number, part in enumerate([*parts, "quality", "start"], start=1)}


def _checks(
    project: LabelProject, progress: selectors.Progress, labellers: int
) -> list[tuple[str, str, str]]:
    """What is there and what is not before the start: (there, missing or optional, words, the step)."""
    total, known = progress.total, progress.gold
    rows = [
        (bool(project.instruction), "missing", "an instruction", "instruction"),
        (bool(project.examples), "optional", _counted(len(project.examples), "example"), "examples"),
        (total > 0, "missing", f"{_counted(total, 'item')} to label", "items"),
        (known > 0, "optional", f"{_counted(known, 'item')} with a known answer", "items"),
        (labellers > 0, "missing", _counted(labellers, "labeller"), "people"),
    ]
    return [("there" if is_there else without, words, part) for is_there, without, words, part in rows]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
