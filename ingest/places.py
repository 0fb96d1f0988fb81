"""What may be told of an error: its kind and the places it came through, never its words.

The words of an error often quote what it failed at, which may be a page of a document. Imports no Django:
readers in the sandbox use it too.
"""

import re
import sys
import traceback
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
MOST_FRAMES = 60
_PLACE = re.compile(r"  [\w./<>+-]{1,200}:\d{1,6} [\w<>]{1,100}|[A-Za-z_][\w.]{0,150}(?:Error|Exception)")


def chain(error: BaseException) -> list[BaseException]:
    """The error and, before it, each that it came of. An error can come of itself in a circle."""
    found: list[BaseException] = []
    part: BaseException | None = error
    while part is not None and not any(part is known for known in found):
        found.append(part)
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    return found[::-1]


def class_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def frames_of(error: BaseException) -> list[str]:
    """ "ingest/blobs.py:12 keep", from the outermost to where it was raised."""
    summary = traceback.extract_tb(error.__traceback__)
    return [f"{short(frame.filename)}:{frame.lineno} {frame.name}" for frame in summary][-MOST_FRAMES:]


def short(file: str) -> str:
    """The path below the project, or below the folder of packages."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    return file.rpartition("site-packages/")[2]


def told(error: BaseException) -> list[str]:
    """Lines: the frames of each error of the chain and below them its class."""
    lines = []
    for part in chain(error):
        lines += [f"  {frame}" for frame in frames_of(part)]
        lines.append(class_of(part))
    return lines


def complain(error: BaseException) -> None:
    """Tell standard error where a reader failed."""
    print("\n".join(told(error)[-12:]), file=sys.stderr)


def places_in(complaints: bytes) -> str:
    """Of what a reader wrote to standard error, the lines that are a place or a class; all else may be words
    of the file.
    """
    lines = complaints.decode("ascii", "replace").splitlines()
    return "; ".join(line.strip() for line in lines if _PLACE.fullmatch(line))[-1000:]
