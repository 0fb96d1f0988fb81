"""Markings as a lattice: what one says, whether it dominates another, and the least upper bound of several.

A marking is a classification level with, each optional: compartments, the CUI control with its categories,
handling controls (ORCON and its like, which say how to pass a thing on and not who may read it), and the
nations it may be shown to. NOFORN is the list that holds the owner nation alone, so that combining REL TO
lists is one intersection. `donovan.access.marking_text` reads and writes them as text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from donovan.access.marking_text import (
    HANDLING_PORTIONS,
    OWNER_NATION,
    MarkingError,
    MarkingParts,
    read_parts,
)

__all__ = ["OWNER_NATION", "Level", "Marking", "MarkingError", "least_upper_bound", "parse_marking"]


class Level(IntEnum):
    """Classification levels, lowest first."""

    UNCLASSIFIED = 0
    CONFIDENTIAL = 1
    SECRET = 2
    TOP_SECRET = 3

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    @property
    def portion(self) -> str:
        return "".join(word[0] for word in self.name.split("_"))

    @classmethod
    def of(cls, words: str) -> "Level":
        """The level written as `words` ("TOP SECRET"). Raises MarkingError for anything else."""
        for level in cls:
            if level.words == words:
                return level
        raise MarkingError(
            f"“{words[:40]}” is not a classification level. Use one of: {', '.join(LEVEL_WORDS)}."
        )


LEVEL_WORDS = tuple(level.words for level in Level)


@dataclass(frozen=True)
class Marking:
    """One marking. `nations` is None without a statement about them, else it holds the owner nation too."""

    level: Level
    compartments: frozenset[str] = frozenset()
    is_controlled: bool = False
    categories: frozenset[str] = frozenset()
    handling: frozenset[str] = frozenset()
    nations: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.compartments and self.level is Level.UNCLASSIFIED:
            names = ", ".join(sorted(self.compartments))
            raise MarkingError(
                f"{names}: an unclassified marking has no compartments. Raise the level or drop them."
            )
        if self.categories and not self.is_controlled:
            raise MarkingError("Categories such as PRVCY belong to CUI. Write CUI before them.")
        if self.nations is not None and OWNER_NATION not in self.nations:
            object.__setattr__(self, "nations", self.nations | {OWNER_NATION})

    @property
    def is_noforn(self) -> bool:
        """Whether only the owner nation may see it."""
        return self.nations == frozenset({OWNER_NATION})

    @property
    def canonical(self) -> str:
        """The banner line, always the same for the same marking: `TOP SECRET//SI/TK//ORCON/NOFORN`."""
        return "//".join([*self._leading_blocks(), *self._dissemination(self.handling)])

    @property
    def portion(self) -> str:
        """The portion mark: `(S//HARBOR//NF)`."""
        handling = {HANDLING_PORTIONS[control] for control in self.handling}
        blocks = self._leading_blocks(is_portion=True)
        if self.is_noforn:
            return f"({'//'.join([*blocks, '/'.join([*sorted(handling), 'NF'])])})"
        return f"({'//'.join([*blocks, *self._dissemination(frozenset(handling))])})"

    def _leading_blocks(self, *, is_portion: bool = False) -> list[str]:
        level = self.level.portion if is_portion else self.level.words
        categories = sorted(self.categories)
        if self.level is Level.UNCLASSIFIED and self.is_controlled:
            return ["CUI", "/".join(categories)] if categories else ["CUI"]
        blocks = [level]
        if self.compartments:
            blocks.append("/".join(sorted(self.compartments)))
        if self.is_controlled:
            blocks.append("/".join(["CUI", *categories]))
        return blocks

    def _dissemination(self, handling: frozenset[str]) -> list[str]:
        controls = sorted(handling)
        if self.is_noforn:
            controls.append("NOFORN")
        elif self.nations is not None:
            others = sorted(self.nations - {OWNER_NATION})
            controls.append(f"REL TO {', '.join([OWNER_NATION, *others])}")
        return ["/".join(controls)] if controls else []

    def dominates(self, other: "Marking") -> bool:
        """Whether whatever protects this also protects `other`."""
        return (
            self.level >= other.level
            and self.compartments >= other.compartments
            and (self.is_controlled or not other.is_controlled)
            and self.categories >= other.categories
            and self.handling >= other.handling
            and (other.nations is None or (self.nations is not None and self.nations <= other.nations))
        )

    def joined_with(self, other: "Marking") -> "Marking":
        """The least marking that dominates both: everything accumulates, and the nations intersect."""
        if self.nations is None or other.nations is None:
            nations = self.nations if other.nations is None else other.nations
        else:
            nations = self.nations & other.nations
        return Marking(
            level=max(self.level, other.level),
            compartments=self.compartments | other.compartments,
            is_controlled=self.is_controlled or other.is_controlled,
            categories=self.categories | other.categories,
            handling=self.handling | other.handling,
            nations=nations,
        )

    def __str__(self) -> str:
        return self.canonical


UNCLASSIFIED = Marking(Level.UNCLASSIFIED)


def least_upper_bound(markings: Iterable[Marking]) -> Marking:
    """The least marking that dominates each of `markings`; UNCLASSIFIED of none."""
    bound = UNCLASSIFIED
    for marking in markings:
        bound = bound.joined_with(marking)
    return bound


def parse_marking(text: str, *, banner: Marking | None = None) -> Marking:
    """The marking that `text` writes: a banner line or a portion mark, in any case.

    A portion mark may say REL without a list; it then means the list of the page's `banner`. Raises
    MarkingError with a sentence when the text is not a marking; the caller then uses settings.SYSTEM_HIGH,
    never UNCLASSIFIED.
    """
    parts: MarkingParts = read_parts(text)
    nations = parts.nations
    if parts.has_bare_release:
        if banner is None or banner.nations is None or banner.is_noforn:
            raise MarkingError("REL needs the list of nations. Write it out, such as REL TO USA, GBR.")
        nations = banner.nations
    return Marking(
        level=Level.of(parts.level),
        compartments=parts.compartments,
        is_controlled=parts.is_controlled,
        categories=parts.categories,
        handling=parts.handling,
        nations=nations,
    )
