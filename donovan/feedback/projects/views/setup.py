"""Setting a project up: one page of steps, each saved by itself."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import items, members, selectors, services, sources
from donovan.feedback.projects.access import OWNER, marking_shown, project_for
from donovan.feedback.projects.calibration import next_step_of
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.examples import example_from, fields_of
from donovan.feedback.projects.models import LabelProject, ProjectMember
from donovan.feedback.projects.plain_markdown import instruction_html
from donovan.feedback.projects.presentation import in_short
from donovan.feedback.projects.reach import reach_of, short_of_people
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.showing import example_rows
from donovan.feedback.projects.views.common import whole
from donovan.feedback.projects.views.lists import chosen_labels
from donovan.insight.tables.selectors import readable_tables
from donovan.library.callers import Caller
from donovan.library.offered_markings import known_markings
from donovan.library.selectors import collections_of, collections_open_for_upload

SPARE_ROWS = 3
ITEMS_SHOWN = 5
MOST_TABLES = 200
DOCUMENTS_OFFERED = 50
LARGEST_UPLOAD = 32 << 20
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


@entry()
@require_POST
def change(request: SignedInRequest, project_id: uuid.UUID, part: str) -> HttpResponse:
    """Save one step. What was refused comes back as it was typed."""
    caller = Caller.of(request)
    project = project_for(caller, project_id, OWNER)
    saver = _SAVERS.get(part)
    if saver is None:
        return redirect("projects:setup", project_id=project.pk)
    try:
        said = saver(request, caller, project)
    except ProjectError as refusal:
        return _page(request, caller, project, refused=part, sentence=refusal.sentence)
    messages.success(request, said, extra_tags=part)
    return redirect(f"{reverse('projects:setup', args=[project.pk])}#{part}")


def _save_instruction(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    services.change_project(
        caller,
        project.pk,
        title=request.POST.get("title", ""),
        instruction=request.POST.get("instruction", "").replace("\r\n", "\n"),
        text_labels=chosen_labels(request),
    )
    return "The instruction is saved."


def _save_answers(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    changes: dict[str, Any] = {}
    if project.options:
        changes["options"] = _options_sent(request, project)
    schema: dict[str, Any] = {}
    if "steps" in project.schema:
        lines = request.POST.get("steps", "").splitlines()
        schema["steps"] = [line.strip() for line in lines if line.strip()]
    if schema:
        changes["schema"] = schema
    services.change_project(caller, project.pk, **changes)
    return "The answers are saved."


def _options_sent(request: SignedInRequest, project: LabelProject) -> list[dict[str, Any]]:
    """The rows of the form in the order that was asked for; a row without words is taken out."""
    rows = []
    for place in range(min(whole(request.POST.get("count")), 80)):
        words = request.POST.get(f"words-{place}", "").strip()
        if not words:
            continue
        known = project.options[place]["value"] if place < len(project.options) else None
        value = request.POST.get(f"value-{place}", "").strip()
        row = {"words": words, "says": request.POST.get(f"says-{place}", "")}
        row["value"] = known if known is not None and str(known) == value else value
        position = request.POST.get(f"place-{place}", "")
        rows.append((whole(position, place + 1), place, row))
    return [row for _position, _place, row in sorted(rows, key=lambda one: one[:2])]


def _save_example(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    action = request.POST.get("action", "add")
    kept = list(project.examples)
    if action.startswith("remove:"):
        place = whole(action.partition(":")[2], -1)
        kept = [example for at, example in enumerate(kept) if at != place]
        said = "The example is taken out."
    else:
        kept.append(example_from(project, request.POST.dict()))
        said = "The example is added."
    services.change_project(caller, project.pk, examples=kept)
    return said


def _add_items(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    source, most = request.POST.get("source", ""), whole(request.POST.get("most"), 100)
    if source == "collection":
        slug = request.POST.get("from_collection", "")
        return items.add_collection(caller, project.pk, slug, most=most).sentence
    if source == "documents":
        chosen = request.POST.getlist("document")
        if not chosen:
            raise ProjectError("Tick at least one document.")
        return items.add_documents(caller, project.pk, chosen, most=items.MOST_AT_ONCE).sentence
    if source == "search":
        return items.add_search(caller, project.pk, request.POST.get("question", ""), most=most).sentence
    if source == "answers":
        return items.add_answers(caller, project.pk, most=most).sentence
    if source == "table":
        return items.add_table(caller, project.pk, request.POST.get("table", ""), most=most).sentence
    return _add_file(request, caller, project)


def _add_file(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise ProjectError("No file came with the form. Choose one and send it again.")
    if (file.size or 0) > LARGEST_UPLOAD:
        raise ProjectError(f"The file is larger than {LARGEST_UPLOAD >> 20} megabytes. Cut it into parts.")
    added = items.add_file(
        caller,
        project.pk,
        name=file.name or "",
        content=file.read(),
        collection=request.POST.get("collection", ""),
        marking=request.POST.get("marking", ""),
    )
    return added.sentence


def _save_people(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    verb, _, rest = request.POST.get("action", "add").partition(":")
    if verb == "remove":
        role, _, username = rest.partition(":")
        members.remove_member(caller, project.pk, username=username, role=role)
        return f"{username} is no {role} here any more."
    names = [name for name in request.POST.getlist("username") if name]
    if not names:
        raise ProjectError("Choose at least one person.")
    role = request.POST.get("role", "")
    for name in names:
        members.add_member(caller, project.pk, username=name, role=role)
    return f"{', '.join(names)}: {role}."


def _save_quality(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    schema: dict[str, Any] = {"shows_prelabel": request.POST.get("shows_prelabel") == "1"}
    if "asks_why" in template_of(project).schema:
        schema["asks_why"] = request.POST.get("asks_why") == "1"
    if "quality" in template_of(project).schema:
        schema["quality"] = request.POST.get("quality") == "1"
    percent = request.POST.get("gold_percent", "")
    services.change_project(
        caller,
        project.pk,
        overlap=request.POST.get("overlap", ""),
        most_people=request.POST.get("most_people", ""),
        calibration_size=request.POST.get("calibration_size", ""),
        gold_share=whole(percent, -100) / 100 if percent else 0,
        schema=schema,
    )
    return "Saved."


_SAVERS: dict[str, Callable[[SignedInRequest, Caller, LabelProject], str]] = {
    "instruction": _save_instruction,
    "answers": _save_answers,
    "examples": _save_example,
    "items": _add_items,
    "people": _save_people,
    "quality": _save_quality,
}


def _page(
    request: SignedInRequest, caller: Caller, project: LabelProject, *, refused: str = "", sentence: str = ""
) -> HttpResponse:
    progress = selectors.progress_of(caller, project)
    people = selectors.members_of(caller, project)
    labellers = sum(member.role == ProjectMember.Role.LABELLER for member in people)
    reach = reach_of(caller, project)
    first = selectors.items_of(caller, project)[:ITEMS_SHOWN]
    task = project.task
    wanted = request.GET.get("find", "").strip()[:200]
    matching = sources.documents_named(caller, wanted) if wanted and task in sources.FROM_DOCUMENTS else None
    offered = [] if matching is None else list(matching[:DOCUMENTS_OFFERED])
    context = {
        "project": project,
        "template": template_of(project),
        "instruction": instruction_html(project.instruction),
        "examples": example_rows(project),
        "example_fields": fields_of(project),
        "option_rows": _option_rows(project),
        "is_free": task in ("document_class", "spans"),
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
        "offered": [(document, split_label(document.label)[1].canonical) for document in offered],
        "more_offered": 0 if matching is None else max(0, matching.count() - DOCUMENTS_OFFERED),
        "from_search": task in sources.FROM_SEARCH,
        "from_answers": task in sources.FROM_ANSWERS,
        "from_tables": task in sources.FROM_TABLES,
        "file_fields": FILE_FIELDS.get(task, "the fields of the task"),
        "labels": sorted(caller.scope.labels),
        "next_step": next_step_of(caller, project),
        "checks": _checks(project, progress, labellers),
        "gold_percent": round(project.gold_share * 100),
        "refused": refused,
        "sentence": sentence,
        "sent": request.POST,
        "page_marking": marking_shown(caller, project, beside=[document.label for document in offered]),
    }
    return render(request, "projects/setup.html", context, status=400 if refused else 200)


def _option_rows(project: LabelProject) -> list[dict[str, Any]]:
    """The classes as rows of a form, with a few empty ones where more can be added."""
    rows = [{**option, "place": place} for place, option in enumerate(project.options)]
    if project.task in ("document_class", "spans"):
        start = len(rows)
        rows += [
            {"value": "", "words": "", "says": "", "key": "", "place": start + n} for n in range(SPARE_ROWS)
        ]
    return rows


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
