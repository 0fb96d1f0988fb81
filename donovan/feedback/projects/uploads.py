"""Items from a file: JSON lines, or CSV with one item a row. Read in bounds, and refused with the line.

A JSON line is the input itself, or {"input": {...}, "gold": {...}} where the answer is known. The columns
of a CSV are the fields of the input. "gold" may be the class or the text alone. A list within a cell is
divided by |.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject
from donovan.feedback.projects.schema import checked_label, template_of
from donovan.feedback.projects.sources import Draft
from donovan.feedback.projects.templates_of_tasks import SPANS, TEXT
from donovan.feedback.shapes import ShapeError, check_input

LARGEST_FILE = 32 << 20
MOST_ROWS = 20_000
WRONG_LINES_NAMED = 5
_LISTS = ("context", "evidence", "box")


def from_file(project: LabelProject, name: str, content: bytes, label: str) -> Iterator[Draft]:
    """The items of a file, all under one access label. Raises ProjectError, after the last line, naming the
    first lines that are wrong.
    """
    if len(content) > LARGEST_FILE:
        raise ProjectError(f"The file is larger than {LARGEST_FILE >> 20} megabytes. Cut it into parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProjectError("The file is not in UTF-8. Save it as UTF-8 and try again.") from None
    rows = _table_rows(text) if name.lower().endswith(".csv") else _json_rows(text)
    count = 0
    wrong: list[str] = []
    for line, given, gold in rows:
        count += 1
        if count > MOST_ROWS:
            raise ProjectError(f"The file holds more than {MOST_ROWS:,} items. Cut it into parts.")
        try:
            shown = check_input(project.task, given)
            known = checked_label(project, shown, _known(project, gold)) if gold not in (None, "") else None
        except (ShapeError, ProjectError) as error:
            wrong.append(f"Line {line:,}: {error.sentence}")
            continue
        yield Draft(shown, (label,), None, {"line": line}, gold=known)
    if wrong:
        more = len(wrong) - WRONG_LINES_NAMED
        raise ProjectError(
            " ".join(wrong[:WRONG_LINES_NAMED]) + (f" {more:,} more lines are wrong." if more > 0 else "")
        )
    if not count:
        raise ProjectError("The file holds no items.")


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise ProjectError(f"Line {number:,} is not JSON. Each line holds one object.") from None
        if not isinstance(row, dict):
            raise ProjectError(f"Line {number:,} is not a JSON object.")
        # The answer is no part of what is shown, nor of what a model learns from.
        gold, inner = row.pop("gold", None), row.get("input")
        yield number, inner if isinstance(inner, dict) else row, gold


def _table_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        for row in reader:
            given: dict[str, Any] = {
                key: _cell(key, value or "") for key, value in row.items() if key and key != "gold"
            }
            yield reader.line_num, given, (row.get("gold") or "").strip()
    except csv.Error:
        raise ProjectError(f"Line {reader.line_num:,} is not readable as CSV.") from None


def _cell(key: str, value: str) -> Any:
    if key in _LISTS:
        return [part.strip() for part in value.split("|") if part.strip()]
    return int(value) if key == "page" and value.isdigit() else value


def _known(project: LabelProject, gold: Any) -> Mapping[str, Any]:
    """A known answer as a label: the whole of it, or in short the class or the text."""
    if isinstance(gold, Mapping):
        return gold
    template = template_of(project)
    if template.kind == SPANS:
        raise ProjectError('A known answer here is {"spans": [...]}, each span with start, end and label.')
    if template.kind == TEXT:
        return {"text": str(gold)}
    said = str(gold)
    values = {str(option["value"]): option["value"] for option in project.options}
    by_words = {option["words"].casefold(): option["value"] for option in project.options}
    chosen = values.get(said, by_words.get(said.casefold()))
    if chosen is None:
        raise ProjectError(f"The known answer “{said[:40]}” is none of {', '.join(values)}.")
    value: dict[str, Any] = {template.choice_of: chosen}
    if project.task == "claim_support":
        steps = project.schema.get("steps", [])
        value["steps"] = [{"question": step, "answer": "-"} for step in steps]
    return value
