"""A folder of natural questions: `corpus.jsonl` (documents with their day) and `qa.jsonl` (questions, gold).

corpus.jsonl   {"_id", "title", "text", "date"}        date as 1956-05-05, or empty
qa.jsonl       {"id", "question", "kind", "answerable", "must", "must_not", "documents"}
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from .errors import UnusableData
from .jsonl import read_lines, read_objects
from .must import Gold, normalised

_SHAPE: Final = (
    'the texts "id", "question" and "kind", "answerable" (true or false), "must" (groups of texts), '
    '"must_not" and "documents" (texts)'
)


@dataclass(frozen=True)
class NaturalQuestion:
    """A question as an analyst puts it, its kind, its gold and the names of the documents that bear it."""

    id: str
    question: str
    kind: str
    is_answerable: bool
    gold: Gold
    documents: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSet:
    """Documents as (name, title, text), the day of each that has one, and questions about them."""

    documents: tuple[tuple[str, str, str], ...]
    dates: dict[str, date]
    questions: tuple[NaturalQuestion, ...]


def read_question_set(folder: Path) -> QuestionSet:
    """Raises UnusableData, with file and line, for a folder that is not in this layout."""
    if not folder.is_dir():
        raise UnusableData(f"There is no folder {folder}.")
    corpus = folder / "corpus.jsonl"
    rows = read_objects(corpus, ("_id", "text"), optional=("title", "date"))
    documents = tuple((row["_id"], row["title"], row["text"]) for row in rows)
    dates = {row["_id"]: _day(row["date"], corpus, row["_id"]) for row in rows if row["date"]}
    known = {name for name, _, _ in documents}
    questions = []
    path = folder / "qa.jsonl"
    for number, line in read_lines(path):
        question = _question(path, number, line)
        missing = [name for name in question.documents if name not in known]
        if missing:
            raise UnusableData(f"{path}, line {number}: {corpus} holds no document {missing[0]!r}.")
        questions.append(question)
    if not questions:
        raise UnusableData(f"{path} holds no lines; each should be a JSON object with {_SHAPE}.")
    return QuestionSet(documents, dates, tuple(questions))


def _day(said: str, path: Path, name: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise UnusableData(
            f"{path}: the date of {name!r} is {said!r}; write it as 1956-05-31 or leave it out."
        ) from error


def _question(path: Path, number: int, line: str) -> NaturalQuestion:
    try:
        said: Any = json.loads(line)
    except ValueError as error:
        raise UnusableData(f"{path}, line {number}: this is not JSON.") from error
    if not isinstance(said, dict) or not _is_question(said):
        raise UnusableData(f"{path}, line {number}: expected a JSON object with {_SHAPE}.")
    gold = Gold(tuple(tuple(group) for group in said["must"]), tuple(said["must_not"]))
    if said["answerable"] and not gold.must:
        raise UnusableData(f"{path}, line {number}: an answerable question needs at least one group.")
    return NaturalQuestion(
        said["id"], said["question"], said["kind"], said["answerable"], gold, tuple(said["documents"])
    )


def _is_question(said: dict[str, Any]) -> bool:
    return (
        all(isinstance(said.get(name), str) for name in ("id", "question", "kind"))
        and isinstance(said.get("answerable"), bool)
        and isinstance(said.get("must"), list)
        and all(isinstance(group, list) and group and _are_sayable(group) for group in said["must"])
        and isinstance(said.get("must_not"), list)
        and _are_sayable(said["must_not"])
        and isinstance(said.get("documents"), list)
        and all(isinstance(name, str) for name in said["documents"])
    )


def _are_sayable(texts: Sequence[Any]) -> bool:
    return all(isinstance(text, str) and normalised(text) for text in texts)
