"""Instructions for declassification: what one says, and what a whole says that was made of several sources.

The most restrictive of the sources' instructions governs: an exemption of 75 years before one of 50, before
one of 25, before a date; among equals the latest date (32 CFR 2001.22 and 2001.24 to 2001.26; DoDM 5200.01
volume 2, enclosure 3, "Declassify On"). Restricted and formerly restricted data, transclassified foreign
nuclear and NATO information have no date (IC-ISM version 10, ISM-ID-00141 and 00246). What an older paper
left to be decided (OADR, X1 to X8, MR) or to an event is undecided, and nothing is made up for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from donovan.access.markings import Marking

_EXEMPTION = re.compile(
    r"(?P<years>25|50|75)X(?P<number>[1-9])(?P<more>-HUM|-WMD|-EO-?12951)?(?:[,;\s]+(?P<until>.+))?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})")
_NOT_APPLICABLE = re.compile(r"N/?A\b.*|NOT APPLICABLE\b.*", re.IGNORECASE)


class Kind(IntEnum):
    """Kinds of instruction, the least restrictive first."""

    DATE = 0
    AFTER_25 = 1
    AFTER_50 = 2
    NEVER_AT_50 = 3
    AFTER_75 = 4


@dataclass(frozen=True)
class Instruction:
    """One instruction that can be held against others. `until` is None where an exemption names no date."""

    kind: Kind
    exemption: str = ""
    until: date | None = None

    @property
    def text(self) -> str:
        return ", ".join(part for part in (self.exemption, self.until and self.until.isoformat()) if part)


@dataclass(frozen=True)
class Whole:
    """What a whole says. `undecided` are the sources' instructions that a person must decide, as they are."""

    instruction: str
    undecided: tuple[str, ...] = ()


def read_instruction(text: str) -> Instruction | None:
    """The instruction that `text` writes; None where it cannot be held against others."""
    tidy = " ".join(text.split())
    day = _day(tidy)
    if day is not None:
        return Instruction(Kind.DATE, until=day)
    match = _EXEMPTION.fullmatch(tidy)
    if match is None:
        return None
    until = _day(match["until"]) if match["until"] else None
    if match["until"] and until is None:
        return None
    more = (match["more"] or "").upper()
    name = f"{match['years']}X{match['number']}{more}"
    kinds = {"25": Kind.AFTER_25, "50": Kind.AFTER_50, "75": Kind.AFTER_75}
    kind = Kind.NEVER_AT_50 if match["years"] == "50" and more in ("-HUM", "-WMD") else kinds[match["years"]]
    return Instruction(kind, name, until)


def without_date(marking: Marking) -> str:
    """What stands instead of a date on what has none ("N/A to RD portions"); empty where a date is due."""
    nuclear = sorted(one.name for one in marking.controls if one.block == "AEA" and not one.sensitive)
    parts = [*nuclear, *(["NATO"] if "NATO" in marking.fgi else [])]
    return f"N/A to {'/'.join(parts)} portions. See source list for other portions." if parts else ""


def rolled_up(instructions: Iterable[str], marking: Marking) -> Whole:
    """What a whole of this marking says, made of sources with these instructions, one for each source."""
    read: list[Instruction] = []
    undecided: list[str] = []
    for text in instructions:
        found = read_instruction(text)
        if found is not None:
            read.append(found)
        elif not _NOT_APPLICABLE.fullmatch(text.strip()):
            undecided.append(text.strip() or "no instruction")
    if none_due := without_date(marking):
        return Whole(none_due, tuple(dict.fromkeys(undecided)))
    latest = max(read, key=lambda one: (one.kind, one.until or date.max, one.exemption), default=None)
    return Whole(latest.text if latest is not None else "", tuple(dict.fromkeys(undecided)))


_STATED = re.compile(
    r"^[ \t]*declassify[ \t]+on[ \t]*:[ \t]*(?P<said>[^\n]{0,200})", re.IGNORECASE | re.MULTILINE
)


def stated_in(text: str) -> str:
    """The instruction that the block of a paper states; empty where its text has none."""
    match = _STATED.search(text)
    return " ".join(match["said"].split()) if match else ""


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
