"""What is asked of a search and what it gives back."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from .querying.tree import Node

Order = Literal["best", "newest", "oldest"]
Mode = Literal["fused", "dense", "bm25"]


@dataclass(frozen=True)
class SearchFilters:
    """What narrows a search. An empty set, or None, does not narrow; nothing here ever widens the scope.

    `labels` keeps these labels of the scope; `date_from` and `date_to` (both included) keep documents with a
    date in between, and drop those without one; `languages` keeps passages in these languages. `condition` is
    the resolved tree of a query (`retrieval.querying`): passages that meet it are hits, however near they
    are.
    """

    labels: frozenset[str] | None = None
    date_from: date | None = None
    date_to: date | None = None
    media_types: frozenset[str] = field(default_factory=frozenset)
    languages: frozenset[str] = field(default_factory=frozenset)
    documents: frozenset[UUID] = field(default_factory=frozenset)
    condition: Node | None = None

    @property
    def asks_the_database(self) -> bool:
        return bool(self.date_from or self.date_to or self.media_types)


@dataclass(frozen=True)
class Hit:
    """One passage found. `score` ranks it in the mode asked for; `dense_score` is a cosine, `bm25_score` is
    BM25.

    `start` and `end` are character offsets into the text of page number `page`; `ordinal` is the place of the
    passage in its document.
    """

    passage_id: int
    document_id: UUID
    title: str
    name: str
    page: int
    start: int
    end: int
    text: str
    heading: str
    score: float
    dense_score: float
    bm25_score: float
    label: str
    language: str
    ordinal: int = 0


@dataclass(frozen=True)
class SignificantTerm:
    """A word as it is mostly written in the selection, and how many passages hold it, with their text, their
    heading or their title: `inside` of the selection, `outside` of the rest of the scope.
    """

    word: str
    inside: int
    outside: int
    score: float


@dataclass(frozen=True)
class SignificantTerms:
    """The most significant terms, best first, of `inside` selected passages against the `outside` others.

    `labels` are those of the selected passages.
    """

    terms: tuple[SignificantTerm, ...]
    inside: int
    outside: int
    labels: frozenset[str]


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first, and what was looked through: only what lies in the scope and passes the filters.

    `generation` names the state of the index inside the scope: the same documents indexed the same way give
    the same one. `notices` are sentences for the user about what could not be searched. `models` names the
    trained parts that had a say, as (role, name with digest), of "embedder" and "reranker" those used.
    `variants` are the words of the query that were also looked for in other spellings, with those spellings;
    `spelling` gives for words that stand nowhere the nearest word that does, only of short queries and of
    those that find nothing; `labels_told` are the labels that these words were taken from.

    `significant` are the words that set apart the hits, or of a condition all passages that meet it; only
    where they were asked for and were not too many to count.

    `documents` hold something that was found, shown or not: of a condition those that meet it, at most
    MOST_DOCUMENTS of `documents_found`; otherwise those of the nearest passages, some hundreds.
    """

    hits: list[Hit]
    documents_searched: int
    passages_searched: int
    generation: str
    seconds: float
    notices: tuple[str, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    variants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    spelling: tuple[tuple[str, str], ...] = ()
    documents: tuple[UUID, ...] = ()
    documents_found: int = 0
    labels_told: frozenset[str] = frozenset()
    significant: SignificantTerms | None = None
