"""A text as the terms that comparison rests on: words by their stem, numbers by value, dates by parts,
names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from donovan.assistant.words import BOUNDS, CARRIERS, IRREGULAR, STOP_WORDS
from ingest.values.dates import PartialDate, dates
from ingest.values.numbers import Quantity, quantities
from retrieval.words import analysis_of, terms

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*|[%°]")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uf900-\ufaff]")
# Stands where a date stood, so that its figures join no number beside it.
_MASK = "\ue000"
_POSSESSIVE = re.compile(r"[’']s?$", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """One word, number or date of a text, in its place. `key` is what two words must share to be the same."""

    kind: str
    key: str
    surface: str
    start: int
    end: int
    is_name: bool = False
    quantity: Quantity | None = None
    dates: tuple[PartialDate, ...] = ()

    @property
    def is_anchor(self) -> bool:
        """Whether the term is one of those that a statement stands or falls by."""
        return self.is_name or self.kind != "word"

    def is_supported_by(self, other: "Term") -> bool:
        """Whether `other` says what this term says."""
        if self.kind == "date":
            return any(mine.is_supported_by(theirs) for mine in self.dates for theirs in other.dates)
        if self.kind == "number":
            if self.quantity is None:
                return False
            if other.quantity is not None:
                return self.quantity.is_supported_by(other.quantity)
            # A bare year is supported by a whole date of that year, a time of day by a date with the hour.
            years = frozenset[int]().union(*(date.years for date in other.dates))
            times = {f"{date.hour}:{date.minute:02}" for date in other.dates if date.hour >= 0}
            if self.quantity.code in times:
                return True
            return not self.quantity.unit and any(value in years for value in self.quantity.values)
        return other.kind == "word" and self.key == other.key


@lru_cache(maxsize=60_000)
def stem_of(word: str, language: str) -> str:
    """The stem of one word, without case, diacritics or possessive."""
    bare = _POSSESSIVE.sub("", word.casefold())
    bare = IRREGULAR.get(bare, bare)
    found = terms(bare, analysis_of(language or "en"))
    return found[0] if len(found) == 1 else bare


@lru_cache(maxsize=64)
def _stop_words(language: str) -> frozenset[str]:
    """The stop words of the language, and of English: questions in English are asked of every page."""
    return STOP_WORDS["en"] | STOP_WORDS.get(language, frozenset()) - {""}


@lru_cache(maxsize=64)
def carrier_stems(language: str) -> frozenset[str]:
    """Stems of the words that only carry a question or a sentence."""
    words = CARRIERS["en"] | CARRIERS.get(language, frozenset())
    return frozenset(stem_of(word, language) for word in words)


def is_stop_word(word: str, language: str) -> bool:
    folded = word.casefold()
    return folded in _stop_words(language) and folded not in BOUNDS


def words_of(text: str, language: str) -> list[Term]:
    """Every word in order, stop words left out but for those that stand as names. Chinese and Japanese text
    gives overlapping pairs of characters.
    """
    found: list[Term] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if _HAN.search(word):
            found.extend(_han_pairs(word, match.start()))
            continue
        if is_stop_word(word, language) and not _stands_as_name(text, match):
            continue
        found.append(
            Term(
                "word",
                stem_of(word, language),
                word,
                match.start(),
                match.end(),
                is_name=_looks_like_name(text, match),
            )
        )
    return found


def terms_of(text: str, language: str = "en") -> list[Term]:
    """Every content term of `text` in order: dates and numbers as one term each, then the words between
    them.
    """
    found: list[Term] = []
    taken: list[tuple[int, int]] = []
    masked = text
    for start, readings in _grouped(dates(text, language)):
        end = readings[0].end
        taken.append((start, end))
        found.append(Term("date", "", text[start:end], start, end, dates=tuple(readings)))
        masked = masked[:start] + _MASK * (end - start) + masked[end:]
    for quantity in quantities(masked, language):
        if not _overlaps(quantity.start, quantity.end, taken):
            surface = text[quantity.start : quantity.end]
            found.append(Term("number", "", surface, quantity.start, quantity.end, quantity=quantity))
    taken.extend((term.start, term.end) for term in found if term.kind == "number")
    found.extend(term for term in words_of(text, language) if not _overlaps(term.start, term.end, taken))
    return sorted(found, key=lambda term: (term.start, term.end))


def with_leading_names(found: Sequence[Term]) -> list[Term]:
    """The terms, with every capitalised word a name: at the start of a sentence nothing tells it from one.

    For checks that must rather refuse than let pass.
    """
    return [
        replace(term, is_name=True) if term.kind == "word" and term.surface[:1].isupper() else term
        for term in found
    ]


def keys_of(found: Iterable[Term]) -> frozenset[str]:
    """The stems among the terms."""
    return frozenset(term.key for term in found if term.kind == "word")


@lru_cache(maxsize=20_000)
def stems_in(text: str, language: str) -> frozenset[str]:
    """The stems of all content words of a text, numbers by their digits."""
    return keys_of(words_of(text, language))


def names_of(text: str, language: str = "en") -> list[tuple[str, ...]]:
    """Runs of capitalised words and codes of a question, each as the words it is written with.

    The first word of the text counts only when it looks like a code: it is capitalised in any case.
    """
    names: list[tuple[str, ...]] = []
    run: list[str] = []
    last_end = -1
    for match in _WORD.finditer(text):
        word = match[0]
        joins = last_end >= 0 and re.fullmatch(r"[\s\-–.’'&]*", text[last_end : match.start()]) is not None
        is_name = _looks_like_name(text, match) and not (match.start() == 0 and is_stop_word(word, language))
        if is_name or (run and joins and word.isdigit()):
            if run and not joins:
                names.append(tuple(run))
                run = []
            run.append(word)
            last_end = match.end()
        elif (
            run
            and joins
            and word.casefold() in {"of", "and", "the", "de", "del", "la", "du", "des", "y", "d"}
        ):
            # "Saint Kitts and Nevis", "Isle of Man": kept only when another capitalised word follows.
            if _capital_follows(text, match.end()):
                run.append(word)
                last_end = match.end()
            else:
                names.append(tuple(run))
                run, last_end = [], -1
        elif run:
            names.append(tuple(run))
            run, last_end = [], -1
    if run:
        names.append(tuple(run))
    return names


def _capital_follows(text: str, position: int) -> bool:
    following = _WORD.search(text, position)
    return (
        following is not None
        and following[0][:1].isupper()
        and not text[position : following.start()].strip()
    )


def _looks_like_name(text: str, match: "re.Match[str]") -> bool:
    word = match[0]
    if any(character.isdigit() for character in word):
        return any(character.isalpha() for character in word)
    if re.match(r"\w['’][A-ZÀ-Þ]", word):
        return True
    if not word[0].isupper():
        return False
    before = text[: match.start()].rstrip()
    starts_sentence = (
        not before or before[-1] in '.!?:;>\n¿¡"“«•*-' or "\n" in text[len(before) : match.start()]
    )
    if not starts_sentence:
        return True
    # At the start of a sentence only an abbreviation or a second capital tells a name from a common word.
    if len(word) > 1 and word.isupper():
        return True
    following = re.match(r"\s+([^\W\d_]+)", text[match.end() :])
    return following is not None and following[1][0].isupper()


def _stands_as_name(text: str, match: "re.Match[str]") -> bool:
    """Whether a stop word is written as a name inside a sentence: "US", "Este", "Will"."""
    word = match[0]
    if len(word) < 2 or not word[0].isupper():
        return False
    before = text[: match.start()].rstrip(" ")
    return before[-1:].isalnum() or before[-1:] == ","


def _han_pairs(run: str, offset: int) -> list[Term]:
    if len(run) == 1:
        return [Term("word", run, run, offset, offset + 1)]
    return [
        Term("word", run[index : index + 2], run[index : index + 2], offset + index, offset + index + 2)
        for index in range(len(run) - 1)
    ]


def _grouped(found: Sequence[PartialDate]) -> list[tuple[int, list[PartialDate]]]:
    groups: dict[int, list[PartialDate]] = {}
    for date in found:
        groups.setdefault(date.start, []).append(date)
    return sorted(groups.items())


def _overlaps(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)
