"""Label Studio: a JSON list of tasks with their annotations, and the labelling configuration beside it.

Our templates map to its controls:

    document_class, relevance, claim_support, usefulness   Choices
    spans                                                  Labels over Text
    preference                                             Pairwise, with Rating and TextArea
    translation                                            TextArea and Rating
    transcription, table_cell, answer                      TextArea

Every annotation of a task is one person's; cancelled ones are left out. Several are made into one value the
way labels are (see `resolving`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.kept import about, restored
from donovan.feedback.datasets.formats.reading import Found, document_of, list_in, mapping
from donovan.feedback.datasets.resolving import Gathered, Vote, resolve_all
from donovan.feedback.datasets.rows import Row
from donovan.feedback.datasets.splitting import stratum_of
from donovan.feedback.shapes import ShapeError, check_value

CHOICES = {
    "document_class": "class",
    "relevance": "grade",
    "claim_support": "verdict",
    "usefulness": "useful",
}
TEXTS = {"translation": "text", "transcription": "text", "table_cell": "text", "answer": "answer"}
TASKS = (*CHOICES, *TEXTS, "spans", "preference")
_SHOWN = {"relevance": "passage", "claim_support": "claim", "usefulness": "answer", "answer": "question"}
_AT = datetime(2000, 1, 1, tzinfo=UTC)
_SIDES = {"left": "a", "right": "b"}
Results = list[dict[str, Any]]


def write(rows: Iterable[Row], folder: Path) -> int:
    """tasks.json and config.xml; every row can be written."""
    tasks, task, names = [], "", set()
    for number, row in enumerate(rows, start=1):
        task = row["task"]
        names |= set(stratum_of(row).split(" ") if task == "spans" else [stratum_of(row)])
        tasks.append(
            {
                "id": number,
                "data": {**row["input"], "split": row["split"]},
                "annotations": [
                    {
                        "completed_by": next(iter(row.get("annotators") or []), ""),
                        "was_cancelled": False,
                        "result": _results(task, row["input"], row["value"]),
                    }
                ],
                "meta": {**about(row), "value": row["value"]},
            }
        )
    (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False, indent=1), "utf-8")
    (folder / "config.xml").write_text(config_of(task, sorted(name for name in names if name)), "utf-8")
    return 0


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
    else:
        parts.append('  <TextArea name="answer" toName="text"/>')
        if task == "translation":
            parts.append('  <Rating name="quality" toName="text" maxRating="5"/>')
    return "<View>\n" + "\n".join(parts) + "\n</View>\n"


def read(path: Path, task: str) -> Iterator[Found]:
    """The annotated tasks of a file, or of a folder with tasks.json. Tasks nobody annotated are left out."""
    if task not in TASKS:
        raise BadInput(path.name, f"Label Studio has no control for the task {task}.")
    file = path / "tasks.json" if path.is_dir() else path
    document = document_of(file)
    if not isinstance(document, list):
        raise BadInput(file.name, "There should be a list of tasks here.")
    found = [
        each
        for at, given in enumerate(document, start=1)
        if (each := _found(mapping(given, f"task {at}"), f"task {at}", task)) is not None
    ]
    for (where, row, gathered), resolved in zip(
        found, resolve_all(task, [gathered for *_, gathered in found]), strict=True
    ):
        row["value"] = resolved.value
        if len(gathered.votes) > 1:
            row |= {"weight": resolved.weight, "agreement": resolved.agreement, "how": resolved.how}
        row.setdefault("annotators", sorted({vote.person for vote in gathered.votes if vote.person}))
        yield Found(where, row)


def _found(given: dict[str, Any], where: str, task: str) -> tuple[str, dict[str, Any], Gathered] | None:
    data = dict(mapping(given.get("data"), where))
    meta = given.get("meta") if isinstance(given.get("meta"), Mapping) else {}
    row = restored(meta or {}, str(data.pop("split", "") or ""), task)
    row["input"] = _input(task, data)
    votes = []
    for at, each in enumerate(list_in(given, "annotations", where), start=1):
        annotation = mapping(each, where)
        if annotation.get("was_cancelled"):
            continue
        results = [mapping(one, where) for one in list_in(annotation, "result", where)]
        try:
            value = check_value(task, row["input"], _value(task, results, where))
        except ShapeError as error:
            raise BadInput(f"{where}, annotation {at}", error.sentence) from error
        votes.append(Vote(_person(annotation.get("completed_by")), value, _AT))
    if not votes:
        return None
    if len({vote.person for vote in votes}) < len(votes):
        # Without names every annotation is by somebody else.
        votes = [Vote(f"{vote.person}#{at}", vote.value, vote.at) for at, vote in enumerate(votes, start=1)]
    return where, row, Gathered(where, row["input"], "import", votes)


def _input(task: str, data: dict[str, Any]) -> dict[str, Any]:
    defaults: dict[str, dict[str, Any]] = {
        "relevance": {"title": "", "passage_id": ""},
        "preference": {"question": "", "context": []},
        "claim_support": {"question": "", "evidence": []},
        "answer": {"context": [], "draft": ""},
        "translation": {"source_language": "", "target_language": "", "draft": ""},
    }
    return {**defaults.get(task, {}), **data}


def _results(task: str, given: Mapping[str, Any], value: Mapping[str, Any]) -> Results:
    if task == "spans":
        text = str(given["text"])
        return [
            _result(
                "label",
                "labels",
                {
                    "start": span["start"],
                    "end": span["end"],
                    "text": text[span["start"] : span["end"]],
                    "labels": [span["label"]],
                },
            )
            for span in value["spans"]
        ]
    if task == "preference":
        side = next((side for side, name in _SIDES.items() if name == value["preferred"]), "tie")
        return [
            {**_result("preferred", "pairwise", {"selected": side}), "to_name": "a,b"},
            _result("strength", "rating", {"rating": value["strength"]}),
            *([_result("why", "textarea", {"text": [value["why"]]})] if value["why"] else []),
        ]
    if task in CHOICES:
        chosen = value[CHOICES[task]]
        results = [_result("choice", "choices", {"choices": [str(chosen)]})]
        if value.get("steps"):
            results.append(_result("steps", "textarea", {"text": [json.dumps(value["steps"])]}))
        return results
    results = [_result("answer", "textarea", {"text": [value[TEXTS[task]]]})]
    if "quality" in value:
        results.append(_result("quality", "rating", {"rating": value["quality"]}))
    return results


def _result(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": dict(value)}


def _value(task: str, results: Results, where: str) -> dict[str, Any]:
    of_kind: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        of_kind.setdefault(str(result.get("type")), []).append(
            {**mapping(result.get("value"), where), "from": result.get("from_name")}
        )
    if task == "spans":
        spans = [
            {"start": each.get("start"), "end": each.get("end"), "label": label}
            for each in of_kind.get("labels", [])
            for label in each.get("labels") or []
        ]
        return {"spans": spans}
    if task == "preference":
        picked = [each.get("selected") for each in of_kind.get("pairwise", [])]
        rating = [each.get("rating") for each in of_kind.get("rating", [])]
        return {
            "preferred": _SIDES.get(str(picked[0]), "tie") if picked else None,
            "strength": rating[0] if rating else 1,
            "why": _texts(of_kind, "why"),
        }
    if task in CHOICES:
        chosen = [one for each in of_kind.get("choices", []) for one in each.get("choices") or []]
        return _chosen(task, str(chosen[0]) if chosen else "", _texts(of_kind, "steps"))
    value: dict[str, Any] = {TEXTS[task]: _texts(of_kind, "")}
    ratings = [each.get("rating") for each in of_kind.get("rating", [])]
    if task == "translation" and ratings:
        value["quality"] = ratings[0]
    return value


def _chosen(task: str, chosen: str, steps: str) -> dict[str, Any]:
    if task == "relevance":
        return {"grade": int(chosen) if chosen.isascii() and chosen.isdigit() else chosen}
    if task == "usefulness":
        return {"useful": {"true": True, "false": False}.get(chosen.lower(), chosen)}
    if task == "claim_support":
        try:
            return {"verdict": chosen, "steps": json.loads(steps) if steps else []}
        except ValueError:
            return {"verdict": chosen, "steps": []}
    return {CHOICES[task]: chosen}


def _texts(of_kind: Mapping[str, list[dict[str, Any]]], name: str) -> str:
    """What was written into the text field of that name; with an empty name into any."""
    for each in of_kind.get("textarea", []):
        if not name or each["from"] == name:
            text = each.get("text")
            return "\n".join(map(str, text)) if isinstance(text, list) else str(text or "")
    return ""


def _person(given: Any) -> str:
    if isinstance(given, Mapping):
        return str(given.get("email") or given.get("id") or "")
    return str(given if given is not None else "")
