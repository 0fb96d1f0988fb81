"""Files with one JSON object a line, read with the line number in every complaint."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import UnusableData


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1. Raises UnusableData when there is no such text
    file.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except FileNotFoundError as error:
        raise UnusableData(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableData(f"{path} cannot be read as UTF-8 text.") from error


def read_objects(path: Path, fields: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
    """All objects of a file, each with the text `fields`; missing `optional` fields become "".

    Raises UnusableData with the line number for a line that is not such an object, and for a file without
    any.
    """
    found = [_checked(path, number, line, fields, optional) for number, line in read_lines(path)]
    if not found:
        raise UnusableData(f"{path} holds no lines; each should be a JSON object with {_listed(fields)}.")
    return found


@contextmanager
def objects_to(path: Path | None) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Write objects to a file, one a line and each at once; without a path they are dropped.

    Raises UnusableData where the file cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        stream = path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise UnusableData(f"{path} cannot be written.") from error
    with stream:
        yield lambda row: print(json.dumps(row, ensure_ascii=False, default=str), file=stream)


def _checked(
    path: Path, number: int, line: str, fields: Sequence[str], optional: Sequence[str]
) -> dict[str, str]:
    try:
        said: Any = json.loads(line)
    except ValueError as error:
        raise UnusableData(f"{path}, line {number}: this is not JSON.") from error
    if not isinstance(said, dict) or any(not isinstance(said.get(name), str) for name in fields):
        raise UnusableData(f"{path}, line {number}: expected a JSON object with the texts {_listed(fields)}.")
    return {**{name: said[name] for name in fields}, **{name: str(said.get(name) or "") for name in optional}}


def _listed(fields: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in fields)
