"""Numbers as text writes them, brought to one form: separators, words, scales, percentages and units."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from donovan.assistant.words import NUMBER_WORDS, SCALES, UNITS

# Languages in which a point divides thousands and a comma the decimals.
_COMMA_DECIMAL = frozenset({"es", "fr", "de", "ru", "it", "pt", "sr", "hr", "bs", "uk", "nl", "tr", "pl"})

_DIGITS = re.compile(
    r"(?P<currency>US\$|[$€£])?\s?"
    r"(?P<sign>(?<![\w\d)])[-−–])?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[\u00a0\u202f ’']\d{3})+(?![\d])(?:[.,]\d+)?"
    r"|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<fraction>[½¼¾⅓⅔])?(?P<thousand>k(?![\w]))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}
_UNIT = re.compile(
    r"[\s-]{0,2}(?P<unit>"
    + "|".join(re.escape(unit).replace(r"\ ", r"\s+") for unit in sorted(UNITS, key=len, reverse=True))
    + r")(?![\w²/])",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"[\s-]{0,2}(?P<scale>" + "|".join(sorted(SCALES, key=len, reverse=True)) + r")\b\.?", re.IGNORECASE
)


@dataclass(frozen=True)
class Quantity:
    """One number in a text: every value it can mean, its unit in one form (or ""), and its place."""

    values: frozenset[Decimal]
    unit: str
    start: int
    end: int

    def is_borne_out_by(self, other: "Quantity") -> bool:
        """Whether `other` states the same value. A unit that one of them has and the other denies is no
        match.
        """
        if not self.values & other.values:
            return False
        if self.unit:
            return self.unit == other.unit
        # "17" is not "17 %", and not "$17"; a length or a weight may be left out where the reader knows it.
        return other.unit not in {"%", "$", "€", "£"}


def quantities(text: str, language: str = "en") -> list[Quantity]:
    """Every number of `text`, in order."""
    found = [*_digit_quantities(text, language), *_word_quantities(text)]
    return sorted(found, key=lambda quantity: quantity.start)


def _digit_quantities(text: str, language: str) -> list[Quantity]:
    found = []
    for match in _DIGITS.finditer(text):
        start, end = match.start("number"), match.end()
        if start and (
            text[start - 1].isalpha() or (text[start - 1] == "." and text[start - 2 : start - 1].isdigit())
        ):
            # Part of a code such as "UH60": the word is compared as a whole.
            continue
        values = _readings(match["number"], language)
        if match["fraction"]:
            values = frozenset(value + Decimal(_FRACTIONS[match["fraction"]]) for value in values)
        if match["thousand"]:
            values = frozenset(value * 1000 for value in values)
        if match["sign"]:
            values = frozenset(-value for value in values)
            start = match.start("sign")
        unit, (values, end) = UNITS.get((match["currency"] or "").casefold(), ""), _scaled(text, end, values)
        if not unit:
            unit, end = _unit_at(text, end)
        found.append(Quantity(values, unit, start, end))
        if any(separator in match["number"] for separator in "\u00a0\u202f "):
            found.extend(_separate(match["number"], match.start("number")))
    return found


def _separate(number: str, offset: int) -> list[Quantity]:
    """
    "12 345" may also be two numbers side by side, as in the columns of a table."""
    return [
        Quantity(frozenset({Decimal(part[0])}), "", offset + part.start(), offset + part.end())
        for part in re.finditer(r"\d+", number)
    ]


def _readings(number: str, language: str) -> frozenset[Decimal]:
    bare = re.sub(r"[\u00a0\u202f ’']", "", number)
    texts = set()
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        texts.add(bare.replace(",", ""))
        if language in _COMMA_DECIMAL and bare.count(",") == 1 and "." not in bare:
            texts.add(bare.replace(",", "."))
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?", bare):
        texts.add(bare.replace(".", "").replace(",", "."))
    elif language in _COMMA_DECIMAL and re.fullmatch(r"\d{1,3}\.\d{3}", bare):
        texts |= {bare, bare.replace(".", "")}
    else:
        texts.add(bare.replace(",", "."))
    values = set()
    for text in texts:
        try:
            values.add(Decimal(text).normalize())
        except InvalidOperation:
            continue
    return frozenset(values)


def _scaled(text: str, end: int, values: frozenset[Decimal]) -> tuple[frozenset[Decimal], int]:
    match = _SCALE.match(text, end)
    if match is None:
        return values, end
    scale = SCALES[match["scale"].casefold()]
    scaled = frozenset((value * scale).normalize() for value in values)
    return _scaled(text, match.end(), scaled)


def _unit_at(text: str, end: int) -> tuple[str, int]:
    match = _UNIT.match(text, end)
    if match is None:
        return "", end
    spelling = re.sub(r"\s+", " ", match["unit"].casefold())
    return UNITS[spelling], match.end()


def _word_quantities(text: str) -> list[Quantity]:
    """Numbers written out: "twenty-four", "two hundred thousand", "cinco"."""
    found: list[Quantity] = []
    words = list(_WORD.finditer(text))
    index = 0
    while index < len(words):
        if words[index][0].casefold() not in NUMBER_WORDS:
            index += 1
            continue
        first, total, current = index, 0, 0
        while index < len(words):
            word = words[index][0].casefold()
            if index > first and not re.fullmatch(
                r"[\s-]+", text[words[index - 1].end() : words[index].start()]
            ):
                break
            if word in NUMBER_WORDS:
                before = words[index - 1][0].casefold()
                completes = NUMBER_WORDS[word] < 10 and current % 100 >= 20 and current % 10 == 0
                if index > first and not completes and before not in SCALES and before != "and":
                    break
                current += NUMBER_WORDS[word]
            elif word in SCALES and index > first:
                if SCALES[word] == 100:
                    current *= 100
                else:
                    total, current = total + current * SCALES[word], 0
            elif word == "and" and index + 1 < len(words) and words[index - 1][0].casefold() in SCALES:
                if words[index + 1][0].casefold() not in NUMBER_WORDS:
                    break
            else:
                break
            index += 1
        end = words[index - 1].end()
        unit, unit_end = _unit_at(text, end)
        value = Decimal(total + current).normalize()
        found.append(Quantity(frozenset({value}), unit, words[first].start(), unit_end if unit else end))
    return found
