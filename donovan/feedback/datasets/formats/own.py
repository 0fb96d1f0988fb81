"""Our own form: one row a line with all that is known of it, a file a split.

Nothing is lost by writing and reading it again. A file of other makers needs `input` and `value` of the
task's shape in each line; the task may be named in the line or beside the file.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.formats.reading import Found, found_in
from donovan.feedback.datasets.formats.splits import files_by_split, write_by_split
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.rows import Row, as_line


def read(path: Path, task: str, mistakes: Mistakes) -> Iterator[Found]:
    """The rows of a file, or of a folder with train.jsonl, dev.jsonl and test.jsonl."""
    for split, file, shown in files_by_split(path, "jsonl"):
        yield from found_in(file, partial(_row, task, split), mistakes, shown=shown)


def _row(task: str, split: str, given: dict[str, Any], _: str) -> dict[str, Any]:
    return {"task": task, **given} | ({"split": split} if split else {})


def write(rows: Iterable[Row], folder: Path) -> int:
    """One file a split; the number of rows that could not be written, which is none."""
    write_by_split(folder, "jsonl", ((row["split"], as_line(row)) for row in rows))
    return 0
