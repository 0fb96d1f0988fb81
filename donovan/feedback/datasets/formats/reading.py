"""What readers of foreign files share: lines and JSON with the place of every mistake, within limits."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.mistakes import Mistakes

MOST_BYTES = 256 * 1024 * 1024
MOST_LINE_BYTES = 8 * 1024 * 1024
DEEPEST = 40
"""So many lists and objects may stand inside one another."""

_MARK = "\ufeff"
_NO_NUMBER = "It holds a number that cannot be kept: NaN, or one without end."
_UTF_16 = "It is text in UTF-16. Save it as UTF-8."
_NOT_TEXT = {
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
    b"\x1f\x8b": "It is packed with gzip. Unpack it first.",
    b"\xfd7zXZ": "It is packed with xz. Unpack it first.",
    b"PK\x03\x04": "It is an archive that cannot be opened as it is. Unpack it first.",
}
"""What files begin with that are not text in UTF-8, and what to say of them."""

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Found:
    """One row as a file gave it, not yet checked, and where it stood."""

    where: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a file as it lies there, and where."""

    where: str
    raw: bytes

    def text(self) -> str:
        """Its words, without the end of the line. Raises BadInput."""
        if len(self.raw) > MOST_LINE_BYTES:
            raise BadInput(self.where, f"It is longer than {MOST_LINE_BYTES // 1024 // 1024} megabytes.")
        try:
            text = self.raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput(self.where, "It is not text in UTF-8. Save the file as UTF-8.") from error
        return usable(text, self.where).rstrip("\r\n")

    def object(self) -> dict[str, Any]:
        """The JSON object that it holds. Raises BadInput."""
        return mapping(parsed(self.text(), self.where), self.where)


def lines_of(path: Path, *, shown: str = "") -> Iterator[Line]:
    """The lines of a text file that are not empty. Raises BadInput for a file that is no text at all."""
    begin = f"{shown} " if shown else ""
    with _open(path).open("rb") as stream:
        _refuse_other_kinds(stream.peek(8), shown or path.name)
        number = 0
        while raw := stream.readline(MOST_LINE_BYTES + 1):
            number += 1
            piece = raw
            while len(piece) > MOST_LINE_BYTES and not piece.endswith(b"\n"):
                piece = stream.readline(MOST_LINE_BYTES + 1)
            if number == 1:
                raw = raw.removeprefix(_MARK.encode())
            yield Line(f"{begin}line {number}", raw)


def objects_of(path: Path, *, shown: str = "") -> Iterator[Line]:
    """The lines of a file that holds one JSON object a line, without empty ones. Raises BadInput."""
    return (line for line in lines_of(path, shown=shown) if line.raw.strip())


def found_in(
    path: Path,
    make: Callable[[dict[str, Any], str], dict[str, Any]],
    mistakes: Mistakes,
    *,
    shown: str = "",
) -> Iterator[Found]:
    """What `make(object, where)` makes of each line of a file with one JSON object a line."""
    for line in objects_of(path, shown=shown):
        with mistakes:
            yield Found(line.where, make(line.object(), line.where))


def document_of(path: Path, *, shown: str = "") -> Any:
    """The one JSON document of a file. Raises BadInput that names the line of a mistake. What `unharmed`
    refuses is not looked for: that is for the parts of the document, each with its place.
    """
    name = shown or path.name
    begin = f"{shown} " if shown else ""
    raw = _open(path).read_bytes()
    _refuse_other_kinds(raw[:8], name)
    try:
        text = raw.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{begin}line {line}", "It is not text in UTF-8. Save the file as UTF-8.") from error
    if not text.strip():
        raise BadInput(name, "It is empty.")
    try:
        return _loaded(text, name)
    except json.JSONDecodeError as error:
        where = f"{begin}line {error.lineno}"
        raise BadInput(where, _not_json(error.msg, error.colno), is_shape=True) from error


def parsed(text: str, where: str) -> Any:
    """The JSON of one line, unharmed. Raises BadInput."""
    try:
        return unharmed(_loaded(text, where), where)
    except json.JSONDecodeError as error:
        raise BadInput(where, _not_json(error.msg, error.pos + 1), is_shape=True) from error


def unharmed(value: Any, where: str) -> Any:
    """`value`, when all of it can be kept and written again: not nested without end, no text with half
    characters, no number without end. Raises BadInput.
    """
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below.extend(each)
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
            elif isinstance(each, str):
                usable(each, where)
            elif isinstance(each, float) and not math.isfinite(each):
                raise BadInput(where, _NO_NUMBER)
        if not below:
            return value
        level = below
    raise BadInput(where, f"It is nested deeper than {DEEPEST} levels.")


def is_text(text: str) -> bool:
    """Whether a text holds nothing that no text holds: NUL, or half of a character."""
    return _UNUSABLE.search(text) is None


def usable(text: str, where: str) -> str:
    """`text`, when `is_text`. Raises BadInput."""
    found = _UNUSABLE.search(text)
    if found is None:
        return text
    kind = "a NUL character" if found[0] == "\0" else "half of a character (a lone surrogate)"
    raise BadInput(where, f"It holds {kind}, which is in no text. Take it out.")


def text_in(given: dict[str, Any], name: str, where: str) -> str:
    """The text under `name`, which must be there. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, str):
        raise BadInput(where, f"“{name}” is missing or not a text.", is_shape=True)
    return usable(value, where)


def list_in(given: dict[str, Any], name: str, where: str) -> list[Any]:
    """The list under `name`, which must be there. Raises BadInput."""
    value = given.get(name)
    if not isinstance(value, list):
        raise BadInput(where, f"“{name}” is missing or not a list.", is_shape=True)
    return value


def mapping(value: Any, where: str) -> dict[str, Any]:
    """`value` as an object. Raises BadInput."""
    if not isinstance(value, dict):
        raise BadInput(where, "There should be a JSON object here.", is_shape=True)
    return value


def _loaded(text: str, where: str) -> Any:
    """Raises JSONDecodeError for what is not JSON, and BadInput for what only Python reads."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise BadInput(where, f"It is nested deeper than {DEEPEST} levels.") from error
    except ValueError as error:
        raise BadInput(where, _NO_NUMBER) from error


def _not_json(what: str, at: int) -> str:
    return f"It is not JSON: {what}, at character {at}."


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _refuse_other_kinds(begin: bytes, where: str) -> None:
    for signature, sentence in _NOT_TEXT.items():
        if begin.startswith(signature):
            raise BadInput(where, sentence)


def _open(path: Path) -> Path:
    if path.is_symlink() or not path.is_file():
        raise BadInput(path.name, "There is no such file.")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(path.name, f"It is larger than {MOST_BYTES // 1024 // 1024} megabytes.")
    return path
