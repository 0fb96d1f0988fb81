"""What a form of the queue sends, as a value of its task. The shape is checked where the label is kept."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.schema import classes_digest, has_draft, template_of
from donovan.feedback.projects.templates_of_tasks import PREFERENCE, SPANS, STEPS, TEXT
from donovan.feedback.shapes import MOST_SPANS

_LONGEST_SPANS = 400_000


def value_of(project: LabelProject, text: str, form: QueryDict) -> dict[str, Any]:
    """The value as it was sent. What was not answered is left out, so that the sentence about it is the
    service's, and so is a choice among classes that are others by now; `text` is the text that spans lie in.
    """
    template = template_of(project)
    value: dict[str, Any] = {}
    now = classes_digest(project)
    if template.choice_of and form.get("classes", now) == now:
        chosen = _at(project.options, form.get("choice"))
        if chosen is not None:
            value[template.choice_of] = chosen["value"]
    if template.kind == PREFERENCE:
        if (strength := _whole(form.get("strength"))) is not None:
            value["strength"] = strength
        value["why"] = _lines(form.get("why", "")).strip()
    elif template.kind == STEPS:
        value["steps"] = [
            {"question": question, "answer": form.get(f"step-{place}", "")}
            for place, question in enumerate(project.schema.get("steps", []))
        ]
    elif template.kind == SPANS:
        value["spans"] = spans_of(project, text, form)
    elif template.kind == TEXT:
        value["text"] = _lines(form.get("text", ""))
        if project.schema.get("quality") and (quality := _whole(form.get("quality"))) is not None:
            value["quality"] = quality
    return value


def missing_in(project: LabelProject, given: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """What is not answered yet of the item with the input `given`, as a sentence; empty when all is."""
    template = template_of(project)
    if template.kind == STEPS and not all(step["answer"] for step in value.get("steps", [])):
        return "Answer every step, then decide."
    if template.choice_of and template.choice_of not in value:
        return "Choose one of the answers first."
    if template.kind == PREFERENCE and value.get("preferred") != "tie" and "strength" not in value:
        return "Say how sure you are: a key from 1 to 3."
    if project.schema.get("quality") and has_draft(given) and "quality" not in value:
        return "Grade the translation first: a key from 1 to 5."
    return ""


DOUBT = "You answered a step with no and chose Supported. Change one of them, or send it again to keep both."


def doubt_in(project: LabelProject, value: Mapping[str, Any], form: QueryDict) -> str:
    """What is asked once more before a value is kept, as a sentence; empty where nothing contradicts."""
    if template_of(project).kind != STEPS or value.get("verdict") != "supported" or form.get("asked_again"):
        return ""
    return DOUBT if any(step["answer"] == "no" for step in value.get("steps", [])) else ""


def seconds_of(form: QueryDict) -> float | None:
    """The time that the item was in sight, as the page measured it; None where it did not."""
    try:
        seconds = float(form.get("seconds", ""))
    except ValueError:
        return None
    return seconds if 0 < seconds < 86_400 else None


def spans_of(project: LabelProject, text: str, form: QueryDict) -> list[dict[str, Any]]:
    """The spans of the form, after the one button of it that changes them without a script."""
    spans = _read_spans(form.get("spans", ""))
    action = form.get("action", "")
    if action.startswith("remove-span:"):
        place = _whole(action.partition(":")[2])
        ordered = sorted(spans, key=lambda span: (span["start"], span["end"]))
        return [span for at, span in enumerate(ordered) if at != place]
    if action == "add-span":
        words, option = form.get("words", "").strip(), _at(project.options, form.get("span-choice"))
        start = _nth(text, words, _whole(form.get("occurrence")) or 1)
        if words and option is not None and start >= 0:
            added = {"start": start, "end": start + len(words), "label": option["value"]}
            return [*(span for span in spans if not _overlap(span, added)), added]
    return spans


def span_problem(project: LabelProject, text: str, form: QueryDict) -> str:
    """Why a span could not be added without a script; empty when it could."""
    if form.get("action") != "add-span":
        return ""
    words = form.get("words", "").strip()
    if not words:
        return "Write the words to mark, exactly as they stand in the text."
    if _at(project.options, form.get("span-choice")) is None:
        return "Choose a class for the words."
    if _nth(text, words, _whole(form.get("occurrence")) or 1) < 0:
        return f"“{words[:80]}” does not stand in the text that often. Copy the words exactly as they are."
    return ""


def _read_spans(sent: str) -> list[dict[str, Any]]:
    """The hidden field that carries the spans; nothing for what is none."""
    if not sent or len(sent) > _LONGEST_SPANS:
        return []
    try:
        rows = json.loads(sent)
    except (ValueError, RecursionError):
        return []
    if not isinstance(rows, list):
        return []
    spans = []
    for row in rows[: MOST_SPANS + 1]:
        if not isinstance(row, dict):
            continue
        start, end, label = row.get("start"), row.get("end"), row.get("label")
        is_span = isinstance(start, int) and isinstance(end, int) and isinstance(label, str)
        if is_span and not isinstance(start, bool) and not isinstance(end, bool):
            spans.append({"start": start, "end": end, "label": label})
    return spans


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def _nth(text: str, words: str, occurrence: int) -> int:
    at = -1
    for _ in range(min(max(occurrence, 1), 10_000)):
        at = text.find(words, at + 1) if words else -1
        if at < 0:
            return -1
    return at


def _at(options: list[dict[str, Any]], place: str | None) -> dict[str, Any] | None:
    number = _whole(place)
    return options[number] if number is not None and 0 <= number < len(options) else None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else None


def _lines(text: str) -> str:
    """Line ends as they are kept, not as browsers send them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
