"""What every fixed suite is given and gives back. A suite knows neither runs nor pages."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

QUICK: Final = "quick"
FULL: Final = "full"

Told = Callable[[int, int, str], None]
"""Items done, items in all (0: not known yet), and what is done, in words."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Item:
    """One question, sentence or attack and what it got, metric by metric; 0 to 1, more is better.

    `marking` is that of the built-in material that stands in it; an item of a public set has none.
    """

    id: str
    scores: Mapping[str, float]
    slices: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    marking: str = ""


@dataclass
class Measured:
    """What came of a suite. `asked` holds the digest of what each item asked, also where it has no score."""

    items: list[Item] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    unmeasured: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def ask(self, item: str, *what: object) -> None:
        """Note that an item is asked, and what it asks: two runs of the same items can be compared."""
        told = json.dumps([str(part) for part in what], ensure_ascii=False)
        self.asked[item] = hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def material(self) -> str:
        """One digest over all that was asked."""
        return hashlib.sha256(json.dumps(self.asked, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "items": [
                {
                    "id": item.id,
                    "scores": dict(item.scores),
                    "slices": dict(item.slices),
                    "detail": dict(item.detail),
                    "labels": list(item.labels),
                    "marking": item.marking,
                }
                for item in self.items
            ],
            "material": self.material,
            "unmeasured": self.unmeasured,
            "facts": self.facts,
        }


@dataclass(frozen=True)
class Work:
    """How much is measured, of what, and who is told. `limit` is the most items of each set."""

    size: str = QUICK
    limit: int | None = None
    data: Path | None = None
    attacks: tuple[Mapping[str, Any], ...] = ()
    tell: Told = lambda done, total, words: None

    def some(self, things: Sequence[Thing], *, quick: int, full: int | None = None) -> list[Thing]:
        """So many of `things` as the size allows, at even distances, the same ones each time."""
        most = quick if self.size == QUICK else full
        if self.limit is not None:
            most = self.limit if most is None else min(most, self.limit)
        if most is None or most >= len(things):
            return list(things)
        return [things[index * len(things) // most] for index in range(most)]

    def folder(self, *parts: str) -> Path | None:
        """A folder or file of the larger sets, where it is there."""
        path = self.data.joinpath(*parts) if self.data is not None else None
        return path if path is not None and path.exists() else None
