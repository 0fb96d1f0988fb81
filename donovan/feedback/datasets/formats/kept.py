"""What is known of a row beside its input and value, carried through formats that have a place for it."""

from collections.abc import Mapping
from typing import Any

from donovan.feedback.datasets.rows import FIELDS

NOT_CARRIED = ("input", "value", "split")
CARRIED = (
    *(name for name in FIELDS if name not in NOT_CARRIED),
    *("origin", "how", "agreement", "documents", "item", "project"),
)


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything known of a row but its input, value and split."""
    return {name: row[name] for name in CARRIED if name in row}


def restored(given: Mapping[str, Any], split: str, task: str) -> dict[str, Any]:
    """A row that begins with what `about` carried; `split` and `task` stand where nothing else was said."""
    row = {name: given[name] for name in CARRIED if name in given}
    row.setdefault("task", task)
    if isinstance(given.get("input"), Mapping):
        row["input"] = dict(given["input"])
    if split:
        row["split"] = split
    return row
