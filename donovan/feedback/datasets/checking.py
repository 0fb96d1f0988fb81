"""One row of a foreign file, checked: of the shape of its task, marked no higher than the whole, and with
facts that every other part can keep and read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from donovan.access.labels import split_label
from donovan.access.markings import Marking, MarkingError, parse_marking
from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.reading import Found
from donovan.feedback.datasets.formats.splits import OTHER_NAMES
from donovan.feedback.datasets.rows import SPLITS, Row, short_digest
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import ShapeError, check_input, check_value

LONGEST_FACT = 400
MOST_NAMES = 1_000


@dataclass(frozen=True)
class Common:
    """What holds for all rows of a file: their access label, their task where it is known beforehand, and the
    language and source of rows that name none.
    """

    label: str
    task: str
    language: str
    source: str


def checked_row(found: Found, common: Common) -> Row:
    """The row as a version keeps it, without group. Raises BadInput with its place."""
    given, where = found.row, found.where
    of_task = str(given.get("task") or common.task)
    if common.task and of_task != common.task:
        raise BadInput(where, f"It is of the task {of_task[:40]}, not {common.task}.")
    try:
        shown = check_input(of_task, _object_in(given, "input"))
        value = check_value(of_task, shown, _object_in(given, "value"))
    except ShapeError as error:
        raise BadInput(where, error.sentence, is_shape=True) from error
    collection, marking = split_label(common.label)
    _check_marking(given, marking, where)
    row: Row = {
        "id": fact(given, "id", where) or short_digest(of_task, shown, value),
        "task": of_task,
        "input": shown,
        "value": value,
        "split": _split(given, where),
        "group": fact(given, "group", where),
        "document": fact(given, "document", where),
        "language": fact(given, "language", where) or common.language,
        "source": fact(given, "source", where) or common.source or collection,
        "scan_quality": fact(given, "scan_quality", where),
        "date": _day(given, where),
        "marking": marking.canonical,
        "labels": [common.label],
        "weight": _share(given, "weight", where),
        "annotators": sorted(set(_names(given, "annotators", where))),
        "origin": str(Annotation.Origin.IMPORT.value),
    }
    return row | {name: read(given, name, where) for name, read in _EXTRAS.items() if name in given}


def fact(given: Mapping[str, Any], name: str, where: str) -> str:
    """The short text under `name`; empty where there is none. Raises BadInput."""
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > LONGEST_FACT:
        raise BadInput(where, f"“{name}” must be a text of at most {LONGEST_FACT} characters.")
    return str(value)


def _object_in(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name)
    if not isinstance(value, Mapping):
        held = ", ".join(str(each) for each in given)[:LONGEST_FACT]
        raise ShapeError(f"“{name}” is missing, or not an object. There is: {held}.")
    return value


def _check_marking(given: Mapping[str, Any], marking: Marking, where: str) -> None:
    said = given.get("marking")
    if not said:
        return
    try:
        is_below = marking.protects(parse_marking(str(said)))
    except MarkingError:
        is_below = False
    if not is_below:
        raise BadInput(where, f"It is marked {str(said)[:80]}, which is not within {marking.canonical}.")


def _split(given: Mapping[str, Any], where: str) -> str:
    said = fact(given, "split", where)
    split = OTHER_NAMES.get(said, said)
    if split and split not in SPLITS:
        raise BadInput(where, f"“{said[:20]}” is no split. Use {', '.join(SPLITS)}.")
    return split


def _day(given: Mapping[str, Any], where: str) -> str:
    day = fact(given, "date", where)
    try:
        is_day = not day or date.fromisoformat(day).isoformat() == day
    except ValueError:
        is_day = False
    if not is_day:
        raise BadInput(where, "“date” must be a day like 2026-01-31, or empty.")
    return day


def _share(given: Mapping[str, Any], name: str, where: str) -> float:
    share = given.get(name, 1.0)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise BadInput(where, f"“{name}” must be a number from 0 to 1.")
    return float(share)


def _names(given: Mapping[str, Any], name: str, where: str) -> list[str]:
    names = given.get(name) or []
    is_right = isinstance(names, list) and len(names) <= MOST_NAMES
    if not is_right or not all(isinstance(each, str) and len(each) <= LONGEST_FACT for each in names):
        raise BadInput(where, f"“{name}” must be a list of at most {MOST_NAMES:,} names.")
    return list(names)


def _answers(given: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    answers = given[name]
    if not isinstance(answers, list) or not all(
        isinstance(each, Mapping)
        and isinstance(each.get("text"), str)
        and type(each.get("answer_start")) is int
        for each in answers
    ):
        raise BadInput(where, f"“{name}” must be a list of answers, each with text and answer_start.")
    return answers


def _flag(given: Mapping[str, Any], name: str, where: str) -> bool:
    if not isinstance(given[name], bool):
        raise BadInput(where, f"“{name}” must be true or false.")
    return bool(given[name])


_EXTRAS = {
    "documents": _names,
    "answers": _answers,
    "is_impossible": _flag,
    "how": fact,
    "agreement": _share,
}
"""What a row may say beside the fields of every row, and what reads it."""
