"""Files that are named after splits: train.jsonl, dev.jsonl, test.jsonl in one folder."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.rows import SPLITS

OTHER_NAMES = {"validation": "dev", "valid": "dev", "val": "dev", "eval": "dev"}


def files_by_split(path: Path, *endings: str) -> Iterator[tuple[str, Path, str]]:
    """(split, file, name to show) of a folder; for a single file the split is empty. Raises BadInput."""
    if not path.is_dir():
        yield "", path, ""
        return
    found = []
    for file in sorted(file for ending in endings for file in path.glob(f"*.{ending}")):
        split = OTHER_NAMES.get(file.stem, file.stem)
        if split in SPLITS:
            found.append((split, file, file.name))
    if not found:
        wanted = ", ".join(f"{split}.{endings[0]}" for split in SPLITS)
        raise BadInput(path.name or str(path), f"The folder holds none of {wanted}.")
    yield from sorted(found, key=lambda each: SPLITS.index(each[0]))


def write_by_split(folder: Path, ending: str, lines: Iterable[tuple[str, str]], begin: str = "") -> None:
    """Write (split, line) pairs, a file for each split that has any; `begin` stands first in each."""
    with ExitStack() as stack:
        files: dict[str, IO[str]] = {}
        for split, line in lines:
            if split not in files:
                path = folder / f"{split}.{ending}"
                files[split] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                files[split].write(begin)
            files[split].write(line)
