"""Banner lines as public papers have them, and what each must be read as, or that it must be held.

Forms from: DoDM 5200.01 volume 2 (its figures), the marking booklet of the ISOO, the CUI marking handbook and
registry, DoDI 5230.24, IC-ISM vocabularies, NATO's and the United Kingdom's security policies, declassified
telegrams and memoranda of the State Department and the CIA, and *Foreign Relations of the United States*.
"""

from dataclasses import dataclass, field
from pathlib import Path

from donovan.access.markings import MarkingError, parse_marking
from donovan.library.marks_in_files import markings_in
from ingest.label_checks import Said

LINES = Path(__file__).with_name("banner_lines.tsv")
HELD = "held"
COMPARTMENTS = frozenset(
    {"SI", "TK", "HCS", "SI-G", "HCS-P", "HCS-O", "SI-G-ABCD", "SI-G-DEFG", "SAR-BP", "KDK"}
)


@dataclass
class Lines:
    total: int = 0
    read: int = 0
    held: int = 0
    wrong: list[str] = field(default_factory=list)


def lines() -> list[tuple[str, str]]:
    """Each line and what it means."""
    rows = (row for row in LINES.read_text("utf-8").splitlines() if row and not row.startswith("#"))
    return [(line, meaning) for line, _, meaning in (row.partition("\t") for row in rows)]


def held_and_read() -> Lines:
    """How many lines are read as they are meant, how many held, and which are neither."""
    found = Lines()
    for line, meaning in lines():
        found.total += 1
        wrong = what_is_wrong(line, meaning)
        if wrong:
            found.wrong.append(wrong)
        elif meaning == HELD:
            found.held += 1
        else:
            found.read += 1
    return found


def what_is_wrong(line: str, meaning: str) -> str:
    """What is wrong with how a line is read, by itself and at the top of a page; empty where nothing is."""
    try:
        read = parse_marking(line).canonical
    except MarkingError:
        read = HELD
    if read != meaning:
        return f"{line!r} is read as {read}, not as {meaning}"
    page = Said(f"{line}\n\nThe ford is deep, and the bridge is out.\n\nNothing else.\n\nThe end.\n\n{line}")
    borne = markings_in([page], {}, COMPARTMENTS)
    if meaning == HELD:
        return "" if borne.is_in_doubt else f"{line!r} at the top of a page is passed over"
    if [marking.canonical for marking in borne.markings] != [meaning]:
        return f"{line!r} at the top of a page gives {', '.join(map(str, borne.markings)) or 'nothing'}"
    return ""
