"""Reads the text of a marking into its parts, and says in one sentence what is wrong with it.

The grammar is that of the banner lines of the United States (classification, control systems, dissemination,
divided by `//`, members of a block by `/`) as far as this system acts on it. What it cannot read is an error,
never ignored.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches

OWNER_NATION = "USA"
LONGEST_MARKING = 2_000

_LEVELS = {
    "U": "UNCLASSIFIED",
    "UNCLASSIFIED": "UNCLASSIFIED",
    "C": "CONFIDENTIAL",
    "CONFIDENTIAL": "CONFIDENTIAL",
    "S": "SECRET",
    "SECRET": "SECRET",
    "TS": "TOP SECRET",
    "TOP SECRET": "TOP SECRET",
}
_CONTROLLED = {"CUI", "CONTROLLED", "CONTROLLED UNCLASSIFIED INFORMATION"}
# Older papers say FOUO. Whether it is CUI today is for a person to decide; until then it is protected as
# such.
_CONTROLLED_FORMERLY = {"FOUO", "FOR OFFICIAL USE ONLY"}
_NO_FOREIGNERS = {"NOFORN", "NF", "NOT RELEASABLE TO FOREIGN NATIONALS"}
HANDLING_PORTIONS = {
    "ORCON": "OC",
    "PROPIN": "PR",
    "IMCON": "IMC",
    "RELIDO": "RELIDO",
    "FISA": "FISA",
    "FED ONLY": "FED ONLY",
    "FEDCON": "FEDCON",
    "NOCON": "NOCON",
    "DL ONLY": "DL ONLY",
}
_HANDLING = {name: control for control, short in HANDLING_PORTIONS.items() for name in (control, short)}
_CATEGORIES = frozenset(
    {
        *(
            "CTI",
            "DCRIT",
            "EMGT",
            "EXPT",
            "EXPTR",
            "GEO",
            "HLTH",
            "INTEL",
            "INV",
            "ISVI",
            "LEI",
            "MIL",
            "NNPI",
        ),
        *("OPSEC", "PCII", "PERS", "PHYS", "PRVCY", "PROCURE", "PSI", "SSEL", "SSI", "TAX", "UCNI", "WATER"),
    }
)
_GROUPS = {
    "FVEY": frozenset({"USA", "AUS", "CAN", "GBR", "NZL"}),
    "ACGU": frozenset({"USA", "AUS", "CAN", "GBR"}),
}
_COMPARTMENT = re.compile(r"[A-Z][A-Z0-9]{0,19}(?:-[A-Z0-9]{1,19}){0,4}")
_RELEASE = re.compile(r"REL(?:\s*TO)?(?:\s+(?P<nations>.+))?")
_RESERVED = [
    "NOFORN",
    "RELTO",
    "RELIDO",
    "ORCON",
    "PROPIN",
    "IMCON",
    "FOUO",
    "FEDCON",
    "SECRET",
    "UNCLASSIFIED",
]


class MarkingError(ValueError):
    """A text that is not a marking. `sentence` says what is wrong and what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class MarkingParts:
    """What the text says, block by block. `has_bare_release` is a portion mark's REL without a list."""

    level: str
    is_controlled: bool = False
    compartments: frozenset[str] = field(default_factory=frozenset)
    categories: frozenset[str] = field(default_factory=frozenset)
    handling: frozenset[str] = field(default_factory=frozenset)
    nations: frozenset[str] | None = None
    has_bare_release: bool = False


def read_parts(text: str) -> MarkingParts:
    """The parts of one banner line or portion mark. Raises MarkingError."""
    blocks = [block.strip() for block in _tidy(text).split("//")]
    if not blocks[0]:
        raise MarkingError(
            "Markings of other nations, which begin with //, are not understood. Use the local marking."
        )
    if not all(blocks):
        raise MarkingError("The marking has an empty part between two //. Remove it or fill it in.")
    parts = _first_block(blocks[0])
    for block in blocks[1:]:
        _read_block(parts, [member.strip() for member in block.split("/")])
    return parts


def _tidy(text: str) -> str:
    if len(text) > LONGEST_MARKING:
        raise MarkingError("The marking is too long to be one. Write a line such as SECRET//NOFORN.")
    if any(unicodedata.category(character) == "Cc" and not character.isspace() for character in text):
        raise MarkingError("The marking contains control characters. Type it again.")
    tidy = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    if tidy[:1] + tidy[-1:] in ("()", "[]"):
        tidy = tidy[1:-1].strip()
    if not tidy:
        raise MarkingError("There is no marking. Write one such as UNCLASSIFIED, CUI or SECRET//NOFORN.")
    return tidy


def _first_block(block: str) -> MarkingParts:
    if block in _LEVELS:
        return MarkingParts(_LEVELS[block])
    if block in _CONTROLLED | _CONTROLLED_FORMERLY:
        return MarkingParts("UNCLASSIFIED", is_controlled=True)
    raise MarkingError(
        f"“{_shown(block)}” is not a classification. "
        "Begin with UNCLASSIFIED, CUI, CONFIDENTIAL, SECRET or TOP SECRET."
    )


def _read_block(parts: MarkingParts, members: list[str]) -> None:
    if members[0] in _CONTROLLED:
        parts.is_controlled = True
        parts.categories |= {_category(member) for member in members[1:]}
        return
    for member in members:
        _read_member(parts, member)


def _read_member(parts: MarkingParts, member: str) -> None:
    release = _RELEASE.fullmatch(member)
    if member in _NO_FOREIGNERS:
        _state_nations(parts, frozenset({OWNER_NATION}))
    elif member in _CONTROLLED_FORMERLY:
        parts.is_controlled = True
    elif member in _HANDLING:
        parts.handling |= {_HANDLING[member]}
    elif release is not None:
        if release["nations"]:
            _state_nations(parts, _nations(release["nations"]))
        else:
            parts.has_bare_release = True
    elif member in _LEVELS:
        raise MarkingError(
            f"The marking names two classifications, {parts.level} and {_LEVELS[member]}. Keep one."
        )
    elif parts.level == "UNCLASSIFIED" and parts.is_controlled:
        parts.categories |= {_category(member)}
    else:
        parts.compartments |= {_compartment(member)}
    if parts.has_bare_release and parts.nations is not None:
        raise MarkingError("The marking says REL and names nations a second time. Keep one statement.")


def _state_nations(parts: MarkingParts, nations: frozenset[str]) -> None:
    if parts.nations is not None:
        raise MarkingError("The marking says NOFORN or REL TO more than once. Keep one of them.")
    parts.nations = nations


def _nations(text: str) -> frozenset[str]:
    codes = [code for code in re.split(r"[,\s]+", text) if code and code != "AND"]
    nations: set[str] = set()
    for code in codes:
        if code in _GROUPS:
            nations |= _GROUPS[code]
        elif re.fullmatch(r"[A-Z]{3}", code):
            nations.add(code)
        else:
            raise MarkingError(
                f"“{_shown(code)}” in REL TO is not a country code of three letters. "
                "Write such as REL TO USA, GBR."
            )
    # A list always includes the owner; on its own that is what NOFORN means.
    return frozenset(nations | {OWNER_NATION})


def _category(member: str) -> str:
    if member.removeprefix("SP-") not in _CATEGORIES:
        raise MarkingError(
            f"“{_shown(member)}” is not a CUI category known here. Use its short name, such as PRVCY."
        )
    return member


def _compartment(member: str) -> str:
    meant = get_close_matches(member.replace(" ", ""), _RESERVED, n=1, cutoff=0.8)
    if meant:
        wanted = meant[0].replace("RELTO", "REL TO")
        raise MarkingError(f"“{_shown(member)}” looks like {wanted}, but is not spelled so. Correct it.")
    if not _COMPARTMENT.fullmatch(member) or member in _CATEGORIES:
        raise MarkingError(
            f"“{_shown(member)}” is not a control this system can read. "
            "Use compartments, NOFORN, REL TO or CUI."
        )
    return member


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
