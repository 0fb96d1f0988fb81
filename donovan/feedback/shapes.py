"""What a label of each task looks like: one shape for everyday feedback, projects, data sets and trainers.

A label is a pair: the `input` that was shown and the `value` that somebody gave. Both are JSON objects:

    task            input                                           value
    relevance       question, passage, title, passage_id            grade 0..3
    document_class  text, title                                     class
    spans           text                                            spans [{start, end, label}]
    preference      question, context [text], a, b                  preferred a|b|tie, strength 1..3, why
    claim_support   question, claim, evidence [text]                verdict, steps [{question, answer}]
    answer          question, context [text], draft                 answer
    translation     text, source_language, target_language, draft   text, quality 1..5
    transcription   document, page, box [x0, y0, x1, y1], draft     text
    table_cell      table, row, column, shown                       text
    anomaly         what the finding says                           disposition
    entity_merge    a, b                                            same true|false
    usefulness      question, answer                                useful true|false

`grade` is 0 (not relevant), 1 (about the same), 2 (relevant) or 3 (answers it). Offsets of spans are
characters of the text, boxes are shares (0 to 1) of the page image.
"""

from collections.abc import Callable, Mapping
from typing import Any

LONGEST_TEXT = 200_000
MOST_SPANS = 2_000
GRADES = (0, 1, 2, 3)
RELEVANT_GRADE, ANSWERING_GRADE = 2, 3
VERDICTS = ("supported", "partly", "unsupported")
PREFERRED = ("a", "b", "tie")
DISPOSITIONS = ("real", "expected", "data_error")

TASKS: dict[str, str] = {
    "relevance": "relevance of a passage to a question",
    "document_class": "class of a document",
    "spans": "spans of a text",
    "preference": "preference between two answers",
    "claim_support": "support of a claim by its evidence",
    "answer": "corrected answer",
    "translation": "translation and its quality",
    "transcription": "transcription of a scanned line",
    "table_cell": "cell of a table",
    "anomaly": "what an anomaly is",
    "entity_merge": "whether two names are one",
    "usefulness": "usefulness of an answer",
}

_INPUTS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "relevance": {"question": str, "passage": str},
    "document_class": {"text": str},
    "spans": {"text": str},
    "preference": {"question": str, "context": list, "a": str, "b": str},
    "claim_support": {"question": str, "claim": str, "evidence": list},
    "answer": {"question": str, "context": list, "draft": str},
    "translation": {"text": str, "source_language": str, "target_language": str},
    "transcription": {"document": str, "page": int, "box": list},
    "table_cell": {"table": (str, int, list, dict), "row": (str, int), "column": (str, int)},
    "anomaly": {},
    "entity_merge": {"a": (str, dict), "b": (str, dict)},
    "usefulness": {"question": str, "answer": str},
}


class ShapeError(ValueError):
    """An input or a value that is not of its task's shape; `sentence` says what is wrong."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def check_input(task: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` as a plain object when it holds all that `task` needs; more fields may stand beside them."""
    needed = _INPUTS.get(task)
    if needed is None:
        raise ShapeError(f"There is no task “{str(task)[:40]}”. Choose one of {', '.join(TASKS)}.")
    if not isinstance(given, Mapping):
        raise ShapeError("What is to be labelled must be a JSON object.")
    for name, kind in needed.items():
        if name not in given or isinstance(given[name], bool) or not isinstance(given[name], kind):
            raise ShapeError(f"“{name}” is missing, or not of the kind that a {TASKS[task]} needs.")
        if isinstance(given[name], str) and len(given[name]) > LONGEST_TEXT:
            raise ShapeError(f"“{name}” holds more than {LONGEST_TEXT:,} characters. Cut it into parts.")
    return dict(given)


def check_value(task: str, given_input: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """`value` in the plain form of its task. Raises ShapeError with a sentence for the person who gave it.

    What a project allows beyond the shape (its classes) is the project's to check.
    """
    checker = _CHECKERS.get(task)
    if checker is None:
        raise ShapeError(f"There is no task “{str(task)[:40]}”. Choose one of {', '.join(TASKS)}.")
    if not isinstance(value, Mapping):
        raise ShapeError("A label must be a JSON object.")
    return checker(given_input, value)


def _text(value: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not (text.strip() or may_be_empty):
        raise ShapeError(f"“{name}” must be a text.")
    if len(text) > LONGEST_TEXT:
        raise ShapeError(f"“{name}” holds more than {LONGEST_TEXT:,} characters. Shorten it.")
    return text


def _one_of(value: Mapping[str, Any], name: str, allowed: tuple[Any, ...]) -> Any:
    chosen = value.get(name)
    if isinstance(chosen, bool) or chosen not in allowed:
        raise ShapeError(f"“{name}” must be one of {', '.join(map(str, allowed))}.")
    return chosen


def _flag(value: Mapping[str, Any], name: str) -> bool:
    chosen = value.get(name)
    if not isinstance(chosen, bool):
        raise ShapeError(f"“{name}” must be yes or no.")
    return chosen


def _relevance(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"grade": _one_of(value, "grade", GRADES)}


def _document_class(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"class": _text(value, "class").strip()}


def _spans(given: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    spans, length = value.get("spans"), len(str(given.get("text", "")))
    if not isinstance(spans, list) or len(spans) > MOST_SPANS:
        raise ShapeError(f"“spans” must be a list of at most {MOST_SPANS:,} spans; an empty one says: none.")
    kept = set()
    for span in spans:
        start, end = (span.get("start"), span.get("end")) if isinstance(span, Mapping) else (None, None)
        if type(start) is not int or type(end) is not int:
            raise ShapeError("A span needs a start and an end, both numbers of characters.")
        if not 0 <= start < end <= length:
            raise ShapeError(f"A span must lie inside the text, which has {length:,} characters.")
        kept.add((start, end, _text(span, "label").strip()))
    return {"spans": [{"start": start, "end": end, "label": label} for start, end, label in sorted(kept)]}


def _preference(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "preferred": _one_of(value, "preferred", PREFERRED),
        "strength": _one_of({"strength": value.get("strength", 1)}, "strength", (1, 2, 3)),
        "why": _text({"why": value.get("why") or ""}, "why", may_be_empty=True).strip(),
    }


def _claim_support(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    steps = value.get("steps") or []
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        raise ShapeError("“steps” must be a list of questions with their answers.")
    plain = [
        {
            "question": _text(step, "question").strip(),
            "answer": _text(step, "answer", may_be_empty=True).strip(),
        }
        for step in steps
    ]
    return {"verdict": _one_of(value, "verdict", VERDICTS), "steps": plain}


def _answer(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"answer": _text(value, "answer").strip()}


def _translation(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    quality = _one_of({"quality": value.get("quality", 3)}, "quality", (1, 2, 3, 4, 5))
    return {"text": _text(value, "text").strip(), "quality": quality}


def _plain_text(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": _text(value, "text", may_be_empty=True)}


def _anomaly(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"disposition": _one_of(value, "disposition", DISPOSITIONS)}


def _entity_merge(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"same": _flag(value, "same")}


def _usefulness(_: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {"useful": _flag(value, "useful")}


_CHECKERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "relevance": _relevance,
    "document_class": _document_class,
    "spans": _spans,
    "preference": _preference,
    "claim_support": _claim_support,
    "answer": _answer,
    "translation": _translation,
    "transcription": _plain_text,
    "table_cell": _plain_text,
    "anomaly": _anomaly,
    "entity_merge": _entity_merge,
    "usefulness": _usefulness,
}
