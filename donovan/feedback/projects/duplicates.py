"""Near-duplicates: items whose words are almost the same. They are labelled once.

Sketches of their runs of five words find candidates, and the real share of common runs decides. Only for
tasks in which a changed word hardly changes the answer: of two claims that differ in one number, one may be
supported and the other not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from donovan.feedback.sketches import Sketches

NEAR_TASKS = ("document_class", "relevance")
ALIKE = 0.85
RUN_WORDS = 5
PERMUTATIONS = 64


def groups_of(task: str, inputs: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """The places of near-duplicates in `inputs`, each group in order; items unlike all others are in none.

    Every member of a group is alike to its first one.
    """
    if task not in NEAR_TASKS:
        return []
    runs = [_runs(task, one) for one in inputs]
    sketches = Sketches(threshold=ALIKE * 0.9, permutations=PERMUTATIONS)
    first_of: dict[int, list[int]] = {}
    for place, words in enumerate(runs):
        if not words:
            continue
        sketch = sketches.sketch(words)
        near = [other for other in sketches.candidates(sketch) if _share(runs[other], words) >= ALIKE]
        if near:
            first_of.setdefault(near[0], [near[0]]).append(place)
        else:
            sketches.add(place, sketch)
    return list(first_of.values())


def _runs(task: str, given: Mapping[str, Any]) -> frozenset[str]:
    text = str(given.get("text") or given.get("passage") or "")
    # Passages are alike only with regard to one question.
    asked = " ".join(str(given.get("question", "")).casefold().split()) if task == "relevance" else ""
    words = text.casefold().split()
    if len(words) < RUN_WORDS:
        return frozenset({f"{asked}\x1f{' '.join(words)}"}) if words else frozenset()
    return frozenset(
        f"{asked}\x1f{' '.join(words[place : place + RUN_WORDS])}"
        for place in range(len(words) - RUN_WORDS + 1)
    )


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
