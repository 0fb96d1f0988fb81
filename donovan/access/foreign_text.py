"""Markings of others, and names of nations: `//GBR SECRET`, `NATO SECRET`, `JOINT S CAN USA`, `FVEY`.

What others marked is foreign government information here: it keeps their level and their name, and is open to
those whom their own marking lets in (DoDM 5200.01 volume 2, enclosure 4, sections 4, 5 and 9).
"""

import re

from donovan.access.marking_parts import MarkingError, MarkingParts, shown
from donovan.access.marking_policy import policy

_CODE = r"[A-Z]{2,4}"
_JOINT = re.compile(
    r"JOINT (?P<level>TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED|UNCLASSIFIED|TS|S|C|R|U) "
    rf"(?P<codes>{_CODE}(?:[ ,]+{_CODE}){{0,40}})"
)
_EYES = re.compile(rf"{_CODE}(?:[/ ,]+{_CODE}){{0,40}} EYES ONLY")
_DISTRIBUTION = re.compile(
    r"DIST(?:RIBUTION)?\.? ?(?:STATEMENT|STMT)?\.? ?[“\"'(]?(?P<letter>[A-FX])[”\"')]?(?:[.,:;-].*| -.*|)"
)
_RESTRICTED = {"RESTRICTED", "R"}


def distribution(text: str) -> str | None:
    """The control of a distribution statement; empty for A, which is public; None for another text."""
    match = _DISTRIBUTION.fullmatch(text)
    if match is None:
        return None
    return "" if match["letter"] == "A" else f"DISTRIBUTION {match['letter']}"


def is_eyes_only(text: str) -> bool:
    """Whether it is a list of nations before EYES ONLY."""
    return _EYES.fullmatch(text) is not None


def nations_in(text: str) -> frozenset[str]:
    """The nations before EYES ONLY, the owner among them. Raises MarkingError where the owner is not."""
    found = _nations(re.split(r"[/,\s]+", text.strip()))
    if policy().owner not in found:
        raise MarkingError(
            f"“{shown(text.strip())} EYES ONLY” shuts out the owner of this system. A reviewer must decide."
        )
    return found


def named_nations(text: str) -> frozenset[str]:
    """The nations of a list such as `USA, GBR` or `FVEY`, with the owner, who is in every list."""
    codes = [code for code in re.split(r"[,\s]+", text) if code and code not in ("AND", "ONLY", "&")]
    if not codes:
        raise MarkingError("REL needs the list of nations. Write it out, such as REL TO USA, GBR.")
    return _nations(codes) | {policy().owner}


def _nations(codes: list[str]) -> frozenset[str]:
    rules = policy()
    found: set[str] = set()
    for code in codes:
        if code in rules.groups:
            found |= rules.groups[code]
        elif code in rules.nations:
            found.add(rules.nations[code])
        elif re.fullmatch(r"[A-Z]{3}", code):
            found.add(code)
        elif re.fullmatch(r"[A-Z]{4}", code):
            raise MarkingError(
                f"Who belongs to “{code}” is not said in this site's policy. List its nations themselves."
            )
        else:
            raise MarkingError(
                f"“{shown(code)}” in REL TO is not a country code of three letters. "
                "Write such as REL TO USA, GBR."
            )
    return frozenset(found)


def foreign_block(block: str) -> MarkingParts:
    """What the first block of another's marking says, without the strokes before it. Raises MarkingError."""
    rules = policy()
    joint = _JOINT.fullmatch(block)
    if joint is not None:
        codes = re.split(r"[ ,]+", joint["codes"])
        return _theirs(joint["level"], frozenset(codes), _nations(codes))
    if block in rules.foreign:
        marking = rules.foreign[block]
        if marking.origin == rules.owner:
            return _ours(marking.level)
        parts = _theirs(marking.level, frozenset({marking.origin}), marking.released_to)
        parts.handling = frozenset({marking.control} if marking.control else ())
        return parts
    words = block.split(" ")
    for count in range(1, min(len(words), 42)):
        level = " ".join(words[count:])
        if level in rules.levels or level in rules.foreign or level in _RESTRICTED:
            if all(map(_is_source, words[:count])):
                return _coded(words[:count], level)
            break
    raise MarkingError(
        f"“{shown(block)}” is not a marking of another nation that is understood. Use the local marking."
    )


def _is_source(code: str) -> bool:
    rules = policy()
    origins = {marking.origin for marking in rules.foreign.values()}
    return bool(re.fullmatch("[A-Z]{3}", code)) or code in {*rules.groups, *rules.nations, *origins}


def _coded(codes: list[str], level: str) -> MarkingParts:
    rules = policy()
    if codes == ["FGI"]:
        return _theirs(level, frozenset({"CONCEALED"}), frozenset())
    codes = [rules.nations.get(code, code) for code in codes]
    if codes == [rules.owner]:
        return _ours(rules.levels.get(level, ""))
    if level not in rules.levels and level not in _RESTRICTED and level in rules.foreign:
        return _theirs(rules.foreign[level].level, frozenset(codes), _members(codes))
    return _theirs(level, frozenset(codes), _members(codes))


def _members(codes: list[str]) -> frozenset[str]:
    """Who is among them as far as the policy says; an organisation without members opens it to nobody."""
    return frozenset().union(
        *(policy().groups.get(code, {code} if len(code) == 3 else frozenset()) for code in codes)
    )


def _ours(level: str) -> MarkingParts:
    if level == "CUI":
        return MarkingParts("UNCLASSIFIED", is_controlled=True)
    if level not in policy().levels:
        raise MarkingError("The owner's marking has no level that is known here. Correct it.")
    return MarkingParts(policy().levels[level])


def _theirs(level: str, origins: frozenset[str], released_to: frozenset[str]) -> MarkingParts:
    rules = policy()
    if level in _RESTRICTED:
        level = "CONFIDENTIAL"
    if level != "CUI" and level not in rules.levels:
        raise MarkingError(f"“{shown(level)}” is not a level that is understood. Use the local marking.")
    is_controlled = level == "CUI"
    return MarkingParts(
        "UNCLASSIFIED" if is_controlled else rules.levels[level],
        is_controlled=is_controlled,
        fgi=frozenset(rules.nations.get(code, code) for code in origins) - {rules.owner},
        nations=released_to | {rules.owner} if released_to - {rules.owner} else None,
    )
