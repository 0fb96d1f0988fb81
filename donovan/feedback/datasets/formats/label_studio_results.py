"""What stands in one annotation of Label Studio, as the value of a task, and back.

    results_of(task, input, value) -> results
    value_of(task, input, results, where) -> value, unchecked     Raises BadInput

Label Studio runs in a browser and counts characters as JavaScript does, in units of UTF-16: beyond the Basic
Multilingual Plane (emoji, some scripts) one character is two. Its spans carry their words, by which the two
ways to count are told apart in files of other makers.
"""

import json
from collections.abc import Mapping
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.reading import mapping

CHOICES = {
    "document_class": "class",
    "relevance": "grade",
    "claim_support": "verdict",
    "usefulness": "useful",
}
TEXTS = {"translation": "text", "transcription": "text", "table_cell": "text", "answer": "answer"}
_SIDES = {"left": "a", "right": "b"}
Results = list[dict[str, Any]]
Kinds = Mapping[str, Results]


def results_of(task: str, given: Mapping[str, Any], value: Mapping[str, Any]) -> Results:
    """The results of an annotation that says `value`."""
    if task == "spans":
        return [_span_result(str(given["text"]), span) for span in value["spans"]]
    if task == "preference":
        side = next((side for side, name in _SIDES.items() if name == value["preferred"]), "tie")
        return [
            # Of two texts that are compared its own files name the first one.
            _result("preferred", "pairwise", {"selected": side}, of="a"),
            _result("strength", "rating", {"rating": value["strength"]}, of="question"),
            *([_result("why", "textarea", {"text": [value["why"]]}, of="question")] if value["why"] else []),
        ]
    if task in CHOICES:
        results = [_result("choice", "choices", {"choices": [str(value[CHOICES[task]])]})]
        if value.get("steps"):
            results.append(_result("steps", "textarea", {"text": [json.dumps(value["steps"])]}))
        return results
    results = [_result("answer", "textarea", {"text": [value[TEXTS[task]]]})]
    if "quality" in value:
        results.append(_result("quality", "rating", {"rating": value["quality"]}))
    return results


def _span_result(text: str, span: Mapping[str, Any]) -> dict[str, Any]:
    start, end = span["start"], span["end"]
    words = {
        "start": _units(text[:start]),
        "end": _units(text[:end]),
        "text": text[start:end],
        "labels": [span["label"]],
    }
    return _result("label", "labels", words)


def _result(name: str, kind: str, value: Mapping[str, Any], *, of: str = "text") -> dict[str, Any]:
    return {"from_name": name, "to_name": of, "type": kind, "value": dict(value)}


def value_of(task: str, given: Mapping[str, Any], results: Results, where: str) -> dict[str, Any]:
    """The value that an annotation says. What has no value, as relations between spans have none, says
    nothing.
    """
    of_kind: dict[str, Results] = {}
    for result in results:
        if "value" in result:
            value = {**mapping(result["value"], where), "from": result.get("from_name")}
            of_kind.setdefault(str(result.get("type")), []).append(value)
    if task == "spans":
        return {"spans": _spans(str(given["text"]), of_kind, where)}
    if task == "preference":
        picked = [each.get("selected") for each in of_kind.get("pairwise", [])]
        rating = [each.get("rating") for each in of_kind.get("rating", [])]
        return {
            "preferred": _SIDES.get(str(picked[0]), "tie") if picked else None,
            "strength": rating[0] if rating else 1,
            "why": _texts(of_kind, "why"),
        }
    if task in CHOICES:
        return _chosen(task, _choice(of_kind, where), _texts(of_kind, "steps"))
    value = {TEXTS[task]: _texts(of_kind, "")}
    ratings = [each.get("rating") for each in of_kind.get("rating", [])]
    if task == "translation" and ratings:
        value["quality"] = ratings[0]
    return value


def _spans(text: str, of_kind: Kinds, where: str) -> list[dict[str, Any]]:
    others = sorted(kind for kind in of_kind if kind.endswith("labels") and kind != "labels")
    if others:
        what = f"It holds {others[0][:40]}, and only those of Labels over Text can be read."
        raise BadInput(where, what)
    spans: list[dict[str, Any]] = []
    units = text.encode("utf-16-le")
    for each in of_kind.get("labels", []):
        start, end = _place(text, units, each, where)
        spans.extend({"start": start, "end": end, "label": label} for label in _names(each, "labels", where))
    return spans


def _place(text: str, units: bytes, span: Mapping[str, Any], where: str) -> tuple[int, int]:
    """Start and end in characters. Raises BadInput for a span whose words stand elsewhere."""
    start, end, words = span.get("start"), span.get("end"), span.get("text")
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise BadInput(where, "A span needs a start and an end, both numbers of characters.", is_shape=True)
    first, last = _characters(units, start), _characters(units, end)
    if not isinstance(words, str) or _letters(text[first:last]) == _letters(words):
        return first, last
    if _letters(text[start:end]) == _letters(words):
        return start, end
    raise BadInput(where, f"The span “{words[:40]}” does not stand at {start} to {end} of the text.")


def _units(text: str) -> int:
    """The length of a text in units of UTF-16, which are two bytes each."""
    return len(text.encode("utf-16-le")) // 2


def _characters(text: bytes, units: int) -> int:
    """How many characters the first so many units of a text in UTF-16 are; more where it is shorter."""
    return units if 2 * units > len(text) else len(text[: 2 * units].decode("utf-16-le", "replace"))


def _letters(words: str) -> str:
    """Words without white space, which Label Studio writes in several ways."""
    return "".join(words.replace("\\n", " ").split())


def _choice(of_kind: Kinds, where: str) -> str:
    """The one choice; empty without any. Raises BadInput for several, of which none can be preferred."""
    chosen = {
        (str(each["from"]), name)
        for each in of_kind.get("choices", [])
        for name in _names(each, "choices", where)
    }
    if len(chosen) > 1:
        said = ", ".join(f"{control}: {name}" for control, name in sorted(chosen))[:200]
        raise BadInput(where, f"It has several choices, and a row has one value. There is: {said}.")
    return next((name for _, name in chosen), "")


def _names(given: Mapping[str, Any], name: str, where: str) -> list[str]:
    names = given.get(name) or []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise BadInput(where, f"“{name}” must be a list of texts.", is_shape=True)
    return names


def _chosen(task: str, chosen: str, steps: str) -> dict[str, Any]:
    if task == "relevance":
        is_number = chosen.isascii() and chosen.isdigit() and len(chosen) == 1
        return {"grade": int(chosen) if is_number else chosen}
    if task == "usefulness":
        return {"useful": {"true": True, "false": False}.get(chosen.lower(), chosen)}
    if task == "claim_support":
        try:
            return {"verdict": chosen, "steps": json.loads(steps) if steps else []}
        except (ValueError, RecursionError):
            return {"verdict": chosen, "steps": []}
    return {CHOICES[task]: chosen}


def _texts(of_kind: Kinds, name: str) -> str:
    """What was written into the text field of that name; with an empty name into any."""
    for each in of_kind.get("textarea", []):
        if not name or each["from"] == name:
            text = each.get("text")
            return "\n".join(map(str, text)) if isinstance(text, list) else str(text or "")
    return ""
