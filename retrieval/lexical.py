"""BM25 over postings in plain arrays. Each segment counts for itself; the statistics are summed over one
scope.

Method: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the
non-negative idf log(1 + (N - n + 0.5) / (n + 0.5)) and k1 = 0.9, b = 0.4 as in Trotman, Puurula & Burgess
2014. A title term counts `TITLE_WEIGHT` times (the weighted term frequencies of BM25F with one common
length), because a question names its subject and a title does too.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from . import variants
from .query_language import small_words_of
from .words import normalise, terms

K1 = 0.9
B = 0.4
TITLE_WEIGHT = 3
HEADING_WEIGHT = 1

VARIANT_WEIGHT = 0.7
"""What another spelling of a name counts beside the one that was asked for."""

NAME_AT_MOST, NAME_SHARE = 20, 0.01
"""A word in more passages than this, and than this share of them, is no rare name: no spellings are looked
for.
"""

METHOD = 3
"""Raised with every change to how passages are counted: it is in the fingerprint of what is indexed, so that
a document that is embedded anew is counted anew.
"""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """The three texts of one passage that are counted, and the analysis they are read with."""

    title: str
    heading: str
    text: str
    analysis: str


@dataclass(frozen=True)
class Postings:
    """Which rows hold which term how often, as arrays.

    `vocabulary` maps "analysis:term" to a position t; the rows of term t are rows[offsets[t]:offsets[t + 1]]
    and their weighted counts the same part of `counts`. `lengths` (n,) is each row's weighted length in
    terms, `analyses` the analyses in use and `analysis_of_row` (n,) a position in them.
    """

    vocabulary: dict[str, int]
    offsets: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.uint32]
    analyses: tuple[str, ...]
    analysis_of_row: npt.NDArray[np.uint8]

    def of(self, key: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]:
        """Rows and counts of one term; both empty when no row holds it."""
        position = self.vocabulary.get(key)
        if position is None:
            return self.rows[:0], self.counts[:0]
        part = slice(int(self.offsets[position]), int(self.offsets[position + 1]))
        return self.rows[part], self.counts[part]

    @cached_property
    def names(self) -> variants.NameForms:
        """The names that stand here, made ready at the first question."""
        return variants.NameForms(self.vocabulary)

    @cached_property
    def stems(self) -> dict[str, dict[int, list[str]]]:
        """The terms by analysis and length, sorted out at the first question that needs them."""
        found: dict[str, dict[int, list[str]]] = {a: defaultdict(list) for a in self.analyses}
        for key in self.vocabulary:
            analysis, _, stem = key.partition(":")
            if analysis in found:
                found[analysis][len(stem)].append(stem)
        return found

    @property
    def size(self) -> int:
        """Bytes in memory, the vocabulary estimated."""
        arrays = (self.offsets, self.rows, self.counts, self.lengths, self.analysis_of_row)
        return sum(a.nbytes for a in arrays) + 120 * len(self.vocabulary)


def count(fields: Sequence[Counted]) -> Postings:
    """Postings of passages in row order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = np.zeros(len(fields), dtype=np.uint32)
    analyses = tuple(sorted({f.analysis for f in fields}))
    for row, field in enumerate(fields):
        bag = Counter(terms(field.text, field.analysis))
        for text, weight in ((field.title, TITLE_WEIGHT), (field.heading, HEADING_WEIGHT)):
            for term in terms(text.replace("_", " "), field.analysis):
                bag[term] += weight
        lengths[row] = bag.total()
        for term, n in bag.items():
            found[f"{field.analysis}:{term}"].append((row, min(n, 65_535)))
        for key, n in variants.keys("\n".join((field.title, field.heading, field.text))).items():
            found[key].append((row, min(n, 65_535)))
    vocabulary = {key: position for position, key in enumerate(sorted(found))}
    offsets = np.zeros(len(vocabulary) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(found[key]) for key in vocabulary], dtype=np.int64)
    flat = [pair for key in vocabulary for pair in found[key]]
    return Postings(
        vocabulary=vocabulary,
        offsets=offsets,
        rows=np.array([row for row, _ in flat], dtype=np.int32),
        counts=np.array([n for _, n in flat], dtype=np.uint16),
        lengths=lengths,
        analyses=analyses,
        analysis_of_row=np.array([analyses.index(f.analysis) for f in fields], dtype=np.uint8),
    )


@dataclass(frozen=True)
class _Slot:
    """A term of the query as each analysis spells it, how often it is asked for, and its idf in the scope."""

    spelling: dict[str, str]
    times: int
    idf: float
    is_small: bool


@dataclass(frozen=True)
class StandIn:
    """What counts where `asked` does not stand itself: its `forms`, kept under `keys`.

    Of several with one `group` that which fits a passage best counts. `idf` is what it counts for, less what
    a passage has of the words of `asked` already: `words` are their terms, for each a mapping from analysis
    to term, and its idf.
    """

    asked: str
    group: str
    forms: tuple[str, ...]
    keys: tuple[str, ...]
    idf: float
    words: tuple[tuple[dict[str, str], float], ...]


class LexicalQuery:
    """A query with the term statistics of exactly the postings it was made for.

    Everything that enters a score - the number of passages, how many hold a term, the average length - is a
    sum of integers over those postings, so a score does not depend on how they are divided into segments, nor
    on anything that is not among them.
    """

    def __init__(self, text: str, scope: Sequence[Postings]) -> None:
        self._scope = scope
        self._analyses = sorted({a for postings in scope for a in postings.analyses})
        self._total = sum(len(p.lengths) for p in scope)
        self._average = {a: _average_length(scope, a) for a in self._analyses}
        small = [spelt for word in small_words_of(text) for spelt, _ in self._spellings(word)]
        self._slots, missing = [], []
        for spelt, times in self._spellings(text):
            holding = self._holding(spelt)
            if holding:
                self._slots.append(_Slot(spelt, times, self._idf(holding), spelt in small))
            else:
                missing.append((spelt, times))
        self.stand_ins = [*self._codes(text), *self._names(text)]
        stood_for = [spelling for each in self.stand_ins for spelling, _ in each.words]
        unknown = sum(times for spelt, times in missing if spelt not in stood_for)
        known = [slot.spelling for slot in self._slots]
        unseen: dict[str, float] = {}
        for each in self.stand_ins:
            left = each.idf - math.fsum(idf for spelling, idf in each.words if spelling in known)
            unseen[each.group] = max(unseen.get(each.group, 0.0), left)
        self._unseen = [unknown * self._idf(0), *unseen.values()]

    def _spellings(self, text: str) -> list[tuple[dict[str, str], int]]:
        columns = [terms(text, a) for a in self._analyses]
        counted = sorted(Counter(zip(*columns, strict=True)).items())
        return [(dict(zip(self._analyses, spelling, strict=True)), times) for spelling, times in counted]

    def _holding(self, spelt: dict[str, str]) -> int:
        return sum(len(p.of(f"{a}:{t}")[0]) for p in self._scope for a, t in spelt.items() if a in p.analyses)

    def _idf(self, holding: int) -> float:
        return math.log(1 + (self._total - holding + 0.5) / (holding + 0.5))

    def _codes(self, text: str) -> list[StandIn]:
        found = []
        for each in variants.asked_codes(text):
            holding = sum(len(_rows_of(postings, each.keys)[0]) for postings in self._scope)
            if holding:
                words = self._words(each.words, self._idf(holding))
                idf = math.fsum(idf for _, idf in words)
                found.append(StandIn(each.asked, each.group, (each.shown,), each.keys, idf, words))
        return found

    def _words(self, text: str, unknown: float) -> tuple[tuple[dict[str, str], float], ...]:
        """The words of a text, each with its idf, and `unknown` for what stands nowhere."""
        spellings = [spelt for spelt, _ in self._spellings(text)]
        return tuple(
            (spelt, self._idf(holding) if (holding := self._holding(spelt)) else unknown)
            for spelt in spellings
        )

    def _names(self, text: str) -> list[StandIn]:
        common: dict[str, bool] = {}
        most = max(NAME_AT_MOST, self._total * NAME_SHARE)
        for word in variants.words(text):
            holding = sum(self._holding(spelt) for spelt, _ in self._spellings(word))
            if holding:
                common[normalise(word)] = holding > most
        found: list[StandIn] = []
        is_alone = variants.is_name_alone(text)
        for name in variants.asked_names(text, common):
            like: dict[str, float] = {}
            for postings in self._scope:
                like |= postings.names.near(name) if is_alone else postings.names.same(name)
            best = sorted(like, key=lambda form: (-like[form], form))[: variants.MOST_FORMS]
            groups = [[form] for form in best] if is_alone else [best] if best else []
            for forms in groups:
                keys = tuple(variants.NAME + form for form in forms)
                holding = sum(len(_rows_of(postings, keys)[0]) for postings in self._scope)
                words = self._words(name, self._idf(holding))
                # Rarer than the spelling that was asked for, another still counts for less.
                rarity = min(self._idf(holding), math.fsum(idf for _, idf in words))
                idf = VARIANT_WEIGHT * max(like[form] for form in forms) * rarity
                found.append(StandIn(name, name, tuple(forms), keys, idf, words))
        return found

    def knows(self, word: str) -> bool:
        """Whether a word of the query, or what stands in for it, stands anywhere in the scope."""
        stood_for = {normalise(asked) for each in self.stand_ins for asked in each.asked.split()}
        return normalise(word) in stood_for or any(self._holding(spelt) for spelt, _ in self._spellings(word))

    @property
    def variants(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The names that were asked for, each with the other spellings that are looked for too."""
        found: dict[str, list[str]] = {}
        for each in self.stand_ins:
            found.setdefault(each.asked, []).extend(form for form in each.forms if form != each.asked)
        return tuple((asked, tuple(forms)) for asked, forms in found.items() if forms)

    def names_stand_in(self, postings: Postings) -> bool:
        """Whether one of the other spellings stands there."""
        return any(len(postings.of(key)[0]) for each in self.stand_ins for key in each.keys)

    @property
    def is_any_known(self) -> bool:
        """Whether a word of the query, or what stands in for it, stands anywhere in the scope."""
        return bool(self._slots or self.stand_ins)

    @property
    def ceiling(self) -> float:
        """The score of a passage full of every asked term, those that stand nowhere here among them: none
        exceeds it.
        """
        return math.fsum([s.times * s.idf for s in self._slots] + self._unseen) * (K1 + 1)

    def scores(self, postings: Postings) -> Floats:
        """BM25 of every row, shape (n,); 0 where no term of the query occurs."""
        result = np.zeros(len(postings.lengths), dtype=np.float64)
        if not self.is_any_known:
            return result
        average = np.array([self._average[a] for a in postings.analyses], dtype=np.float64)
        relative = postings.lengths / average[postings.analysis_of_row]
        saturation = K1 * (1 - B + B * relative)
        for slot in self._slots:
            for analysis in postings.analyses:
                rows, counts = postings.of(f"{analysis}:{slot.spelling[analysis]}")
                if len(rows):
                    times = counts.astype(np.float64)
                    result[rows] += slot.times * slot.idf * times * (K1 + 1) / (times + saturation[rows])
        for group in dict.fromkeys(each.group for each in self.stand_ins):
            best = np.zeros(len(result), dtype=np.float64)
            for each in self.stand_ins:
                if each.group == group:
                    places, times = _rows_of(postings, each.keys)
                    counts_for = self._what_is_missing(each, postings, len(result))[places]
                    scores = counts_for * times * (K1 + 1) / (times + saturation[places])
                    best[places] = np.maximum(best[places], scores)
            result += best
        return result

    def shares(self, postings: Postings) -> Flags:
        """Whether a row holds a word of the query that tells something, shape (n,): not only "the" and
        "of".
        """
        held = np.zeros(len(postings.lengths), dtype=np.bool_)
        telling = [slot for slot in self._slots if not slot.is_small]
        for slot in telling or ([] if self.stand_ins else self._slots):
            for analysis in postings.analyses:
                held[postings.of(f"{analysis}:{slot.spelling[analysis]}")[0]] = True
        for each in self.stand_ins:
            held[_rows_of(postings, each.keys)[0]] = True
        return held

    def _what_is_missing(self, each: StandIn, postings: Postings, count: int) -> Floats:
        """What a stand-in counts for in every row, shape (count,): nothing where each of its words stands."""
        left, whole = np.full(count, each.idf), np.ones(count, dtype=np.bool_)
        for spelling, idf in each.words:
            stands = np.zeros(count, dtype=np.bool_)
            for analysis in postings.analyses:
                stands[postings.of(f"{analysis}:{spelling[analysis]}")[0]] = True
            left[stands] -= idf
            whole &= stands
        return np.where(whole, 0.0, np.maximum(left, 0.0))

    def coverage(self, postings: Postings, rows: Integers) -> Floats:
        """The idf-weighted share of the query's terms that each row holds, 0 to 1, shape (len(rows),)."""
        whole = math.fsum(s.idf for s in self._slots)
        held = np.zeros(len(postings.lengths), dtype=np.float64)
        for slot in self._slots:
            for analysis in postings.analyses:
                held[postings.of(f"{analysis}:{slot.spelling[analysis]}")[0]] += slot.idf
        return held[rows] / whole if whole else held[rows]


def _rows_of(postings: Postings, keys: Sequence[str]) -> tuple[Integers, Floats]:
    """The rows that hold any of the keys, and how often they hold them together."""
    parts = [postings.of(key) for key in keys]
    rows = np.concatenate([rows for rows, _ in parts]).astype(np.int64)
    times = np.concatenate([counts for _, counts in parts]).astype(np.float64)
    once, place = np.unique(rows, return_inverse=True)
    return once, np.bincount(place, weights=times, minlength=len(once)).astype(np.float64)


def _average_length(scope: Sequence[Postings], analysis: str) -> float:
    terms_counted = passages = 0
    for postings in scope:
        if analysis in postings.analyses:
            mine = postings.analysis_of_row == postings.analyses.index(analysis)
            terms_counted += int(postings.lengths[mine].sum(dtype=np.int64))
            passages += int(mine.sum())
    return max(terms_counted / passages, 1.0) if passages else 1.0
