"""Organisations: known ones, names with a head word, acronyms, countries that act, and groups of people."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Set

from donovan.insight.entities.gazetteers.countries import adjectives, country_names
from donovan.insight.entities.gazetteers.everyday import is_everyday_word
from donovan.insight.entities.gazetteers.organisations import (
    GROUP_MODIFIERS,
    GROUPS,
    HEADS,
    KNOWN,
    SPANISH_HEADS,
    VERBS_OF_ACTORS,
)
from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.shapes import (
    CAPITAL,
    LETTER,
    OPENERS,
    WORD,
    is_attributive,
    is_shouted,
)
from donovan.insight.entities.recognition import Found
from retrieval.stop_words import every_stop_word

NAME = "organisations"
_KNOWN = re.compile(
    r"(?<![\w-])(?:" + "|".join(re.escape(n) for n in sorted(KNOWN, key=len, reverse=True)) + r")(?![\w-])"
)
_ORDINAL = r"\d{1,3}(?:st|nd|rd|th)"
_ABBREVIATED = r"U\.?S\.?|U\.?K\.?|U\.?N\.?|EU"
_TOKEN = rf"(?:(?:{_ABBREVIATED})(?![\w])|{WORD}|{_ORDINAL})"
_JOIN = (
    r"(?:\s|\s(?:and|of|for|on|de|del|para|и|за|i)\s(?:the\s|la\s|los\s)?"
    r"|,\s(?=[A-Z]\w+,?\sand\s[A-Z])|\s[-–]\s)"
)
_HEAD = "|".join(HEADS)
_ENDING = re.compile(rf"(?<![\w.-])(?:{_TOKEN}{_JOIN}){{0,5}}{_TOKEN}\s(?:{_HEAD})(?![\w-])")
_TAIL = rf"(?:\s(?:of|for|on|in)\s(?:the\s)?(?:{_TOKEN})(?:\s(?:and\s)?(?:the\s)?{_TOKEN}){{0,4}})"
_HEAD_OF = re.compile(
    rf"(?<![\w-])(?:{_TOKEN}\s){{0,3}}(?:{_HEAD}|government|Organisation|army|ministry)\s(?:of"
    rf"|for)\s(?:the\s)?{_TOKEN}(?:(?:\s|\sand\s(?:the\s)?|\sof\s(?:the\s)?){_TOKEN}){{0,4}}"
)
_OTHER_LANGUAGES = re.compile(
    rf"(?<!\w)(?:{'|'.join(SPANISH_HEADS)})(?:\s(?:de\s(?:la\s|los\s|las\s)?|del\s|y\s|и\s|za\s"
    rf"|за\s)?[{CAPITAL}][{LETTER}-]+){{0,4}}"
)
_ACRONYM = re.compile(r"(?<![\w.-])[A-Z](?:[A-Z&]|[a-z](?=[A-Z])){1,6}(?:-[A-Z]{2,6})?(?![\w-])(?!\s?\d)")
_ADJECTIVE = "|".join(sorted(map(re.escape, adjectives()), key=len, reverse=True))
_ACTOR = rf"(?:(?:{_ADJECTIVE}|{_ABBREVIATED}|[A-Z]{{3,6}}|Daesh|Taliban|Coalition|Allied|al-Qa[ei]da|{'|'.join(re.escape(n) for n in country_names() if ' ' not in n and n.isalpha() and len(n) > 3)})(?:-(?:led|backed|affiliated))?)"  # noqa: E501
_GROUP = re.compile(
    rf"(?<![\w-])(?:{_ACTOR}\s){{1,2}}(?:(?:{'|'.join(GROUP_MODIFIERS)})\s){{0,3}}(?:{'|'.join(GROUPS)})\b(?!-)"
)
_REGIME = re.compile(
    rf"(?<![\w-])(?:{WORD})(?:[’']s)?\s(?:(?:brutal|former|new|current|interim|federal"
    rf"|central)\s)?(?:regime|government|administration|clan|family|gang|network)\b"
)
_MEMBERS = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|compris(?:e|es|ing)|such\sas|namely|nations|members|states|partners"
    r"|allies)\s?:?\s(?:the\s)?$"
)
_CHAINED = re.compile(r",?\s(?:and\s)?(?:the\s)?|,\sand\s(?:the\s)?")
_VERB = re.compile(
    rf"(?:\s(?:also|now|still|then|already|strongly|fully))?\s(?:{'|'.join(VERBS_OF_ACTORS)})\b"
)
_IN_PLACE = re.compile(
    r"\b(?:in|to|from|across|into|throughout|inside|within|near|around|outside|over|through|throughout"
    r"|on|border|borders)\s(?:the\s)?$",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|with|against|between|alongside|among)\s(?:the\s)?$", re.IGNORECASE)
_ARTICLE = re.compile(r"\b[Tt]he\s$")
_SMALL = re.compile(r"(?<![\w-])[a-z]{2,14}(?![\w-])")
_LABEL_ENDS = re.compile(r"[ \t]*:")
_LINE_BEGINS = re.compile(r"(?:^|\n)[ \t>]*$")
_CAPITALS_BEFORE = re.compile(r"(?<![\w.-])([A-Z]{2,20})[!,]? $")
_CAPITALS_AFTER = re.compile(r"[!,]? ([A-Z]{2,20})(?![\w-])")
_NO_ACRONYM = frozenset(
    [
        "UTC",
        "GMT",
        "ISO",
        "PDF",
        "HTML",
        "XML",
        "JSON",
        "CSV",
        "DOCX",
        "AM",
        "PM",
        "OK",
        "TV",
        "ID",
        "IDS",
        "PO",
        "NE",
        "NW",
        "SE",
        "SW",
        "EST",
        "EDT",
        "CET",
        "MGRS",
        "UTM",
        "GPS",
        "DMS",
        "DTG",
        "POC",
        "SITREP",
        "INTREP",
        "OPORD",
        "FRAGO",
        "WARNO",
        "INTSUM",
        "SPOTREP",
        "NOFORN",
        "REL",
        "USA",
        "US",
        "UK",
        "UAE",
        "MV",
        "HMS",
        "USS",
        "FS",
        "KM",
        "MPH",
        "KG",
        "UAV",
        "UAVS",
        "IED",
        "IEDS",
        "VBIED",
        "VBIEDS",
        "MHZ",
        "GHZ",
        "KHZ",
        "KW",
        "MW",
        "RPG",
        "RPGS",
        "MANPADS",
        "ATGM",
        "AAA",
        "APC",
        "APCS",
        "IFV",
        "MBT",
        "HUMINT",
        "SIGINT",
        "OSINT",
        "IMINT",
        "GEOINT",
        "TBD",
        "TBC",
        "NA",
        "FAQ",
        "AND",
        "THE",
        "FOR",
        "NOT",
        "ALL",
        "DNS",
        "IP",
        "CEO",
        "CFO",
        "DDG",
        "SNCO",
        "SNCOS",
        "NCO",
        "VIP",
        "COVID",
        "DNA",
        "MRI",
        "CT",
        "UHF",
        "VHF",
        "HF",
        "II",
        "III",
        "IV",
        "VI",
        "VII",
    ]
)
_SHORTENED = re.compile(r"(?:U\.S|U\.K|US|UK)\.?$")


_OPENERS = OPENERS - {word.lower() for word in HEADS} - {"military", "general", "civilian"}


class OrganisationRecogniser:
    """Names of organisations, units, companies and armed groups, and the groups that act in their name."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(_found(text), key=lambda m: (m.start, -m.end))


def _found(text: str) -> Iterator[Found]:
    for match in _KNOWN.finditer(text):
        yield _mention(text, *match.span(), KNOWN[match.group()], 0.9)
    for match in _ENDING.finditer(text):
        yield from _trimmed(text, *match.span(), 0.87)
    for match in _HEAD_OF.finditer(text):
        yield from _trimmed(text, *match.span(), 0.92)
    for match in _OTHER_LANGUAGES.finditer(text):
        yield _mention(text, *match.span(), match.group(), 0.82)
    for match in _GROUP.finditer(text):
        yield _mention(text, *match.span(), match.group(), 0.915)
    for match in _REGIME.finditer(text):
        yield from _trimmed(text, *match.span(), 0.88)
    yield from _acronyms(text)
    yield from _countries_that_act(text)


def _mention(text: str, start: int, end: int, name: str, confidence: float) -> Found:
    return Found(
        start,
        end,
        Kind.ORGANISATION,
        text[start:end],
        normal_name(name),
        confidence=confidence + min(end - start, 60) / 1200,
        recogniser=NAME,
    )


def _trimmed(text: str, start: int, end: int, confidence: float) -> Iterator[Found]:
    """The stretch without the words before it that only begin a sentence."""
    if is_shouted(text, start, end) or "\n\n" in text[start:end]:
        return
    words = text[start:end].split()
    while len(words) > 1 and words[0].lower() in _OPENERS:
        start = text.index(words[0], start) + len(words[0])
        start += len(text[start:end]) - len(text[start:end].lstrip())
        words = words[1:]
    for joint in ("of ", "for ", "and ", "the ", "on ", "- ", "– "):
        while text[start:end].startswith(joint):
            start += len(joint)
    if " " in text[start:end]:
        yield _mention(text, start, end, text[start:end], confidence)


def _acronyms(text: str) -> Iterator[Found]:
    counts = Counter(m.group() for m in _ACRONYM.finditer(text))
    written_small = frozenset(_SMALL.findall(text)) if counts else frozenset()
    for match in _ACRONYM.finditer(text):
        short = match.group()
        if short in _NO_ACRONYM or short in country_names() or is_shouted(text, *match.span()):
            continue
        is_told = (
            text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
        )
        if not is_told and (_is_a_word(short.lower(), written_small) or _is_called_out(text, *match.span())):
            continue
        sure = 0.72 if counts[short] > 1 or is_told else 0.62
        if _ARTICLE.search(text[max(0, match.start() - 4) : match.start()]) or _VERB.match(text, match.end()):
            sure += 0.08
        yield _mention(text, *match.span(), short, sure)


def stressed_words(text: str) -> Callable[[int, int], bool]:
    """Tells of a stretch of the text whether it is a word in capitals that only stresses, labels, shouts."""
    written_small: list[frozenset[str]] = []

    def is_stressed(start: int, end: int) -> bool:
        word = text[start:end]
        if not (word.isalpha() and word.isupper() and len(word) > 1) or _is_short_name(word):
            return False
        if not written_small:
            written_small.append(frozenset(_SMALL.findall(text)))
        return _is_a_word(word.lower(), written_small[0]) or _is_called_out(text, start, end)

    return is_stressed


def _is_a_word(small: str, written_small: Set[str]) -> bool:
    """Whether capitals only stress a word (“NON”, “NOT”): a small word of some language, one of everyday
    English, or one that this text also writes small.
    """
    return small in OPENERS or is_everyday_word(small) or small in every_stop_word() or small in written_small


def _is_called_out(text: str, start: int, end: int) -> bool:
    """Whether capitals label or shout: “RE: ...” at the head of a line, several words in capitals."""
    if _LABEL_ENDS.match(text, end) and _LINE_BEGINS.search(text[max(0, start - 12) : start]):
        return True
    beside = (_CAPITALS_BEFORE.search(text[max(0, start - 24) : start]), _CAPITALS_AFTER.match(text, end))
    return any(found is not None and not _is_short_name(found.group(1)) for found in beside)


def _is_short_name(word: str) -> bool:
    return word in KNOWN or word in country_names() or word in _NO_ACRONYM


_NAMES = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(n) for n in sorted(country_names(), key=len, reverse=True))
    + r")(?![\w-])"
)


def _countries_that_act(text: str) -> Iterator[Found]:
    """A country as subject of a verb, as agent, or named with its article away from any preposition of
    place.
    """
    chained = -1
    for match in _NAMES.finditer(text):
        before = text[max(0, match.start() - 20) : match.start()]
        if _MEMBERS.search(before) or (chained >= 0 and _CHAINED.fullmatch(text, chained, match.start())):
            chained = match.end()
            yield _mention(text, *match.span(), country_names()[match.group()][1], 0.93)
            continue
        if _IN_PLACE.search(before):
            continue
        if is_attributive(text, *match.span()):
            continue
        acts = _VERB.match(text, match.end()) is not None or _BY.search(before) is not None
        if acts or (_ARTICLE.search(before) and _SHORTENED.search(match.group())):
            yield _mention(text, *match.span(), country_names()[match.group()][1], 0.93)
