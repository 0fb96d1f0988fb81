"""A label in words, as the list of labels shows it.

row_of(label) -> LabelRow
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from donovan.feedback.models import Annotation

_LONGEST = 300
_GRADES = ("not relevant", "same subject", "relevant", "answers it")
_VERDICTS = {"supported": "supported", "partly": "partly supported", "unsupported": "not supported"}
_STRENGTHS = {1: "a little", 2: "clearly", 3: "by far"}
_DISPOSITIONS = {"real": "real", "expected": "expected", "data_error": "error in the data"}
_SHOWN = ("claim", "passage", "answer", "text", "draft", "shown", "why", "title")
_GOOD, _DOUBTFUL = "ok", "warn"
GOOD_GRADE, GOOD_QUALITY = 2, 4
NO_TEXT = "(no text)"


@dataclass(frozen=True)
class LabelRow:
    """One label as a line: `said` is the judgement, `tone` whether it was a good one (ok), not (warn) or
    neither, `asked` the question, `shown` what was judged, `correction` what it should have been.
    """

    label: Annotation
    said: str
    tone: str
    asked: str
    shown: str
    correction: str


def row_of(label: Annotation) -> LabelRow:
    """The line of one label."""
    said, tone = _said(label.task, label.value)
    given = label.input
    corrected = label.correction
    if not corrected and label.task in ("answer", "translation", "transcription", "table_cell"):
        corrected = str(label.value.get("text", label.value.get("answer", ""))) or NO_TEXT
    return LabelRow(
        label=label,
        said=said,
        tone=tone,
        asked=_short(label.question or given.get("question", "")),
        shown=_short(
            _as_read(label)
            or _what(label.task, given)
            or label.shown.get("claim")
            or label.shown.get("text")
            or ""
        ),
        correction=corrected,
    )


def _as_read(label: Annotation) -> str:
    """A corrected answer as its reader saw it, which may be other words than the model first wrote."""
    return str(label.shown.get("answer") or "") if label.task == "answer" else ""


def _said(task: str, value: Mapping[str, Any]) -> tuple[str, str]:
    if task == "relevance":
        grade = int(value.get("grade", 0))
        return _GRADES[grade] if 0 <= grade < len(_GRADES) else str(grade), _tone(grade >= GOOD_GRADE)
    if task == "claim_support":
        verdict = str(value.get("verdict", ""))
        return _VERDICTS.get(verdict, verdict), _tone(verdict == "supported")
    if task == "usefulness":
        return ("useful", _GOOD) if value.get("useful") else ("not useful", _DOUBTFUL)
    if task == "preference":
        preferred = str(value.get("preferred", ""))
        if preferred == "tie":
            return "no difference", ""
        return f"draft {preferred.upper()}, {_STRENGTHS.get(value.get('strength', 1), '')}", ""
    if task == "spans":
        count = len(value.get("spans", []))
        return f"{count} span{'' if count == 1 else 's'}", ""
    if task == "translation":
        quality = int(value.get("quality", 0))
        return f"quality {quality} of 5", _tone(quality >= GOOD_QUALITY)
    if task == "anomaly":
        disposition = str(value.get("disposition", ""))
        return _DISPOSITIONS.get(disposition, disposition), ""
    if task == "entity_merge":
        return ("the same", "") if value.get("same") else ("not the same", "")
    if task == "document_class":
        return str(value.get("class", "")), ""
    return "corrected", ""


def _tone(is_good: bool) -> str:
    return _GOOD if is_good else _DOUBTFUL


def _what(task: str, given: Mapping[str, Any]) -> str:
    if task == "preference":
        return f"A: {given.get('a', '')} B: {given.get('b', '')}"
    if task == "entity_merge":
        return f"{_name(given.get('a'))} and {_name(given.get('b'))}"
    if task == "table_cell":
        return f"row {given.get('row', '')}, {given.get('column', '')}: {given.get('shown', '')}"
    return next((str(given[name]) for name in _SHOWN if given.get(name)), "")


def _name(side: Any) -> str:
    if isinstance(side, Mapping):
        return str(side.get("name") or side.get("names") or "")
    return str(side or "")


def _short(text: Any) -> str:
    plain = " ".join(str(text).split())
    return f"{plain[:_LONGEST]}…" if len(plain) > _LONGEST else plain
