"""Short forms that a text explains: “Syrian Democratic Forces (SDF)”, “SDF (Syrian Democratic Forces)”.

The long form is found by the letters of the short one, after Schwartz and Hearst (A simple algorithm for
identifying abbreviation definitions in biomedical text, 2003), with each letter at the beginning of a word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognition import Found

_BRACKET = re.compile(r"\((?:the\s|or\s|hereafter\s)?[\"“']?(?P<short>[A-Z][A-Za-z0-9&./\-]{1,11})[\"”']?\)")
_WORD = re.compile(r"[^\W_][\w’'.&-]*")
_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "in",
        "on",
        "to",
        "de",
        "la",
        "del",
        "y",
        "e",
        "a",
        "al",
        "por",
        "para",
        "des",
        "du",
        "und",
    ]
)
_MOST_WORDS = 12


@dataclass(frozen=True)
class Acronym:
    """`short` and `long` in normal form; the short form as written; where the long form stands.

    `start` and `end` are those of the long form, `bracket` the place of the short one.
    """

    short: str
    long: str
    written: str
    start: int
    end: int
    bracket: int


def acronyms_in(text: str, found: Sequence[Found]) -> list[Acronym]:
    """The short forms that `text` explains, in order. `found` are its mentions: people are left alone."""
    people = {(m.start, m.end) for m in found if m.kind == Kind.PERSON}
    return [one for one in _explained(text) if (one.start, one.end) not in people]


def _explained(text: str) -> Iterator[Acronym]:
    for match in _BRACKET.finditer(text):
        short = match["short"].rstrip(".")
        letters = [c.lower() for c in short if c.isalnum()]
        if sum(c.isupper() for c in short) < 2 or len(letters) < 2:
            continue
        words = list(_WORD.finditer(text, max(0, match.start() - 160), match.start()))[-_MOST_WORDS:]
        start = _beginning(words, letters)
        if start is None or "\n\n" in text[start : match.start()]:
            continue
        long = text[start : match.start()].rstrip(' \t\n,"“')
        if long and any(word[0].isupper() for word in long.split()):
            yield Acronym(
                normal_name(short), normal_name(long), short, start, start + len(long), match.start("short")
            )


def _beginning(words: Sequence["re.Match[str]"], letters: Sequence[str]) -> int | None:
    """Where the long form begins: going back, every letter starts a word (small words may be passed over)."""
    left = list(letters)
    for word in reversed(words):
        initials = [part[0].lower() for part in re.split(r"[-/]", word.group()) if part]
        if left[-len(initials) :] == initials:
            left = left[: -len(initials)]
        elif initials[0] == left[-1]:
            left = left[:-1]
        elif word.group().lower() not in _SMALL:
            return None
        if not left:
            return word.start()
    return None
