"""Reads the text of a marking into its parts, and says in one sentence what is wrong with it.

The grammar is that of the banner lines of the United States (level, control systems, dissemination, divided
by `//`, members of a block by `/`), with the looser ways in which real papers write them, and the markings
of others (`donovan.access.foreign_text`). Names and their meaning stand in the policy. What cannot be read
is an error, never ignored.
"""

import re
import unicodedata
from contextlib import suppress
from difflib import get_close_matches

from donovan.access.foreign_text import distribution, foreign_block, is_eyes_only, named_nations, nations_in
from donovan.access.marking_parts import MarkingError, MarkingParts, shown
from donovan.access.marking_policy import Control, policy

__all__ = ["LONGEST_MARKING", "MarkingError", "MarkingParts", "begins_like_a_marking", "read_parts", "tidied"]

LONGEST_MARKING = 2_000

_COMPARTMENT = re.compile(r"[A-Z][A-Z0-9]{0,19}(?:-[A-Z0-9]{1,19}){0,4}")
_PROGRAMME = re.compile(r"(?:SAR|SPECIAL ACCESS REQUIRED)-(?P<name>[A-Z0-9][A-Z0-9 -]{0,60})")
_RELEASE = re.compile(r"REL(?:EASABLE)?(?:\s*TO)?(?:\s+(?P<nations>.+))?")
_DISPLAY = re.compile(r"DISPLAY ONLY(?:\s+(?:TO\s+)?(?P<nations>.+))?")
_SPACED = re.compile(r"(?<![A-Z0-9])[A-Z](?:(?: {1,3}|-)[A-Z]){3,}(?![A-Z0-9])")
# Meets only what `tidied` has made: no two spaces together.
_WHEN_FILLED = re.compile(r" ?[(\[]? ?WHEN (?:FILLED|COMPLETED)(?:[ -]?IN)? ?[)\]]?$")
_PREFIX = re.compile(
    r"(?:THIS (?:PAGE|DOCUMENT|SLIDE|BRIEFING|FILE|E-?MAIL|MESSAGE|MEDIUM) IS (?:CLASSIFIED )?"
    r"|(?:OVERALL )?(?:PAGE |SLIDE |DOCUMENT )?CLASSIF(?:ICATION|IED) ?: ?"
    r"|-? ?\d{1,4} ?-? |PAGE \d{1,4}(?: OF \d{1,4})? )"
)
_SUFFIX = re.compile(
    r" (?:PAGE \d{1,4}(?: OF \d{1,4})?|- ?\d{1,4}(?: ?-)?|\d{1,4} OF \d{1,4}"
    r"|COPY (?:NO\.? ?)?\d{1,4}(?: OF \d{1,4})?)$"
)
_SECTION = re.compile(r" SECTION \d{1,3} OF \d{1,3}$")
_NUMBER = re.compile(r" \d{5,7}$")
_LONGEST_POST = 3

_CONDITIONS = {"WHEN", "UPON", "UNTIL", "WITH", "WITHOUT", "IF", "UNLESS", "LESS", "AFTER"}
_LOOSE = re.compile(r"[ ,;:/-]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_RESERVED = [
    *("NOFORN", "RELTO", "RELIDO", "ORCON", "PROPIN", "IMCON", "FOUO", "FEDCON", "NOCON", "LIMDIS", "EXDIS"),
    *("SECRET", "UNCLASSIFIED", "CONFIDENTIAL", "EYESONLY", "DISPLAYONLY"),
]


def read_parts(text: str) -> MarkingParts:
    """The parts of one banner line or portion mark. Raises MarkingError."""
    tidy = tidied(text)
    is_foreign = tidy.startswith("//")
    blocks = [block.strip() for block in tidy.removeprefix("//").split("//")]
    if not all(blocks):
        raise MarkingError("The marking has an empty part between two //. Remove it or fill it in.")
    parts, rest = _first_block(blocks[0], is_foreign=is_foreign)
    for block in [*rest, *blocks[1:]]:
        _read_block(parts, block)
    if parts.is_closed:
        parts.nations, parts.display = frozenset({policy().owner}), frozenset()
    return parts


def tidied(text: str) -> str:
    """The text in capitals, its spaces, dashes, brackets and spaced letters in one way of writing."""
    if len(text) > LONGEST_MARKING:
        raise MarkingError("The marking is too long to be one. Write a line such as SECRET//NOFORN.")
    if any(unicodedata.category(character) == "Cc" and not character.isspace() for character in text):
        raise MarkingError("The marking contains control characters. Type it again.")
    tidy = re.sub(r"\s", " ", unicodedata.normalize("NFKC", text).translate(_DASHES).upper()).strip(" *_")
    tidy = " ".join(_SPACED.sub(_closed_up, tidy).split())
    if tidy[:1] + tidy[-1:] in ("()", "[]"):
        tidy = tidy[1:-1].strip()
    tidy = re.sub(r" ?(/+) ?", r"\1", _WHEN_FILLED.sub("", tidy)).strip(" -.")
    tidy = _SUFFIX.sub("", _without_post(tidy))
    bare = _PREFIX.match(tidy)
    tidy = tidy[bare.end() :] if bare else tidy
    level, _, page = tidy.rpartition(" ")
    tidy = level if page.isdigit() and level in policy().levels else tidy
    if not tidy.strip("/"):
        raise MarkingError("There is no marking. Write one such as UNCLASSIFIED, CUI or SECRET//NOFORN.")
    return tidy


def _without_post(tidy: str) -> str:
    """The first line of a telegram without section, post and number: SECRET NODIS NEW DELHI 001234."""
    head = _NUMBER.sub("", tidy)
    if head != tidy and "//" not in head:
        words, known = head.split(" "), _known_words()
        for _ in range(_LONGEST_POST):
            if len(words) > 1 and words[-1].isalpha() and words[-1] not in known:
                words.pop()
        tidy = " ".join(words)
    return _SECTION.sub("", tidy)


def _known_words() -> set[str]:
    """Every word that stands in the name of a level or of a control."""
    rules = policy()
    names = (*rules.levels, *rules.controlled, *rules.written, *rules.owner_only, *rules.formerly_controlled)
    return {word for name in (*names, *rules.held, *rules.neutral) for word in name.split(" ")}


def begins_like_a_marking(text: str) -> bool:
    """Whether a line begins as markings do, so that it is read as one or held, and never passed over."""
    try:
        tidy = tidied(text)
    except MarkingError:
        return False
    if len(tidy) < 3:
        return False
    with suppress(MarkingError):
        read_parts(text)
        return True
    first = tidy.removeprefix("//").partition("//")[0]
    if is_eyes_only(tidy) or first in policy().held:
        return True
    if tidy.startswith("//"):
        return bool(re.match(r"[A-Z]{2,5} [A-Z]", first))
    words = re.split(r"[/;,]", first, maxsplit=1)[0].split(" ")
    begins = [" ".join(words[:count]) for count in range(len(words), 0, -1)][-6:]
    level = next((begin for begin in begins if _alone(begin) is not None), "")
    rest = [word for word in _LOOSE.split(first[len(level) :]) if word]
    known = _known_words()
    is_conditional = bool(rest) and rest[0] in _CONDITIONS
    is_divided = "//" in tidy or "/" in first or ";" in first
    return len(level) > 1 and (is_divided or is_conditional or all(word in known for word in rest))


def _closed_up(match: re.Match[str]) -> str:
    if "-" in match[0]:
        return match[0].replace("-", "")
    return " ".join(word.replace(" ", "") for word in re.split(r" {2,}", match[0]))


def _alone(block: str) -> MarkingParts | None:
    """What one block says that is a level and nothing else, however it is written."""
    rules = policy()
    block = block.removesuffix(" (CUI)")
    squeezed = {"".join(name.split()): name for name in (*rules.levels, *rules.controlled) if len(name) > 4}
    block = squeezed.get(block, block)
    if block in rules.levels:
        return MarkingParts(rules.levels[block])
    if block in rules.controlled | rules.formerly_controlled:
        return MarkingParts("UNCLASSIFIED", is_controlled=True)
    if block in rules.foreign:
        return foreign_block(block)
    stated = distribution(block)
    if stated is not None:
        return MarkingParts("UNCLASSIFIED", handling=frozenset({stated} if stated else ()))
    control, is_closed = _control(block)
    if control is not None and control.sensitive:
        return MarkingParts("UNCLASSIFIED", handling=frozenset({control.name}), is_closed=is_closed)
    return None


def _first_block(block: str, *, is_foreign: bool) -> tuple[MarkingParts, list[str]]:
    """What the first block says, and what else stands in it as blocks of their own."""
    if is_foreign or block.startswith("JOINT "):
        return foreign_block(block), []
    found = _alone(block)
    if found is not None:
        return found, []
    head, stroke, more = block.partition("/")
    found = _alone(head.strip())
    if stroke and found is not None:
        return found, [more.strip()]
    words = block.split(" ")
    for count in range(min(len(words) - 1, 6), 0, -1):
        head = " ".join(words[:count]).strip(",;:-")
        found = _alone(head)
        if found is not None and len(head) > 1:
            return found, _loose(" ".join(words[count:]))
    head, dash, more = block.partition("-")
    found = _alone(head) if dash and len(head) > 1 else None
    if found is not None:
        return found, _loose(more)
    raise MarkingError(
        f"“{shown(block)}” is not a classification. "
        "Begin with UNCLASSIFIED, CUI, CONFIDENTIAL, SECRET or TOP SECRET."
    )


def _loose(text: str) -> list[str]:
    """Controls that stand behind a level without strokes, as older papers write them: SECRET NOFORN ORCON."""
    rules = policy()
    names = {*rules.written, *rules.owner_only, *rules.formerly_controlled, *rules.neutral, "CUI", "RELIDO"}
    text = text.strip(" ,;:-")
    if is_eyes_only(text) or _RELEASE.fullmatch(text) or distribution(text) is not None:
        return [text]
    found, words = [], [word for word in _LOOSE.split(text) if word]
    while words:
        for count in range(min(len(words), 6), 0, -1):
            name = " ".join(words[:count])
            if name in names:
                found += [name] if name not in rules.neutral else []
                del words[:count]
                break
        else:
            raise MarkingError(
                f"“{shown(text)}” behind the level is not a control this system can read. "
                "Divide its controls by //, such as SECRET//NOFORN."
            )
    return found


def _read_block(parts: MarkingParts, block: str) -> None:
    stated = distribution(block)
    if stated is not None:
        parts.handling |= {stated} if stated else set()
        return
    if is_eyes_only(block):
        _state_nations(parts, nations_in(block.removesuffix("EYES ONLY")))
        return
    if block in policy().owner_only or block in policy().written:
        _read_member(parts, block)
        return
    members = [member.strip() for member in block.split("/")]
    if members[0] in policy().controlled:
        parts.is_controlled = True
        parts.categories |= {_category(member) for member in members[1:]}
        return
    released: list[str] = []
    for member in members:
        if released and re.fullmatch(r"[A-Z]{2,4}(?:[ ,]+[A-Z]{2,4})*", member) and not _is_known(member):
            released.append(member)
        elif member.startswith("REL") and (match := _RELEASE.fullmatch(member)) and match["nations"]:
            released.append(match["nations"])
        else:
            _read_member(parts, member)
    if released:
        _state_nations(parts, named_nations(" ".join(released)))
    if parts.has_bare_release and parts.nations is not None:
        raise MarkingError("The marking says REL and names nations a second time. Keep one statement.")


def _is_known(member: str) -> bool:
    return member in policy().written or member in policy().owner_only or member in policy().levels


def _read_member(parts: MarkingParts, member: str) -> None:
    rules = policy()
    control, is_closed = _control(member)
    programme = _PROGRAMME.fullmatch(member)
    display = _DISPLAY.fullmatch(member)
    if member in rules.owner_only:
        _state_nations(parts, frozenset({rules.owner}))
    elif member == "RELIDO":
        parts.is_relido = True
    elif member in rules.formerly_controlled:
        parts.is_controlled = True
    elif control is not None:
        parts.handling |= {control.name}
        parts.is_closed |= is_closed
    elif display is not None:
        parts.display |= named_nations(display["nations"] or "")
    elif _RELEASE.fullmatch(member):
        parts.has_bare_release = True
    elif member == "FGI" or member.startswith("FGI "):
        parts.fgi |= named_sources(member[3:])
    elif member in rules.levels:
        raise MarkingError(
            f"The marking names two classifications, {parts.level} and {rules.levels[member]}. Keep one."
        )
    elif programme is not None:
        parts.compartments |= {_compartment("SAR-" + "-".join(programme["name"].split()))}
    elif parts.is_controlled and (
        parts.level == "UNCLASSIFIED" or member.removeprefix("SP-") in rules.categories
    ):
        parts.categories |= {_category(member)}
    else:
        parts.compartments |= _systems(member)


def named_sources(text: str) -> frozenset[str]:
    """The nations and organisations behind FGI; CONCEALED where none is named."""
    codes = [code for code in re.split(r"[,\s]+", text) if code]
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2,4}", code):
            raise MarkingError(
                f"“{shown(code)}” in FGI is not a country code of three letters. Write such as FGI GBR."
            )
    return frozenset(policy().nations.get(code, code) for code in codes) or frozenset({"CONCEALED"})


def _control(member: str) -> tuple[Control | None, bool]:
    """The control that `member` writes, and whether it closes it to other nations by its own name."""
    written = policy().written
    if member in written:
        return written[member], False
    if member.startswith(("RD-S", "FRD-S")) and re.fullmatch(
        r"F?RD-(?:SIGMA|SG)[ -]?\d{1,2}(?: \d{1,2})*", member
    ):
        return written.get(member.partition("-")[0]), False
    for end in ("-NF", " NF", "-NOFORN", " NOFORN"):
        if member.endswith(end) and member.removesuffix(end) in written:
            return written[member.removesuffix(end)], True
    return None, False


def _state_nations(parts: MarkingParts, nations: frozenset[str]) -> None:
    if parts.nations is not None and parts.is_stated:
        raise MarkingError("The marking says NOFORN or REL TO more than once. Keep one of them.")
    parts.nations, parts.is_stated = nations, True


def _category(member: str) -> str:
    if member.removeprefix("SP-") not in policy().categories:
        raise MarkingError(
            f"“{shown(member)}” is not a CUI category known here. Use its short name, such as PRVCY."
        )
    return member


def _systems(member: str) -> frozenset[str]:
    """A compartment, and with a control system the sub-compartments written behind it: SI-G ABCD EFGH."""
    first, *more = member.split(" ")
    if more and first.partition("-")[0] in policy().control_systems:
        return frozenset({_compartment(first), *(_compartment(f"{first}-{name}") for name in more)})
    return frozenset({_compartment(member)})


def _compartment(member: str) -> str:
    meant = get_close_matches(member.replace(" ", ""), _RESERVED, n=1, cutoff=0.8)
    if meant:
        wanted = meant[0].replace("RELTO", "REL TO")
        raise MarkingError(f"“{shown(member)}” looks like {wanted}, but is not spelled so. Correct it.")
    rules = policy()
    if not _COMPARTMENT.fullmatch(member) or member in rules.categories | rules.held | rules.groups.keys():
        raise MarkingError(
            f"“{shown(member)}” is not a control this system can read. "
            "Use compartments, NOFORN, REL TO or CUI."
        )
    return member
