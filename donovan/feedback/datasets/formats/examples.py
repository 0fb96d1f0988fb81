"""What one row looks like in each form: for people who write a file by hand.

example_of(form, task) -> str      one line, or for a document a short one; empty where there is none
"""

import json
from collections.abc import Mapping
from typing import Any

TEXT = "The bridge at Kessa is open."
QUESTION = "Is the bridge open?"

ROWS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "relevance": ({"question": QUESTION, "passage": TEXT}, {"grade": 3}),
    "document_class": ({"text": TEXT}, {"class": "report"}),
    "spans": ({"text": TEXT}, {"spans": [{"start": 14, "end": 19, "label": "PLACE"}]}),
    "preference": (
        {"question": QUESTION, "context": [TEXT], "a": "Yes.", "b": "No."},
        {"preferred": "a", "strength": 2},
    ),
    "claim_support": (
        {"question": QUESTION, "claim": "The bridge is open.", "evidence": [TEXT]},
        {"verdict": "supported"},
    ),
    "answer": ({"question": QUESTION, "context": [TEXT], "draft": "No."}, {"answer": "Yes, it is open."}),
    "translation": (
        {"text": "Мост открыт.", "source_language": "ru", "target_language": "en"},
        {"text": "The bridge is open."},
    ),
    "transcription": (
        {"document": "page-17", "page": 1, "box": [0.1, 0.2, 0.9, 0.25], "draft": "M0ve at dawn."},
        {"text": "Move at dawn."},
    ),
    "table_cell": ({"table": "fuel", "row": 3, "column": "litres", "shown": "2S0"}, {"text": "250"}),
    "anomaly": ({"says": "250 litres where 90 are usual"}, {"disposition": "data_error"}),
    "entity_merge": ({"a": "Kessa", "b": "Kesa"}, {"same": True}),
    "usefulness": ({"question": QUESTION, "answer": "Yes, it is open."}, {"useful": True}),
}
"""Input and value of each task, the shortest that is taken."""

_OTHERS: Mapping[str, str] = {
    "sft": json.dumps(
        {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Yes."}]}
    ),
    "preferences": json.dumps({"prompt": QUESTION, "chosen": "Yes.", "rejected": "No."}),
    "squad": json.dumps(
        {
            "data": [
                {
                    "title": "Kessa",
                    "paragraphs": [
                        {
                            "context": TEXT,
                            "qas": [
                                {
                                    "id": "1",
                                    "question": QUESTION,
                                    "answers": [{"text": "open", "answer_start": 23}],
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    ),
    "beir": (
        'corpus.jsonl: {"_id": "p1", "title": "Kessa", "text": "The bridge at Kessa is open."}\n'
        'queries.jsonl: {"_id": "q1", "text": "Is the bridge open?"}\n'
        "qrels/train.tsv, divided by tabs: q1\tp1\t1"
    ),
    "conll": "The\tO\nbridge\tO\nat\tO\nKessa\tB-PLACE",
    "label-studio": json.dumps(
        [
            {
                "data": {"text": TEXT},
                "annotations": [
                    {"result": [{"type": "choices", "from_name": "class", "value": {"choices": ["report"]}}]}
                ],
            }
        ]
    ),
}


def example_of(form: str, task: str = "") -> str:
    """One row as it stands in a file of this form; in Donovan JSONL, of this task."""
    if form == "jsonl":
        shown = task if task in ROWS else "document_class"
        given, value = ROWS[shown]
        return json.dumps({"task": shown, "input": given, "value": value}, ensure_ascii=False)
    return _OTHERS.get(form, "")
