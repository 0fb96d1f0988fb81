"""What one word of a text is compared with: a stem, a form, a pattern, a likeness.

The index knows stems, and not every pattern can be told from a stem: `transporting*` has to find
“transporting”, which the index keeps as “transport”. So each element names the terms of the index behind
which a word that fits may stand (`terms_in`), says of a term whether every word behind it fits (`is_sure`),
and of a word as it stands in the text whether it fits.
"""

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.querying.tree import Fuzzy, Leaf, Phrase, Wildcard
from retrieval.strings import Terms
from retrieval.words import PLAIN, ReadWord, form_of, normalise, read_words

_LONGEST_ENDING = 6
"""So many letters a stemmer takes away at most, or nearly so."""

_STEMS_OF_TRIAL = ("bab", "abilab", "strandlab")
_PIECES = re.compile(r"(?:[^\W_]|[*?])+(?:[’'][^\W_]+)?")


@dataclass(frozen=True)
class Stem:
    """A word in any of its endings."""

    stem: str

    def fits(self, word: ReadWord) -> bool:
        return word.stem == self.stem

    def is_sure(self, term: str, analysis: str) -> bool:
        return True


@dataclass(frozen=True)
class Form:
    """A word as it stands."""

    form: str
    stem: str

    def fits(self, word: ReadWord) -> bool:
        return word.form == self.form

    def is_sure(self, term: str, analysis: str) -> bool:
        return analysis == PLAIN


@dataclass(frozen=True)
class Pattern:
    """A word in which * leaves any letters open and ? one. `text` is folded as words of its analysis are."""

    text: str
    analysis: str

    def fits(self, word: ReadWord) -> bool:
        return _expression(self.text).fullmatch(word.form) is not None

    def terms_in(self, terms: Terms) -> set[str]:
        head = re.split(r"[*?]", self.text, maxsplit=1)[0]
        if head:
            return set(_sharing_head(terms, head))
        ending = re.split(r"[*?]", self.text)[-1]
        if ending:
            endings = _stemmed_endings(ending, self.analysis)
            return set(terms.holding(endings, at_the_end=True) if all(endings) else terms.all())
        middle = max(re.split(r"[*?]+", self.text), key=len)
        if not middle:
            return set(terms.all())
        cut = [middle[:k] for k in range(max(2, len(middle) - _LONGEST_ENDING), len(middle))]
        return {*terms.holding([middle]), *(terms.holding(cut, at_the_end=True) if cut else ())}

    def is_sure(self, term: str, analysis: str) -> bool:
        if analysis == PLAIN:
            return _expression(self.text).fullmatch(term) is not None
        # A stemmer may change the last letter of what it leaves (happy, happi), and no letter before it.
        head = self.text[:-1]
        return self.text == f"{head}*" and "*" not in head and "?" not in head and term[:-1].startswith(head)


@dataclass(frozen=True)
class Likeness:
    """A word with at most `distance` letters changed, left out, added or swapped with the next."""

    form: str
    stem: str
    distance: int

    def fits(self, word: ReadWord) -> bool:
        return OSA.distance(self.form, word.form, score_cutoff=self.distance) <= self.distance

    def terms_in(self, terms: Terms) -> set[str]:
        # What a stemmer leaves of a word like this one is like this one's beginning.
        beginnings = [self.form[:k] for k in range(max(4, len(self.form) - _LONGEST_ENDING), len(self.form))]
        found: set[str] = set()
        for asked in dict.fromkeys([self.form, self.stem, *beginnings]):
            known = terms.of_length(len(asked) - self.distance, len(asked) + self.distance)
            if known:
                far = process.cdist(
                    [asked], known, scorer=OSA.distance, score_cutoff=self.distance, dtype=np.uint8, workers=1
                )
                found.update(known[i] for i in np.flatnonzero(far[0] <= self.distance))
        return found

    def is_sure(self, term: str, analysis: str) -> bool:
        return analysis == PLAIN and OSA.distance(self.form, term) <= self.distance


Element = Stem | Form | Pattern | Likeness


@lru_cache(maxsize=4096)
def elements_of(leaf: Leaf, analysis: str) -> tuple[Element, ...]:
    """What stands next to each other where a text holds `leaf`, in the analysis of that text."""
    if isinstance(leaf, Wildcard):
        return tuple(_pattern_elements(leaf.text, analysis))
    words = read_words(leaf.text, analysis)
    if isinstance(leaf, Phrase):
        return tuple(Form(word.form, word.stem) for word in words)
    if isinstance(leaf, Fuzzy):
        return tuple(Likeness(word.form, word.stem, leaf.distance) for word in words)
    return tuple(Stem(word.stem) for word in words)


def _pattern_elements(text: str, analysis: str) -> Iterator[Element]:
    for piece in _PIECES.findall(normalise(text)):
        if not piece.strip("*?"):
            continue
        if "*" in piece or "?" in piece:
            yield Pattern(_folded_pattern(piece, analysis), analysis)
        else:
            yield from (Form(word.form, word.stem) for word in read_words(piece, analysis))


def places_in(leaf: Leaf, words: list[ReadWord], analysis: str) -> list[tuple[int, int]]:
    """Where `words` hold `leaf`, as first and last position."""
    wanted = elements_of(leaf, analysis)
    if not wanted:
        return []
    first, rest = wanted[0], wanted[1:]
    found = []
    for place in range(len(words) - len(rest)):
        if first.fits(words[place]) and all(e.fits(words[place + 1 + k]) for k, e in enumerate(rest)):
            found.append((place, place + len(rest)))
    return found


def _folded_pattern(piece: str, analysis: str) -> str:
    """A pattern with its letters folded like those of words; an Arabic article goes only at the beginning."""
    parts = re.split(r"([*?]+)", piece)
    folded = [
        part
        if not part or part[0] in "*?"
        else form_of(part, analysis if place == 0 else _unprefixed(analysis))
        for place, part in enumerate(parts)
    ]
    return re.sub(r"\*[*]+", "*", "".join(folded))


def _unprefixed(analysis: str) -> str:
    return "fa" if analysis == "ar" else analysis


@lru_cache(maxsize=512)
def _expression(pattern: str) -> re.Pattern[str]:
    # It never goes back over what a star has passed, so that many stars cost no more than few.
    return re.compile(fnmatch.translate(pattern))


def _sharing_head(terms: Terms, head: str) -> Iterator[str]:
    """The terms to which a word that begins with `head` may have been stemmed."""
    yield from terms.beginning_with(head)
    for length in range(max(1, len(head) - _LONGEST_ENDING), len(head) + 1):
        # The last letter of a stem may be another one than in the word.
        yield from terms.of_length(length, length, head[: length - 1] if length > 2 else head[:length])


@lru_cache(maxsize=512)
def _stemmed_endings(ending: str, analysis: str) -> list[str]:
    """What a stemmer leaves of words with this ending, as endings: tried on made-up words."""
    found = {ending}
    for trial in _STEMS_OF_TRIAL:
        (word,) = read_words(trial + ending, analysis)[:1] or [ReadWord("", "")]
        found.add(word.stem.removeprefix(trial) if word.stem.startswith(trial) else "")
    return sorted(found)
