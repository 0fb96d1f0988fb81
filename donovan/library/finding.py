"""Asking retrieval on behalf of a person: within their scope, and on record."""

import hashlib
from dataclasses import dataclass
from datetime import date

from donovan.access.labels import split_label
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.media import media_types_of
from donovan.library.querying import Understood, check_query, understand
from retrieval.querying.tree import Node, QueryError
from retrieval.results import Order
from retrieval.scope import AccessScope
from retrieval.search import SearchFilters, SearchResult, search

LONGEST_QUERY = 2000
MOST_HITS = 100


@dataclass(frozen=True)
class Asked:
    """A query and what narrows it. Kinds are keys of donovan.library.media; empty means all."""

    query: str
    collection: str = ""
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    date_from: date | None = None
    date_to: date | None = None
    order_by: Order = "best"

    @property
    def narrows(self) -> bool:
        return bool(self.collection or self.kinds or self.languages or self.date_from or self.date_to)

    def checked(self) -> "Asked":
        """The same with a query that can be searched for. Raises LibraryError with the sentence."""
        if len(self.query) > LONGEST_QUERY:
            raise LibraryError(
                f"The query has {len(self.query):,} characters, and at most {LONGEST_QUERY:,} can be "
                "searched for. Shorten it to the words that matter."
            )
        if not self.query.strip():
            raise LibraryError("Say what to search for: a few words, a name or a whole question.")
        self.check_days()
        check_query(self.query)
        return self

    def without_filters(self) -> "Asked":
        """The same query with nothing that narrows it."""
        return Asked(self.query, order_by=self.order_by)

    def check_days(self) -> None:
        """Raises LibraryError with the sentence for dates that leave nothing."""
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise LibraryError("The first date lies after the last one. Swap them.")

    def filters(self, scope: AccessScope, condition: Node | None = None) -> SearchFilters:
        """What narrows the search, within `scope`; `condition` is what the query itself demands."""
        labels = None
        if self.collection:
            labels = frozenset(key for key in scope.labels if split_label(key)[0] == self.collection)
        return SearchFilters(
            labels=labels,
            date_from=self.date_from,
            date_to=self.date_to,
            media_types=media_types_of(self.kinds),
            languages=self.languages,
            condition=condition,
        )


@dataclass(frozen=True)
class Found:
    """What a search gave, and how its query was read; `understood` is None for plain words."""

    result: SearchResult
    understood: Understood | None


def search_on_record(caller: Caller, asked: Asked, *, limit: int = 10, most_counted: int = 0) -> Found:
    """The passages that the caller may read, nearest to the query first.

    Of a query of the language they are those that meet it. `most_counted` is that of `retrieval.search`.

    The record keeps a digest of the query, never its words, and the documents that were shown. Nothing is
    returned when the record cannot be written. Raises LibraryError for a query that cannot be searched for.
    """
    asked.checked()
    understood = understand(asked.query, caller.scope)
    filters = asked.filters(caller.scope, understood.condition if understood else None)
    words = understood.words if understood else asked.query
    try:
        result = search(
            words,
            caller.scope,
            limit=min(max(limit, 1), MOST_HITS),
            filters=filters,
            order_by=asked.order_by,
            most_counted=most_counted,
        )
    except QueryError as error:
        raise LibraryError(error.sentence) from error
    audit.record(
        caller.name,
        "search",
        source=caller.source,
        labels={hit.label for hit in result.hits},
        documents=list(dict.fromkeys(str(hit.document_id) for hit in result.hits)),
        detail={
            "query_sha256": hashlib.sha256(asked.query.encode("utf-8", "surrogatepass")).hexdigest(),
            "hits": len(result.hits),
            "generation": result.generation,
        },
    )
    return Found(result, understood)
