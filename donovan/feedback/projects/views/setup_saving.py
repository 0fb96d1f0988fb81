"""What each step of setting up sends, made into one call of a service and a sentence about it.

SAVERS[part](request, caller, project) -> str       raises ProjectError, naming the field of the form
"""

from collections.abc import Callable, Mapping
from typing import Any

from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import items, members, services
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.examples import example_from
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.renaming import FREE_TASKS, follows_words, labels_are_kept
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.views.common import whole
from donovan.feedback.projects.views.lists import chosen_labels
from donovan.library.callers import Caller

MOST_ROWS = 80
LARGEST_UPLOAD = 32 << 20
_NOTHING = {
    ("collection", ""): "No document of this collection that you may read holds text that is ready.",
    ("collection", "transcription"): "No page that you may read in this collection was read from an image.",
    ("collection", "translation"): "No page that you may read in this collection is in another language.",
    ("documents", ""): "None of these documents holds text that is ready.",
    ("documents", "transcription"): "No page of these documents was read from an image.",
    ("documents", "translation"): "No page of these documents is in another language.",
    ("search", ""): "The search found nothing that you may read. Try other words.",
    (
        "answers",
        "preference",
    ): "No question of yours has two different answers yet. Ask one again, of another "
    "model or with other words behind it, or bring pairs in a file.",
    ("answers", "claim_support"): "No answer of yours holds a claim yet. Ask something first.",
    ("answers", "translation"): "You have translated nothing yet. Translate a document first.",
}
"""What is said where nothing was found to add, by the way it was looked for and the task."""


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
    places: list[int] = []
    if project.options:
        places, changes["options"] = _options_sent(request, project)
    if "steps" in project.schema:
        lines = request.POST.get("steps", "").splitlines()
        changes["schema"] = {"steps": [line.strip() for line in lines if line.strip()]}
    try:
        changed = services.change_project(caller, project.pk, **changes)
    except ProjectError as refusal:
        raise ProjectError(refusal.sentence, field=_field_of_answers(refusal, places)) from refusal
    return f"The answers are saved.{_what_followed(project, changed)}"


def _options_sent(request: SignedInRequest, project: LabelProject) -> tuple[list[int], list[dict[str, Any]]]:
    """The places of the form's rows and what they say, in the order that was asked for; a row without words
    is taken out. A name in the data that nobody touched goes with the words, where it went with them before
    and nobody has labelled.
    """
    is_free, are_kept = project.task in FREE_TASKS, labels_are_kept(project)
    found = []
    for place in range(min(whole(request.POST.get("count")), MOST_ROWS)):
        words = " ".join(request.POST.get(f"words-{place}", "").split())
        now = project.options[place] if place < len(project.options) else None
        if not words:
            _require_unused(now, place, are_kept=are_kept)
            continue
        value: Any = request.POST.get(f"value-{place}", "").strip()
        if now is not None and (not is_free or are_kept):
            value = now["value"]
        elif now is not None and value == str(now["value"]):
            value = "" if words != now["words"] and follows_words(project, now) else now["value"]
        row = {"words": words, "says": request.POST.get(f"says-{place}", ""), "value": value}
        row["was"] = now["value"] if now is not None else None
        found.append((whole(request.POST.get(f"place-{place}", ""), place + 1), place, row))
    found.sort(key=lambda one: one[:2])
    return [place for _, place, _ in found], [row for _, _, row in found]


def _require_unused(now: Mapping[str, Any] | None, place: int, *, are_kept: bool) -> None:
    if now is not None and are_kept:
        raise ProjectError(
            f"Labels are kept already, so “{now['words']}” cannot be taken out. Say in the instruction "
            "that it is not used any more.",
            field=f"words-{place}",
        )


def _field_of_answers(refusal: ProjectError, places: list[int]) -> str:
    if refusal.field == "schema":
        return "steps"
    if refusal.row is not None and refusal.row < len(places):
        return f"words-{places[refusal.row]}"
    return "answers"


def _what_followed(before: LabelProject, after: LabelProject) -> str:
    """What became of the examples, where their classes were renamed or taken out."""
    lost = len(before.examples) - len(after.examples)
    if lost:
        return f" {_counted(lost, 'example')} of a class that is gone went with it."
    changed = sum(old != new for old, new in zip(before.examples, after.examples, strict=True))
    if changed:
        say = "says" if changed == 1 else "say"
        return f" {_counted(changed, 'example')} {say} it in the new names: see whether that is right."
    return ""


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
    source = request.POST.get("source", "")
    if source == "file":
        return _add_file(request, caller, project)
    added, field = _added(request, caller, project, source)
    if not added.items and not added.doubles:
        sentence = _NOTHING.get((source, project.task)) or _NOTHING.get((source, ""), added.sentence)
        raise ProjectError(sentence, field=field)
    return added.sentence


def _added(
    request: SignedInRequest, caller: Caller, project: LabelProject, source: str
) -> tuple[items.Added, str]:
    """What came of one of the ways to add items, and the field of the form that it hangs on."""
    if source == "documents":
        chosen = request.POST.getlist("document")
        if not chosen:
            raise ProjectError("Tick at least one document.", field="document")
        return items.add_documents(caller, project.pk, chosen, most=items.MOST_AT_ONCE), "document"
    most = whole(request.POST.get("most"))
    if not most:
        raise ProjectError("Say how many at most: a whole number from 1.", field=f"most-{source}")
    if source == "collection":
        slug = request.POST.get("from_collection", "")
        return items.add_collection(caller, project.pk, slug, most=most), "from_collection"
    if source == "search":
        question = request.POST.get("question", "")
        return items.add_search(caller, project.pk, question, most=most), "question"
    if source == "answers":
        return items.add_answers(caller, project.pk, most=most), "most-answers"
    if source == "table":
        return items.add_table(caller, project.pk, request.POST.get("table", ""), most=most), "table"
    raise ProjectError("Use one of the buttons that add items.")


def _add_file(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise ProjectError("No file came with the form. Choose one and send it again.", field="file")
    if (file.size or 0) > LARGEST_UPLOAD:
        sentence = f"The file is larger than {LARGEST_UPLOAD >> 20} megabytes. Cut it into parts."
        raise ProjectError(sentence, field="file")
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
        raise ProjectError("Choose at least one person.", field="username")
    role = request.POST.get("role", "")
    for name in names:
        members.add_member(caller, project.pk, username=name, role=role)
    return f"{', '.join(names)}: added as {role}."


def _save_quality(request: SignedInRequest, caller: Caller, project: LabelProject) -> str:
    schema: dict[str, Any] = {"shows_prelabel": request.POST.get("shows_prelabel") == "1"}
    for name in ("asks_why", "quality"):
        if name in template_of(project).schema:
            schema[name] = request.POST.get(name) == "1"
    percent = whole(request.POST.get("gold_percent") or "0", -1)
    if not 0 <= percent <= 50:
        sentence = "Known answers must be a whole number from 0 to 50 per cent."
        raise ProjectError(sentence, field="gold_percent")
    services.change_project(
        caller,
        project.pk,
        overlap=request.POST.get("overlap", ""),
        most_people=request.POST.get("most_people", ""),
        calibration_size=request.POST.get("calibration_size", ""),
        gold_share=percent / 100,
        schema=schema,
    )
    return "Saved."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


SAVERS: dict[str, Callable[[SignedInRequest, Caller, LabelProject], str]] = {
    "instruction": _save_instruction,
    "answers": _save_answers,
    "examples": _save_example,
    "items": _add_items,
    "people": _save_people,
    "quality": _save_quality,
}
