"""Markings as a lattice: what one says, whether it dominates another, and the least upper bound of several.

A marking is a classification level with, each optional: compartments, the CUI control with its categories,
controls of the policy (ORCON, RD, LES and their like), the nations whose information is in it, and what it
says about release: the nations it may be released or only shown to, whether an officer may release it
(RELIDO), or that it may not be (NOFORN, the list that holds the owner nation alone).
`donovan.access.marking_text` reads it.

A whole is released as far as every protected part of it is (IC-ISM version 10, ISM-ID-00088, 00132, 00318
and 00320); where they have nothing in common, it says NOFORN or nothing, as the policy has it (DoDM 5200.01
volume 2, enclosure 4, 10.d(8)). NOFORN wins over all (ISM-ID-00070); everything else accumulates
(ISM-ID-00056 to 00086).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from donovan.access.marking_parts import MarkingError, MarkingParts
from donovan.access.marking_policy import Control, policy
from donovan.access.marking_text import read_parts

__all__ = ["Level", "Marking", "MarkingError", "least_upper_bound", "owner_nation", "parse_marking"]


def owner_nation() -> str:
    """The code of the nation whose information this site holds."""
    return policy().owner


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
    """One marking. `nations` is None without a release, else it holds the owner nation too; silence releases
    nothing that is protected. `display` are nations it may be shown to beside those.
    """

    level: Level
    compartments: frozenset[str] = frozenset()
    is_controlled: bool = False
    categories: frozenset[str] = frozenset()
    handling: frozenset[str] = frozenset()
    nations: frozenset[str] | None = None
    fgi: frozenset[str] = frozenset()
    display: frozenset[str] = frozenset()
    is_relido: bool = False

    def __post_init__(self) -> None:
        owner = policy().owner
        needing = sorted(
            one.name for one in self.controls if one.access or (one.block == "AEA" and not one.sensitive)
        )
        if (self.compartments or needing) and self.level is Level.UNCLASSIFIED:
            names = ", ".join([*sorted(self.compartments), *needing])
            raise MarkingError(
                f"{names}: an unclassified marking has no compartments. Raise the level or drop them."
            )
        if self.categories and not self.is_controlled:
            raise MarkingError("Categories such as PRVCY belong to CUI. Write CUI before them.")
        if any(one.owner_only for one in self.controls):
            object.__setattr__(self, "nations", frozenset({owner}))
        if self.nations is not None and owner not in self.nations:
            object.__setattr__(self, "nations", self.nations | {owner})
        object.__setattr__(self, "display", self.display - {owner} - (self.nations or frozenset()))
        if self.is_noforn:
            # They exclude each other (ISM-ID-00169).
            object.__setattr__(self, "display", frozenset())
            object.__setattr__(self, "is_relido", False)
        if "CONCEALED" in self.fgi:
            # A source that is not named hides the others (ISM-ID-00065).
            object.__setattr__(self, "fgi", frozenset({"CONCEALED"}))

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """What the policy says of the controls in it; of one that it does not know, that it stands there."""
        known = policy().controls
        return tuple(known.get(name) or Control(name, name, "DISSEM") for name in self.handling)

    @property
    def is_noforn(self) -> bool:
        """Whether it says that only the owner nation may see it."""
        return self.nations == frozenset({policy().owner})

    @property
    def is_sensitive(self) -> bool:
        """Whether it is under a control that unclassified information has, such as CUI, LES or SBU."""
        return self.is_controlled or any(one.sensitive for one in self.controls)

    @property
    def is_protected(self) -> bool:
        """Whether silence about release keeps it from other nations: all but what is plainly unclassified."""
        return bool(self.level or self.is_controlled or self.handling or self.fgi or self.has_statement)

    @property
    def has_statement(self) -> bool:
        """Whether it says anything about release."""
        return self.nations is not None or bool(self.display) or self.is_relido

    @cached_property
    def excluded(self) -> frozenset[str]:
        """Who never reads it, whatever is released: of foreign, contractor and other."""
        closed = policy().closed_categories
        found = frozenset().union(*(one.excludes for one in self.controls))
        is_closed = any(name.removeprefix("SP-") in closed for name in self.categories)
        return found | {"foreign"} if is_closed else found

    @property
    def access_names(self) -> frozenset[str]:
        """All that a person must be cleared for by name: compartments, and controls such as RD."""
        return self.compartments | {one.access for one in self.controls if one.access}

    def is_released_to(self, nation: str) -> bool:
        """Whether nationals of `nation`, which is not the owner, may read it as far as nations go."""
        if "foreign" in self.excluded or self.is_noforn:
            return False
        if self.nations is None:
            return not self.is_protected
        return nation in self.nations

    @property
    def canonical(self) -> str:
        """The banner line, always the same for the same marking: `TOP SECRET//SI/TK//ORCON/NOFORN`."""
        return self._written(is_portion=False)

    @property
    def portion(self) -> str:
        """The portion mark: `(S//HARBOR//NF)`."""
        return f"({self._written(is_portion=True)})"

    def _written(self, *, is_portion: bool) -> str:
        categories = sorted(self.categories)
        is_cui = self.level is Level.UNCLASSIFIED and self.is_controlled
        blocks = {
            "SCI": sorted(name for name in self.compartments if not name.startswith("SAR-")),
            "SAR": sorted(name for name in self.compartments if name.startswith("SAR-")),
            "FGI": [f"FGI {' '.join(sorted(self.fgi))}".replace(" CONCEALED", "")] if self.fgi else [],
            "CUI": ["CUI", *categories] if self.is_controlled and not is_cui else [],
        }
        for block in ("AEA", "FGI", "DISSEM", "NON-IC"):
            held = sorted(
                one.portion if is_portion else one.name for one in self.controls if one.block == block
            )
            blocks[block] = [*blocks.get(block, []), *held]
        blocks["DISSEM"] += self._release(is_portion=is_portion)
        level = self.level.portion if is_portion else self.level.words
        leading = ["CUI", *(["/".join(categories)] if categories else [])] if is_cui else [level]
        return "//".join([*leading, *("/".join(blocks[name]) for name in policy().order if blocks[name])])

    def _release(self, *, is_portion: bool) -> list[str]:
        if self.is_noforn:
            return ["NF" if is_portion else "NOFORN"]
        said = ["RELIDO"] if self.is_relido else []
        if self.nations is not None:
            owner = policy().owner
            said.append(f"REL TO {', '.join([owner, *_named(self.nations - {owner})])}")
        if self.display:
            said.append(f"DISPLAY ONLY {', '.join(_named(self.display))}")
        return said

    def dominates(self, other: "Marking") -> bool:
        """Whether whatever protects this also protects `other`."""
        return self.joined_with(other) == self

    def protects(self, other: "Marking") -> bool:
        """Whether nobody reads this who may not read `other`. Silence about release protects what REL TO lets
        out, though a whole of both would say more.
        """
        accumulates = (
            self.level >= other.level
            and self.compartments >= other.compartments
            and (self.is_controlled or not other.is_controlled)
            and self.categories >= other.categories
            and self.handling >= other.handling
            and ("CONCEALED" in self.fgi or self.fgi >= other.fgi)
        )
        if other.is_noforn or not other.is_protected:
            return accumulates and (self.is_noforn or not other.is_noforn)
        owner = frozenset({policy().owner})
        return accumulates and self.is_protected and (self.nations or owner) <= (other.nations or owner)

    def joined_with(self, other: "Marking") -> "Marking":
        """The least marking that dominates both: everything accumulates, and what is released intersects."""
        nations, display, is_relido = _release_of_both(self, other)
        return Marking(
            level=max(self.level, other.level),
            compartments=self.compartments | other.compartments,
            is_controlled=self.is_controlled or other.is_controlled,
            categories=self.categories | other.categories,
            handling=self.handling | other.handling,
            nations=nations,
            fgi=self.fgi | other.fgi,
            display=display,
            is_relido=is_relido,
        )

    def __str__(self) -> str:
        return self.canonical


def _named(nations: frozenset[str]) -> list[str]:
    """The nations as REL TO lists them: codes in order, then the groups that are written as such."""
    rules = policy()
    groups = [name for name in rules.written_groups if rules.groups[name] - {rules.owner} <= nations]
    inside: frozenset[str] = frozenset().union(*(rules.groups[name] for name in groups))
    return [*sorted(nations - inside), *groups]


_Release = tuple[frozenset[str] | None, frozenset[str], bool]


def _release_of_both(one: Marking, other: Marking) -> _Release:
    """What a whole of both says about release: nations, nations to show it to, RELIDO."""
    for open_one, rest in ((one, other), (other, one)):
        if not open_one.is_protected:
            return rest.nations, rest.display, rest.is_relido
    owner = frozenset({policy().owner})
    if one.is_noforn or other.is_noforn:
        return owner, frozenset(), False
    if not (one.has_statement or other.has_statement):
        return None, frozenset(), False
    nations = (one.nations or owner) & (other.nations or owner)
    # What is released may be shown, too (ISM-ID-00320).
    shown = ((one.nations or owner) | one.display) & ((other.nations or owner) | other.display)
    is_relido = one.is_relido and other.is_relido
    if nations == owner and shown == owner and not is_relido:
        is_level = max(one.level, other.level) or one.is_sensitive or other.is_sensitive
        return (None if policy().nothing_in_common == "nothing" and is_level else owner), frozenset(), False
    return (nations if nations != owner else None), shown - nations - owner, is_relido


UNCLASSIFIED = Marking(Level.UNCLASSIFIED)


def least_upper_bound(markings: Iterable[Marking]) -> Marking:
    """The least marking that dominates each of `markings`; UNCLASSIFIED of none."""
    bound: Marking | None = None
    for marking in markings:
        bound = marking if bound is None else bound.joined_with(marking)
    return UNCLASSIFIED if bound is None else bound


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
        fgi=parts.fgi,
        display=parts.display,
        is_relido=parts.is_relido,
    )
