"""Label Studio: a JSON list of tasks with their annotations, and the labelling configuration beside it.

Our templates map to its controls:

    document_class, relevance, claim_support, usefulness   Choices
    spans                                                  Labels over Text
    preference                                             Pairwise, with Rating and TextArea
    translation                                            TextArea and Rating
    transcription, table_cell, answer                      TextArea

A row is written as one annotation, marked as ground truth: it is what was decided, under nobody's name. Those
who labelled it stand in the facts of the task. In what is read every annotation is one person's; cancelled
ones, drafts and predictions are left out, and so are tasks that nobody annotated. Several are made into one
value the way labels are (see `resolving`). What stands in an annotation is read and written by
`label_studio_results`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, is_ours, restored
from donovan.feedback.datasets.formats.label_studio_results import (
    CHOICES,
    TEXTS,
    Results,
    results_of,
    value_of,
)
from donovan.feedback.datasets.formats.reading import Found, document_of, list_in, mapping, unharmed
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.resolving import Gathered, Vote, resolve_all
from donovan.feedback.datasets.rows import Row, short_digest
from donovan.feedback.datasets.slices import classes_of
from donovan.feedback.shapes import ShapeError, check_input, check_value

TASKS = (*CHOICES, *TEXTS, "spans", "preference")
FILE, CONFIGURATION = "tasks.json", "config.xml"
AS_TEXT = "as_text"
"""What is shown of an input that holds no text of its own; it is added to the data, and taken off again."""

_SHOWN = {
    "table_cell": AS_TEXT,
    "transcription": AS_TEXT,
    "relevance": "passage",
    "claim_support": "claim",
    "usefulness": "answer",
    "answer": "question",
}
_DEFAULTS: Mapping[str, dict[str, Any]] = {
    "relevance": {"title": "", "passage_id": ""},
    "preference": {"question": "", "context": []},
    "claim_support": {"question": "", "evidence": []},
    "answer": {"context": [], "draft": ""},
    "translation": {"source_language": "", "target_language": "", "draft": ""},
}
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_NAMELESS = "\x00"


def write(rows: Iterable[Row], folder: Path) -> int:
    """tasks.json and config.xml; every row can be written."""
    tasks, task, names = [], "", set()
    for number, row in enumerate(rows, start=1):
        task = row["task"]
        names.update(classes_of(row) if row["value"].get("spans") != [] else [])
        tasks.append(
            {
                "id": number,
                "data": {**row["input"], **_as_text(row), "split": row["split"]},
                "annotations": [
                    {
                        "id": number,
                        # What was decided is nobody's own label, and people here have no number there.
                        "ground_truth": True,
                        "was_cancelled": False,
                        "result": [
                            {"id": short_digest(row["id"], at)[:10], **one}
                            for at, one in enumerate(results_of(task, row["input"], row["value"]))
                        ],
                    }
                ],
                "meta": {**about(row), "value": row["value"]},
            }
        )
    (folder / FILE).write_text(json.dumps(tasks, ensure_ascii=False, indent=1), "utf-8")
    (folder / CONFIGURATION).write_text(config_of(task, sorted(name for name in names if name)), "utf-8")
    return 0


def _as_text(row: Row) -> dict[str, str]:
    if _SHOWN.get(row["task"]) != AS_TEXT:
        return {}
    return {AS_TEXT: "; ".join(f"{name}: {value}" for name, value in row["input"].items())}


def config_of(task: str, names: Iterable[str]) -> str:
    """The labelling configuration that shows rows of a task: one View with its controls."""
    shown = _SHOWN.get(task, "text")
    parts = [f'  <Text name="text" value="${shown}"/>']
    if task in ("relevance", "claim_support", "usefulness"):
        parts.insert(0, '  <Text name="question" value="$question"/>')
    if task == "spans":
        labels = "".join(f"<Label value={quoteattr(name)}/>" for name in names)
        parts.append(f'  <Labels name="label" toName="text">{labels}</Labels>')
    elif task == "preference":
        parts = [
            '  <Text name="question" value="$question"/>',
            '  <Text name="a" value="$a"/>\n  <Text name="b" value="$b"/>',
            '  <Pairwise name="preferred" toName="a,b"/>',
            '  <Rating name="strength" toName="question" maxRating="3"/>',
            '  <TextArea name="why" toName="question"/>',
        ]
    elif task in CHOICES:
        choices = "".join(f"<Choice value={quoteattr(name)}/>" for name in names)
        parts.append(f'  <Choices name="choice" toName="text" choice="single">{choices}</Choices>')
        if task == "claim_support":
            parts.append('  <TextArea name="steps" toName="text"/>')
    else:
        parts.append('  <TextArea name="answer" toName="text"/>')
        if task == "translation":
            parts.append('  <Rating name="quality" toName="text" maxRating="5"/>')
    return "<View>\n" + "\n".join(parts) + "\n</View>\n"


def read(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The annotated tasks of a file, or of a folder with tasks.json."""
    if task not in TASKS:
        raise BadInput(path.name, f"Label Studio has no control for the task {task}.")
    file = path / FILE if path.is_dir() else path
    document = document_of(file)
    if not isinstance(document, list):
        raise BadInput(file.name, "There should be a list of tasks here.", is_shape=True)
    found = []
    for at, given in enumerate(document, start=1):
        with mistakes:
            where = f"task {at}"
            task_given = unharmed(mapping(given, where), where)
            said = _annotations(task_given, where, task)
            if said:
                row = _row(task_given, where, task)
                votes = [_vote(*each, row["input"], task) for each in said]
                found.append((row, Gathered(where, row["input"], "import", votes)))
    values = resolve_all(task, [gathered for _, gathered in found])
    for (row, gathered), resolved in zip(found, values, strict=True):
        row["value"] = resolved.value
        people = {vote.person for vote in gathered.votes}
        if len(people) > 1:
            row |= {"weight": resolved.weight, "agreement": resolved.agreement, "how": resolved.how}
        row.setdefault("annotators", sorted(each for each in people if not each.startswith(_NAMELESS)))
        yield Found(gathered.key, row)


def _row(given: dict[str, Any], where: str, task: str) -> dict[str, Any]:
    """The row of a task, without its value."""
    data, meta = dict(mapping(given["data"], where)), given.get("meta")
    row = restored(meta if is_ours(meta) else {}, str(data.pop("split", "") or ""), task)
    if is_ours(meta):
        data.pop(AS_TEXT, None)
    texts = [value for value in data.values() if isinstance(value, str)]
    if "text" not in data and task in ("spans", "document_class") and len(texts) == 1:
        # Projects call their one text as they like.
        data["text"] = texts[0]
    shown = data if is_ours(meta) else {**_DEFAULTS.get(task, {}), **data}
    try:
        row["input"] = check_input(task, shown)
    except ShapeError as error:
        raise BadInput(where, error.sentence, is_shape=True) from error
    return row


def _annotations(given: dict[str, Any], where: str, task: str) -> list[tuple[str, dict[str, Any], Results]]:
    """Where each annotation that says something stands, what it is, and its results."""
    if "data" not in given:
        what = "There is no “data”. Export from Label Studio as JSON, not as JSON-MIN or CSV."
        raise BadInput(where, what, is_shape=True)
    said = []
    for at, each in enumerate(list_in(given, "annotations", where), start=1):
        here = f"{where}, annotation {at}"
        annotation = mapping(each, here)
        results = annotation.get("result") or []
        if not annotation.get("was_cancelled") and (results or task == "spans"):
            listed = list_in({"result": results}, "result", here)
            said.append((here, annotation, [mapping(one, here) for one in listed]))
    return said


def _vote(where: str, annotation: dict[str, Any], results: Results, shown: dict[str, Any], task: str) -> Vote:
    """What one person said of a task; annotations without a name are by somebody else each."""
    try:
        value = check_value(task, shown, value_of(task, shown, results, where))
    except ShapeError as error:
        raise BadInput(where, error.sentence, is_shape=True) from error
    return Vote(_person(annotation.get("completed_by")) or f"{_NAMELESS}{where}", value, _day(annotation))


def _person(given: Any) -> str:
    if isinstance(given, Mapping):
        return str(given.get("email") or given.get("id") or "")
    return str(given if given is not None else "")


def _day(annotation: Mapping[str, Any]) -> datetime:
    """When an annotation was changed last: a person's later word stands."""
    try:
        said = datetime.fromisoformat(str(annotation.get("updated_at") or annotation.get("created_at")))
    except ValueError:
        return _EARLIEST
    return said if said.tzinfo else said.replace(tzinfo=UTC)
