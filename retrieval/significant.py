"""Words that stand in some passages far more often than in the rest of what may be read.

Measure: JLH, the absolute times the relative change of the share of passages that hold a word (Elasticsearch
reference, "Significant terms aggregation"), of words whose log-likelihood ratio says that chance would hardly
make the difference (Dunning 1993, "Accurate methods for the statistics of surprise and coincidence"). Shares
are of passages in the same language or in none that is known, so that a language alone is no reason.

All counts are sums over the postings of one scope, so they are the same whatever else is in the index.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .candidates import Candidates, Flags
from .filters import allowed_rows
from .hydration import passages_at
from .opened import OpenSegment
from .opening import open_scope
from .results import Hit, SearchFilters, SignificantTerm, SignificantTerms
from .scope import AccessScope
from .stop_words import stop_words
from .variants import CODE, NAME
from .words import PLAIN, normalise, raw_pieces, terms
from .written_forms import PLACE

MOST_TERMS = 20

LEAST_RATIO = 10.83
"""The chi-square of one degree of freedom that chance exceeds once in a thousand times."""

LEAST_PASSAGES, FEW = 2, 5
"""A word of fewer passages is shown only where fewer than FEW were selected."""

_NO_WORDS = frozenset({CODE, NAME, PLACE[0]})
"""What keys begin with that are no words of a language."""

PLACES_READ = 5
"""Passages of the selection from which the way a word is written is taken."""

MOST_POSTINGS = 30_000_000
"""In a larger scope they are counted only when they are asked for: some tenths of a second."""


@dataclass(frozen=True)
class _Scored:
    key: str
    score: float


def significant(
    opened: Sequence[OpenSegment],
    selected: Sequence[Flags],
    scope: AccessScope,
    *,
    without: str = "",
    most_counted: int = MOST_POSTINGS,
) -> SignificantTerms | None:
    """What sets the selected rows apart from all other rows of `opened`, which are the segments of `scope`;
    None where there are more postings than `most_counted`.

    The words of `without` (a query) and stop words are left out.
    """
    if sum(len(segment.content.postings.rows) for segment in opened) > most_counted:
        return None
    counts = [_counts(segment, flags) for segment, flags in zip(opened, selected, strict=True)]
    inside: Counter[str] = Counter()
    for some in counts:
        inside.update(some)
    total = sum(int(flags.sum()) for flags in selected)
    least = LEAST_PASSAGES if total >= FEW else 1
    within, whole = _sizes(opened, selected), _sizes(opened, None)
    scored = []
    for key, a in inside.items():
        analysis = key.partition(":")[0]
        c, d = within[analysis], whole[analysis] - within[analysis]
        if a < least or not d or _says_nothing(key, without):
            continue
        b = _holding(key, opened) - a
        if a / c > b / d and log_likelihood(a, b, c, d) >= LEAST_RATIO:
            scored.append(_Scored(key, jlh(a, b, c, d)))
    scored.sort(key=lambda one: (-one.score, one.key))
    written = _written(scored[: 2 * MOST_TERMS], opened, selected, scope)
    terms_found = []
    for word, score in written[:MOST_TERMS]:
        keys = _keys_of(word, opened)
        here = sum(inside[key] for key in keys)
        elsewhere = sum(_holding(key, opened) for key in keys) - here
        terms_found.append(SignificantTerm(word, here, elsewhere, score))
    labels = {s.content.label for s, flags in zip(opened, selected, strict=True) if flags.any()}
    # What is counted elsewhere is told as well.
    told = {key for term in terms_found for key in _keys_of(term.word, opened)}
    labels |= {s.content.label for s in opened if any(s.content.postings.holds(key) for key in told)}
    others = sum(segment.content.postings.passages for segment in opened) - total
    return SignificantTerms(tuple(terms_found), total, others, frozenset(labels))


def _holding(key: str, opened: Sequence[OpenSegment]) -> int:
    return sum(len(segment.content.postings.of(key)[0]) for segment in opened)


def _keys_of(word: str, opened: Sequence[OpenSegment]) -> list[str]:
    """The word as each analysis of the segments counts it. A passage is read with one only."""
    analyses = {a for segment in opened for a in segment.content.postings.analyses}
    return [f"{a}:{term}" for a in sorted(analyses) for term in terms(word, a)[-1:]]


def jlh(a: int, b: int, c: int, d: int) -> float:
    """The JLH score of a word in `a` of `c` passages inside and `b` of `d` outside, above 0."""
    share, background = a / c, (a + b) / (c + d)
    return (share - background) * (share / background)


def log_likelihood(a: int, b: int, c: int, d: int) -> float:
    """Dunning's G² of the table of a word in `a` of `c` passages inside and `b` of `d` outside."""
    cells = ((a, c, a + b), (b, d, a + b), (c - a, c, c + d - a - b), (d - b, d, c + d - a - b))
    parts = (n * math.log(n * (c + d) / (size * both)) for n, size, both in cells if n)
    return 2 * math.fsum(parts)


def set_apart(
    opened: Sequence[OpenSegment],
    selected: Sequence[Flags],
    scope: AccessScope,
    beside: frozenset[str],
    notices: list[str],
    *,
    without: str,
    most_counted: int,
) -> SignificantTerms | None:
    """What sets the selected rows of `opened` apart from the rest of the scope; `beside` are its labels that
    were not opened yet.
    """
    said: list[str] = []
    rest = open_scope(scope.narrowed_to(beside), said)
    notices += [sentence for sentence in said if sentence not in notices]
    flags = [*selected, *(np.zeros(len(segment.content), dtype=np.bool_) for segment in rest)]
    return significant([*opened, *rest], flags, scope, without=without, most_counted=most_counted)


def significant_in(scope: AccessScope, filters: SearchFilters, notices: list[str]) -> SignificantTerms:
    """What sets the passages that the filters let through apart from all others of the scope, however many
    there are. A condition among the filters is not looked at.
    """
    opened = open_scope(scope, notices)
    kept = scope.labels if filters.labels is None else filters.labels
    selected = [
        flags & (segment.content.label in kept)
        for segment, flags in zip(opened, allowed_rows(opened, filters, scope), strict=True)
    ]
    found = significant(opened, selected, scope, most_counted=sys.maxsize)
    return found or SignificantTerms((), 0, 0, frozenset())


def rows_of(hits: Sequence[Hit], opened: Sequence[OpenSegment]) -> list[Flags]:
    """For each segment, one flag for each row: whether it is one of the hits."""
    places = {(str(hit.document_id), hit.ordinal) for hit in hits}
    wanted = {document for document, _ in places}
    found = []
    for segment in opened:
        content = segment.content
        flags = np.zeros(len(content), dtype=np.bool_)
        is_wanted = np.array([document in wanted for document in content.documents], dtype=np.bool_)
        for row in np.flatnonzero(is_wanted[content.document_of_row]):
            place = (content.documents[content.document_of_row[row]], int(content.ordinals[row]))
            flags[row] = place in places
        found.append(flags if content.alive is None else flags & content.alive)
    return found


def _counts(segment: OpenSegment, flags: Flags) -> dict[str, int]:
    """How many flagged rows hold each word of the segment; words that none holds are left out."""
    postings = segment.content.postings
    if not flags.any() or not len(postings.rows):
        return {}
    hits = np.flatnonzero(flags[postings.rows])
    held = np.bincount(np.searchsorted(postings.offsets, hits, side="right") - 1)
    keys = list(postings.vocabulary)
    return {keys[i]: int(held[i]) for i in np.flatnonzero(held) if keys[i][0] not in _NO_WORDS}


def _sizes(opened: Sequence[OpenSegment], selected: Sequence[Flags] | None) -> Counter[str]:
    """How many rows a word of each analysis is held against: those read with it, and those in no language
    that is known; for these all. Only selected ones where `selected` is given.
    """
    sizes: Counter[str] = Counter()
    for place, segment in enumerate(opened):
        postings = segment.content.postings
        counting = postings.alive if selected is None else selected[place]
        of_row = postings.analysis_of_row if counting is None else postings.analysis_of_row[counting]
        for number, count in enumerate(np.bincount(of_row, minlength=len(postings.analyses))):
            sizes[postings.analyses[number]] += int(count)
    unknown, total = sizes[PLAIN], sizes.total()
    return Counter({a: total if a == PLAIN else count + unknown for a, count in sizes.items()})


def _says_nothing(key: str, without: str) -> bool:
    analysis, _, term = key.partition(":")
    is_short = len(term) < (3 if term.isascii() else 2)
    return is_short or term in _stop_terms(analysis) or term in _terms_of(without, analysis)


@lru_cache(maxsize=64)
def _stop_terms(analysis: str) -> frozenset[str]:
    words = stop_words(analysis) | (stop_words("en") if analysis == PLAIN else frozenset())
    return frozenset(term for word in words for term in terms(word, analysis)[-1:])


@lru_cache(maxsize=256)
def _terms_of(text: str, analysis: str) -> frozenset[str]:
    return frozenset(terms(text, analysis))


def _written(
    scored: Sequence[_Scored], opened: Sequence[OpenSegment], selected: Sequence[Flags], scope: AccessScope
) -> list[tuple[str, float]]:
    """The terms as they are mostly written in the first passages of the selection that hold them, each once,
    with its score.
    """
    places = {one.key: _places(one.key, opened, selected) for one in scored}
    all_places = sorted({place for some in places.values() for place in some})
    nothing = np.zeros(len(all_places))
    found = Candidates(
        [document for document, _ in all_places],
        [ordinal for _, ordinal in all_places],
        nothing,
        nothing,
        nothing > 0,
        nothing > 0,
    )
    rows = passages_at(found, range(len(all_places)), scope)
    result: dict[str, tuple[str, float]] = {}
    for one in scored:
        analysis, _, term = one.key.partition(":")
        forms: Counter[str] = Counter()
        for place in places[one.key]:
            row = rows.get(place)
            if row is not None:
                forms.update(_forms(row["text"], term, analysis))
                if not forms:
                    above = f"{row['heading']} {row['document__title']}".replace("_", " ")
                    forms.update(_forms(above, term, analysis))
        if forms:
            word = min(forms, key=lambda form: (-forms[form], form))
            result.setdefault(normalise(word), (word, one.score))
    return list(result.values())


def _places(key: str, opened: Sequence[OpenSegment], selected: Sequence[Flags]) -> list[tuple[str, int]]:
    found = []
    for segment, flags in zip(opened, selected, strict=True):
        content = segment.content
        rows = content.postings.of(key)[0]
        # Rows of a segment are in the order of document and place: more than its first are never needed.
        for row in rows[flags[rows]][:PLACES_READ]:
            found.append((content.documents[content.document_of_row[row]], int(content.ordinals[row])))
    return sorted(found)[:PLACES_READ]


def _forms(text: str, term: str, analysis: str) -> list[str]:
    return [piece for piece in raw_pieces(text) if terms(piece, analysis)[-1:] == [term]]
