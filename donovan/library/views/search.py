"""Search: the passages nearest to a query, within what the caller may read."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.markings import Marking
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.facets import Facet, FacetValue, Narrows, facets_of
from donovan.library.finding import LONGEST_QUERY, MOST_HITS, Asked, search_on_record
from donovan.library.grouping import Group, grouped
from donovan.library.media import KINDS, UNIDENTIFIED, language_name
from donovan.library.querying import Understood
from donovan.library.reading import address_at
from donovan.library.selectors import collections_of, languages_in
from donovan.library.snippets import SnippetPiece, snippet
from retrieval.results import Order
from retrieval.search import Hit, SearchResult

HITS_AT_FIRST = 20


ORDERS: dict[str, Order] = {"newest": "newest", "oldest": "oldest"}


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


@entry()
@require_http_methods(["GET", "POST"])
def search(request: SignedInRequest) -> HttpResponse:
    """The form and what was found.

    The form is sent as POST, so that a query of any length reaches the sentence that says it is too long; a
    query that can be searched for goes on to its own address, which can be kept and gone back to.
    """
    caller = Caller.of(request)
    sent = request.POST if request.method == "POST" else request.GET
    asked, problem = _asked(sent)
    if request.method == "POST" and not problem:
        try:
            asked.checked()
        except LibraryError as error:
            problem = error.sentence
        else:
            return redirect(f"{reverse('library:search')}?{address_of_query(sent)}")
    limit = _limit(request.GET.get("k"))
    result, understood = None, None
    if asked.query and not problem:
        try:
            found = search_on_record(caller, asked, limit=limit)
            result, understood = found.result, found.understood
        except LibraryError as error:
            problem = error.sentence
    # What was found in another spelling is marked in that spelling.
    forms = [form for _, some in result.variants for form in some] if result else []
    marked = " ".join([asked.query, *forms])
    groups = grouped(result.hits) if result else []
    rows = [_group_row(group, marked, understood) for group in groups]
    collections = collections_of(caller.user)
    titles = {known.slug: known.title for known in collections}
    facets, told = _facets(sent, result, caller, titles)
    return render(
        request,
        "library/search.html",
        {
            "page_marking": _marking(result, told).canonical,
            "asked": asked,
            "query_shown": asked.query[:LONGEST_QUERY],
            "problem": problem,
            "understood": understood,
            "result": result,
            "rows": rows,
            "is_full": result is not None and len(result.hits) >= limit,
            "facets": facets,
            "orders": _orders(sent, asked.order_by),
            "more": _more(sent, limit),
            "nearest_words": _nearest_words(sent, result),
            "most_hits": MOST_HITS,
            "collections": collections,
            "kinds": [kind for kind in KINDS if kind.key != UNIDENTIFIED],
            "languages": [(code, language_name(code)) for code in languages_in(caller.scope)],
        },
        status=400 if problem else 200,
    )


def _limit(given: str | None) -> int:
    if given and given.isdecimal() and len(given) < 5:
        return min(max(int(given), 1), MOST_HITS)
    return HITS_AT_FIRST


def _more(sent: QueryDict, limit: int) -> str:
    """The address of the same search with more hits; nothing when there are as many as are ever shown."""
    if limit >= MOST_HITS:
        return ""
    return f"{address_of_query(sent)}&k={min(limit * 2, MOST_HITS)}"


def _nearest_words(sent: QueryDict, result: SearchResult | None) -> list[tuple[str, str, str]]:
    """Words that stand nowhere, the nearest that does, and the address of the search with that one."""
    rows = []
    for word, nearest in result.spelling if result else ():
        mended = sent.copy()
        # Words of the vocabulary hold no backslash, so none is read as a reference.
        mended["q"] = re.sub(rf"\b{re.escape(word)}\b", nearest, sent.get("q", ""))
        rows.append((word, nearest, address_of_query(mended)))
    return rows


def address_of_query(sent: QueryDict) -> str:
    """The query string of a search: only its own parameters, and only those that say something."""
    kept = QueryDict(mutable=True)
    for name in ("q", "collection", "type", "language", "from", "to", "order"):
        kept.setlist(name, [value for value in sent.getlist(name) if value])
    return kept.urlencode()


def _asked(sent: QueryDict) -> tuple[Asked, str]:
    """What is asked for, and a sentence about a date that cannot be read."""
    problem = ""
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        given = sent.get(name, "").strip()
        try:
            days[name] = parse_date(given) if given else None
        except ValueError:
            days[name] = None
        if given and days[name] is None:
            problem = f"“{given[:40]}” is not a date. Write it as 2026-05-31."
    asked = Asked(
        query=sent.get("q", "").strip(),
        collection=sent.get("collection", "")[:200],
        kinds=frozenset(value for value in sent.getlist("type") if value),
        languages=frozenset(value for value in sent.getlist("language") if value),
        date_from=days["from"],
        date_to=days["to"],
        order_by=ORDERS.get(sent.get("order", ""), "best"),
    )
    return asked, problem


def _facets(
    sent: QueryDict, result: SearchResult | None, caller: Caller, titles: dict[str, str]
) -> tuple[list[tuple[Facet, list[tuple[FacetValue, str]]]], set[str]]:
    """The facets of what was found, each value with the address of the search that keeps it, and the labels
    of what was counted.
    """
    if result is None:
        return [], set()
    found, labels = facets_of(result.documents, caller.scope, titles)
    rows = [
        (facet, [(value, _narrowed(sent, value.narrows) if value.narrows else "") for value in facet.values])
        for facet in found
    ]
    return rows, labels


def _marking(result: SearchResult | None, counted: set[str]) -> Marking:
    """The marking of everything on the page: what was found, what was counted, words that are told."""
    if result is None:
        return marking_of(())
    return marking_of({*(hit.label for hit in result.hits), *result.labels_told, *counted})


def _narrowed(sent: QueryDict, narrows: Narrows) -> str:
    chosen = sent.copy()
    for name, value in narrows:
        chosen[name] = value
    return address_of_query(chosen)


def _orders(sent: QueryDict, now: str) -> list[tuple[str, str]]:
    """The ways to order what was found, in words, each with its address; no address for the one in use."""
    said = (("best", "nearest first"), ("newest", "newest first"), ("oldest", "oldest first"))
    return [
        (words, "" if order == now else _narrowed(sent, (("order", "" if order == "best" else order),)))
        for order, words in said
    ]


def _group_row(group: Group, query: str, understood: Understood | None) -> HitRow:
    return replace(
        _row(group.best, query, understood),
        others=[_row(hit, query, understood) for hit in group.others],
        copies=[_row(hit, query, understood) for hit in group.copies],
    )


def _row(hit: Hit, query: str, understood: Understood | None) -> HitRow:
    return HitRow(
        hit=hit,
        marking=split_label(hit.label)[1].canonical,
        language=language_name(hit.language),
        address=address_at(hit.document_id, hit.page, hit.start, hit.end),
        pieces=snippet(hit.text, query, understood.marks(hit.text, hit.language) if understood else None),
    )
