"""Places: countries, regions, towns from the gazetteer with evidence, and names with a geographic head."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from donovan.insight.entities.gazetteers.countries import (
    REGIONS,
    adjectives,
    american_states,
    country_names,
)
from donovan.insight.entities.gazetteers.everyday import is_everyday_word
from donovan.insight.entities.gazetteers.middles import country_middles
from donovan.insight.entities.gazetteers.places import Town, towns_called
from donovan.insight.entities.identity import folded, normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.shapes import (
    CAPITAL,
    DIRECTION,
    OPENERS,
    WORD,
    is_attributive,
    is_shouted,
)
from donovan.insight.entities.recognition import Found

NAME = "places"
LARGE = 150_000
_MOST_WORDS = 4
_HEAD_AFTER = (
    r"River|Lake|Sea|Ocean|Gulf|Bay|Strait|Straits|Island|Islands|Peninsula|Mountains?|Hills?|Valley"
    r"|Desert|Plain|Plains"
    r"|Province|Governorate|District|County|Region|Oblast|Canton|Municipality|Village|City|Town"
    r"|Airport|Airfield"
    r"|Air\sBase|Airbase|Base|Camp|Bridge|Dam|Barrage|Canal|Port|Harbou?r|Highway|Road|Street|Avenue"
    r"|Square|Crossing"
    r"|Checkpoint|Pass|Hospital|Mosque|Church|Cathedral|Stadium|Palace|Prison|Market|Refinery|Gate"
    r"|Creek|Bridge|Pier"
    r"|Terminal|Depot|Warehouse|Quay|Wharf|Station|Junction|Corridor"
)
_HEAD_BEFORE = (
    r"Lake|River|Mount|Mt\.|Cape|Port|Fort|Camp|Gulf\sof|Bay\sof|Strait\sof|Straits\sof|Sea\sof"
    r"|Isle\sof|Island\sof"
    r"|Province\sof|Governorate\sof|Wadi|Jebel|Jabal|Tel|Tell|Route|Highway|Checkpoint|Bridge|Hill|Pier|Berth"
    r"|Río|Rio|Puente|Puerto|Lago|Monte|Calle|Provincia\sde|Golfo\sde|река|озеро|гора|порт|улица|reka"
    r"|jezero|luka|most"
)
# What people made and named: a lake or river is named after its town more often than not.
_MADE = frozenset({"Camp", "Fort", "Base", "Checkpoint", "Route", "Bridge", "Pier", "Berth"})
_PHRASE = re.compile(
    rf"(?<![\w’'-]){WORD}(?:\s(?:{WORD}|(?:of|the|de|la|al|el|es|am)(?=\s[{CAPITAL}]))){{0,4}}"
)
_NEXT = re.compile(rf"{WORD}")
_WITH_HEAD = re.compile(
    rf"(?<![\w-])(?:(?:{WORD})\s){{1,3}}(?:{_HEAD_AFTER}|[Pp]rovince|[Gg]overnorate|[Dd]istrict"
    rf"|[Rr]iver|[Mm]ountains|[Rr]egion|[Cc]ity|[Vv]alley|[Vv]illage|[Bb]ridge|[Hh]ighway|[Dd]am"
    rf"|[Aa]irport)\b(?!\s(?:Council|Committee|Ministry|Department))"
)
_AFTER_HEAD = re.compile(rf"(?<![\w-])(?:{_HEAD_BEFORE})\s(?:{WORD}|\d{{1,3}}[A-Z]?)(?:\s(?:{WORD}))?")
_OF = re.compile(
    rf"\b(?P<head>(?:(?:the|an?)\s)?(?:[a-z-]+\s)?(?:city|town|village|province|district|area|port"
    rf"|island|region|governorate|outskirts|suburbs?|vicinity)\s(?:of"
    rf"|at)\s)(?P<name>{WORD}(?:\s{WORD}){{0,2}})"
)
_BEFORE_STRONG = re.compile(
    r"(?:\b(?:in|near|at|outside|inside|around|across|throughout|toward|towards|north of|south of"
    r"|east of|west of|northeast of|northwest of|southeast of|southwest of|between|into|city of"
    r"|town of|village of|port of|province of|en|cerca de|desde|hacia|в|во|из|у|на|kod|iz|u"
    r"|في)\s+(?:(?:the|el|la)\s+)?|,\s)$",
    re.IGNORECASE,
)
_BEFORE_WEAK = re.compile(
    r"\b(?:from|to|of|and|or|left|reached|entered|liberate[ds]?|retake|retook|captured?)\s+$", re.IGNORECASE
)
_DIRECTION_BEFORE = re.compile(rf"(?<![\w-]){DIRECTION}\s$")
_DATELINE = re.compile(r"^[^\n]{0,60}?(?:\s[-–—]|,\s)")
_PERSON_BEFORE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Capt|Sgt|President|Minister|Secretary|Sir)\.?\s)$"
)


class PlaceRecogniser:
    """Places of the gazetteers, and those that say by their name that they are one."""

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        countries = list(_countries(text))
        codes = Counter(m.value["country"] for m in countries if m.value.get("country"))
        codes.update(code for word in _NEXT.findall(text) if (code := adjectives().get(word, "")))
        found = [*countries, *_regions(text), *_towns(text, codes), *_by_head(text)]
        found = [_directed(text, mention) for mention in found]
        return sorted([*found, *_joined(text, found)], key=lambda m: (m.start, -m.end))


def _mention(text: str, start: int, end: int, normal: str, value: dict[str, Any], confidence: float) -> Found:  # noqa: PLR0917 - one row of a table
    return Found(
        start, end, Kind.PLACE, text[start:end], normal, value=value, confidence=confidence, recogniser=NAME
    )


_COUNTRY = re.compile("", 0)


def _country_pattern() -> "re.Pattern[str]":
    names = {**dict.fromkeys(country_names()), **dict.fromkeys(american_states())}
    listed = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w])(?!-[a-z])")


def _countries(text: str) -> Iterator[Found]:
    global _COUNTRY  # noqa: PLW0603 - compiled once, when first wanted
    if not _COUNTRY.pattern:
        _COUNTRY = _country_pattern()
    for match in _COUNTRY.finditer(text):
        name = match.group()
        if _PERSON_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        if is_attributive(text, *match.span()):
            continue
        if name in country_names():
            code, normal = country_names()[name]
            yield _mention(text, *match.span(), normal, _located(code), 0.9)
        else:
            yield _mention(text, *match.span(), folded(name), {"country": "US"}, 0.8)


def _located(code: str) -> dict[str, Any]:
    value: dict[str, Any] = {"country": code}
    if code in country_middles():
        value["latitude"], value["longitude"] = country_middles()[code]
    return value


_REGION = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(n) for n in sorted(REGIONS, key=len, reverse=True))
    + r")(?![\w-])(?!\sof\b)"
)


def _regions(text: str) -> Iterator[Found]:
    for match in _REGION.finditer(text):
        latitude, longitude = REGIONS[match.group()]
        yield _mention(
            text, *match.span(), folded(match.group()), {"latitude": latitude, "longitude": longitude}, 0.85
        )


def _towns(text: str, codes: Counter[str]) -> Iterator[Found]:
    """Names of the index, with evidence: what stands before, the size, the countries that the text names."""
    spans = [
        (start, end, folded(text[start:end]))
        for phrase in _PHRASE.finditer(text)
        for start, end in _parts(text, phrase)
    ]
    known = towns_called({name for _, _, name in spans if len(name) > 2})
    # In a text about Camp Lipa, “Lipa” is the camp and not a town on the other side of the world.
    with_heads = (match.group().split(maxsplit=1) for match in _AFTER_HEAD.finditer(text))
    of_heads = {folded(name) for head, name in with_heads if head in _MADE}
    for start, end, name in spans:
        towns = known.get(name)
        if towns is None or name in of_heads:
            continue
        town, confidence = _judged(text, start, end, name, towns, codes)
        if confidence >= 0.5:
            value = {"country": town.country, "latitude": town.latitude, "longitude": town.longitude}
            normal = f"{folded(town.name)} {town.country.lower()}"
            yield _mention(text, start, end, normal, value, confidence)


def _parts(text: str, phrase: "re.Match[str]") -> Iterator[tuple[int, int]]:
    words = [
        (phrase.start() + m.start(), phrase.start() + m.end()) for m in re.finditer(r"\S+", phrase.group())
    ]
    for first in range(len(words)):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            start, end = words[first][0], words[last][1]
            while text[end - 1] in "’'" or text[max(start, end - 2) : end] in ("’s", "'s"):
                end -= 2 if text[end - 1] == "s" else 1
            if text[start].isupper() or text[start : start + 2] in ("al", "el"):
                yield start, end


def _judged(  # noqa: PLR0917 - one row of a table
    text: str, start: int, end: int, name: str, towns: list[Town], codes: Counter[str]
) -> tuple[Town, float]:
    """The likeliest town of that name, and how sure it is that one is meant."""
    near = [town for town in towns if codes[town.country]]
    town = max(near or towns, key=lambda t: (codes[t.country] and t.population + 1, t.population))
    if _PERSON_BEFORE.search(text[max(0, start - 12) : start]) or is_shouted(text, start, end):
        return town, 0.0
    confidence = 0.3
    before = text[max(0, start - 24) : start]
    if _BEFORE_STRONG.search(before):
        confidence += 0.35
    elif _BEFORE_WEAK.search(before):
        confidence += 0.15
    if near:
        confidence += 0.25
    if town.population >= LARGE:
        confidence += 0.2
    if not _BEFORE_STRONG.search(before) and (
        name in OPENERS or (text[end : end + 1] == "." and len(name) < 4)
    ):
        confidence -= 0.5
    if name in OPENERS or name in _WORDS or is_everyday_word(name):
        confidence -= 0.4
    # "Davis said", "John Davis", "Davis Street" are no town.
    follows = text[end : end + 3]
    beside = re.search(rf"[{CAPITAL}][\w’'.-]*\s$", before)
    if (
        beside
        and beside.group().strip() not in country_names()
        and not text[max(0, start - 2) : start].startswith(",")
    ):
        confidence -= 0.3
    if re.match(rf"\s[{CAPITAL}]", follows) and not re.match(r"\s[A-Z]{2}", follows):
        confidence -= 0.3
    if " " in name:
        confidence += 0.1
    return town, min(max(confidence, 0.0), 0.88)


# Words of every day that are towns somewhere as well.
_WORDS = frozenset(
    [
        "of",
        "as",
        "an",
        "reading",
        "nice",
        "mobile",
        "bath",
        "march",
        "may",
        "june",
        "august",
        "sunday",
        "hope",
        "union",
        "victory",
        "liberty",
        "independence",
        "police",
        "battle",
        "young",
        "best",
        "orange",
        "pink",
        "black",
        "white",
        "green",
        "bay",
        "man",
        "male",
        "date",
        "same",
        "along",
        "page",
        "van",
        "most",
        "san",
        "saint",
        "fort",
        "camp",
        "army",
        "navy",
        "general",
        "mission",
        "center",
        "central",
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "street",
        "church",
        "university",
        "college",
        "hospital",
        "government",
        "minister",
        "president",
        "secretary",
        "foreign",
        "defence",
        "defense",
        "force",
        "forces",
        "task",
        "commander",
        "coalition",
        "article",
        "note",
        "table",
        "figure",
        "report",
        "office",
        "front",
        "group",
        "section",
        "page",
        "chapter",
        "resolution",
        "summit",
        "islamic",
        "state",
        "national",
        "democratic",
        "international",
        "allied",
        "joint",
        "combined",
        "operation",
        "inherent",
        "resolve",
        "security",
        "council",
        "human",
        "rights",
        "world",
        "bank",
        "red",
        "cross",
        "committee",
        "commission",
        "press",
        "news",
        "media",
        "service",
        "services",
    ]
)


def _by_head(text: str) -> Iterator[Found]:
    for match in _WITH_HEAD.finditer(text):
        start = match.start()
        first = match.group().split()[0]
        if first.lower() in OPENERS:
            start += len(first) + 1
            if " " not in text[start : match.end()]:
                continue
        if not is_shouted(text, start, match.end()):
            words = text[start : match.end()]
            yield _mention(text, start, match.end(), normal_name(words), {}, 0.83)
    for match in _AFTER_HEAD.finditer(text):
        if not is_shouted(text, *match.span()):
            yield _mention(text, *match.span(), normal_name(match.group()), {}, 0.82)


def _directed(text: str, mention: Found) -> Found:
    """“northern Iraq” is a place of its own, which lies somewhere in Iraq."""
    before = _DIRECTION_BEFORE.search(text[max(0, mention.start - 14) : mention.start])
    if before is None:
        return mention
    start = mention.start - len(before.group())
    words = text[start : mention.end]
    return (
        _mention(
            text,
            start,
            mention.end,
            f"{folded(before.group())} {mention.normal}",
            mention.value,
            min(mention.confidence + 0.05, 0.95),
        )
        if not words[0].isspace()
        else mention
    )


def _joined(text: str, found: list[Found]) -> Iterator[Found]:
    """“Palmyra, Syria” and “the city of Mosul”: one mention of the first, or of what is named last."""
    at = {m.start: m for m in sorted(found, key=lambda m: (m.confidence, m.end))}
    for mention in found:
        follower = at.get(mention.end + 2)
        if text[mention.end : mention.end + 2] == ", " and follower is not None:
            country = follower.value.get("country")
            is_wider = follower.normal in _wider() and follower.normal != mention.normal
            if (
                is_wider
                and country
                and country == mention.value.get("country", country)
                and mention.normal not in _wider()
            ):
                yield _mention(
                    text,
                    mention.start,
                    follower.end,
                    mention.normal,
                    mention.value,
                    max(mention.confidence, 0.92),
                )
    for match in _OF.finditer(text):
        inner = at.get(match.start("name"))
        if inner is not None and inner.kind == Kind.PLACE:
            yield _mention(text, match.start(), inner.end, inner.normal, inner.value, 0.93)
        elif not is_shouted(text, *match.span()):
            yield _mention(text, *match.span(), normal_name(match["name"]), {}, 0.86)


def _wider() -> frozenset[str]:
    return frozenset([*(normal for _, normal in country_names().values()), *map(folded, american_states())])
