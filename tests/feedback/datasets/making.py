"""Rows of every task, each unlike the others, for tests that give data sets out and take them in again."""

from collections.abc import Callable
from typing import Any

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.feedback.datasets.formats import formats_for
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.datasets.splitting import set_groups, set_splits
from donovan.feedback.shapes import TASKS
from donovan.library.callers import Caller
from tests.feedback.datasets.conftest import row, sentence

SECRET = "SECRET//NOFORN"


def relevance(number: int) -> dict[str, Any]:
    passage = number // 2
    return row(
        number,
        task="relevance",
        document=f"d{passage}",
        input={
            "question": f"What of {sentence(100 + number)}?",
            "passage": sentence(passage),
            "title": f"Report_{passage}",
            "passage_id": passage,
        },
        value={"grade": number % 4},
    )


def preference(number: int) -> dict[str, Any]:
    return row(
        number,
        task="preference",
        input={
            "question": f"What of {sentence(number)}?",
            "context": [sentence(number + 50), "Two lines."],
            "a": f"{sentence(number)} one",
            "b": f"{sentence(number + 200)} two",
        },
        value={"preferred": "a" if number % 2 else "b", "strength": 1 + number % 3, "why": "“clearer”\nhere"},
    )


def answer(number: int) -> dict[str, Any]:
    text = sentence(number)
    return row(
        number,
        task="answer",
        input={"question": f"What of {sentence(number + 90)}?", "context": [text], "draft": "a draft"},
        value={"answer": " ".join(text.split()[2:5])},
    )


def spans(number: int) -> dict[str, Any]:
    text = f"Naïve  Orlov-{number} met «Kessa» 🚒 at the bridge, {sentence(number)}\nthen left."
    start = text.index("Orlov")
    found = [
        {"start": start, "end": start + 3, "label": "PER-PART"},
        {"start": text.index("Kessa"), "end": text.index("Kessa") + 5, "label": "LOC"},
        {"start": text.index("bridge"), "end": text.index("bridge") + 6, "label": "LOC"},
    ]
    return row(number, task="spans", input={"text": text}, value={"spans": found if number % 3 else []})


def support(number: int) -> dict[str, Any]:
    verdict = ("supported", "partly", "unsupported")[number % 3]
    steps = [{"question": "Is the number there?", "answer": "yes"}] if number % 2 else []
    return row(
        number,
        task="claim_support",
        input={"question": "?", "claim": sentence(number), "evidence": [sentence(number + 70)]},
        value={"verdict": verdict, "steps": steps},
    )


def translation(number: int) -> dict[str, Any]:
    return row(
        number,
        task="translation",
        input={
            "text": sentence(number),
            "source_language": "ru",
            "target_language": "en",
            "draft": "d",
        },
        value={"text": sentence(number + 300), "quality": 1 + number % 5},
    )


def transcription(number: int) -> dict[str, Any]:
    given = {"document": f"d{number}", "page": 1, "box": [0.1, 0.2, 0.9, 0.25], "draft": sentence(number)}
    return row(number, task="transcription", input=given, value={"text": f" {sentence(number)} "})


def table_cell(number: int) -> dict[str, Any]:
    given = {"table": {"name": "fuel"}, "row": number, "column": "litres", "shown": "2S0"}
    return row(number, task="table_cell", input=given, value={"text": str(250 + number)})


def anomaly(number: int) -> dict[str, Any]:
    value = {"disposition": ("real", "expected", "data_error")[number % 3]}
    return row(number, task="anomaly", input={"says": sentence(number)}, value=value)


def entity_merge(number: int) -> dict[str, Any]:
    given = {"a": {"name": sentence(number)}, "b": "Kesa"}
    return row(number, task="entity_merge", input=given, value={"same": bool(number % 2)})


def usefulness(number: int) -> dict[str, Any]:
    given = {"question": f"What of {sentence(number + 90)}?", "answer": sentence(number)}
    return row(number, task="usefulness", input=given, value={"useful": bool(number % 2)})


MAKERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "relevance": relevance,
    "document_class": row,
    "spans": spans,
    "preference": preference,
    "claim_support": support,
    "answer": answer,
    "translation": translation,
    "transcription": transcription,
    "table_cell": table_cell,
    "anomaly": anomaly,
    "entity_merge": entity_merge,
    "usefulness": usefulness,
}
"""What makes the row of a number, for every task."""

PAIRS = [(form.key, task) for task in TASKS for form in formats_for(task)]
"""Every format with every task that it can be written for."""


def published(
    caller: Caller, rows: list[dict[str, Any]], *, marking: str = SECRET, name: str = "given"
) -> tuple[Caller, DatasetVersion]:
    """A version of those rows, all of one marking, and the caller who may read it."""
    label = label_for("relief", parse_marking(marking))
    caller = Caller.named(caller.user, source="test")
    more = {"labels": [label], "marking": marking, "annotators": ["ana"], "weight": 0.75}
    rows = [each | more for each in rows]
    set_groups(rows)
    set_splits(rows, (0.5, 0.25, 0.25), 1)
    return caller, publish(caller, name, rows[0]["task"], rows, {}, action="built").version


def made(task: str, count: int = 8) -> list[dict[str, Any]]:
    return [MAKERS[task](number) for number in range(count)]
