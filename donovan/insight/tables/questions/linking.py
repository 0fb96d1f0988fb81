"""Which words of a question name which column, value,
number or date: every way to cut the question into parts.

A title is met by all of its words, by some of them, or by its unit; a value by all of its words, or by
some that
stand together in it. Fewer words, or a word spelt a little otherwise, weigh as a penalty, and the reading
with the
least penalty wins. A word that nothing explains gets no part, and then the question has no reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from rapidfuzz import fuzz

from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.lexicon import (
    Word,
    date_at,
    normal,
    number_at,
    ordinal,
    stem_of,
    stems,
    time_of,
    words_of,
)
from donovan.insight.tables.questions.phrases import LONGEST, PHRASES
from donovan.insight.tables.shaping import Condition
from ingest.values.locales import own_months
from ingest.values.units import UNITS, spellings_in_cells

MOST_CUTS = 800
LONGEST_VALUE = 12
FUZZY_FROM_LENGTH = 5
FUZZY_FROM_RATIO = 88
_WEAK_TITLE_WORDS = {"of", "the", "a", "in", "on", "by", "and", "at", "to", "for", "from", "no", "is"}
_FILES = {"csv", "xlsx", "json", "sheet", "tabl"}
# What a title says of the time or the file is no name of its rows.
_NO_ROWS = _WEAK_TITLE_WORDS | _FILES | {stem_of(month) for month in own_months("en")}
# Spellings of units that at the end of a title are mostly letters and words.
_NO_UNITS = {(word,) for word in ("in", "a", "d", "f", "j", "k", "s", "st", "v", "w", "weight")}


@dataclass(frozen=True)
class Part:
    """Words `first` up to, not including, `last` of the question, and what they say.

    Codes beside those of the lexicon: C a column, V a value (as a condition), N a number, D days, M a time
    of day,
    S quoted words, # an ordinal.
    """

    code: str
    payload: Any
    first: int
    last: int
    text: str
    penalty: float = 0.0


@dataclass(frozen=True)
class Linked:
    """The words of a question and the ways to cut them. `unknown` are words that nothing explains."""

    words: tuple[Word, ...]
    cuts: tuple[tuple[Part, ...], ...]
    unknown: tuple[str, ...] = field(default=())


def link(question: str, table: TableFacts) -> Linked:
    """Every way to cut the question, the likeliest first."""
    words = words_of(question)
    year = only_year(table)
    starts: list[list[Part]] = []
    for at in range(len(words)):
        found = _named(words, at, table) + _valued(words, at, table) + _counted(words, at, year)
        found = _longest_names(found)
        reach = max((part.last for part in found if part.code in "CVD"), default=at)
        meant = [part for part in _phrases(words, at) if part.last >= reach or part.last - part.first >= 2]
        starts.append(_without_worse(found + meant + _verbs(words, at, table)))
    explained = [False] * len(words)
    for parts in starts:
        for part in parts:
            explained[part.first : part.last] = [True] * (part.last - part.first)
    for at in range(len(words)):
        if not explained[at]:
            starts[at] += _misspelt(words, at, table)
            explained[at] = bool(starts[at])
    unknown = tuple(word.text for at, word in enumerate(words) if not explained[at])
    cuts = [] if unknown else sorted(_cuts(starts, len(words)), key=_weight)
    return Linked(tuple(words), tuple(cuts), unknown)


def only_year(table: TableFacts) -> int | None:
    """The year of all dates of the table, if it is one."""
    years = set()
    for column in table.columns:
        if column.is_date and column.low is not None:
            years |= {column.low.year, column.high.year}
    return years.pop() if len(years) == 1 else None


def _weight(cut: Sequence[Part]) -> tuple[float, int]:
    return sum(part.penalty for part in cut), len(cut)


def _cuts(starts: list[list[Part]], end: int) -> Iterator[tuple[Part, ...]]:
    """All cuts, longest parts first, up to a bound that ordinary questions stay far below."""
    stack: list[tuple[int, tuple[Part, ...]]] = [(0, ())]
    made = 0
    while stack and made < MOST_CUTS:
        at, parts = stack.pop()
        if at == end:
            made += 1
            yield parts
            continue
        stack.extend((part.last, (*parts, part)) for part in reversed(starts[at]))


def _longest_names(parts: list[Part]) -> list[Part]:
    """A name of several words is not also read as its first word alone."""
    longest = max((part.last - part.first for part in parts if part.code in "CV"), default=0)
    if longest < 2:
        return parts
    return [part for part in parts if part.code not in "CV" or part.last - part.first == longest]


def _without_worse(parts: list[Part]) -> list[Part]:
    """Of the same words read as the same sort of thing only the best, longest first."""
    best: dict[tuple[str, int], float] = {}
    for part in parts:
        key = (part.code, part.last)
        best[key] = min(best.get(key, 99.0), part.penalty)
    kept = [part for part in parts if part.penalty <= best[(part.code, part.last)]]
    return sorted(kept, key=lambda part: (-part.last, part.penalty))


def _phrases(words: list[Word], at: int) -> list[Part]:
    found: list[Part] = []
    for length in range(min(LONGEST, len(words) - at), 0, -1):
        if any(word.kind == "quoted" for word in words[at : at + length]):
            continue
        spoken = tuple(word.norm for word in words[at : at + length])
        meanings = PHRASES.get(spoken, [])
        # At the very front "is there" asks whether; further back it says nothing.
        is_asking = at == 0 and any(code == "E" for code, _ in meanings)
        found += [
            Part(code, payload, at, at + length, " ".join(spoken))
            for code, payload in meanings
            if not (is_asking and code == "v")
        ]
        if meanings:
            break
    return found


def _verbs(words: list[Word], at: int, table: TableFacts) -> list[Part]:
    """What the rows do, where a title says it too: "issued" of fuel issues, or of the column "issued by"."""
    word = words[at]
    spoken = {stem for column in table.columns for stem in stems(column.title)}
    spoken |= {stem for name in (table.title, *table.names) for stem in stems(name)}
    done = {stem_of(one) for column in table.columns for one in normal(column.title) if one.endswith("ed")}
    is_verb = word.norm.endswith("ed") or word.stem in done
    if word.kind == "word" and is_verb and word.stem in spoken and len(word.stem) > 2:
        return [Part("v", None, at, at + 1, word.text, 0.25)]
    return []


def _named(words: list[Word], at: int, table: TableFacts) -> list[Part]:
    """Columns whose title begins here, wholly or partly, or whose unit does; and the name of the table."""
    found: list[Part] = []
    if words[at].kind == "quoted":
        said = stems(words[at].text)
        return [
            Part("C", column, at, at + 1, words[at].text)
            for column in table.columns
            if said and said == stems(column.title)
        ]
    for column in table.columns:
        title = stems(column.title)
        bare = tuple(stem for stem in title if stem not in unit_stems(column)) or title
        for name, penalty in ((title, 0.0), (bare, 0.0 if bare == title else 0.1)):
            length = _common(words, at, name)
            if length == len(name) and length:
                found.append(Part("C", column, at, at + length, column.title, penalty))
            elif len(name) > 1:
                found += _partly_named(words, at, name, column)
        length = _unit_length(words, at, column)
        if length:
            found.append(Part("C", column, at, at + length, column.title, 0.6))
    return found + _table_named(words, at, table)


def _partly_named(words: list[Word], at: int, name: Sequence[str], column: ColumnFacts) -> list[Part]:
    strong = [stem for stem in name if stem not in _WEAK_TITLE_WORDS and len(stem) > 1]
    found = []
    for start in range(len(name)):
        length = _common(words, at, name[start:])
        said = [word.stem for word in words[at : at + length]]
        meant = [stem for stem in said if stem in strong]
        if meant:
            share = len(meant) / max(len(strong), 1)
            # "Issued by" is who did it: "issued" alone mostly is not.
            share = 0.3 if share == 1 and name[-1] in ("by", "to", "from") and said[-1] != name[-1] else share
            found.append(Part("C", column, at, at + length, column.title, 0.2 + 0.4 * (1 - share)))
    return found


def unit_stems(column: ColumnFacts) -> frozenset[str]:
    """The stems by which a title names its unit."""
    return frozenset(stem_of(word) for way in _ways(unit_of(column)) for word in way)


def unit_of(column: ColumnFacts) -> str:
    """The key of the column's unit in `values.units`; the unit as it is written where it is not known."""
    written, known = unit_written(column).lower(), spellings_in_cells()
    return known.get(written) or known.get(" ".join(normal(written))) or written


def unit_written(column: ColumnFacts) -> str:
    """The unit that is given, or that the last words of the title are."""
    title = normal(column.title) if column.is_number and not column.unit else ()
    for tail in (title[-count:] for count in range(min(3, len(title)), 0, -1)):
        unit = UNITS.get(spellings_in_cells().get(" ".join(tail), ""))
        if unit is not None and unit.dimension != "count" and tail not in _NO_UNITS:
            return " ".join(tail)
    return column.unit


@cache
def _ways(unit: str) -> tuple[tuple[str, ...], ...]:
    """Every spelling of a unit, as words; of one that is not known its own."""
    spelt = [spelling for spelling, key in spellings_in_cells().items() if key == unit] or [unit]
    ways = dict.fromkeys(normal(spelling) for spelling in spelt if "$" not in spelling)
    return tuple(way for way in ways if way)


def _unit_length(words: list[Word], at: int, column: ColumnFacts) -> int:
    """How many words here are the unit of the column, in any spelling of more than one letter."""
    if not column.is_number:
        return 0
    follows = at > 0 and words[at - 1].kind == "number"
    return max(
        (
            len(way)
            for way in _ways(unit_of(column))
            if (follows or len("".join(way)) > 1)
            and tuple(word.norm for word in words[at : at + len(way)]) == way
        ),
        default=0,
    )


def _common(words: list[Word], at: int, name: Sequence[str]) -> int:
    """How many words from here on are the words of a name, in order."""
    length = 0
    while length < len(name) and at + length < len(words) and words[at + length].stem == name[length]:
        if words[at + length].kind == "quoted":
            break
        length += 1
    return length


def _table_named(words: list[Word], at: int, table: TableFacts) -> list[Part]:
    """The name of the table, or of what its rows are, stands for its rows."""
    found = []
    titles = {
        stem for column in table.columns for stem in stems(column.title) if len(stems(column.title)) == 1
    }
    for name in (table.title, *table.names):
        spoken = [stem for stem in stems(name) if stem.isalpha() and stem not in _NO_ROWS]
        if words[at].stem in titles:
            continue
        for start in range(len(spoken)):
            length = _common(words, at, spoken[start:])
            if length:
                penalty = 0.0 if length > 1 else 0.15
                found.append(Part("r", None, at, at + length, name, penalty))
    return found


def _valued(words: list[Word], at: int, table: TableFacts) -> list[Part]:
    """Values of text columns that the words from here on name."""
    found: list[Part] = []
    for column in table.columns:
        if column.type == "text":
            found += _values_at(words, at, column)
    if words[at].kind == "quoted":
        found.append(Part("S", words[at].text, at, at + 1, words[at].text))
    return found


def _values_at(words: list[Word], at: int, column: ColumnFacts) -> list[Part]:
    if words[at].kind == "quoted":
        wanted = normal(words[at].text)
        same = tuple(value for value in column.values if normal(value) == wanted)
        return [_value(column, same, at, at + 1, words[at].text, 0.0)] if same else []
    index = _index(column)
    for length in range(min(LONGEST_VALUE, len(words) - at), 0, -1):
        spoken = tuple(word.norm for word in words[at : at + length])
        stemmed = tuple(word.stem for word in words[at : at + length])
        text = " ".join(word.text for word in words[at : at + length])
        whole = index.whole.get(spoken) or index.stemmed.get(stemmed)
        if whole:
            return (
                [_value(column, whole, at, at + length, text, 0.0)] if _is_strong(words, at, length) else []
            )
        if not _is_strong(words, at, length):
            continue
        partial = index.partial.get(stemmed)
        if partial and not (length == 1 and spoken in PHRASES):
            return [_value(column, partial, at, at + length, text, 0.3 if length > 1 else 0.5)]
    return []


def _is_strong(words: list[Word], at: int, length: int) -> bool:
    """Whether the words name a value by themselves: one or two letters only when written as a code."""
    if length > 1:
        return any(len(word.norm) > 2 or word.kind == "number" for word in words[at : at + length])
    word = words[at]
    if word.kind == "number":
        return False
    is_code = word.text.isupper() and len(word.text) > 1
    return is_code or (len(word.norm) > 2 and (word.norm,) not in PHRASES)


@dataclass(frozen=True)
class _Index:
    whole: dict[tuple[str, ...], tuple[str, ...]]
    stemmed: dict[tuple[str, ...], tuple[str, ...]]
    partial: dict[tuple[str, ...], tuple[str, ...]]


_INDEXES: dict[tuple[str, ...], _Index] = {}
_MOST_INDEXES = 64


def _index(column: ColumnFacts) -> _Index:
    """The values of a column by their words. The latest columns are remembered by their values."""
    if column.values not in _INDEXES:
        while len(_INDEXES) >= _MOST_INDEXES:
            _INDEXES.pop(next(iter(_INDEXES)))
        _INDEXES[column.values] = _indexed(column.values)
    return _INDEXES[column.values]


def _indexed(values: tuple[str, ...]) -> _Index:
    index = _Index({}, {}, {})
    for value in values:
        spoken = normal(value)
        stemmed = tuple(stem_of(word) for word in spoken)
        index.whole[spoken] = (*index.whole.get(spoken, ()), value)
        index.stemmed[stemmed] = (*index.stemmed.get(stemmed, ()), value)
        if len(stemmed) > LONGEST_VALUE:
            continue
        pieces = {
            stemmed[start:end] for start in range(len(stemmed)) for end in range(start + 1, len(stemmed) + 1)
        }
        for piece in pieces - {stemmed}:
            index.partial[piece] = (*index.partial.get(piece, ()), value)
    return index


def _value(  # noqa: PLR0917
    column: ColumnFacts, values: tuple[str, ...], first: int, last: int, text: str, penalty: float
) -> Part:
    operator = "is" if len(values) == 1 else "in"
    condition = Condition(column.name, operator, values, "text")
    return Part("V", (column, condition, text), first, last, text, penalty)


def _counted(words: list[Word], at: int, year: int | None) -> list[Part]:
    """Numbers, ordinals, dates and times that begin here."""
    found: list[Part] = []
    word = words[at]
    dated = date_at(words, at, year)
    if dated is not None:
        found.append(Part("D", dated[0], at, at + dated[1], word.text))
        if dated[1] > 1 or word.kind == "iso":
            return found
    clock = time_of(word)
    if clock is not None:
        return [Part("M", clock, at, at + 1, word.text)]
    counted = number_at(words, at)
    if counted is not None and not (word.norm == "one" and at > 0):
        found.append(Part("N", counted[0], at, at + counted[1], word.text))
    place = ordinal(word)
    if place is not None and word.kind == "word":
        found.append(Part("#", place, at, at + 1, word.text))
    return found


def _misspelt(words: list[Word], at: int, table: TableFacts) -> list[Part]:
    """A column that one unknown word nearly names, if there is just one such."""
    word = words[at]
    if word.kind != "word" or len(word.norm) < FUZZY_FROM_LENGTH or not word.norm.isalpha():
        return []
    near: list[Part] = []
    for column in table.columns:
        ratios = [
            fuzz.ratio(word.norm, name) for name in normal(column.title) if len(name) >= FUZZY_FROM_LENGTH
        ]
        if max(ratios, default=0) >= FUZZY_FROM_RATIO:
            near.append(Part("C", column, at, at + 1, column.title, 1.0))
        for value in column.values:
            if fuzz.ratio(word.norm, value.lower()) >= FUZZY_FROM_RATIO:
                near.append(replace(_value(column, (value,), at, at + 1, value, 1.0)))
    return near if len(near) == 1 else []


def as_number(value: Decimal, column: ColumnFacts) -> Decimal | int:
    """A number as the column holds it; one that is not whole stays as it is."""
    return int(value) if column.type == "integer" and value == value.to_integral_value() else value
