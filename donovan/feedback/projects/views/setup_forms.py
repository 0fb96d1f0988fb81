"""The forms of setting up, filled with what is kept, or with what was typed where it was refused.

forms_of(project, refused, sent) -> SetupForms      `refused` is the part that was refused, "" for none
"""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from donovan.feedback.projects.examples import fields_of
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.renaming import FREE_TASKS
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.views.common import whole
from donovan.feedback.projects.views.setup_saving import MOST_ROWS

SPARE_ROWS = 3
_MOST = {"collection": "200", "search": "20", "answers": "100", "table": "50"}


@dataclass(frozen=True)
class SetupForms:
    """What stands in the fields of each step, by their names."""

    instruction: dict[str, Any]
    steps: str
    option_rows: list[dict[str, Any]]
    example: dict[str, Any]
    adding: dict[str, Any]
    person: dict[str, Any]
    quality: dict[str, Any]


def forms_of(project: LabelProject, refused: str, sent: QueryDict) -> SetupForms:
    """Every form of the page. Only the one that was refused is filled from what was sent."""
    nothing = QueryDict()

    def of(part: str) -> QueryDict:
        return sent if refused == part else nothing

    return SetupForms(
        instruction=_instruction(project, of("instruction")),
        steps=of("answers").get("steps", "\n".join(project.schema.get("steps") or [])),
        option_rows=_option_rows(project, of("answers")),
        example=_example(project, of("examples")),
        adding=_adding(of("items")),
        person={
            "ticked": of("people").getlist("username"),
            "role": of("people").get("role", ""),
        },
        quality=_quality(project, of("quality")),
    )


def _instruction(project: LabelProject, sent: QueryDict) -> dict[str, Any]:
    return {
        "title": sent.get("title", project.title),
        "text": sent.get("instruction", project.instruction),
        "labels": sent.getlist("text_labels") if sent else project.text_labels,
    }


def _option_rows(project: LabelProject, sent: QueryDict) -> list[dict[str, Any]]:
    """The classes as rows of a form, with a few empty ones where more can be added."""
    rows: list[dict[str, Any]] = list(project.options)
    count = whole(sent.get("count"))
    if project.options and project.task in FREE_TASKS:
        empty = {"value": "", "words": "", "says": ""}
        rows += [empty] * max(SPARE_ROWS, min(count, MOST_ROWS) - len(rows))
    return [
        {
            "at": place,
            "is_new": place >= len(project.options),
            "place": sent.get(f"place-{place}", str(place + 1)),
            "value": sent.get(f"value-{place}", str(row["value"])),
            "words": sent.get(f"words-{place}", row["words"]),
            "says": sent.get(f"says-{place}", row["says"]),
            "now": row["value"],
            "field": f"words-{place}",
        }
        for place, row in enumerate(rows)
    ]


def _example(project: LabelProject, sent: QueryDict) -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": f"shown-{field.name}",
                "words": field.words,
                "is_long": field.is_long,
                "value": sent.get(f"shown-{field.name}", ""),
            }
            for field in fields_of(project)
        ],
        "answer": sent.get("answer", ""),
        "answers": [(str(place), option["words"]) for place, option in enumerate(project.options)],
        "quality": sent.get("quality", "3"),
        "says": sent.get("says", ""),
        "is_open": bool(sent),
    }


def _adding(sent: QueryDict) -> dict[str, Any]:
    source = sent.get("source", "")
    most = {name: sent.get("most", "") if name == source else start for name, start in _MOST.items()}
    names = ("from_collection", "question", "table", "collection", "marking")
    return {
        "most": most,
        "documents": sent.getlist("document"),
        **{name: sent.get(name, "") for name in names},
    }


def _quality(project: LabelProject, sent: QueryDict) -> dict[str, Any]:
    kept = {
        "overlap": str(project.overlap),
        "most_people": str(project.most_people),
        "gold_percent": str(round(project.gold_share * 100)),
        "calibration_size": str(project.calibration_size),
    }
    ticks = [
        "shows_prelabel",
        *(name for name in ("asks_why", "quality") if name in template_of(project).schema),
    ]
    return {
        **{name: sent.get(name, value) for name, value in kept.items()},
        **{name: sent.get(name) == "1" if sent else bool(project.schema.get(name)) for name in ticks},
    }
