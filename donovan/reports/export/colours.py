"""The established colours of the levels, as the pages show them (donovan.css, section Markings)."""

from dataclasses import dataclass

from donovan.access.markings import Level, MarkingError, parse_marking


@dataclass(frozen=True)
class Colours:
    """Ground and letters of a banner as six hexadecimal digits, without a sign before them."""

    ground: str
    letters: str


_OF_LEVEL = {
    Level.UNCLASSIFIED: Colours("00703C", "FFFFFF"),
    Level.CONFIDENTIAL: Colours("0033A0", "FFFFFF"),
    Level.SECRET: Colours("B3121F", "FFFFFF"),
    Level.TOP_SECRET: Colours("FF8C00", "000000"),
}
_CONTROLLED = Colours("502B85", "FFFFFF")
_COMPARTMENTED = Colours("FCE83A", "000000")


def colours_of(banner: str) -> Colours:
    """The colours of a banner line; those of SECRET for one that cannot be read."""
    try:
        marking = parse_marking(banner)
    except MarkingError:
        return _OF_LEVEL[Level.SECRET]
    if marking.level is Level.UNCLASSIFIED and marking.is_controlled:
        return _CONTROLLED
    if marking.level is Level.TOP_SECRET and marking.compartments:
        return _COMPARTMENTED
    return _OF_LEVEL[marking.level]


def is_classified(banner: str) -> bool:
    """Whether a classification authority block is due; also when the banner cannot be read."""
    try:
        return parse_marking(banner).level is not Level.UNCLASSIFIED
    except MarkingError:
        return True
