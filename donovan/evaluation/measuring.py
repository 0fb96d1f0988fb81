"""What every fixed suite is given and gives back. A suite knows neither runs nor pages."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

QUICK: Final = "quick"
FULL: Final = "full"
WENT_ON: Final = "went_on_after"
"""Among the facts of a run: how many items an earlier attempt had measured."""

OnProgress = Callable[[int, int, str], None]
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

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "scores": dict(self.scores),
            "slices": dict(self.slices),
            "detail": dict(self.detail),
            "labels": list(self.labels),
            "marking": self.marking,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Item":
        return cls(
            str(said["id"]),
            dict(said["scores"]),
            dict(said["slices"]),
            dict(said["detail"]),
            tuple(said["labels"]),
            str(said["marking"]),
        )


@dataclass(frozen=True)
class Kept:
    """An item that is measured, and the digest of what it asked."""

    asked: str
    item: Item


def nobody_keeps(kept: Kept) -> None:
    """For suites that are not gone on with."""


@dataclass(frozen=True)
class Work:
    """How much is measured, of what, and who is told.

    `limit` is the most items of each set. `known` holds by id the items that an earlier attempt at the same
    run measured; each further one is handed to `keep`.
    """

    size: str = QUICK
    limit: int | None = None
    data: Path | None = None
    attacks: tuple[Mapping[str, Any], ...] = ()
    on_progress: OnProgress = lambda done, total, words: None
    known: Mapping[str, Kept] = field(default_factory=dict)
    keep: Callable[[Kept], None] = nobody_keeps

    def some(self, things: Sequence[Thing], *, quick: int, full: int | None = None) -> list[Thing]:
        """So many of `things` as the size allows, at even distances, the same ones each time."""
        most = quick if self.size == QUICK else full
        if self.limit is not None:
            most = self.limit if most is None else min(most, self.limit)
        return _evenly(things, most)

    def some_of_each(
        self,
        things: Sequence[Thing],
        of: Callable[[Thing], str],
        *,
        quick: int,
        full: int | None = None,
    ) -> list[Thing]:
        """So many of each kind of `things` as the size allows, in their order; `of` names the kind.

        Where one language has a hundred items and another three, the few are all among them.
        """
        most = quick if self.size == QUICK else full
        kinds: dict[str, list[int]] = {}
        for index, thing in enumerate(things):
            kinds.setdefault(of(thing), []).append(index)
        chosen = sorted(index for indexes in kinds.values() for index in _evenly(indexes, most))
        return _evenly([things[index] for index in chosen], self.limit)

    def folder(self, *parts: str) -> Path | None:
        """A folder or file of the larger sets, where it is there."""
        path = self.data.joinpath(*parts) if self.data is not None else None
        return path if path is not None and path.exists() else None


def _evenly(things: Sequence[Thing], most: int | None) -> list[Thing]:
    if most is None or most >= len(things):
        return list(things)
    return [things[index * len(things) // most] for index in range(most)]


@dataclass
class Measured:
    """What came of a suite. `asked` holds the digest of what each item asked, also where it has no score."""

    items: list[Item] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    unmeasured: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def ask(self, item: str, *what: object) -> str:
        """Note that an item is asked, and what it asks: two runs of the same items can be compared.

        The digest of what it asks.
        """
        told = json.dumps([str(part) for part in what], ensure_ascii=False)
        self.asked[item] = hashlib.sha256(told.encode()).hexdigest()[:16]
        return self.asked[item]

    def take(self, work: Work, item: str, *what: object, made_by: Callable[[], Item]) -> None:
        """Ask an item, unless an earlier attempt at this run has asked the same already.

        To be used only where an item's score depends on no other item.
        """
        asked = self.ask(item, *what)
        known = work.known.get(item)
        if known is not None and known.asked == asked:
            self.facts[WENT_ON] = self.facts.get(WENT_ON, 0) + 1
            self.items.append(known.item)
            return
        made = made_by()
        self.items.append(made)
        work.keep(Kept(asked, made))

    @property
    def material(self) -> str:
        """One digest over all that was asked."""
        return hashlib.sha256(json.dumps(self.asked, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "items": [item.as_json() for item in self.items],
            "material": self.material,
            "unmeasured": self.unmeasured,
            "facts": self.facts,
        }
