"""Numbers as text writes them, brought to one form: separators, words, scales, percentages and units."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from ingest.values.locales import language_of
from ingest.values.number_forms import SPACES, may_be_apart, readings
from ingest.values.number_words import HAN_SCALES, Written, scales, written_numbers
from ingest.values.readable import place_of_end, readable
from ingest.values.units import NEVER_LEFT_OUT, spellings

# No number that anybody means has more figures; a longer run is compared as it is written.
_LONGEST = 27
_CURRENCY_BEFORE = (
    r"(?P<currency>US\$|[$€£¥₹₽]|(?<![A-Za-z])(?:USD|EUR|GBP|JPY|CNY|RMB|CHF|INR|RUB)(?=\s?\d))"
)
_RUN = re.compile(
    rf"{_CURRENCY_BEFORE}?\s?"
    r"(?P<percent>%)?"
    r"(?P<sign>(?<![\w\d)])[-−–])?"
    r"(?:(?P<clock>(?<![\d:])(?:[01]?\d|2[0-4])[:hH][0-5]\d(?::[0-5]\d)?(?![\d:])(?:\s?(?P<half>[ap]\.?m)\b)?)"
    r"|(?P<code>\d+(?::\d+)+|\d+(?:/\d+)+(?![\w]))"
    rf"|(?P<spaced>\d{{1,3}}(?P<space>[{SPACES}'’])\d{{3}}(?:(?P=space)\d{{3}})*(?!\d)(?:[.,٫]\d+(?![.,٫٬]\d))?)"
    r"|(?P<run>\d+(?:[.,٫٬]\d+)*))"
    r"(?P<fraction>[½¼¾⅓⅔])?(?P<short>[kKMB](?!\w))?(?:(?:st|nd|rd|th|er|ème|e|º|ª)(?!\w))?"
)
_MILITARY = re.compile(r"\s?(?:Z|hrs?|hours|local|Uhr)\b")
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}
_SHORT = {"k": 10**3, "M": 10**6, "B": 10**9}
_HAN = re.compile(r"[\u3400-\u9fff]")


# Between a number and its unit or scale: spaces, a hyphen, and the Chinese "more than".
_GAP = re.compile(r"[\s-]{0,2}[多余餘几]?")


@cache
def _units(language: str, first: str) -> re.Pattern[str]:
    """The units of a language whose spelling begins with one character."""
    words = [word for word in spellings(language) if word[0] == first]
    return re.compile(
        rf"(?:{_alternatives(words)})(?![^\W\u3400-\u9fff]|[²³/])|(?:{_han(words)})(?!代)", re.IGNORECASE
    )


@cache
def _scales(language: str, first: str) -> re.Pattern[str]:
    """The scales of a language whose spelling begins with one character."""
    words = [word for word in scales(language) if word[0] == first]
    return re.compile(rf"(?P<word>{_alternatives(words)})(?!\w)\.?|(?P<han>{_han(words)})", re.IGNORECASE)


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted((word for word in words if not _HAN.search(word)), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) or "(?!)"


def _han(words: Iterable[str]) -> str:
    return "|".join(sorted((word for word in words if _HAN.search(word)), key=len, reverse=True)) or "(?!)"


_OF = re.compile(r"\s(?:de|d[’'])\s?", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """One number in a text: every value it can mean, its unit in one form (or ""), and its place.

    What is written in figures and is no number ("14:30", "3.2.1", "302/15") has a `code` instead: such are
    the same only when their codes are.
    """

    values: frozenset[Decimal]
    unit: str
    start: int
    end: int
    code: str = field(default="")

    def is_supported_by(self, other: "Quantity") -> bool:
        """Whether `other` states the same value. A unit that one of them has and the other denies is no
        match.
        """
        if self.code and self.code == other.code:
            return True
        if not self.values & other.values:
            return False
        if self.unit:
            return self.unit == other.unit
        # A length or a weight may be left out where the reader knows it.
        return other.unit not in NEVER_LEFT_OUT


def quantities(text: str, language: str = "en") -> list[Quantity]:
    """Every number of `text`, in order."""
    clear, places = readable(text)
    language = language_of(language)
    found = list(_figures(clear, language))
    taken = [(each.start, each.end) for each in found]
    for each in _words(clear, language):
        if not any(each.start < end and start < each.end for start, end in taken):
            found.append(each)
    found.sort(key=lambda quantity: quantity.start)
    if len(clear) == len(text):
        return found
    return [
        Quantity(each.values, each.unit, places[each.start], place_of_end(places, each.end), each.code)
        for each in found
    ]


def _figures(text: str, language: str) -> Iterator[Quantity]:
    done = 0
    for match in _RUN.finditer(text):
        group = next(name for name in ("clock", "code", "spaced", "run") if match[name])
        start, end = match.start(group), match.end()
        if start < done:
            continue
        if start and (
            (text[start - 1].isalpha() and not _HAN.match(text[start - 1]))
            or (text[start - 1] == "." and text[start - 2 : start - 1].isdigit())
        ):
            # Part of a code such as "UH60": the word is compared as a whole.
            continue
        if group == "clock":
            yield Quantity(frozenset(), "", start, end, _clock(match[group], match["half"] or ""))
            continue
        values = readings(match[group], language) if group != "code" else frozenset()
        if not values or len(match[group]) > _LONGEST:
            yield from _no_number(match[group], start, match.end(group))
            continue
        for quantity in _number(text, language, match, values, start):
            done = max(done, quantity.end)
            yield quantity


def _number(
    text: str, language: str, match: re.Match[str], values: frozenset[Decimal], start: int
) -> Iterator[Quantity]:
    end = match.end()
    if match["fraction"]:
        values = frozenset(value + Decimal(_FRACTIONS[match["fraction"]]) for value in values)
    if match["sign"]:
        values = frozenset(-value for value in values)
        start = match.start("sign")
    if match["short"]:
        scale = _SHORT["k" if match["short"] == "K" else match["short"]]
        if match["short"] == "B" and language == "tr":
            scale = 1_000
        values = frozenset(value * scale for value in values)
    else:
        values, end = _scaled(text, end, values, language)
    unit = spellings(language).get((match["currency"] or "").lower(), "") or ("%" if match["percent"] else "")
    if not unit:
        unit, end = _unit_at(text, end, language)
    code = ""
    if match["run"] and len(match["run"]) == 4 and (military := _MILITARY.match(text, match.end("run"))):
        code, end = _clock(f"{match['run'][:2]}:{match['run'][2:]}", ""), max(end, military.end())
    yield Quantity(values, unit, start, end, code)
    if match["spaced"] and may_be_apart(match["spaced"], language, _line_at(text, start)):
        for part in re.finditer(r"\d+", match["spaced"]):
            offset = match.start("spaced")
            value = frozenset({Decimal(part[0])})
            yield Quantity(value, "", offset + part.start(), offset + part.end())


def _no_number(run: str, start: int, end: int) -> Iterator[Quantity]:
    """Figures that are no number in any form: a list without spaces, or a code."""
    if "," in run and not re.search(r"[^\d,]", run):
        for part in re.finditer(r"\d+", run):
            yield Quantity(frozenset({Decimal(part[0])}), "", start + part.start(), start + part.end())
        return
    yield Quantity(frozenset(), "", start, end, run)


def _clock(written: str, half: str) -> str:
    """ "2:30 pm", "14h30" and "14:30:00" as one."""
    hour, minute, *second = (int(part) for part in re.findall(r"\d+", written)[:3])
    if half:
        hour = hour % 12 + (12 if half[0].casefold() == "p" else 0)
    return f"{hour}:{minute:02}" + (f":{second[0]:02}" if second and second[0] else "")


def _line_at(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def _scaled(text: str, end: int, values: frozenset[Decimal], language: str) -> tuple[frozenset[Decimal], int]:
    start = _start_of_word(text, end)
    match = _scales(language, text[start : start + 1].lower()).match(text, start)
    if match is None:
        return values, end
    is_han = bool(match["han"])
    scale = scales(language)[(match["han"] or match["word"]).casefold()]
    scaled = frozenset(value * scale for value in values)
    end = match.end()
    if is_han and (rest := re.compile(r"(\d+)([千百万萬])?").match(text, end)):
        # "1亿2000万": what follows is added.
        more = int(rest[1]) * HAN_SCALES.get(rest[2] or "", 1)
        if more < scale:
            return frozenset(value + more for value in scaled), rest.end()
    return _scaled(text, end, scaled, language)


def _unit_at(text: str, end: int, language: str) -> tuple[str, int]:
    of = _OF.match(text, end)
    for place in (end, of.end() if of else end):
        start = _start_of_word(text, place)
        match = _units(language, text[start : start + 1].lower()).match(text, start)
        if match is not None:
            spelling = re.sub(r"\s+", " ", match[0].lower())
            return spellings(language)[spelling], match.end()
    return "", end


def _start_of_word(text: str, end: int) -> int:
    gap = _GAP.match(text, end)
    return gap.end() if gap else end


def _words(text: str, language: str) -> Iterator[Quantity]:
    for written in written_numbers(text, language):
        yield _with_unit(text, written, language)


def _with_unit(text: str, written: Written, language: str) -> Quantity:
    unit, end = _unit_at(text, written.end, language)
    value = frozenset({Decimal(written.value)})
    return Quantity(value, unit, written.start, end if unit else written.end)
