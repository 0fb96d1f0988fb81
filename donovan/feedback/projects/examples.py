"""Examples of an instruction, as an owner writes them into a form.

    fields_of(project) -> list[ExampleField]
    example_from(project, form) -> dict               raises ProjectError with a sentence

In an example of spans the answer is written into the text: “Colonel [Ivanov](person) left [Kessa](place).”
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.templates_of_tasks import PREFERENCE, SPANS, STEPS, TEXT

_MARKED = re.compile(r"\[([^\[\]]+)\]\(([^()]+)\)")
_FIELDS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "relevance": (("question", "Question", False), ("passage", "Passage", True)),
    "document_class": (("title", "Title", False), ("text", "Beginning of the text", True)),
    "spans": (("text", "Text with the marks, such as [Kessa](place)", True),),
    "preference": (("question", "Question", False), ("a", "Draft A", True), ("b", "Draft B", True)),
    "claim_support": (("claim", "Claim", False), ("evidence", "Evidence, one quotation a line", True)),
    "translation": (("text", "Original", True), ("draft", "Translation as it is", True)),
    "transcription": (("draft", "As the machine reads it", False),),
    "table_cell": (("shown", "The cell as it is printed", False),),
}


@dataclass(frozen=True)
class ExampleField:
    """One field of the form for an example."""

    name: str
    words: str
    is_long: bool


def fields_of(project: LabelProject) -> list[ExampleField]:
    """What an example of this task shows."""
    return [ExampleField(*field) for field in _FIELDS.get(project.task, ())]


def example_from(project: LabelProject, form: Mapping[str, str]) -> dict[str, Any]:
    """The example as projects keep it."""
    given: dict[str, Any] = {}
    for field in fields_of(project):
        text = form.get(f"shown-{field.name}", "").replace("\r\n", "\n").strip()
        if field.name == "evidence":
            given[field.name] = [line.strip() for line in text.split("\n") if line.strip()]
        elif text:
            given[field.name] = text
    if not any(given.values()):
        first = f"shown-{fields_of(project)[0].name}"
        raise ProjectError("Write what is shown in the example.", field=first)
    value = _value(project, given, form)
    return {"input": given, "value": value, "says": form.get("says", "")}


def _value(project: LabelProject, given: dict[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    template = template_of(project)
    if template.kind == SPANS:
        given["text"], spans = spans_written(project, str(given["text"]))
        return {"spans": spans}
    if template.kind == TEXT:
        value: dict[str, Any] = {"text": form.get("answer", "").replace("\r\n", "\n")}
        if project.schema.get("quality"):
            quality = form.get("quality", "")
            value["quality"] = int(quality) if quality in ("1", "2", "3", "4", "5") else 3
        return value
    place = form.get("answer", "")
    if not (place.isascii() and place.isdecimal() and int(place[:4]) < len(project.options)):
        raise ProjectError("Choose the right answer to the example.", field="answer")
    value = {template.choice_of: project.options[int(place[:4])]["value"]}
    if template.kind == PREFERENCE:
        value |= {"strength": 1, "why": ""}
    if template.kind == STEPS:
        value["steps"] = []
    return value


def spans_written(project: LabelProject, text: str) -> tuple[str, list[dict[str, Any]]]:
    """A text without its marks, and the spans that they were. Raises ProjectError for an unknown class."""
    known = {str(option["value"]).casefold(): option["value"] for option in project.options}
    known |= {str(option["words"]).casefold(): option["value"] for option in project.options}
    plain, spans, at = "", [], 0
    for match in _MARKED.finditer(text):
        plain += text[at : match.start()]
        label = known.get(match.group(2).strip().casefold())
        if label is None:
            names = ", ".join(str(option["value"]) for option in project.options)
            sentence = f"There is no class “{match.group(2)[:40]}”. Use one of {names}."
            raise ProjectError(sentence, field="shown-text")
        spans.append({"start": len(plain), "end": len(plain) + len(match.group(1)), "label": label})
        plain += match.group(1)
        at = match.end()
    return plain + text[at:], spans
