"""Which numbers and names of a text are in its translation, however numbers are grouped and divided."""

import re
from collections import Counter

_FIGURE = re.compile(r"\d+(?:[.,  ’']\d+)*")
_NAME = re.compile(r"(?<=[^.!?…:\s]\s)[A-ZÀ-ÖØ-ÞČĆĐŠŽ][\w’'-]{2,}")
_APART = re.compile(r"\D+")


def figures(text: str) -> list[str]:
    """The numbers of a text as written, in order: 1.250,50 and 12 and 08 and 30."""
    return _FIGURE.findall(text)


def missing_figures(source: str, target: str) -> tuple[str, ...]:
    """The numbers of the source that the translation does not hold, as they are written in the source."""
    held = Counter(_digits(figure) for figure in figures(target))
    missing = []
    for figure in figures(source):
        digits = _digits(figure)
        if held[digits] > 0:
            held[digits] -= 1
        else:
            missing.append(figure)
    return tuple(missing)


def _digits(figure: str) -> str:
    return _APART.sub("", figure)


def is_faithful(source: str, target: str) -> bool:
    """Whether a translation can be one: no number lost or added, no name lost, and about as long.

    What this lets through can still be wrong; what it stops is certainly not a translation. Names are looked
    for by their first four letters, which survive most endings, and only where the source is in Latin script.
    """
    if missing_figures(source, target) or missing_figures(target, source):
        return False
    words, others = len(source.split()), len(target.split())
    if others > 2 * words + 3 or 3 * others < words - 3:
        return False
    folded = target.casefold()
    if "translat" in folded and "translat" not in source.casefold():
        # The model speaks about its task instead of doing it.
        return False
    known = set(source.casefold().split())
    if 2 * sum(word in known for word in folded.split()) > others:
        return False
    names = _NAME.findall(source)
    return sum(name[:4].casefold() in folded for name in names) * 2 >= len(names)
