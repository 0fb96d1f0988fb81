"""BM25 over postings. Each segment counts for itself; the statistics are summed over one scope.

Method: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the
non-negative idf log(1 + (N - n + 0.5) / (n + 0.5)) and k1 = 0.9, b = 0.4 as in Trotman, Puurula & Burgess
2014. A title term counts `TITLE_WEIGHT` times (the weighted term frequencies of BM25F with one common
length), because a question names its subject and a title does too.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import variants
from .postings import Counts, Postings, RowsHolding
from .query_language import small_words_of
from .words import normalise, terms

K1 = 0.9
B = 0.4

VARIANT_WEIGHT = 0.7
"""What another spelling of a name counts beside the one that was asked for."""

DEAR = 20_000
"""Before a word that so many passages hold is counted in all of them, it is looked whether that is needed."""

_SURELY = 1 + 1e-9
"""More than any error of summing."""

NAME_AT_MOST, NAME_SHARE = 20, 0.01
"""A word in more passages than this, and than this share of them, is no rare name: no spellings are looked
for.
"""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Slot:
    """A term of the query as each analysis spells it, how often it is asked for, how many rows of the scope
    hold it and its idf there.
    """

    spelling: dict[str, str]
    times: int
    holding: int
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
        self._known: dict[tuple[int, str], list[tuple[str, RowsHolding, Counts]]] = {}
        self._of_groups: dict[tuple[int, str], tuple[Integers, Floats]] = {}
        self._analyses = sorted({a for postings in scope for a in postings.analyses_held})
        self._total = sum(p.passages for p in scope)
        self._average = {a: _average_length(scope, a) for a in self._analyses}
        small = [spelt for word in small_words_of(text) for spelt, _ in self._spellings(word)]
        self._slots: list[_Slot] = []
        missing: list[tuple[dict[str, str], int]] = []
        for spelt, times in self._spellings(text):
            holding = self._holding(spelt)
            if holding:
                self._slots.append(_Slot(spelt, times, holding, self._idf(holding), spelt in small))
            else:
                missing.append((spelt, times))
        # Sums are made in this order for every row, the rarest first.
        self._slots.sort(key=lambda slot: (-slot.times * slot.idf, sorted(slot.spelling.items())))
        self.stand_ins = [*self._codes(text), *self._names(text)]
        self._groups = list(dict.fromkeys(each.group for each in self.stand_ins))
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
        return sum(len(rows) for postings in self._scope for _, rows, _ in self._found(spelt, postings))

    def _found(self, spelt: dict[str, str], postings: Postings) -> list[tuple[str, RowsHolding, Counts]]:
        """The analyses in which some row holds a term, with these rows and how often they do."""
        key = (id(postings), " ".join(spelt.values()))
        if key not in self._known:
            looked_up = ((a, *postings.of(f"{a}:{spelt[a]}")) for a in postings.analyses_held)
            self._known[key] = [each for each in looked_up if len(each[1])]
        return self._known[key]

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
            names = [postings.names for postings in self._scope]
            like = variants.near_names(name, names) if is_alone else variants.same_names(name, names)
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

    @property
    def _bounds(self) -> list[float]:
        """The most that each slot, and then each group of stand-ins, can add to a score."""
        of_groups = (max(e.idf for e in self.stand_ins if e.group == group) for group in self._groups)
        return [each * (K1 + 1) for each in [*(s.times * s.idf for s in self._slots), *of_groups]]

    def scores(self, postings: Postings) -> Floats:
        """BM25 of every row, shape (n,); 0 where no term of the query occurs."""
        result = np.zeros(len(postings.lengths), dtype=np.float64)
        for part in range(len(self._bounds)):
            self._add(part, postings, result)
        return result

    def scores_at(self, postings: Postings, rows: Integers) -> Floats:
        """BM25 of chosen `rows`, rising, shape (len(rows),): to the last bit what `scores` says of them."""
        result = np.zeros(len(rows), dtype=np.float64)
        for part in range(len(self._bounds)):
            for holding, added in self._added(part, postings, rows):
                result[holding] += added
        return result

    def best(self, allowed: Sequence[Flags], count: int) -> list[Integers]:
        """For each of the postings the rows, rising, of the `count` highest scores above 0 among the
        `allowed` rows of all of them, with all that tie with the last.

        What the words still to come can add is bounded, and once no row without the rarer words can reach the
        best any more, only those with them are looked at (MaxScore: Turtle & Flood 1995, "Query Evaluation:
        Strategies and Optimizations").
        """
        results = [np.zeros(len(p.lengths), dtype=np.float64) for p in self._scope]
        bounds = self._bounds
        left = [math.fsum(bounds[part:]) for part in range(len(bounds) + 1)]
        part, least, can_come = 0, 0.0, 0.0
        for part, can_come in enumerate(left[:-1]):
            least = self._least(part, results, allowed, count) if self._is_dear(part) else 0.0
            if least > can_come * _SURELY:
                break
            for postings, result in zip(self._scope, results, strict=True):
                self._add(part, postings, result)
        else:
            part, least, can_come = len(bounds), 0.0, 0.0
        least -= can_come * _SURELY
        rows = [
            np.flatnonzero((result >= least) & (result > 0) & flags)
            for result, flags in zip(results, allowed, strict=True)
        ]
        scores = [result[some] for result, some in zip(results, rows, strict=True)]
        for later in range(part, len(bounds)):
            for postings, some, mine in zip(self._scope, rows, scores, strict=True):
                for holding, added in self._added(later, postings, some):
                    mine[holding] += added
            least = _last_of(scores, count) - left[later + 1] * _SURELY
            kept = [mine >= least for mine in scores]
            rows = [some[keep] for some, keep in zip(rows, kept, strict=True)]
            scores = [mine[keep] for mine, keep in zip(scores, kept, strict=True)]
        least = _last_of(scores, count)
        return [some[mine >= least] for some, mine in zip(rows, scores, strict=True)]

    def _is_dear(self, part: int) -> bool:
        return part >= len(self._slots) or self._slots[part].holding > DEAR

    def _least(self, done: int, results: Sequence[Floats], allowed: Sequence[Flags], count: int) -> float:
        """A score that `count` rows have reached with the first `done` parts, a high one; 0 where there is
        none. It is looked for among the rows of each part alone, the shortest first.
        """
        most = 0.0
        for part in range(done):
            found = []
            for postings, result, flags in zip(self._scope, results, allowed, strict=True):
                for rows in self._rows(part, postings):
                    scores = result[rows]
                    found.append(scores if flags.all() else scores[flags[rows]])
            if sum(map(len, found)) >= count:
                most = max(most, _last_of(found, count))
        return most

    def _rows(self, part: int, postings: Postings) -> list[Integers | RowsHolding]:
        """The rows that a part adds to."""
        if part < len(self._slots):
            return [rows for _, rows, _ in self._found(self._slots[part].spelling, postings)]
        return [self._of_group(self._groups[part - len(self._slots)], postings)[0]]

    def _add(self, part: int, postings: Postings, result: Floats) -> None:
        for rows, added in self._added(part, postings):
            result[rows] += added

    def _added(
        self, part: int, postings: Postings, among: Integers | None = None
    ) -> Iterator[tuple[Integers | RowsHolding, Floats]]:
        """What a slot, or a group of stand-ins, adds to which rows: of all, or as positions in `among`."""
        if part >= len(self._slots):
            everywhere, added = self._of_group(self._groups[part - len(self._slots)], postings)
            if among is None:
                yield everywhere, added
            else:
                where, found = _among(everywhere, among)
                yield where, added[found]
            return
        slot = self._slots[part]
        for analysis, rows, counts in self._found(slot.spelling, postings):
            if among is None:
                yield rows, self._of_slot(slot, counts, postings.lengths[rows] / self._average[analysis])
            else:
                where, found = _among(rows, among)
                relative = postings.lengths[among[where]] / self._average[analysis]
                yield where, self._of_slot(slot, counts[found], relative)

    def _of_slot(self, slot: _Slot, counts: Counts, relative: Floats) -> Floats:
        times = counts.astype(np.float64)
        return slot.times * slot.idf * times * (K1 + 1) / (times + K1 * (1 - B + B * relative))

    def _of_group(self, group: str, postings: Postings) -> tuple[Integers, Floats]:
        """What a group of stand-ins adds to which rows."""
        key = (id(postings), group)
        if key not in self._of_groups:
            self._of_groups[key] = self._counted_group(group, postings)
        return self._of_groups[key]

    def _counted_group(self, group: str, postings: Postings) -> tuple[Integers, Floats]:
        average = np.array([self._average.get(a, 1.0) for a in postings.analyses], dtype=np.float64)
        everywhere, best = [], []
        for each in self.stand_ins:
            if each.group == group:
                places, times = _rows_of(postings, each.keys)
                relative = postings.lengths[places] / average[postings.analysis_of_row[places]]
                saturation = K1 * (1 - B + B * relative)
                counts_for = self._what_is_missing(each, postings, places)
                everywhere.append(places)
                best.append(counts_for * times * (K1 + 1) / (times + saturation))
        rows, place = np.unique(np.concatenate(everywhere), return_inverse=True)
        added = np.zeros(len(rows), dtype=np.float64)
        np.maximum.at(added, place, np.concatenate(best))
        return rows, added

    def shares(self, postings: Postings, rows: Integers) -> Flags:
        """Whether each of `rows`, rising, holds a word of the query that tells something, shape (len(rows),):
        not only "the" and "of".
        """
        held = np.zeros(len(rows), dtype=np.bool_)
        telling = [slot for slot in self._slots if not slot.is_small]
        for slot in telling or ([] if self.stand_ins else self._slots):
            for _, holding, _ in self._found(slot.spelling, postings):
                held |= _holds(holding, rows)
        for each in self.stand_ins:
            held |= _holds(_rows_of(postings, each.keys)[0], rows)
        return held

    def _what_is_missing(self, each: StandIn, postings: Postings, rows: Integers) -> Floats:
        """What a stand-in counts for in each of `rows`: nothing where each of its words stands."""
        left, whole = np.full(len(rows), each.idf), np.ones(len(rows), dtype=np.bool_)
        for spelling, idf in each.words:
            stands = np.zeros(len(rows), dtype=np.bool_)
            for _, holding, _ in self._found(spelling, postings):
                stands |= _holds(holding, rows)
            left[stands] -= idf
            whole &= stands
        return np.where(whole, 0.0, np.maximum(left, 0.0))


def _among(rows: Integers | RowsHolding, among: Integers) -> tuple[Integers, Integers]:
    """Positions in `among`, and in `rows`, of what stands in both; both rise."""
    if not len(rows) or not len(among):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    # Asked in the type of what is looked through, which would be copied whole otherwise.
    place = np.minimum(np.searchsorted(rows, among.astype(rows.dtype)), len(rows) - 1)
    where = np.flatnonzero(rows[place] == among)
    return where, place[where]


def _holds(rows: Integers | RowsHolding, among: Integers) -> Flags:
    flags = np.zeros(len(among), dtype=np.bool_)
    flags[_among(rows, among)[0]] = True
    return flags


def _last_of(scores: Sequence[Floats], count: int) -> float:
    """The last of the `count` highest; where there are fewer, the lowest of them all."""
    everything = np.concatenate([*scores, np.zeros(0)])
    if len(everything) <= count:
        return float(everything.min()) if len(everything) else 0.0
    return float(np.partition(everything, len(everything) - count)[len(everything) - count])


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
        mine = postings.whole_lengths.get(analysis, (0, 0))
        terms_counted, passages = terms_counted + mine[0], passages + mine[1]
    return max(terms_counted / passages, 1.0) if passages else 1.0
