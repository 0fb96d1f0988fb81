"""The markings that a file bears, held against the one under which it was handed in.

Looked at are banner lines at the top and bottom of pages, portion marks before paragraphs, lines such as
"Classification: SECRET", the labels that office programs keep in a file's properties (MSIP_Label_...), and
the block that says who classified a paper and until when. A marking inside that the label does not cover
keeps the file away from everybody who may not read it, until a reviewer has decided.

Forms: the marking manuals of the United States (DoDM 5200.01 volume 2; 32 CFR 2001.20 to 2001.26): banner
line at top and bottom, portion marks in parentheses before the text, the classification authority block.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

from django.conf import settings

from donovan.access.labels import cached_marking, label_for, split_label
from donovan.access.marking_policy import policy
from donovan.access.marking_text import begins_like_a_marking, tidied
from donovan.access.markings import (
    Level,
    Marking,
    MarkingError,
    least_upper_bound,
    owner_nation,
    parse_marking,
)
from donovan.access.models import AccessLabel, User
from donovan.audit import services as audit
from ingest.label_checks import Objection, Said, on_held, register

EDGE_LINES = 4
"""Lines from the top of a page, and from its bottom, among which a banner is looked for."""

LONGEST_BANNER = 200
MOST_PORTIONS = 5_000

_PORTION = re.compile(
    r"^[ \t]*(?:(?:\d{1,3}|[a-zA-Z])[.)][ \t]*|[-•*–][ \t]*)?(?:[A-Z][A-Za-z /-]{0,30}:[ \t]*)?"
    r"\((?P<mark>(?:TS|S|C|U|CUI|FOUO|CTSA?|NS|NC|NR|NSAT|LES|SBU|SBU-NF|LES-NF|O-S)"
    r"(?://?[A-Z][A-Z0-9 ,/-]{0,80})?"
    r"|//[A-Z]{2,5} [A-Z][A-Z0-9 ,/-]{0,80})\)",
    re.MULTILINE,
)
_STATED = re.compile(
    r"^[ \t]*(?:(?:overall|document|highest)[ \t]+)?(?:classification|(?:security[ \t]+)?marking)[ \t]*:"
    r"[ \t]*(?P<mark>[^\n]{1,200})$",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHORITY = re.compile(
    r"^[ \t]*(?:classified[ \t]+by|derived[ \t]+from|declassify[ \t]+on)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_RELEASED = re.compile(
    r"^[\W_]{0,10}(?:declassified|approved[ \t]+for[ \t]+(?:public[ \t]+)?release"
    r"|classification[ \t]+cancelled)\b",
    re.IGNORECASE,
)
"""How the stamp of a paper that was set free begins."""
_WITHIN = re.compile(
    r"(?<![\w/-])(?:TOP SECRET|SECRET|CONFIDENTIAL|CUI)(?://[A-Z][A-Z0-9-]*(?:/[A-Z][A-Z0-9-]*){0,6}){0,4}(?![\w/-])"
)
_LABEL_NAME = re.compile(r"^MSIP_Label_.+_Name$", re.IGNORECASE)


@dataclass
class Borne:
    """What a file bears: `markings` as far as they can be read, and whether there is more that cannot be
    (`is_in_doubt`): a control that nobody here knows, or one that is spelled as none is.
    """

    markings: set[Marking] = field(default_factory=set)
    is_in_doubt: bool = False


def objection_to(label: str, pages: Sequence[Said], facts: Mapping[str, str]) -> Objection | None:
    """An objection where the file bears a marking that its label does not cover, or one that is in doubt."""
    try:
        slug, given = split_label(label)
    except MarkingError:
        return None
    listed = given if given.nations is not None and not given.is_noforn else _WITH_LIST
    borne = markings_in(pages, facts, known_compartments() | given.compartments, listed)
    higher = [marking for marking in borne.markings if not _covers(given, marking)]
    if not (higher or borne.is_in_doubt) or any(map(_is_released, pages)):
        return None
    bound = least_upper_bound([given, *higher])
    try:
        held = label_for(slug, bound)
    except MarkingError:
        held = label_for(slug, cached_marking(settings.SYSTEM_HIGH))
    if not higher:
        return Objection(
            held,
            f"The file bears a marking that cannot be read here, beside {given.canonical}, as which it was "
            "handed in. It is held for a reviewer; until that is decided nothing finds it.",
        )
    return Objection(
        held,
        f"The file bears markings above {given.canonical}, as which it was handed in. It is held for a "
        f"reviewer, marked as what it bears: {bound.canonical}. Until that is decided nothing finds it.",
    )


def _covers(given: Marking, borne: Marking) -> bool:
    """Whether a label covers what a file bears: what is unclassified and says nothing about release goes
    where its whole goes (IC-ISM version 10, ISM-ID-00088).
    """
    if borne.level is Level.UNCLASSIFIED and not borne.has_statement:
        borne = replace(borne, nations=given.nations)
    return given.protects(borne)


def _is_released(page: Said) -> bool:
    """Whether a page bears the stamp of a paper that was declassified, at its top or bottom."""
    return not page.is_hidden and any(_RELEASED.match(line) for line in _edge_lines(page.text))


def known_compartments() -> frozenset[str]:
    """The compartments that a label of this installation has, or a person of it is cleared for."""
    found: set[str] = set()
    for marking in AccessLabel.objects.values_list("marking", flat=True).distinct():
        try:
            found |= cached_marking(marking).compartments
        except MarkingError:
            continue
    for held in User.objects.values_list("compartments", flat=True):
        found |= {str(name) for name in held} if isinstance(held, list) else set()
    return frozenset(found)


def markings_in(
    pages: Sequence[Said], facts: Mapping[str, str], known: frozenset[str], listed: Marking | None = None
) -> Borne:
    """Every marking that pages and properties bear. `known` are the compartments that mean something here;
    `listed` has the nations that a portion mark's REL without a list means.
    """
    found = Borne()
    portions = _portions(pages)
    for page in pages:
        texts = [*_banners(page.text), *_stated(page.text)]
        if page.is_hidden:
            texts += _WITHIN.findall(page.text)
        for text in dict.fromkeys(texts):
            _take(text, None, found, known, is_misread_likely=page.is_read_from_picture)
        for text in dict.fromkeys(portions.get(page.text, ())):
            _take(text, listed or _WITH_LIST, found, known, is_misread_likely=page.is_read_from_picture)
    for name, value in facts.items():
        if _LABEL_NAME.match(name) and begins_like_a_marking(value):
            _take(value.upper(), None, found, known, is_misread_likely=False)
    is_classified = any(marking.level > Level.UNCLASSIFIED for marking in found.markings)
    if not is_classified and any(len(_AUTHORITY.findall(page.text)) > 1 for page in pages):
        # Somebody classified it, and nothing says how high.
        found.markings.add(parse_marking("CONFIDENTIAL"))
        found.is_in_doubt = True
    return found


def _take(
    text: str, banner: Marking | None, found: Borne, known: frozenset[str], *, is_misread_likely: bool
) -> None:
    """Add what one banner line or portion mark says, as far as it can be read."""
    try:
        marking = parse_marking(text, banner=banner)
    except MarkingError:
        found.is_in_doubt |= not is_misread_likely
        level = _as_far_as_readable(text)
        if level is None and is_misread_likely:
            return
        # What names no level at all may be anything; and what cannot be read may keep it from other nations.
        level = level or cached_marking(settings.SYSTEM_HIGH)
        is_closed = level.level > Level.UNCLASSIFIED and not is_misread_likely
        found.markings.add(replace(level, nations=frozenset({owner_nation()})) if is_closed else level)
        return
    unknown = marking.compartments - known
    found.is_in_doubt |= bool(unknown) and not is_misread_likely
    # A compartment that nobody is cleared for would make the document vanish; the doubt holds it instead, and
    # releases it to nobody: what is not known here may be what forbids it.
    if unknown and not marking.is_noforn:
        marking = replace(marking, nations=None, display=frozenset(), is_relido=False)
    found.markings.add(replace(marking, compartments=marking.compartments & known))


def _as_far_as_readable(text: str) -> Marking | None:
    """What the beginning of a line says by itself, else the highest level that it names; None where it names
    none.
    """
    with suppress(MarkingError):
        return parse_marking(re.split(r"[/;,]", text.strip(), maxsplit=1)[0])
    with suppress(MarkingError):
        words = f" {re.sub(r'[^A-Z]+', ' ', tidied(text))} "
        named = {level for name, level in policy().levels.items() if len(name) > 2 and f" {name} " in words}
        return max(map(parse_marking, named), key=lambda marking: marking.level) if named else None
    return None


def _banners(text: str) -> Iterator[str]:
    """The lines at the edges of a page that are a marking and nothing else."""
    lines = _edge_lines(text)
    for line in dict.fromkeys(lines):
        tidy = line.strip().strip("-–—*_ ")
        # In capitals or with strokes, as banners are: "Secret" alone may be a heading, if not at both edges.
        is_sure = tidy == tidy.upper() or "//" in tidy or lines.count(line) > 1
        if is_sure and begins_like_a_marking(tidy):
            yield tidy


def _edge_lines(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    edges = lines[:EDGE_LINES] + lines[max(EDGE_LINES, len(lines) - EDGE_LINES) :]
    return [line for line in edges if len(line) <= LONGEST_BANNER]


def _stated(text: str) -> Iterator[str]:
    for match in _STATED.finditer(text):
        said = match["mark"].strip().upper()
        if begins_like_a_marking(said):
            yield said


def _portions(pages: Sequence[Said]) -> dict[str, list[str]]:
    """Portion marks by the text of their page, where they are some: "(C)" alone may number a list or claim a
    right.
    """
    found = {
        page.text: [match["mark"].strip() for match in islice(_PORTION.finditer(page.text), MOST_PORTIONS)]
        for page in pages
    }
    marks = {mark for some in found.values() for mark in some}
    is_sure = any("/" in mark or mark in {"U", "TS", "CUI", "FOUO"} for mark in marks)
    return found if is_sure else {}


_WITH_LIST = Marking(Level.SECRET, nations=frozenset({"USA", "GBR"}))
"""A portion mark's REL without a list means that of its banner; any list stands for it here, because the
banner is looked at itself.
"""


def record_held(document: UUID, before: str, after: str) -> None:
    """That a file was put under another label than it came with goes on record."""
    audit.record(
        "system",
        "administer",
        labels=[before, after],
        documents=[str(document)],
        detail={"change": "held", "why": "it bears a higher marking"},
    )


register(objection_to)
on_held(record_held)
