"""Which passages meet a query: one flag for each row of each opened segment, and of nothing else.

Words are told by the postings of the index. What they cannot tell - phrases, nearness, most patterns - is
read in the text of the passages that may meet it. Only segments of the scope are ever opened, so neither a
row nor a word of the vocabulary that counts here lies outside it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import numpy.typing as npt

from retrieval.opened import OpenSegment
from retrieval.querying.conditions import Flags, flags_of
from retrieval.querying.elements import Element, Form, Stem, elements_of, places_in
from retrieval.querying.texts import MOST_READ, Row, Texts
from retrieval.querying.tree import (
    And,
    Asked,
    Fuzzy,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
    wrong_at,
)
from retrieval.scope import AccessScope
from retrieval.words import ReadWord

MOST_EXPANSIONS = 5_000
"""So many words of the index may one pattern stand for."""


@dataclass(frozen=True)
class Met:
    """The flags of the rows that meet a query, and sentences about what could not be looked at."""

    flags: list[Flags]
    notices: tuple[str, ...] = ()


def rows_meeting(
    tree: Node,
    opened: Sequence[OpenSegment],
    scope: AccessScope,
    within: Sequence[Flags],
    *,
    most: int = MOST_READ,
) -> Met:
    """The rows of `within` that meet `tree`, a resolved one.

    Raises QueryError for a pattern that stands for too many words.
    """
    reading = _Reading(opened, scope, most)
    flags = reading.rows(tree, list(within))
    unread = reading.texts.unread
    if not unread:
        return Met(flags)
    # Nobody knows whether these meet it: neither a phrase nor its absence is claimed of what was not read.
    for segment, row in unread:
        flags[segment][row] = False
    return Met(
        flags,
        (
            f"{most:,} passages were read for the phrases and patterns of the query, and "
            f"{len(unread):,} more may meet it. Add a word or a field, so that fewer are left.",
        ),
    )


@dataclass(frozen=True)
class _Rows:
    """Rows that hold something for certain, and rows that may."""

    sure: list[Flags]
    maybe: list[Flags]

    @property
    def either(self) -> list[Flags]:
        return [a | b for a, b in zip(self.sure, self.maybe, strict=True)]


class _Reading:
    """One query over the opened segments of one scope."""

    def __init__(self, opened: Sequence[OpenSegment], scope: AccessScope, most: int) -> None:
        self.texts = Texts(opened, scope, most)
        self._opened = opened
        self._scope = scope
        self._terms: dict[tuple[Element, str], list[str]] = {}

    def rows(self, node: Node, within: list[Flags]) -> list[Flags]:
        """Those rows of `within` that meet `node`; what is dear to tell is only told of these."""
        if isinstance(node, And):
            return reduce(lambda left, part: self.rows(part, left), sorted(node.parts, key=_cost), within)
        if isinstance(node, Or):
            found = [self.rows(part, within) for part in node.parts]
            return [np.logical_or.reduce(flags) for flags in zip(*found, strict=True)]
        if isinstance(node, Not):
            return [a & ~b for a, b in zip(within, self.rows(node.part, within), strict=True)]
        if isinstance(node, Near):
            candidates = _both(self._holding(node.left).either, self._holding(node.right).either)
            return self._read(_both(candidates, within), partial(_is_near, node))
        if isinstance(node, Word | Phrase | Wildcard | Fuzzy):
            holding = self._holding(node)
            unsure = [m & ~s & w for m, s, w in zip(holding.maybe, holding.sure, within, strict=True)]
            read = self._read(unsure, lambda words, analysis: bool(places_in(node, words, analysis)))
            return [(s & w) | r for s, w, r in zip(holding.sure, within, read, strict=True)]
        if isinstance(node, Asked):
            raise wrong_at(node.at, node.value, f"“{node.field}” cannot be asked for here. Take it away.")
        return _both(flags_of(node, self._opened, self._scope), within)

    def _read(self, candidates: list[Flags], test: Callable[[list[ReadWord], str], bool]) -> list[Flags]:
        rows = [(s, int(row)) for s, flags in enumerate(candidates) for row in np.flatnonzero(flags)]
        return self._flags(self.texts.holding(rows, test))

    def _flags(self, rows: Sequence[Row]) -> list[Flags]:
        flags = [np.zeros(len(s.content), dtype=np.bool_) for s in self._opened]
        for segment, row in rows:
            flags[segment][row] = True
        return flags

    def _holding(self, node: Node) -> _Rows:
        """The rows that hold a leaf, or one of several, by what the index knows."""
        if isinstance(node, Or):
            parts = [self._holding(part) for part in node.parts]
            return _Rows(
                [np.logical_or.reduce(flags) for flags in zip(*(p.sure for p in parts), strict=True)],
                [np.logical_or.reduce(flags) for flags in zip(*(p.maybe for p in parts), strict=True)],
            )
        if not isinstance(node, Word | Phrase | Wildcard | Fuzzy):
            raise TypeError("The grammar lets only words, phrases and patterns stand beside NEAR.")
        sure, maybe = self._flags([]), self._flags([])
        spellings = {
            analysis: elements_of(node, analysis)
            for s in self._opened
            for analysis in s.content.postings.analyses_held
        }
        self._check_expansions(node, spellings)
        for place, segment in enumerate(self._opened):
            for analysis in segment.content.postings.analyses_held:
                elements = spellings[analysis]
                if len(elements) == 1:
                    for term, rows in self._postings(segment, elements[0], analysis):
                        (sure if elements[0].is_sure(term, analysis) else maybe)[place][rows] = True
                elif elements:
                    maybe[place] |= self._all_of(segment, elements, analysis)
        return _Rows(sure, maybe)

    def _all_of(self, segment: OpenSegment, elements: Sequence[Element], analysis: str) -> Flags:
        everywhere = np.ones(len(segment.content), dtype=np.bool_)
        for element in elements:
            here = np.zeros(len(segment.content), dtype=np.bool_)
            for _, rows in self._postings(segment, element, analysis):
                here[rows] = True
            everywhere &= here
        return everywhere

    def _postings(
        self, segment: OpenSegment, element: Element, analysis: str
    ) -> Iterator[tuple[str, npt.NDArray[np.int32]]]:
        for term in self._terms_of(element, analysis):
            rows, _ = segment.content.postings.of(f"{analysis}:{term}")
            if len(rows):
                yield term, rows

    def _terms_of(self, element: Element, analysis: str) -> list[str]:
        if isinstance(element, Stem | Form):
            return [element.stem]
        if (element, analysis) not in self._terms:
            found = set[str]()
            for segment in self._opened:
                postings = segment.content.postings
                found.update(postings.standing(analysis, element.terms_in(postings.terms(analysis))))
            self._terms[element, analysis] = sorted(found)
        return self._terms[element, analysis]

    def _check_expansions(self, leaf: Leaf, spellings: dict[str, tuple[Element, ...]]) -> None:
        for analysis, elements in spellings.items():
            for element in elements:
                if len(self._terms_of(element, analysis)) > MOST_EXPANSIONS:
                    raise wrong_at(
                        leaf.at,
                        leaf.text,
                        f"this may stand for more than {MOST_EXPANSIONS:,} different words of the documents "
                        "that you may read. Add letters, best at its beginning.",
                    )


def _both(left: Sequence[Flags], right: Sequence[Flags]) -> list[Flags]:
    return [a & b for a, b in zip(left, right, strict=True)]


def _cost(node: Node) -> int:
    """What is cheap to tell comes first and leaves the dear less to read."""
    if isinstance(node, And | Or):
        return max(_cost(part) for part in node.parts)
    if isinstance(node, Not):
        return _cost(node.part)
    if isinstance(node, Word):
        return 0
    if isinstance(node, Near):
        return 4
    return 3 if isinstance(node, Phrase) else 2 if isinstance(node, Wildcard | Fuzzy) else 1


def _is_near(node: Near, words: list[ReadWord], analysis: str) -> bool:
    left, right = _places(node.left, words, analysis), _places(node.right, words, analysis)
    starts, ends = sorted(start for start, _ in right), sorted(end for _, end in right)
    # Two things are never one and the same word, so nothing is near to itself.
    return any(
        _is_any_between(starts, last + 1, last + node.distance)
        or _is_any_between(ends, first - node.distance, first - 1)
        for first, last in left
    )


def _is_any_between(places: list[int], least: int, most: int) -> bool:
    place = bisect_left(places, least)
    return place < len(places) and places[place] <= most


def _places(node: Node, words: list[ReadWord], analysis: str) -> list[tuple[int, int]]:
    if isinstance(node, Or):
        return [place for part in node.parts for place in _places(part, words, analysis)]
    return places_in(node, words, analysis) if isinstance(node, Word | Phrase | Wildcard | Fuzzy) else []
