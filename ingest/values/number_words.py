"""Numbers written out: "twenty-four", "two hundred thousand", "treinta y cinco", "三千五百"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.values.locales import LOCALES, language_of, scale_words

NUMBER_WORDS: dict[str, int] = {
    word: number
    for number, words in {
        0: "zero cero ноль zéro صفر",
        2: "two dos два две двух двум двумя deux zwei dva dvije двое اثنان اثنين اثنتان اثنتين",
        3: "three tres три трёх трех трём трем тремя trois drei трое ثلاثة ثلاث",
        4: "four cuatro четыре четырёх четырех quatre vier četiri четверо أربعة أربع",
        5: "five cinco пять пяти cinq fünf خمسة خمس",
        6: "six seis шесть шести sechs šest ستة ست",
        7: "seven siete семь семи sieben sedam سبعة سبع",
        8: "eight ocho восемь восьми huit acht osam ثمانية ثماني ثمان",
        9: "nine nueve девять девяти neuf neun devet تسعة تسع",
        10: "ten diez десять десяти dix zehn deset عشرة عشر",
        11: "eleven одиннадцать onze",
        12: "twelve doce двенадцать douze zwölf dozen docena douzaine dutzend дюжина",
        13: "thirteen trece тринадцать treize dreizehn",
        14: "fourteen catorce четырнадцать quatorze vierzehn",
        15: "fifteen quince пятнадцать quinze fünfzehn",
        16: "sixteen dieciséis шестнадцать sechzehn",
        17: "seventeen diecisiete семнадцать siebzehn",
        18: "eighteen dieciocho восемнадцать achtzehn",
        19: "nineteen diecinueve девятнадцать neunzehn",
        20: "twenty veinte двадцать двадцати vingt zwanzig عشرون عشرين",
        30: "thirty treinta тридцать тридцати trente dreißig ثلاثون ثلاثين",
        40: "forty cuarenta сорок сорока quarante vierzig أربعون أربعين",
        50: "fifty cincuenta пятьдесят пятидесяти cinquante fünfzig خمسون خمسين",
        60: "sixty sesenta шестьдесят soixante sechzig ستون ستين",
        70: "seventy setenta семьдесят siebzig سبعون سبعين",
        80: "eighty ochenta восемьдесят achtzig ثمانون ثمانين",
        90: "ninety noventa девяносто neunzig تسعون تسعين",
        100: "cien ciento cent сто ста hundert مائة مئة",
        200: "doscientos doscientas двести مائتان مائتين مئتان مئتين",
        300: "trescientos trescientas триста",
        400: "cuatrocientos cuatrocientas четыреста",
        500: "quinientos quinientas пятьсот",
        600: "seiscientos seiscientas шестьсот",
        700: "setecientos setecientas семьсот",
        800: "ochocientos ochocientas восемьсот",
        900: "novecientos novecientas девятьсот",
    }.items()
    for word in words.split()
}
"""Words for numbers, but for those that are more often another word: "once", "sept", "elf", "seize"."""

# Scales of every text beside the full words of all languages ("Millionen") and the forms of its own ("Mrd.").
_EVERYWHERE = {
    word: scale
    for scale, words in {
        100: "hundred hundreds",
        1_000: "thousands mil mila тысячу тыс тис tys bin ألف ألفا हजार 千",
        10_000: "万 萬",
        100_000: "lakh lakhs लाख",
        1_000_000: "mn mln mio млн",
        10_000_000: "crore crores",
        100_000_000: "亿 億",
        1_000_000_000: "bn bln mrd mld billions млрд مليارات ميليار अरब",
        1_000_000_000_000: "trn trillions трлн تريليون 兆",
    }.items()
    for word in words.split()
}
_LEAST_LETTERS = 4
HAN_NUMERALS = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "兩": 2,
}
HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
HAN_COUNTED = "个名位人条次座艘辆架所家岁枚颗种位项天年月日周小分秒吨公米元"
"""What makes a single numeral a number: a measure word or a unit after it."""
_WORD = re.compile(r"[^\W\d_]+")
# Arabic says "five ten" for fifteen.
_TEEN = frozenset({"عشر", "عشرة"})
_JOINTS = frozenset({"and", "y", "et", "و"})
_HAN_RUN = re.compile(rf"(?<!\d)[{''.join(HAN_NUMERALS)}{''.join(HAN_SCALES)}]+")


@cache
def scales(language: str) -> Mapping[str, int]:
    """What multiplies the number before it in texts of a language, in small letters -> by how much.

    "Billion" is a thousand millions in English and a million millions in German.
    """
    found = dict(_EVERYWHERE)
    for locale in LOCALES:
        for word, scale in scale_words(language_of(locale)).items():
            if len(word) >= _LEAST_LETTERS:
                found.setdefault(word, scale)
    # Single letters ("5 t") are units more often, but in Turkish.
    own = {word: scale for word, scale in scale_words(language).items() if len(word) > 1 or language == "tr"}
    return {**found, **own}


@dataclass(frozen=True)
class Written:
    """A number in words: its value and its place."""

    value: int
    start: int
    end: int


def written_numbers(text: str, language: str) -> Iterator[Written]:
    """Every number in words, in order of kinds: those of words, then Chinese numerals."""
    yield from _in_words(text, scales(language))
    if language in ("zh", "ja", ""):
        yield from _in_han(text)


def _in_words(text: str, multiplying: Mapping[str, int]) -> Iterator[Written]:
    words = list(_WORD.finditer(text))
    index = 0
    while index < len(words):
        if words[index][0].casefold() not in NUMBER_WORDS or _says_percent(words, index):
            index += 1
            continue
        last, value = _read(text, words, index, multiplying)
        yield Written(value, words[index].start(), words[last].end())
        index = last + 1


def _says_percent(words: list["re.Match[str]"], index: int) -> bool:
    """ "Per cent" and "por ciento" hold no hundred."""
    return index > 0 and words[index - 1][0].casefold() in ("per", "por", "pour")


def _read(
    text: str, words: list["re.Match[str]"], first: int, multiplying: Mapping[str, int]
) -> tuple[int, int]:
    """The last word of the number that begins with the word `first`, and its value."""
    total, current, last = 0, NUMBER_WORDS[words[first][0].casefold()], first
    index = first + 1
    while index < len(words) and re.fullmatch(r"[\s-]+", text[words[index - 1].end() : words[index].start()]):
        word = words[index][0].casefold()
        number = NUMBER_WORDS.get(word)
        if number is None and word.startswith("و") and word[1:] in NUMBER_WORDS:
            number, is_joined = NUMBER_WORDS[word[1:]], True
        else:
            is_joined = words[index - 1][0].casefold() in _JOINTS
        before = words[index - 1][0].casefold()
        if number is not None:
            completed = _completed(current, number, is_joined, before in multiplying)
            if completed is None and word in _TEEN and 2 < current < 10:
                completed = current + number
            if completed is None:
                break
            current, last = completed, index
        elif word in multiplying:
            if multiplying[word] == 100:
                current *= 100
            else:
                total, current = total + (current or 1) * multiplying[word], 0
            last = index
        elif word not in _JOINTS or (word in ("y", "et") and not current):
            break
        index += 1
    return last, total + current


def _completed(current: int, number: int, is_joined: bool, follows_scale: bool) -> int | None:
    """The number with its next word, or None where the next word begins another number."""
    if follows_scale or not current:
        return current + number
    rest = current % 100
    if number >= 100:
        return None
    if rest == 0:
        return current + number
    if rest in (60, 80) and number < 20:
        # "soixante-quinze"; "quatre-vingt" is four and twenty.
        return current + number
    if rest == 4 and number == 20 and not is_joined:
        return current - 4 + 80
    if rest % 10 == 0 and rest >= 20 and 0 < number < 10:
        return current + number
    if is_joined and rest < 10 and number >= 20 and number % 10 == 0:
        # Arabic says "five and twenty".
        return current + number
    return None


def han_number(run: str) -> int:
    """The number that Chinese numerals are: "二〇二六" figure by figure, "三十一" by tens."""
    if all(sign in HAN_NUMERALS for sign in run):
        return int("".join(str(HAN_NUMERALS[sign]) for sign in run))
    return _han_value(run)


def _in_han(text: str) -> Iterator[Written]:
    for match in _HAN_RUN.finditer(text):
        run = match[0]
        following = text[match.end() : match.end() + 1]
        if len(run) == 1 and (
            run not in "二三四五六七八九十两兩" or not following or following not in HAN_COUNTED
        ):
            continue
        if all(sign in HAN_NUMERALS for sign in run):
            # "二〇二六" is read figure by figure; "三四" is "three or four" and no number.
            if len(run) >= 4:
                yield Written(han_number(run), match.start(), match.end())
                continue
            if len(run) > 1:
                continue
        if any(sign in HAN_NUMERALS for sign in run) or run[0] == "十":
            yield Written(_han_value(run), match.start(), match.end())


def _han_value(run: str) -> int:
    total = section = digit = 0
    for sign in run:
        if sign in HAN_NUMERALS:
            digit = HAN_NUMERALS[sign]
            continue
        scale = HAN_SCALES[sign]
        if scale >= 10_000:
            total, section = total + (section + digit) * scale, 0
        else:
            section += (digit or 1) * scale
        digit = 0
    return total + section + digit
