"""Examples of an instruction as pages show them."""

from dataclasses import dataclass
from typing import Any

from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.presentation import Piece, pieces_of, says
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.templates_of_tasks import SPANS

_NAMES = {
    "title": "Title",
    "text": "Text",
    "question": "Question",
    "passage": "Passage",
    "claim": "Claim",
    "evidence": "Evidence",
    "a": "Draft A",
    "b": "Draft B",
    "draft": "Draft",
    "shown": "Shown",
    "context": "Facts",
}


@dataclass(frozen=True)
class ExampleRow:
    """One example: what is shown in it, the right answer, and why."""

    fields: list[tuple[str, str]]
    pieces: list[Piece]
    answer: str
    says: str


def example_rows(project: LabelProject) -> list[ExampleRow]:
    """The examples of a project, in order."""
    return [_row(project, example) for example in project.examples]


def _row(project: LabelProject, example: dict[str, Any]) -> ExampleRow:
    given, value = example.get("input", {}), example.get("value", {})
    has_spans = template_of(project).kind == SPANS
    text = str(given.get("text", ""))
    spans = [span for span in value.get("spans", []) if 0 <= span["start"] < span["end"] <= len(text)]
    fields = [
        (words, _plain(given[name]))
        for name, words in _NAMES.items()
        if given.get(name) and not (has_spans and name == "text")
    ]
    return ExampleRow(
        fields=fields,
        pieces=pieces_of(project, text, spans) if has_spans else [],
        answer="" if has_spans else says(project, value),
        says=str(example.get("says", "")),
    )


def _plain(value: Any) -> str:
    return " · ".join(map(str, value)) if isinstance(value, list) else str(value)
