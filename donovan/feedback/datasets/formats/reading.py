"""What readers of foreign files share: lines and JSON with the place of every mistake, within limits."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput

MOST_BYTES = 256 * 1024 * 1024
MOST_LINE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """One row as a file gave it, not yet checked, and where it stood. `mistake` is set, and the row empty,
    where it could not be read at all although what follows can.
    """

    where: str
    row: dict[str, Any]
    mistake: BadInput | None = None


def lines_of(path: Path, *, shown: str = "") -> Iterator[tuple[str, str]]:
    """(where, line) of a text file in UTF-8, without empty lines. Raises BadInput."""
    begin = f"{shown} " if shown else ""
    with _open(path).open("rb") as stream:
        for number, raw in enumerate(iter(lambda: stream.readline(MOST_LINE_BYTES + 1), b""), start=1):
            where = f"{begin}line {number}"
            if len(raw) > MOST_LINE_BYTES:
                raise BadInput(where, f"It is longer than {MOST_LINE_BYTES // 1024 // 1024} megabytes.")
            line = _text(raw, where).rstrip("\r\n")
            if number == 1:
                line = line.removeprefix("\ufeff")
            yield where, line


def objects_of(path: Path, *, shown: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, object) of a file with one JSON object a line. Raises BadInput."""
    for where, line in lines_of(path, shown=shown):
        if line.strip():
            yield where, _object(line, where)


def found_in(
    path: Path, make: Callable[[dict[str, Any], str], dict[str, Any]], *, shown: str = ""
) -> Iterator[Found]:
    """What `make(object, where)` makes of each line of a file with one JSON object a line. A line that is
    wrong is found with its mistake, so that those after it are looked at too.
    """
    for where, line in lines_of(path, shown=shown):
        if line.strip():
            try:
                found = Found(where, make(_object(line, where), where))
            except BadInput as error:
                found = Found(where, {}, BadInput(error.where, error.what, is_shape=True))
            yield found


def document_of(path: Path) -> Any:
    """The one JSON document of a file. Raises BadInput that names the line of a mistake."""
    text = _text(_open(path).read_bytes(), path.name).removeprefix("\ufeff")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise BadInput(f"line {error.lineno}", f"It is not JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(path.name, "It is not JSON.") from error


def text_in(given: dict[str, Any], name: str, where: str) -> str:
    """The text under `name`, which must be there. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, str):
        raise BadInput(where, f"“{name}” is missing or not a text.")
    return value


def list_in(given: dict[str, Any], name: str, where: str) -> list[Any]:
    """The list under `name`, which must be there. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, list):
        raise BadInput(where, f"“{name}” is missing or not a list.")
    return value


def mapping(value: Any, where: str) -> dict[str, Any]:
    """`value` as an object. Raises BadInput."""
    if not isinstance(value, dict):
        raise BadInput(where, "There should be a JSON object here.")
    return value


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise BadInput(where, f"It is not JSON: {error.msg}, at character {error.pos + 1}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(where, "It is not JSON.") from error
    return mapping(value, where)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _text(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(where, "It is not text in UTF-8.") from error


def _open(path: Path) -> Path:
    if path.is_symlink() or not path.is_file():
        raise BadInput(path.name, "There is no such file.")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(path.name, f"It is larger than {MOST_BYTES // 1024 // 1024} megabytes.")
    return path
