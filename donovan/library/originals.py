"""Originals on their way out of the system."""

import re
from pathlib import Path

_UNSAFE = re.compile(r"[^\w.,()+ -]+")
LONGEST_NAME = 150


def outgoing_name(name: str, portion: str) -> str:
    """A file name that carries its portion mark, so that the marking goes where the file goes.

    `(S//NF)` becomes `(S-NF)`; signs that file systems dislike become underscores.
    """
    mark = portion.replace("//", "-").replace("/", "-")
    safe = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).strip(". ") or "document"
    stem, suffix = Path(safe).stem, Path(safe).suffix
    return f"{_UNSAFE.sub('_', mark)} {stem[:LONGEST_NAME]}{suffix[:20]}"
