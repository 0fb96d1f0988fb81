"""What a translation must not touch: markings, grids, date-time groups, designators, codes, plates, telephone
numbers, addresses of mail and of the web.

They are known by their form, in every script and language, so that a text needs no dictionary of them. What
is taken for a code and was a word costs the translation of one word; a code that is taken for words is lost.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.values.time_groups import GROUP


@dataclass(frozen=True)
class Kept:
    """A stretch of a text that goes round the engine, and how it stands in the translation (`said`)."""

    start: int
    end: int
    said: str


Known = Callable[[str], Sequence[Kept]]
"""What a caller knows of a text: the places of terms and names, and how they are to stand."""


def nothing_known(_text: str) -> Sequence[Kept]:
    return ()


_LEVEL = (
    r"(?:TOP SECRET|SECRET|CONFIDENTIAL|RESTRICTED|UNCLASSIFIED|CONTROLLED UNCLASSIFIED INFORMATION|CUI|FOUO"
    r"|FOR OFFICIAL USE ONLY|NOFORN|NOT RELEASABLE TO FOREIGN NATIONALS|ORCON|PROPIN|IMCON|RELIDO|FEDCON"
    r"|NOCON)"
)
# AND could be a nation as well: each nation is read in one way, too.
_RELEASE = r"REL TO [A-Z]{3,4}(?>(?:,\s?|\s)(?:AND\s)?[A-Z]{3,4}\b)*"
# Each control is read in one way only: with two, a row of them that never closes takes twice as long with
# each that is added.
_CONTROL = rf"(?>{_RELEASE}|(?:{_LEVEL}|FED ONLY|DL ONLY)(?![A-Z0-9-])|[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)"
_MARKINGS = (
    re.compile(rf"\((?:TS|S|C|R|U|NU|NR|NC|NS|NF|{_LEVEL}|{_RELEASE})(?://?\s?{_CONTROL})*\)"),
    re.compile(rf"(?<![\w/-])(?:{_LEVEL}|TS|S|C|U)(?://{_CONTROL}(?:/{_CONTROL})*)+(?![\w-])"),
    re.compile(rf"(?<![\w/-])(?:{_LEVEL}|{_RELEASE})(?:/{_CONTROL})*(?![\w-])"),
)

_DEGREES = (
    r"\d{1,3}(?:[.,]\d+)?\s?[°º]\s?"
    r"(?:\d{1,2}(?:[.,]\d+)?\s?['’′]\s?(?:\d{1,2}(?:[.,]\d+)?\s?(?:[\"”″]|''|′′)\s?)?)?"
)
_BAND = r"(?:[1-9]|0[1-9]|[1-5]\d|60)\s?[C-HJ-NP-X]"
_PLACES = (
    re.compile(
        rf"\b{_BAND}\s?[A-HJ-NP-Z][A-HJ-NP-V]\s?"
        r"(?:\d{5}\s?\d{5}|\d{4}\s?\d{4}|\d{3}\s?\d{3}|\d{2}\s?\d{2}|\d\s?\d)\b"
    ),
    re.compile(
        rf"\b{_BAND}\s+(?:E\s?)?\d{{6}}(?:\.\d+)?\s?m?E?[\s,]+(?:N\s?)?\d{{7}}(?:\.\d+)?(?:\s?m?N\b)?"
    ),
    re.compile(rf"(?<![\w.]){_DEGREES}[NSEWO]\b(?:[\s,;/]{{0,3}}{_DEGREES}[NSEWO]\b)?"),
    re.compile(rf"\b[NS]\s?{_DEGREES}[\s,;/]{{0,3}}[EWO]\s?{_DEGREES}"),
    re.compile(r"(?<![\w.])\d{1,3}\.\d{2,}\s?[NS][\s,;/]{0,3}\d{1,3}\.\d{2,}\s?[EWO]\b"),
    re.compile(r"(?<![\w.])\d{4}(?:\d{2})?(?:\.\d+)?[NS][\s,/]{0,2}\d{5}(?:\d{2})?(?:\.\d+)?[EW]\b"),
    re.compile(r"(?<![\w.°-])[-+]?\d{1,2}\.\d{3,}\s?[,;]\s?[-+]?\d{1,3}\.\d{3,}(?![\w°]|\.\d)"),
)

_FILES = (
    r"pdf|docx?|xlsx?|pptx?|od[tsp]|csv|txt|jpe?g|png|tiff?|gif|mp[34]|wav|zip|eml|msg|km[lz]|shp|json|xml"
)
_TOPS = r"com|org|net|gov|mil|int|edu|info"
_ADDRESSES = (
    re.compile(r"\b(?:https?://|ftp://|www\.)[^\s<>\"“”«»()\[\]]*[^\s<>\"“”«»()\[\].,;:!?'’]", re.IGNORECASE),
    re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+\w{2,24}(?![\w-])"),
    re.compile(rf"(?<![\w.@/-])[\w-]+(?:\.[\w-]+){{0,6}}\.(?:{_FILES}|{_TOPS})(?:\.[a-z]{{2}})?(?![\w-])"),
    re.compile(r"(?<![\w@#.])[@#]\w{2,64}"),
    re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?(?![\d.]*\d)"),
    re.compile(r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,}\b"),
)
_PHONES = (
    re.compile(
        r"(?<![\w.,/:+-])(?:\+|00)[1-9]\d{0,3}(?:[\s./-]?(?:\d{1,5}|\(\d{1,5}\))){2,7}(?![\w-]|[.,]\d)"
    ),
    re.compile(r"(?<![\w.,/:+-])\(0?\d{1,4}\)\s?\d{2,4}(?:[\s./-]?\d{2,4}){1,3}(?![\w-]|[.,]\d)"),
    re.compile(r"(?<![\w.,/:+-])0\d{1,3}[\s/-]\d{2,4}(?:[\s./-]\d{2,4}){1,3}(?![\w-]|[.,]\d)"),
    re.compile(r"(?<![\w.,/:+-])\d{3}[-.\s]\d{3}[-.]\d{3,4}(?![\w-]|[.,]\d)"),
)
_UPPER = "[A-ZÀ-ÖØ-ÞČĆĐŠŽŁŃŚŹŻŐŰĞİŞЀ-ЯҐ]"
# Words of two or three capitals beside figures are a plate or a serial number, except in a line that is
# written in capitals throughout.
_SPACED = (
    re.compile(rf"(?<![\w/-]){_UPPER}{{1,3}}[\s·-]\d{{3,4}}[\s·-]{_UPPER}{{1,3}}(?![\w-])"),
    re.compile(r"(?<![\w/-])\d{4}\s?[B-DF-HJ-NP-TV-Z]{3}(?![\w-])"),
    re.compile(rf"(?<![\w/-]){_UPPER}{{2,4}}\s\d{{2,5}}(?:[/-]\w{{1,6}})+(?![\w-])"),
)
_TOKEN = re.compile(r"[^\W_]+(?:(?:[-–./_:+·]|//)[^\W_]+)*")
_SHAPES = (
    # A capital and a figure in one token: T-72B3, HES/BR/07, 061430ZSEP26, 28S, Су-27.
    re.compile(rf"(?=\S*\d)(?=\S*{_UPPER})\S+"),
    # Figures and small letters by turns (a1b2, 9f3c), and an ending on a number (1990-ih).
    re.compile(r"\S*(?:\d[^\W\d_]{1,3}\d|[^\W\d_]\d+[^\W\d_])\S*"),
    re.compile(r"\d+[-–][^\W\d_]{1,4}"),
    # Abbreviations in one chain of three or more: HES/BR/SIT.
    re.compile(rf"{_UPPER}{{2,}}(?:[/_]{_UPPER}{{2,}}){{2,}}|{_UPPER}{{2,}}//\S+"),
)
_PATTERNS = (*_MARKINGS, *_PLACES, *_ADDRESSES, *_PHONES, GROUP)


def protected(text: str, more: Iterable[Kept] = ()) -> list[Kept]:
    """The stretches of `text` that go round the engine, in order, none within another: the longest of those
    that meet. `more` are stretches that the caller knows (terms, names), which win over codes of the same
    place.
    """
    found = list(more)
    patterns: Sequence[re.Pattern[str]] = _PATTERNS if _is_in_capitals(text) else (*_PATTERNS, *_SPACED)
    found += [Kept(*match.span(), match[0]) for pattern in patterns for match in pattern.finditer(text)]
    for match in _TOKEN.finditer(text):
        if any(shape.fullmatch(match[0]) for shape in _SHAPES):
            found.append(Kept(*match.span(), match[0]))
    return _apart(_trimmed(text, kept) for kept in found)


def _is_in_capitals(text: str) -> bool:
    words = [word for word in text.split() if word.isalpha()]
    return text.isupper() and sum(word.isupper() for word in words) > len(words) / 2 and len(words) > 2


def _trimmed(text: str, kept: Kept) -> Kept:
    """Without the white space that a pattern took along at its end."""
    written = text[kept.start : kept.end]
    spare = len(written) - len(written.rstrip())
    if not spare:
        return kept
    return Kept(kept.start, kept.end - spare, kept.said.rstrip())


def _apart(found: Iterable[Kept]) -> list[Kept]:
    taken: list[Kept] = []
    covered: set[int] = set()
    for kept in sorted(found, key=lambda each: each.start - each.end):
        if kept.end > kept.start and kept.start not in covered and kept.end - 1 not in covered:
            taken.append(kept)
            covered.update(range(kept.start, kept.end))
    return sorted(taken, key=lambda each: each.start)
