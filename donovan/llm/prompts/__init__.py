"""Prompts as files, one version a file: `<name>.v<N>.txt`. A version that was ever released is never
changed.
"""

import hashlib
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_FILE = re.compile(r"(?P<name>[a-z_]+)\.v(?P<version>[1-9][0-9]*)\.txt")


@dataclass(frozen=True)
class Prompt:
    """A prompt text with places like $question. `digest` is the SHA-256 of the text."""

    name: str
    version: int
    text: str
    digest: str

    @property
    def identity(self) -> str:
        """What an answer keeps to say by which prompt it was made."""
        return f"{self.name}.v{self.version}"

    def render(self, **values: str) -> str:
        """The text with its places filled. Values are not read for places. Raises KeyError for one that is
        missing.
        """
        return string.Template(self.text).substitute(values)


_instead: dict[str, int] = {}


def use_prompts(versions: Mapping[str, int]) -> None:
    """From now on this process uses these versions where none is asked for: a measurement of an earlier or a
    later prompt.
    """
    _instead.clear()
    _instead.update(versions)


def load_prompt(name: str, version: int | None = None) -> Prompt:
    """The newest version of a prompt, or the one asked for. Raises LookupError if there is none."""
    return _load(name, version if version is not None else _instead.get(name))


@cache
def _load(name: str, version: int | None) -> Prompt:
    found = {}
    for path in FOLDER.glob(f"{name}.v*.txt"):
        match = _FILE.fullmatch(path.name)
        if match and match["name"] == name:
            found[int(match["version"])] = path
    if not found or (version is not None and version not in found):
        raise LookupError(f"There is no prompt named {name} in version {version or 'any'}.")
    chosen = max(found) if version is None else version
    text = found[chosen].read_text(encoding="utf-8").strip()
    return Prompt(name, chosen, text, hashlib.sha256(text.encode()).hexdigest())
