"""What was found, as lines of a page: hits by document, facets and orders with their addresses."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.http import QueryDict

from donovan.access.labels import marking_of, split_label
from donovan.access.markings import Marking
from donovan.library.addresses import address_of_query
from donovan.library.callers import Caller
from donovan.library.facets import Facet, FacetValue, Narrows, facets_of
from donovan.library.finding import MOST_HITS, Asked
from donovan.library.grouping import Group
from donovan.library.media import KINDS, UNIDENTIFIED, language_name
from donovan.library.querying import Understood
from donovan.library.reading import address_at
from donovan.library.selectors import collections_of, languages_in
from donovan.library.snippets import SnippetPiece, snippet
from retrieval.querying.signs import is_question_with_quotations
from retrieval.results import SignificantTerm
from retrieval.search import Hit, SearchResult

HITS_AT_FIRST = 20


@dataclass(frozen=True)
class HitRow:
    """A hit as a line of the page."""

    hit: Hit
    marking: str
    language: str
    address: str
    pieces: list[SnippetPiece]
    others: list["HitRow"] = field(default_factory=list)
    copies: list["HitRow"] = field(default_factory=list)


def choices(caller: Caller) -> dict[str, object]:
    """What the fields that narrow a search offer to this person."""
    return {
        "collections": collections_of(caller.user),
        "kinds": [kind for kind in KINDS if kind.key != UNIDENTIFIED],
        "languages": [(code, language_name(code)) for code in languages_in(caller.scope)],
    }


def found_context(
    sent: QueryDict,
    result: SearchResult | None,
    caller: Caller,
    *,
    asked: Asked,
    limit: int,
    understood: Understood | None = None,
) -> tuple[dict[str, object], set[str]]:
    """What every page of hits shows beside them, and the labels of the documents that were counted."""
    titles = {known.slug: known.title for known in collections_of(caller.user)}
    facets, told = facet_rows(sent, result, caller, titles, understood)
    context: dict[str, object] = {
        "asked": asked,
        "result": result,
        "is_full": result is not None and len(result.hits) >= limit,
        "facets": facets,
        "orders": order_rows(sent, asked.order_by),
        "more": address_of_more(sent, limit),
        "most_hits": MOST_HITS,
    }
    return context, told


def limit_of(given: str | None) -> int:
    if given and given.isdecimal() and len(given) < 5:
        return min(max(int(given), 1), MOST_HITS)
    return HITS_AT_FIRST


def address_of_more(sent: QueryDict, limit: int) -> str:
    """The address of the same search with more hits; nothing when there are as many as are ever shown."""
    if limit >= MOST_HITS:
        return ""
    return f"{address_of_query(sent)}&k={min(limit * 2, MOST_HITS)}"


def facet_rows(
    sent: QueryDict,
    result: SearchResult | None,
    caller: Caller,
    titles: dict[str, str],
    understood: Understood | None,
) -> tuple[list[tuple[Facet, list[tuple[FacetValue, str]]]], set[str]]:
    """The facets of what was found, each value with the address of the search that keeps it, and the labels
    of what was counted.
    """
    if result is None:
        return [], set()
    found, labels = facets_of(result.documents, caller.scope, titles)
    rows = [
        (facet, [(value, _address_keeping(sent, value, understood)) for value in facet.values])
        for facet in found
    ]
    return rows, labels


def _address_keeping(sent: QueryDict, value: FacetValue, understood: Understood | None) -> str:
    """The address of the search that keeps only documents with a value; nothing where none can."""
    if value.narrows:
        return narrowed(sent, value.narrows)
    query = sent.get("q", "").strip()
    if not value.demands or not understood or not query or is_question_with_quotations(query):
        return ""
    return narrowed(sent, (("q", f"({query}) AND {value.demands}"),))


def term_rows(
    sent: QueryDict, result: SearchResult | None, understood: Understood | None
) -> list[tuple[SignificantTerm, str]]:
    """The words that set apart what was found, each with the address of the search that demands it too: of a
    query those of its passages that hold it, of plain words the passages nearest to all of them.
    """
    rows = []
    for term in result.significant.terms if result and result.significant else ():
        more = sent.copy()
        query = sent.get("q", "").strip()
        if not understood:
            more["q"] = f"{query} {term.word}"
        elif is_question_with_quotations(query):
            more["q"] = f'"{term.word}" {query}'
        else:
            more["q"] = f"({query}) AND {asked_word(term.word)}"
        rows.append((term, address_of_query(more)))
    return rows


def selected_documents(result: SearchResult | None, understood: Understood | None) -> list[UUID]:
    """The documents of the passages that are held against the rest; none where they are not all known."""
    if result is None:
        return []
    if understood is None:
        return list(dict.fromkeys(hit.document_id for hit in result.hits))
    return list(result.documents) if result.documents_found == len(result.documents) else []


def asked_word(word: str) -> str:
    """A word as the query language asks for it in any of its endings: no operator, and no sign of one."""
    return word.lower() if word.isalnum() else f'"{word}"'


def marking_of_found(result: SearchResult | None, counted: AbstractSet[str]) -> Marking:
    """The marking of everything on the page: what was found, what was counted, words that are told."""
    if result is None:
        return marking_of(())
    selected = result.significant.labels if result.significant else ()
    return marking_of({*(hit.label for hit in result.hits), *result.labels_told, *counted, *selected})


def narrowed(sent: QueryDict, narrows: Narrows) -> str:
    chosen = sent.copy()
    for name, value in narrows:
        chosen[name] = value
    return address_of_query(chosen)


def order_rows(sent: QueryDict, now: str) -> list[tuple[str, str]]:
    """The ways to order what was found, in words, each with its address; no address for the one in use."""
    said = (("best", "nearest first"), ("newest", "newest first"), ("oldest", "oldest first"))
    return [
        (words, "" if order == now else narrowed(sent, (("order", "" if order == "best" else order),)))
        for order, words in said
    ]


def group_row(group: Group, query: str, understood: Understood | None) -> HitRow:
    return replace(
        hit_row(group.best, query, understood),
        others=[hit_row(hit, query, understood) for hit in group.others],
        copies=[hit_row(hit, query, understood) for hit in group.copies],
    )


def hit_row(hit: Hit, query: str, understood: Understood | None) -> HitRow:
    return HitRow(
        hit=hit,
        marking=split_label(hit.label)[1].canonical,
        language=language_name(hit.language),
        address=address_at(hit.document_id, hit.page, hit.start, hit.end),
        pieces=snippet(hit.text, query, understood.marks(hit.text, hit.language) if understood else None),
    )
