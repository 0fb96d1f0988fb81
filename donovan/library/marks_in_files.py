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

from django.conf import settings

from donovan.access.labels import cached_marking, label_for, split_label
from donovan.access.markings import Level, Marking, MarkingError, least_upper_bound, parse_marking
from ingest.label_checks import Objection, register

EDGE_LINES = 4
"""Lines from the top of a page, and from its bottom, among which a banner is looked for."""

LONGEST_BANNER = 200
MOST_PORTIONS = 5_000

_PORTION = re.compile(
    r"^[ \t]*(?:(?:\d{1,3}|[a-zA-Z])[.)][ \t]*|[-•*–][ \t]*)?(?:[A-Z][A-Za-z /-]{0,30}:[ \t]*)?"
    r"\((?P<mark>(?:TS|S|C|U|CUI|FOUO)(?://?[A-Z][A-Z0-9 ,/-]{0,80})?)\)",
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
    r"\b(?:declassified|approved[ \t]+for[ \t]+(?:public[ \t]+)?release|classification[ \t]+cancelled)\b",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<!\w)(?:[A-Z] ){3,}[A-Z](?!\w)")
_LABEL_NAME = re.compile(r"^MSIP_Label_.+_Name$", re.IGNORECASE)
_WORDS_OF_LEVELS = {"TOP SECRET", "SECRET", "CONFIDENTIAL", "UNCLASSIFIED", "CUI"}


def objection_to(label: str, texts: Sequence[str], facts: Mapping[str, str]) -> Objection | None:
    """An objection where the file bears a marking that its label does not cover."""
    try:
        slug, given = split_label(label)
    except MarkingError:
        return None
    borne = markings_in(texts, facts)
    higher = [marking for marking in borne if not given.dominates(marking)]
    if not higher or any(_RELEASED.search(text) for text in texts):
        return None
    bound = least_upper_bound([given, *higher])
    try:
        held = label_for(slug, bound)
    except MarkingError:
        held = label_for(slug, cached_marking(settings.SYSTEM_HIGH))
    return Objection(
        held,
        f"The file bears markings above {given.canonical}, as which it was handed in. It is held for a "
        f"reviewer, marked as what it bears: {bound.canonical}. Until that is decided nothing finds it.",
    )


def markings_in(texts: Sequence[str], facts: Mapping[str, str]) -> set[Marking]:
    """Every marking that pages and properties bear, as far as it can be read.

    What is plainly a marking and cannot be read counts as the highest that this system holds.
    """
    found: set[Marking] = set()
    for text in texts:
        found |= {*_banners(text), *_stated(text)}
    found |= _portions(texts)
    found |= {marking for name, value in facts.items() for marking in _property(name, value)}
    classified = any(marking.level > Level.UNCLASSIFIED for marking in found)
    if not classified and any(len(_AUTHORITY.findall(text)) > 1 for text in texts):
        found.add(cached_marking(settings.SYSTEM_HIGH))
    return found


def _banners(text: str) -> Iterator[Marking]:
    lines = [line for line in text.splitlines() if line.strip()]
    for line in dict.fromkeys([*lines[:EDGE_LINES], *lines[-EDGE_LINES:]]):
        yield from _banner(line)


def _banner(line: str) -> Iterator[Marking]:
    """A line that is a marking and nothing else."""
    if len(line) > LONGEST_BANNER:
        return
    tidy = _SPACED.sub(lambda found: found[0].replace(" ", ""), " ".join(line.split())).strip("-–—*_ ")
    first = tidy.partition("//")[0].strip()
    # In capitals, as banners are: "Secret" may be a heading.
    if first not in _WORDS_OF_LEVELS:
        return
    try:
        yield parse_marking(tidy)
    except MarkingError:
        if "//" in tidy:
            yield _at_least(first)


def _stated(text: str) -> Iterator[Marking]:
    for match in _STATED.finditer(text):
        said = match["mark"].strip().upper()
        if said.partition("//")[0].strip() in _WORDS_OF_LEVELS:
            try:
                yield parse_marking(said)
            except MarkingError:
                yield _at_least(said.partition("//")[0].strip())


def _portions(texts: Sequence[str]) -> set[Marking]:
    """Portion marks, where they are some: "(C)" alone may number a list or claim a right."""
    marks: set[str] = set()
    for text in texts:
        for count, match in enumerate(_PORTION.finditer(text)):
            if count >= MOST_PORTIONS:
                break
            marks.add(match["mark"].strip())
    if not any("/" in mark or mark in {"U", "TS", "CUI", "FOUO"} for mark in marks):
        return set()
    found = set()
    for mark in marks:
        try:
            found.add(parse_marking(mark, banner=_WITH_LIST))
        except MarkingError:
            found.add(_at_least(mark.partition("/")[0]))
    return found


def _property(name: str, value: str) -> Iterator[Marking]:
    """The label of an office program, where its name is that of a level."""
    if _LABEL_NAME.match(name) and value.strip().upper().partition("//")[0].strip() in _WORDS_OF_LEVELS:
        yield from _banner(value.strip().upper())


_WITH_LIST = parse_marking("SECRET//REL TO USA, GBR")
"""A portion mark's REL without a list means that of its banner; any list stands for it here, because the
banner is looked at itself.
"""


def _at_least(level: str) -> Marking:
    """A marking whose level can be read and whose rest cannot: for nobody but the highest cleared."""
    highest = cached_marking(settings.SYSTEM_HIGH)
    try:
        return highest.joined_with(parse_marking(level))
    except MarkingError:
        return highest


register(objection_to)
