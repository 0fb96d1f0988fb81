"""How alike two answers are that are no choice of one: spans by their overlap, texts by their letters.

From 0 (nothing in common) to 1 (the same). Spans: F1 of the pairs (character, class). Texts: 1 minus the edit
distance over the longer one, after white space is made equal.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

LONGEST_COMPARED = 20_000


def likeness(task: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How alike two values of a task are."""
    if task == "spans":
        return _spans_alike(one["spans"], other["spans"])
    if "text" in one and "text" in other:
        return _texts_alike(str(one["text"]), str(other["text"]))
    return 1.0 if one == other else 0.0


def closest(task: str, values: Sequence[Mapping[str, Any]]) -> tuple[int, float]:
    """The place of the value most like all others, and its mean likeness to them (1 for a single one)."""
    if len(values) == 1:
        return 0, 1.0
    means = [
        sum(likeness(task, one, other) for place, other in enumerate(values) if place != here)
        / (len(values) - 1)
        for here, one in enumerate(values)
    ]
    best = max(range(len(values)), key=lambda place: means[place])
    return best, means[best]


def _spans_alike(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> float:
    first, second = _marked(one), _marked(other)
    if not first and not second:
        return 1.0
    return 2 * len(first & second) / (len(first) + len(second))


def _marked(spans: Sequence[Mapping[str, Any]]) -> set[tuple[int, str]]:
    return {(place, str(span["label"])) for span in spans for place in range(span["start"], span["end"])}


def _texts_alike(one: str, other: str) -> float:
    first, second = (" ".join(text.split())[:LONGEST_COMPARED] for text in (one, other))
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
