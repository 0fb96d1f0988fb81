"""The other ways to write what was asked for: codes with and without spaces, names in other spellings.

At indexing each passage is counted under the keys of its codes ("#tr4471" for TR4471, TR 4471 and TR-4471),
of its positions, date-time groups and telephone numbers (`retrieval.written_forms`) and of its names
("~akhmedow", as they are written). A query looks up the codes it holds, and among the names
of the scope those that sound like its own (`retrieval.name_forms`). Where a passage has the very word, that
counts; what stands in for it counts only where the word itself does not stand.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from .name_forms import NEAR, is_same, likeness, script_of, skeleton, sounds
from .query_language import small_words_of
from .strings import Offsets, Strings
from .words import normalise
from .written_forms import forms_asked, forms_in

CODE, NAME = "#", "~"

MOST_FORMS = 12
"""Spellings of one name that are looked for, the likest first."""

FEW_WORDS = 3
"""A query of no more words may be a name in small letters."""

MOST_COMPARED = 300
"""Names of the scope that are compared in full with a name that is asked for."""

NEAREST = 0.5

LONGEST_CODE = 6
"""Pieces of a code: "33T WN 12345 67890" has four."""

MOST_NUMBERS = 3

LONGEST_PIECE = 40
MOST_LETTERS = 5

_PIECE = re.compile(r"[^\W_]+")
_MIXED = re.compile(r"(?<![^\W_])(?=[A-Za-z\d/.-]{0,40}\d)[A-Za-z\d]+(?:[-/.][A-Za-z\d]+)*(?![^\W_])")
_CODE_LETTERS = re.compile(r"[A-Z]+")
_JOINTS = frozenset({"", " ", "-", "/", ".", "\u00a0", "\u2010", "\u2011", " - "})
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_NAME = re.compile(f"(?<![{_HAN}])[{_HAN}]++(?:[·・•‧][{_HAN}]++)+")
_HAN_WORD = re.compile(f"^[{_HAN}]{{2,7}}$")
_SHORTEST: Final = {"": 4, "arabic": 3, "hebrew": 3, "han": 2}


def codes(text: str) -> Iterator[str]:
    """The codes of a text without what divides their pieces: each run of them that holds a letter and a
    digit.

    Of "HES/BR/07" also "br07", so that the end of a long code finds it.
    """
    return (code for code, _, _ in _codes(text))


def placed_codes(text: str) -> Iterator[tuple[int, int, str, list[str]]]:
    """The codes of a text with where they start and end, and their pieces as they are written.

    Also what one word writes in small letters: "tr-4471".
    """
    for code, pieces, _ in _matched_codes(text):
        yield pieces[0].start(), pieces[-1].end(), code, [piece[0] for piece in pieces]
    for word in _MIXED.finditer(text):
        if word[0] != word[0].upper():
            for code, pieces, _ in _matched_codes(word[0].upper()):
                first, last = word.start() + pieces[0].start(), word.start() + pieces[-1].end()
                yield first, last, code, [piece[0] for piece in pieces]


def _codes(text: str) -> Iterator[tuple[str, list[str], int]]:
    """The codes, each with its pieces and the place where the run it is of begins."""
    return ((code, [piece[0] for piece in pieces], begin) for code, pieces, begin in _matched_codes(text))


def _matched_codes(text: str) -> Iterator[tuple[str, "list[re.Match[str]]", int]]:
    run: list[re.Match[str]] = []
    for found in _PIECE.finditer(text):
        is_piece = _is_piece(found[0])
        if run and (not is_piece or text[run[-1].end() : found.start()] not in _JOINTS):
            yield from ((*code, run[0].start()) for code in _joined(run))
            run = []
        if is_piece:
            run.append(found)
    if run:
        yield from ((*code, run[0].start()) for code in _joined(run))


def _is_piece(word: str) -> bool:
    """Capitals, few together, and figures; without a pattern that a long row of figures could keep busy."""
    if len(word) > LONGEST_PIECE or not word.isascii() or word != word.upper():
        return False
    return all(len(letters) <= MOST_LETTERS for letters in _CODE_LETTERS.findall(word))


def _joined(pieces: "list[re.Match[str]]") -> Iterator[tuple[str, "list[re.Match[str]]"]]:
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + LONGEST_CODE, len(pieces)) + 1):
            some = pieces[first:last]
            whole = "".join(piece[0] for piece in some)
            is_code = any(map(str.isdigit, whole)) and any(map(str.isalpha, whole)) and len(whole) > 2
            # Numbers that follow each other are a row of a table more often than a code.
            if is_code and sum(piece[0].isdigit() for piece in some) <= MOST_NUMBERS:
                yield whole.casefold(), some


def names(text: str) -> Iterator[str]:
    """The words of a text that may be names, as they are written, in small letters: with a capital in scripts
    that have them, every word in those of Arabic and Hebrew, and in Chinese what stands around a middle dot.
    """
    for word in _WORD.findall(text):
        script = script_of(word)
        if script == "han":
            continue
        bare = word.removesuffix("'s").removesuffix("’s")
        if len(bare) >= _SHORTEST[script] and (script or bare[0].isupper()):
            yield normalise(bare)
    for whole in _HAN_NAME.findall(text):
        parts = re.split("[·・•‧]", whole)
        # No space says where a name begins and ends: the words beside it are let in, and do no harm.
        for place, part in enumerate(parts):
            lengths = range(2, min(len(part), 6) + 1)
            if 0 < place < len(parts) - 1:
                yield part
            elif place:
                yield from (part[:length] for length in lengths)
            else:
                yield from (part[-length:] for length in lengths)


def keys(text: str) -> Counter[str]:
    """The keys that a passage is counted under, with how often."""
    found = Counter(CODE + code for code in codes(text))
    found.update(key for form in forms_in(text) for key in form.keys)
    found.update(NAME + name for name in names(text))
    return found


def words(query: str) -> list[str]:
    """The words of a query that could be names."""
    return list(dict.fromkeys(part for word in _WORD.findall(query) for part in re.split("[·・•‧]", word)))


def is_name_alone(query: str) -> bool:
    """Whether the query is so short that it may be a name and nothing else."""
    return len(words(query)) <= FEW_WORDS


@dataclass(frozen=True)
class Asked:
    """A code of a query: its words, how it is told, the keys it is looked up under.

    Those of one `group` stand for the same words.
    """

    words: str
    asked: str
    shown: str
    keys: tuple[str, ...]
    group: str


def asked_codes(query: str) -> list[Asked]:
    """The codes, positions, date-time groups and telephone numbers of a query. Small letters count as
    capitals.
    """
    found = {
        code: Asked(" ".join(pieces), code, code, (CODE + code,), f"{CODE}{begin}")
        for code, pieces, begin in _codes(query.upper())
    }
    begins = {begin for _, _, begin in _codes(query.upper())}
    forms = []
    for form in forms_asked(query):
        first = min((begin for begin in begins if form.start <= begin < form.end), default=form.start)
        words = query[form.start : form.end]
        forms.append(Asked(words, words, form.shown, form.keys, f"{CODE}{first}"))
    return [*found.values(), *forms]


def asked_names(query: str, is_common: Mapping[str, bool]) -> list[str]:
    """The words of a query that may be names, as they are written.

    `is_common` says of a word in small letters whether it is too common in the scope to be one, and nothing
    of one that stands nowhere. In a whole question only what is written with a capital may be one.
    """
    all_words, small_words, is_short = words(query), small_words_of(query), is_name_alone(query)
    chosen = []
    for word in all_words:
        script, small = script_of(word), normalise(word)
        known = is_common.get(small)
        may_be = bool(_HAN_WORD.match(word)) if script == "han" else len(word) >= _SHORTEST[script]
        if may_be and not known and small not in small_words and (is_short or word[0].isupper()):
            chosen.append(word)
    return chosen


class NameForms:
    """The names of one segment by their sound, ready to be looked through for those that sound like another.

    `skeletons` are sorted; the names of skeleton i are names[offsets[i]:offsets[i + 1]], sorted too.
    """

    def __init__(
        self,
        skeletons: Strings,
        offsets: Offsets,
        names: Strings,
        is_held: Callable[[str], bool] | None = None,
    ) -> None:
        self.skeletons, self.offsets, self.names = skeletons, offsets, names
        self._is_held = is_held

    def held_by(self, is_held: Callable[[str], bool]) -> "NameForms":
        """The same, of which only those names count that `is_held` tells."""
        return NameForms(self.skeletons, self.offsets, self.names, is_held)

    @classmethod
    def of(cls, keys: Iterable[str], known: Mapping[str, str] | None = None) -> "NameForms":
        """Of those of `keys` that are names. `known` holds skeletons of names that were made before."""
        known = known or {}
        names = [key[1:] for key in keys if key.startswith(NAME)]
        pairs = sorted((known[name] if name in known else _coarse(name), name) for name in names)
        counts = Counter(coarse for coarse, _ in pairs)
        offsets = np.zeros(len(counts) + 1, dtype=np.int64)
        offsets[1:] = np.cumsum(list(counts.values()), dtype=np.int64)
        return cls(Strings.of(counts), offsets, Strings.of(name for _, name in pairs))

    @property
    def size(self) -> int:
        """Bytes."""
        return self.skeletons.size + self.names.size + int(self.offsets.nbytes)

    def sounds(self) -> Iterator[tuple[str, str]]:
        """Each name with its skeleton."""
        repeated = np.repeat(np.arange(len(self.skeletons)), np.diff(self.offsets)).tolist()
        skeletons = list(self.skeletons)
        return ((name, skeletons[place]) for name, place in zip(self.names, repeated, strict=True))

    def beside(self, coarse: str) -> Iterator[tuple[float, str, str]]:
        """The names whose skeletons are nearest to `coarse` and begin like it, at least MOST_COMPARED where
        there are as many: how far from likest, skeleton, name, in that order the first.
        """
        # Of a name without consonants the skeleton is empty, and is near to none but its like.
        places = self.skeletons.beginning_with(coarse[:1]) if coarse else range(self._empty())
        there = self.skeletons.between(places.start, places.stop)
        nearest = process.extract(
            coarse,
            there,
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=NEAREST,
            limit=None if self._is_held else MOST_COMPARED,
        )
        left = MOST_COMPARED
        for found, how_near, place in nearest:
            if left <= 0:
                return
            first, last = self.offsets[places.start + place : places.start + place + 2]
            names = self.names.between(int(first), int(last))
            held = names if self._is_held is None else [name for name in names if self._is_held(name)]
            left -= len(held)
            yield from ((-how_near, found, name) for name in held)

    def _empty(self) -> int:
        return int(len(self.skeletons) > 0 and self.skeletons[0] == "")


def same_names(name: str, scope: Iterable[NameForms]) -> dict[str, float]:
    """The spellings of `name` in the scope, with how well they agree; `name` itself is not among them."""
    return {form: likeness(name, form) for form in _beside(name, scope) if is_same(name, form)}


def near_names(name: str, scope: Iterable[NameForms]) -> dict[str, float]:
    """Likewise, with those that may be another name."""
    found = {form: likeness(name, form) for form in _beside(name, scope)}
    likely = {form: how_well for form, how_well in found.items() if how_well >= NEAR}
    return {form: (how_well + is_same(name, form)) / 2 for form, how_well in likely.items()}


def _beside(name: str, scope: Iterable[NameForms]) -> list[str]:
    """The nearest by their consonants alone, so that only few are compared in full: which, is decided over
    the whole scope, however it is divided.
    """
    coarse, own = _coarse(name), normalise(name)
    near = {place for names in scope for place in names.beside(coarse)}
    return [form for _, _, form in sorted(near)[:MOST_COMPARED] if form != own]


def _coarse(name: str) -> str:
    return skeleton(sounds(name), "han")
