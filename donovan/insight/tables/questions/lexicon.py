"""Words of a question: cut alike in questions, titles and values; numbers, dates,
times; phrases with a meaning.

Each phrase has a code of one letter, which the grammar reads:

    h how many      H how much      w which, what     W who          n when         l list, show
    a aggregate     x superlative   d distinct        y most common  s share        g ratio
    G difference    X change        E is there        P top          r the rows     e per, each
    b by            i interval      o comparison      k between      f from         t to
    & and           | or            ! not             z missing      Z without      c contains
    > than          v verb          m with            .  carries no meaning
    T how often     + how much more - how much less   J by how much  B bottom      Y is there, not missing
    q compare       O over time
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
_CUT = re.compile(
    r"""(?P<quoted>"[^"]{1,200}"|“[^”]{1,200}”|‘[^’]{1,200}’|(?<!\w)'[^']{1,200}'(?!\w))
    |(?P<iso>\d{4}-\d{2}-\d{2}(?![\d-]))|(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))
    |(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w.]*[A-Za-z]))
    |(?P<word>[^\W_]+(?:['’][a-zA-Z]+)?)|(?P<sign>[%&])""",
    re.VERBOSE,
)
_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "k": 1000}
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


@dataclass(frozen=True)
class Word:
    """One word: as written, in small letters, and its stem."""

    text: str
    norm: str
    stem: str
    kind: str
    is_negative: bool = False


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    word = re.sub(r"(lit|met|cent)ers?$", r"\1re", word)
    return str(_STEMMER.stemWord(word.removesuffix("'s").removesuffix("’s")))


def words_of(text: str) -> list[Word]:
    """The words of a text, cut the same way wherever it comes from."""
    found = []
    for cut in _CUT.finditer(text):
        kind = str(cut.lastgroup)
        raw = cut[0]
        inside = raw[1:-1] if kind == "quoted" else raw
        norm = inside.lower().replace("’", "'")
        before = text[: cut.start()]
        is_negative = kind == "number" and bool(re.search(r"(?:^|[\s(])[-−]$", before))
        found.append(Word(inside, norm, stem_of(norm), kind, is_negative))
    return found


def normal(text: str) -> tuple[str, ...]:
    """A title or a value as the small words that it is matched by."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    return tuple(word.norm for word in words_of(spaced))


def stems(text: str) -> tuple[str, ...]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    return tuple(word.stem for word in words_of(spaced))


def number_at(words: list[Word], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at a word, and how many words it takes."""
    word = words[at]
    if word.kind == "number":
        value = Decimal(word.norm.replace(",", ""))
        value = -value if word.is_negative else value
    elif word.norm in _SMALL:
        value = Decimal(_SMALL.index(word.norm))
    elif word.norm == "dozen":
        value = Decimal(12)
    else:
        return None
    if at + 1 < len(words) and words[at + 1].norm in _SCALES:
        return value * _SCALES[words[at + 1].norm], 2
    return value, 1


def ordinal(word: Word) -> int | None:
    """2 of "second" or "2nd"."""
    if word.norm in _ORDINALS:
        return _ORDINALS.index(word.norm) + 1
    found = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th)", word.norm)
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included; `year` 0 where none was said."""

    first: date
    last: date
    has_year: bool = True

    @property
    def is_day(self) -> bool:
        return self.first == self.last


def _day_number(word: Word) -> int | None:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word.norm)
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None


def _month(word: Word) -> int | None:
    if word.norm in MONTHS:
        return MONTHS.index(word.norm) + 1
    return _SHORT_MONTHS.get(word.norm.rstrip("."))


def month_span(year: int, month: int, *, has_year: bool = True) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(days=1), has_year)


def date_at(words: list[Word], at: int, year: int | None) -> tuple[Span, int] | None:
    """The day, month or year that begins at a word, and how many words it takes.

    `year` is taken where none is said; None where the data hold several, and then such a date is no date.
    """
    if words[at].kind == "iso":
        try:
            day = date.fromisoformat(words[at].norm)
        except ValueError:
            return None
        return Span(day, day), 1
    return _day_first(words, at, year) or _month_first(words, at, year)


def _year_at(words: list[Word], at: int) -> int | None:
    is_year = at < len(words) and re.fullmatch(r"(19|20)\d{2}", words[at].norm) is not None
    return int(words[at].norm) if is_year else None


def _day(year: int, month: int, day: int, has_year: bool) -> Span | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Span(found, found, has_year)


def _day_first(words: list[Word], at: int, year: int | None) -> tuple[Span, int] | None:
    day = _day_number(words[at])
    place = at + 1
    if place < len(words) and words[place].norm == "of":
        place += 1
    month = _month(words[place]) if place < len(words) else None
    if day is None or month is None:
        return None
    said = _year_at(words, place + 1)
    used = said or year
    span = _day(used, month, day, said is not None) if used else None
    return (span, place + (2 if said else 1) - at) if span else None


def _month_first(words: list[Word], at: int, year: int | None) -> tuple[Span, int] | None:
    month = _month(words[at])
    if month is None or (words[at].norm == "may" and not words[at].text[0].isupper()):
        return None
    place = at + 1
    day = None
    if place < len(words) and _year_at(words, place) is None and words[place].kind in ("number", "word"):
        day = _day_number(words[place])
    place += 1 if day is not None else 0
    said = _year_at(words, place)
    used = said or year
    if used is None:
        return None
    place += 1 if said else 0
    if day is None:
        return month_span(used, month, has_year=said is not None), place - at
    span = _day(used, month, day, said is not None)
    return (span, place - at) if span else None


def time_of(word: Word) -> time | None:
    if word.kind != "clock":
        return None
    hour, minute, second = [int(part) for part in f"{word.norm}:0".split(":")[:3]]
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
