"""What is known of a row beside its input and value, carried through formats that have a place for it."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from donovan.feedback.datasets.rows import FIELDS

FACTS = tuple(name for name in FIELDS if name not in ("input", "value", "split"))
"""What anybody may say of a row."""

CARRIED = (
    *FACTS,
    *("origin", "how", "agreement", "documents", "item", "project", "answers", "is_impossible"),
)
_ALWAYS = ("id", "task", "marking", "labels")


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything known of a row but its input, value and split."""
    return {name: row[name] for name in CARRIED if name in row}


def is_ours(given: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether `about` made it: other tools keep facts of their own under the same names."""
    return isinstance(given, Mapping) and all(name in given for name in _ALWAYS)


def restored(given: Mapping[str, Any], split: str, task: str) -> dict[str, Any]:
    """A row that begins with what `about` carried; `split` and `task` stand where nothing else was said."""
    row = {name: given[name] for name in (CARRIED if is_ours(given) else FACTS) if name in given}
    row.setdefault("task", task)
    if isinstance(given.get("input"), Mapping):
        row["input"] = dict(given["input"])
    if split:
        row["split"] = split
    return row
