"""Which rows hold which term how often, in plain arrays that can lie in a mapped file."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from . import variants
from .strings import Strings, Terms
from .words import terms

TITLE_WEIGHT = 3
HEADING_WEIGHT = 1

METHOD = 3
"""Raised with every change to how passages are counted: it is in the fingerprint of what is indexed, so that
a document that is embedded anew is counted anew.
"""

KEYS_REMEMBERED = 20_000

RowsHolding = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint16]
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
    """Which rows hold which term how often.

    `vocabulary` holds "analysis:term", sorted; the rows of key t are rows[offsets[t]:offsets[t + 1]], rising,
    and their weighted counts the same part of `counts`. `lengths` (n,) is each row's weighted length in
    terms, `analyses` the analyses in use and `analysis_of_row` (n,) a position in them. `names` are the names
    among the keys by their sound. Rows that are not `alive` (n,) belong to documents that have left, and are
    as if they had never been here.
    """

    vocabulary: Strings
    offsets: npt.NDArray[np.int64]
    rows: RowsHolding
    counts: Counts
    lengths: npt.NDArray[np.uint32]
    analyses: tuple[str, ...]
    analysis_of_row: npt.NDArray[np.uint8]
    names: variants.NameForms
    alive: Flags | None = None

    def of(self, key: str) -> tuple[RowsHolding, Counts]:
        """Rows and counts of one term; both empty when no row holds it."""
        place = self._place_of(key)
        if place is None:
            return self.rows[:0], self.counts[:0]
        part = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        rows, counts = self.rows[part], self.counts[part]
        if self.alive is None:
            return rows, counts
        staying = self.alive[rows]
        return rows[staying], counts[staying]

    def thinned(self, alive: Flags) -> "Postings":
        """The same with only the rows in `alive`."""
        thinner = replace(self, alive=alive)
        return replace(thinner, names=self.names.held_by(lambda name: thinner.holds(variants.NAME + name)))

    def holds(self, key: str) -> bool:
        """Whether some row holds a term."""
        return len(self.of(key)[0]) > 0

    def standing(self, analysis: str, some: Iterable[str]) -> list[str]:
        """Those of `some` terms of this vocabulary that a row still holds."""
        return [term for term in some if self.alive is None or self.holds(f"{analysis}:{term}")]

    @cached_property
    def passages(self) -> int:
        """How many rows count."""
        return len(self.lengths) if self.alive is None else int(np.count_nonzero(self.alive))

    @property
    def analyses_held(self) -> tuple[str, ...]:
        """The analyses that some row is read with."""
        return tuple(analysis for analysis in self.analyses if self.whole_lengths[analysis][1])

    def _place_of(self, key: str) -> int | None:
        try:
            return self._places[key]
        except KeyError:
            place = self.vocabulary.place_of(key)
        if len(self._places) > KEYS_REMEMBERED:
            self._places.clear()
        self._places[key] = place
        return place

    @cached_property
    def _places(self) -> dict[str, int | None]:
        return {}

    def terms(self, analysis: str) -> Terms:
        """The terms of one analysis."""
        return Terms(self.vocabulary, f"{analysis}:")

    @property
    def size(self) -> int:
        """Bytes."""
        arrays = (self.offsets, self.rows, self.counts, self.lengths, self.analysis_of_row)
        return sum(a.nbytes for a in arrays) + self.vocabulary.size + self.names.size

    @cached_property
    def whole_lengths(self) -> dict[str, tuple[int, int]]:
        """By analysis how many terms its rows hold together, and how many rows there are."""
        found = {}
        for place, analysis in enumerate(self.analyses):
            mine = self.analysis_of_row == place
            if self.alive is not None:
                mine &= self.alive
            found[analysis] = int(self.lengths[mine].sum(dtype=np.int64)), int(np.count_nonzero(mine))
        return found


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
    keys = sorted(found)
    offsets = np.zeros(len(keys) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(found[key]) for key in keys], dtype=np.int64)
    flat = [pair for key in keys for pair in found[key]]
    return Postings(
        vocabulary=Strings.of(keys),
        offsets=offsets,
        rows=np.array([row for row, _ in flat], dtype=np.int32),
        counts=np.array([n for _, n in flat], dtype=np.uint16),
        lengths=lengths,
        analyses=analyses,
        analysis_of_row=np.array([analyses.index(f.analysis) for f in fields], dtype=np.uint8),
        names=variants.NameForms.of(keys),
    )


def combined(
    parts: Sequence[Postings], new_row: npt.NDArray[np.int64], order: npt.NDArray[np.int64]
) -> Postings:
    """Postings of the rows that stay: `new_row` maps old to new (-1 gone), `order` new to old, over all
    parts.
    """
    keys = sorted(set().union(*(p.vocabulary for p in parts)))
    position = {key: i for i, key in enumerate(keys)}
    analyses = tuple(sorted({a for p in parts for a in p.analyses}))
    term_parts, row_parts, first = [], [], 0
    for part in parts:
        to_position = np.array([position[key] for key in part.vocabulary], dtype=np.int64)
        term_parts.append(np.repeat(to_position, np.diff(part.offsets)))
        row_parts.append(new_row[part.rows.astype(np.int64) + first])
        first += len(part.lengths)
    term_of, row_of = np.concatenate(term_parts), np.concatenate(row_parts)
    counts = np.concatenate([p.counts for p in parts])
    # One number for both sorts faster than two; rows are fewer than 2**32, and so are keys.
    sorting = np.argsort((term_of << 32) + row_of + 1)
    sorting = sorting[row_of[sorting] >= 0]
    held = np.bincount(term_of[sorting], minlength=len(keys))
    present = np.flatnonzero(held)
    offsets = np.zeros(len(present) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum(held[present])
    analysis_of_row = np.concatenate(
        [_renumbered(p.analysis_of_row, [analyses.index(a) for a in p.analyses]) for p in parts]
    )[order]
    # An analysis that no row is read with any more must not be asked for either: its presence would show in
    # queries.
    used = np.unique(analysis_of_row)
    kept = [keys[place] for place in present.tolist()]
    sounds: Mapping[str, str] = {name: sound for p in parts for name, sound in p.names.sounds()}
    return Postings(
        vocabulary=Strings.of(kept),
        offsets=offsets,
        rows=row_of[sorting].astype(np.int32),
        counts=counts[sorting],
        lengths=np.concatenate([p.lengths for p in parts])[order],
        analyses=tuple(analyses[int(i)] for i in used),
        analysis_of_row=np.searchsorted(used, analysis_of_row).astype(np.uint8),
        names=variants.NameForms.of(kept, sounds),
    )


def _renumbered(values: npt.NDArray[np.uint8], table: Sequence[int]) -> npt.NDArray[np.int64]:
    renumbered: npt.NDArray[np.int64] = np.array(table or [0], dtype=np.int64)[values]
    return renumbered
