"""What a re-ranker sees of a question and one passage: a fixed list of numbers between 0 and about 1.

Every number comes from the question, the passage and the two scores that search gave it. None depends on a
rank, on another candidate or on anything that is not in the scope, so a re-ranked result is as free of what
lies outside the scope as the search before it.
"""

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .fusion import DENSE_WEIGHT
from .query_language import small_words_of
from .words import analysis_of, normalise, terms

Floats = npt.NDArray[np.float64]

METHOD = 2
"""Raised with every change to how a feature is computed: weights fit the method they were trained with."""

FEATURES: tuple[str, ...] = (
    "cosine",  # of question and passage; 0 where the embedder does not read one of them
    "bm25_share",  # BM25 as a share of the most that any passage could get
    "cosine_times_bm25",
    "fused",  # the score of retrieval.fusion
    "is_read",  # 1 where the embedder reads question and passage
    "terms_in_text",  # share of the question's terms, small words left out, that the passage holds
    "long_terms_in_text",  # the same, each term counted by its length: long words say more
    "terms_in_title",
    "terms_in_heading",
    "terms_anywhere",  # in passage, heading or title
    "title_in_question",  # share of the title's terms that the question names
    "pairs_in_text",  # share of the question's neighbouring terms that are neighbours in the passage
    "terms_close_by",  # the largest share of the question's terms within WINDOW terms of the passage
    "first_place",  # 1 when the first term of the question that occurs stands at the start, 0 at the end
    "density",  # how often terms of the question occur for each term of the passage, saturating
    "numbers_in_text",  # share of the question's numbers in passage, heading or title; 0 without numbers
    "has_numbers",
    "names_in_text",  # share of the question's names (capitals inside it) in passage, heading or title
    "has_names",
    "number_for_number",  # 1 when the question asks for a number or date and the passage holds a new one
    "name_for_name",  # 1 when the question asks who and the passage holds a name that the question does not
    "length",  # of the passage in terms, log scale: 1 at about 400
    "question_length",  # log scale: 1 at about 50
)

WINDOW = 24
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[^\W_]\s)[A-Z\u00c0-\u00de\u0400-\u042f][^\W\d_]+")
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|long|old|far|big|large|tall|high|often)|when|which (?:year|date|day)"
    r"|what (?:year|date|day|time|number|percentage|share|percent|amount)|cuánt[oa]s?|cuándo|combien|quand"
    r"|wie ?viele?|wann|quantos|quanti|koliko|kada|сколько|когда)\b"
)
_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|quién(?:es)?|qui|wer|wem|quem|chi|tko|ko|кто|кого)\b")


@dataclass(frozen=True)
class Candidate:
    """One passage and what search said of it. `language` is the passage's, a code such as "en" or ""."""

    title: str
    heading: str
    text: str
    cosine: float
    bm25_share: float
    is_read: bool
    language: str = ""


def features_of(
    query: str,
    title: str,
    heading: str,
    text: str,
    *,
    cosine: float,
    bm25_share: float,
    is_read: bool,
    language: str = "",
) -> Floats:
    """The features of one question and passage, shape (len(FEATURES),), in the order of FEATURES."""
    candidate = Candidate(title, heading, text, cosine, bm25_share, is_read, language)
    return np.array(_Question(query).features(candidate), dtype=np.float64)


def features_of_all(query: str, candidates: Sequence[Candidate]) -> Floats:
    """The features of one question with each candidate, shape (n, len(FEATURES)). A row depends on its
    candidate alone.
    """
    asked = _Question(query)
    rows = [asked.features(candidate) for candidate in candidates]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


class _Question:
    """What is worked out of a question once, and once for each analysis that its passages are read with."""

    def __init__(self, query: str) -> None:
        self._query = query
        folded = normalise(query)
        self._small = small_words_of(query)
        self._numbers = frozenset(_numbers(folded))
        names = {name for name in _NAME.findall(query) if normalise(name) not in self._small}
        self._names = tuple(sorted(names))
        self._asks_number = bool(_ASKS_NUMBER.search(folded))
        self._asks_name = bool(_ASKS_NAME.search(folded))
        self._in: dict[str, _Terms] = {}

    def _terms(self, analysis: str) -> "_Terms":
        if analysis not in self._in:
            self._in[analysis] = _Terms(self._query, self._names, self._small, analysis)
        return self._in[analysis]

    def features(self, candidate: Candidate) -> list[float]:
        analysis = analysis_of(candidate.language)
        asked = self._terms(analysis)
        text = terms(candidate.text, analysis)
        title = _terms_of_field(candidate.title, analysis)
        heading = _terms_of_field(candidate.heading, analysis)
        held, above = set(text), title | heading
        places = [i for i, term in enumerate(text) if term in asked.distinct]
        numbers = set(_numbers(candidate.text)) | set(_numbers(f"{candidate.title} {candidate.heading}"))
        cosine, share = max(candidate.cosine, 0.0) * candidate.is_read, candidate.bm25_share
        weight = DENSE_WEIGHT if candidate.is_read else 0.0
        return [
            cosine,
            share,
            cosine * share,
            weight * cosine + (1 - weight) * share,
            float(candidate.is_read),
            _share(asked.distinct & held, asked.distinct),
            asked.share_by_length(held),
            _share(asked.distinct & title, asked.distinct),
            _share(asked.distinct & heading, asked.distinct),
            _share(asked.distinct & (held | above), asked.distinct),
            _share(asked.distinct & title, title),
            _share(asked.pairs & set(pairwise(text)), asked.pairs) if asked.pairs else 0.0,
            _most_close_by(text, places) / max(len(asked.distinct), 1),
            1 - places[0] / len(text) if places else 0.0,
            min(1.0, 4 * len(places) / max(len(text), 1)),
            _share(self._numbers & numbers, self._numbers),
            float(bool(self._numbers)),
            asked.share_of_names(held | above),
            float(bool(self._names)),
            float(self._asks_number and bool(numbers - self._numbers)),
            float(self._asks_name and _holds_another_name(candidate.text, self._names)),
            math.log1p(len(text)) / 6,
            math.log1p(len(asked.distinct)) / 4,
        ]


class _Terms:
    """The terms of a question in one analysis."""

    def __init__(self, query: str, names: tuple[str, ...], small: frozenset[str], analysis: str) -> None:
        everything = terms(query, analysis)
        few = _small_terms(small, analysis)
        content = [term for term in everything if term not in few] or everything
        self.distinct = frozenset(content)
        self.pairs = frozenset(p for p in pairwise(everything) if not few.issuperset(p))
        self._length = sum(len(term) for term in self.distinct)
        self._names = [frozenset(terms(name, analysis)) for name in names]

    def share_by_length(self, held: set[str]) -> float:
        return sum(len(term) for term in self.distinct if term in held) / max(self._length, 1)

    def share_of_names(self, held: set[str]) -> float:
        return sum(name <= held for name in self._names) / max(len(self._names), 1)


@lru_cache(maxsize=256)
def _small_terms(small: frozenset[str], analysis: str) -> frozenset[str]:
    return frozenset(term for word in small for term in terms(word, analysis))


@lru_cache(maxsize=4096)
def _terms_of_field(text: str, analysis: str) -> frozenset[str]:
    """Of a title or heading: the same ones come again for every passage of a document."""
    return frozenset(terms(text.replace("_", " "), analysis))


def _share(part: Set[Any], whole: Set[Any]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _numbers(text: str) -> list[str]:
    return [number.replace(",", "") for number in _NUMBER.findall(text)]


def _most_close_by(text: Sequence[str], places: Sequence[int]) -> int:
    """The most distinct terms among those at `places` that stand within WINDOW terms of each other."""
    most, first = 0, 0
    count: dict[str, int] = {}
    for place in places:
        count[text[place]] = count.get(text[place], 0) + 1
        while place - places[first] >= WINDOW:
            left = text[places[first]]
            count[left] -= 1
            if not count[left]:
                del count[left]
            first += 1
        most = max(most, len(count))
    return most


def _holds_another_name(text: str, names: tuple[str, ...]) -> bool:
    return any(name not in names for name in _NAME.findall(text))
