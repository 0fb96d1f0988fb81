"""An attack as the red team uses it, and the built-in library of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .errors import UnusableData

_PATH = Path(__file__).resolve().parent / "material" / "attacks.json"


@dataclass(frozen=True)
class AttackText:
    """One attack. `kind` and `where` are those of `models.Attack`; `host` is what it is hidden in."""

    id: str
    kind: str
    where: str
    title: str
    language: str
    host: str
    text: str
    question: str
    canary: str
    source: str = "library"
    marking: str = ""
    is_own: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "AttackText":
        return cls(**said)


@cache
def built_in_attacks() -> tuple[AttackText, ...]:
    """The library that comes with the program, in its order."""
    try:
        rows = json.loads(_PATH.read_text(encoding="utf-8"))
        return tuple(
            AttackText(id=f"library:{row['key']}", **{k: v for k, v in row.items() if k != "key"})
            for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableData("The built-in library of attacks (attacks.json) cannot be read.") from error
