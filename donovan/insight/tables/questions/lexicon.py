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
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache

import snowballstemmer

from ingest.values.dates import dates
from ingest.values.locales import own_months
from ingest.values.number_forms import readings
from ingest.values.number_words import scales, written_numbers
from ingest.values.years import full_year

_STEMMER = snowballstemmer.stemmer("english")
_CUT = re.compile(
    r"""(?P<quoted>"[^"]{1,200}"|“[^”]{1,200}”|‘[^’]{1,200}’|(?<!\w)'[^']{1,200}'(?!\w))
    |(?P<iso>\d{4}-\d{2}-\d{2}(?![\d-]))|(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))
    |(?P<number>(?:\d{1,3}(?:[,'’\xa0\u202f]\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?
        |\d{1,3}(?:\.\d{3})+,\d+|\d+(?:\.\d+)?)(?![\w.]*[A-Za-z]))
    |(?P<word>[^\W_]+(?:['’][a-zA-Z]+)?)|(?P<sign>[%&])""",
    re.VERBOSE,
)
_LONGEST_VALUE = 6
_SPOKEN_MONTHS = {name: number for name, number in own_months("en").items() if name != "may"}
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
        # Of 1.234 the English reading, which has fewer figures before the point.
        value = min(readings(word.norm, "en") or {Decimal(re.sub(r"[^\d.]", "", word.norm))})
        value = -value if word.is_negative else value
    elif word.norm == "one":
        value = Decimal(1)
    else:
        text, ends = _joined(words, at)
        written = next((each for each in written_numbers(text, "en") if each.start == 0), None)
        return (Decimal(written.value), ends.index(written.end) + 1) if written else None
    following = words[at + 1].norm if at + 1 < len(words) else ""
    scale = 1000 if following == "k" else scales("en").get(following, 1)
    return value * scale, 1 if scale == 1 else 2


def _joined(words: list[Word], at: int) -> tuple[str, list[int]]:
    """The next words as one text, and where each of them ends in it."""
    text, ends = "", []
    for word in words[at : at + _LONGEST_VALUE]:
        text = f"{text} {word.text}".lstrip()
        ends.append(len(text))
    return text, ends


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


def month_span(year: int, month: int, *, has_year: bool = True) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(days=1), has_year)


def date_at(words: list[Word], at: int, year: int | None) -> tuple[Span, int] | None:
    """The day, month or year that begins at a word, and how many words it takes.

    `year` is taken where none is said; None where the data hold several, and then such a date is no date.
    """
    text, ends = _joined(words, at)
    found = next((each for each in dates(text, "en") if each.start == 0 and each.end in ends), None)
    # Who asks in a hurry writes months in small letters; "may" is then a verb.
    month = found.month if found else _SPOKEN_MONTHS.get(words[at].norm, 0)
    near = date(year, 1, 1) if year else date.today()
    used = full_year(found.year, near) if found and found.year else year
    if not month or not used:
        return None
    length = ends.index(found.end) + 1 if found else 1
    has_year = bool(found and found.year)
    if not found or not found.day:
        return month_span(used, month, has_year=has_year), length
    day = replace(found, year=used).day_near(near)
    return (Span(day, day, has_year), length) if day else None


def time_of(word: Word) -> time | None:
    if word.kind != "clock":
        return None
    hour, minute, second = [int(part) for part in f"{word.norm}:0".split(":")[:3]]
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
