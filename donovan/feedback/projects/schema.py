"""Checking what an owner writes into a project, and what a labeller answers, against its classes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from donovan.feedback.projects.access import require
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.renaming import FREE_TASKS, data_name, machine_name
from donovan.feedback.projects.templates_of_tasks import (
    CHOICE,
    PREFERENCE,
    SPANS,
    STEPS,
    TEMPLATES,
    Template,
    numbered,
)
from donovan.feedback.shapes import ShapeError, check_value

MOST_OPTIONS = 60
MOST_EXAMPLES = 40
MOST_STEPS = 12


def template_of(project: LabelProject) -> Template:
    """The template a project was made from."""
    return TEMPLATES[project.template]


def checked_label(
    project: LabelProject, given: Mapping[str, Any], value: Mapping[str, Any]
) -> dict[str, Any]:
    """`value` in the shape of the task and within the classes of the project. Raises ProjectError."""
    try:
        checked = check_value(project.task, given, value)
    except ShapeError as error:
        raise ProjectError(error.sentence) from error
    template, allowed = template_of(project), [option["value"] for option in project.options]
    if template.choice_of:
        require(
            checked[template.choice_of] in allowed,
            "That is none of the classes here. Use one of the buttons.",
        )
    if template.kind == SPANS:
        require(
            all(span["label"] in allowed for span in checked["spans"]),
            "A span carries a class that is none of those here. Mark it with one of the buttons.",
        )
    if template.kind == STEPS and project.schema.get("steps"):
        answered = {step["question"] for step in checked["steps"] if step["answer"]}
        require(
            answered >= set(project.schema["steps"]),
            "Answer every step before deciding.",
        )
    return checked


def answer_key(project: LabelProject, value: Mapping[str, Any] | None) -> Any:
    """The part of a value that is compared between people: the choice, or the whole where there is none."""
    if value is None:
        return None
    field = template_of(project).choice_of
    if field:
        return value.get(field)
    if "text" in value:
        return " ".join(str(value["text"]).split())
    if "spans" in value:
        return tuple((span["start"], span["end"], span["label"]) for span in value["spans"])
    return repr(sorted(value.items()))


def classes_digest(project: LabelProject) -> str:
    """The same while the classes and their order are the same: a form that names a class by its place is
    right for no others.
    """
    values = [option["value"] for option in project.options]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def has_draft(given: Mapping[str, Any]) -> bool:
    """Whether an item of a translation holds one to grade; without, it is written anew."""
    return bool(str(given.get("draft") or "").strip())


def has_choices(project: LabelProject) -> bool:
    """Whether people choose one of a few options, so that skills and chances can be computed."""
    return template_of(project).kind in (CHOICE, PREFERENCE, STEPS)


def checked_options(project: LabelProject, value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options in order, each {"value", "words", "says"}; the keys 1 to 9 are given here.

    `was` of a row is the value that its class has now, None for a new one. Without a `value` of its own a row
    gets one from its words.
    """
    template = template_of(project)
    require(bool(template.options), "This kind of project has no classes.")
    require(
        2 <= len(value) <= MOST_OPTIONS or (template.kind == SPANS and len(value) == 1),
        f"Give between 2 and {MOST_OPTIONS} classes.",
    )
    is_free = template.task in FREE_TASKS
    known = {choice for choice, _, _ in template.options}
    before = {option["value"]: option for option in project.options}
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(value):
        words = " ".join(str(row.get("words", "")).split())[:80]
        choice = row.get("value", "")
        if is_free:
            choice = str(choice or data_name(words)).strip()[:80]
        require(choice not in ("", None) and bool(words), "Every class needs a name.", row=place)
        require(
            is_free or choice in known, "The classes of this task are fixed; only their words may change."
        )
        heard = words.casefold()
        same = next((one for one in rows if choice == one["value"] or heard == one["words"].casefold()), None)
        require(same is None, _same_name(same, words, choice), row=place)
        kept = {"value": choice, "words": words, "says": str(row.get("says", "")).strip()[:500]}
        was = before.get(row.get("was", choice))
        machine = machine_name(project, was) if was is not None else ""
        rows.append({**kept, "machine": machine} if machine and machine != choice else kept)
    return numbered(rows)


def _same_name(same: Mapping[str, Any] | None, words: str, choice: Any) -> str:
    if same is None or same["words"].casefold() == words.casefold():
        return f"Two classes are called “{words}”."
    return f"“{same['words']}” and “{words}” are both called “{choice}” in the data. Give one another name."


def checked_examples(project: LabelProject, value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Examples as {"input", "value", "says"}. An input may be shorter than that of an item."""
    require(len(value) <= MOST_EXAMPLES, f"Give at most {MOST_EXAMPLES} examples.")
    rows = []
    for row in value:
        given = row.get("input")
        require(isinstance(given, Mapping) and bool(given), "An example needs what is shown in it.")
        try:
            answer = check_value(project.task, given or {}, row.get("value") or {})
        except ShapeError as error:
            raise ProjectError(f"An example does not fit: {error.sentence}") from error
        rows.append(
            {"input": dict(given or {}), "value": answer, "says": str(row.get("says", "")).strip()[:1000]}
        )
    return rows


def checked_schema(project: LabelProject, value: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the template of a project has, and no others."""
    known = template_of(project).settings()
    require(set(value) <= set(known), "There is no such setting for this kind of project.")
    schema = {**project.schema, **value}
    steps = schema.get("steps")
    if steps is not None:
        require(
            isinstance(steps, list)
            and len(steps) <= MOST_STEPS
            and all(isinstance(step, str) and step.strip() for step in steps),
            f"Give at most {MOST_STEPS} steps, each a question.",
        )
        schema["steps"] = [" ".join(step.split())[:300] for step in steps]
    return schema
