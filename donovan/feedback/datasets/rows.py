"""The rows of a data set: what each holds, which texts of it count as its item, and what binds rows together.

A row is a JSON object: id, task, input, value, split, group, document, language, source, scan_quality, date,
marking, labels, weight, annotators. Rows of one group lie in one split.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from donovan.feedback.datasets.near_duplicates import near_duplicates, same_words
from donovan.feedback.shapes import RELEVANT_GRADE

Row = dict[str, Any]
Bond = tuple[int, int, str]

SPLITS = ("train", "dev", "test")
FIELDS = (
    *("id", "task", "input", "value", "split", "group", "document", "language", "source", "scan_quality"),
    *("date", "marking", "labels", "weight", "annotators"),
)
"""Every field of a row, in the order in which it is written."""

BY_DOCUMENTS = "documents"
BY_QUESTIONS = "questions"
BINDINGS = (BY_DOCUMENTS, BY_QUESTIONS)


def as_line(row: Mapping[str, Any]) -> str:
    """One row as it stands in a file: its fields in order, then any others by name."""
    others = sorted(set(row) - set(FIELDS))
    ordered = {name: row[name] for name in (*FIELDS, *others) if name in row}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")) + "\n"


def item_text(row: Mapping[str, Any]) -> str:
    """The text of a row whose near-duplicates must not lie in another split.

    For relevance it is the passage, for a claim the claim itself, for an answer and a preference the
    question with what was answered, because their passages serve many questions.
    """
    given = row["input"]
    match row["task"]:
        case "relevance":
            return str(given.get("passage", ""))
        case "claim_support":
            return str(given.get("claim", ""))
        case "answer":
            return f"{given.get('question', '')} {row['value'].get('answer', '')}"
        case "preference":
            return f"{given.get('question', '')} {given.get('a', '')} {given.get('b', '')}"
        case "usefulness":
            return f"{given.get('question', '')} {given.get('answer', '')}"
        case "transcription":
            return str(given.get("draft", ""))
        case "document_class" | "spans" | "translation":
            return str(given.get("text", ""))
        case _:
            return json.dumps(given, ensure_ascii=False, sort_keys=True)


def question_of(row: Mapping[str, Any]) -> str:
    """The question of a row in plain words; empty where its task has none."""
    return same_words(str(row["input"].get("question", "")))


def is_counterexample(row: Mapping[str, Any]) -> bool:
    """Whether the passage of a row is there only as one that does not answer.

    Every question has such passages, from everywhere. They follow their question, because a group that they
    held together would be the whole data set.
    """
    return row["task"] == "relevance" and int(row["value"].get("grade", 0)) < RELEVANT_GRADE


def bonds(rows: Sequence[Mapping[str, Any]], binding: str = BY_DOCUMENTS) -> Iterator[Bond]:
    """Pairs of positions that belong to one split, with why: "group", "document", "question" or "text".

    With `binding` "questions" documents hold nothing together: for rows that were made from many documents
    each, whose groups would otherwise be one.
    """
    first: dict[tuple[str, str], int] = {}

    def seen(kind: str, key: str, position: int) -> Iterator[Bond]:
        if key:
            earlier = first.setdefault((kind, key), position)
            if earlier != position:
                yield earlier, position, kind

    for position, row in enumerate(rows):
        yield from seen("group", str(row.get("group") or ""), position)
        yield from seen("question", question_of(row), position)
        if binding == BY_DOCUMENTS and not is_counterexample(row):
            for document in documents_of(row):
                yield from seen("document", document, position)
    texts = ["" if is_counterexample(row) else item_text(row) for row in rows]
    for earlier, later in near_duplicates(texts):
        yield earlier, later, "text"


def documents_of(row: Mapping[str, Any]) -> list[str]:
    """The documents of a row: `document`, and `documents` where it was made from several."""
    more = row.get("documents") or ()
    return sorted({str(each) for each in (row.get("document") or "", *more) if each})


def short_digest(*parts: object) -> str:
    """Twenty hexadecimal digits that are the same for the same parts."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
