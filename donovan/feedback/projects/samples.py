"""What a file of items looks like, for the person who has to make one.

json_sample(project) -> str       two lines, the second with its answer
csv_sample(project) -> str        the same as a table; empty where a table does not fit
"""

import csv
import io
import json
from typing import Any

from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.schema import template_of
from donovan.feedback.projects.templates_of_tasks import SPANS, TEXT

_PAGE = "0f8fad5b-d9cb-469f-a165-70867728950e"
_TABLE = {"columns": ["Depot", "Litres"], "rows": [["Zeta", "250"], ["Kessa", "90"]], "numbers": [1, 2]}
_FACTS = ["The bridge opened on 12 March.", "It has one lane."]
_SPANISH = {"source_language": "es", "target_language": "en"}
_INPUTS: dict[str, list[dict[str, Any]]] = {
    "relevance": [
        {"question": "When did the bridge open?", "passage": "The mill stands by the river."},
        {"question": "When did the bridge open?", "passage": "The bridge opened on 12 March."},
    ],
    "document_class": [
        {"title": "Stocks", "text": "40 tents, 12 pumps, 300 blankets."},
        {"title": "Situation report 14", "text": "As of 0600 the bridge is open."},
    ],
    "spans": [{"text": "All is quiet."}, {"text": "Kessa is quiet."}],
    "preference": [
        {"question": "When did it open?", "context": _FACTS, "a": "In spring.", "b": "On 12 March."},
        {"question": "How wide is it?", "context": _FACTS, "a": "One lane.", "b": "Two lanes."},
    ],
    "claim_support": [
        {"question": "When did it open?", "claim": "It opened in May.", "evidence": _FACTS},
        {"question": "When did it open?", "claim": "It opened in March.", "evidence": _FACTS},
    ],
    "translation": [
        {"text": "El puente.", **_SPANISH, "draft": "The bridge."},
        {"text": "Está abierto.", **_SPANISH, "draft": "Is opened."},
    ],
    "transcription": [
        {"document": _PAGE, "page": 1, "box": [0.1, 0.2, 0.9, 0.24], "draft": "1l March"},
        {"document": _PAGE, "page": 1, "box": [0.1, 0.3, 0.9, 0.34], "draft": "l2 March"},
    ],
    "table_cell": [
        {"table": _TABLE, "row": 1, "column": "Litres", "shown": "2S0"},
        {"table": _TABLE, "row": 2, "column": "Litres", "shown": "9O"},
    ],
}
_TEXTS = {"translation": "It is open.", "transcription": "12 March", "table_cell": "90"}
_NO_TABLE = ("spans", "transcription", "table_cell")


def json_sample(project: LabelProject) -> str:
    """Two items as JSON lines, with the classes of the project."""
    first, second = _INPUTS[project.task]
    lines = (first, {**second, "gold": _gold(project)})
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def csv_sample(project: LabelProject) -> str:
    """The same two items as CSV; a list is divided by |."""
    if project.task in _NO_TABLE:
        return ""
    first, second = _INPUTS[project.task]
    out = io.StringIO()
    table = csv.DictWriter(out, [*second, "gold"], restval="", lineterminator="\n")
    table.writeheader()
    for row in (first, {**second, "gold": _gold(project)}):
        table.writerow(
            {name: " | ".join(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
        )
    return out.getvalue().strip()


def _gold(project: LabelProject) -> Any:
    template = template_of(project)
    if template.kind == SPANS:
        return {"spans": [{"start": 0, "end": 5, "label": project.options[0]["value"]}]}
    if template.kind == TEXT:
        return _TEXTS[project.task]
    return project.options[-1 if project.task == "relevance" else 0]["value"]
