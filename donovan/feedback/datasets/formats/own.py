"""Our own form: one row a line with all that is known of it, a file a split.

Nothing is lost by writing and reading it again. A file of other makers needs `input` and `value` of the
task's shape in each line; the task may be named in the line or beside the file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.formats.reading import Found, objects_of
from donovan.feedback.datasets.formats.splits import files_by_split, write_by_split
from donovan.feedback.datasets.rows import Row, as_line


def read(path: Path, task: str) -> Iterator[Found]:
    """The rows of a file, or of a folder with train.jsonl, dev.jsonl and test.jsonl."""
    for split, file, shown in files_by_split(path, "jsonl"):
        for where, given in objects_of(file, shown=shown):
            row: dict[str, Any] = {"task": task, **given}
            if split:
                row["split"] = split
            yield Found(where, row)


def write(rows: Iterable[Row], folder: Path) -> int:
    """One file a split; the number of rows that could not be written, which is none."""
    write_by_split(folder, "jsonl", ((row["split"], as_line(row)) for row in rows))
    return 0
