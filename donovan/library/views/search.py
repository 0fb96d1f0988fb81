"""Search: the passages nearest to a query, within what the caller may read."""

import re
import sys

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library import saving
from donovan.library.addresses import address_of_query, asked_of
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.finding import LONGEST_QUERY, search_on_record
from donovan.library.grouping import grouped
from donovan.library.views.found import (
    choices,
    found_context,
    group_row,
    limit_of,
    marking_of_found,
    selected_documents,
    term_rows,
)
from retrieval.querying.signs import is_question_with_quotations
from retrieval.search import SearchResult
from retrieval.significant import MOST_POSTINGS


@entry()
@require_http_methods(["GET", "POST"])
def search(request: SignedInRequest) -> HttpResponse:
    """The form and what was found.

    The form is sent as POST, so that a query of any length reaches the sentence that says it is too long; a
    query that can be searched for goes on to its own address, which can be kept and gone back to.
    """
    caller = Caller.of(request)
    sent = request.POST if request.method == "POST" else request.GET
    asked, problem = asked_of(sent)
    if request.method == "POST" and not problem:
        try:
            asked.checked()
        except LibraryError as error:
            problem = error.sentence
        else:
            return redirect(f"{reverse('library:search')}?{address_of_query(sent)}")
    limit = limit_of(request.GET.get("k"))
    result, understood = None, None
    if asked.query and not problem:
        try:
            most_counted = sys.maxsize if "terms" in request.GET else MOST_POSTINGS
            found = search_on_record(caller, asked, limit=limit, most_counted=most_counted)
            result, understood = found.result, found.understood
        except LibraryError as error:
            problem = error.sentence
    # What was found in another spelling is marked in that spelling.
    forms = [form for _, some in result.variants for form in some] if result else []
    marked = " ".join([asked.query, *forms])
    groups = grouped(result.hits) if result else []
    rows = [group_row(group, marked, understood) for group in groups]
    address = address_of_query(sent)
    kept = [] if problem else list(saving.saved_searches(caller.user))
    context, told = found_context(sent, result, caller, asked=asked, limit=limit, understood=understood)
    return render(
        request,
        "library/search.html",
        {
            **choices(caller),
            **context,
            "page_marking": marking_of_found(result, told).canonical,
            "query_shown": asked.query[:LONGEST_QUERY],
            "problem": problem,
            "understood": understood,
            "rows": rows,
            "address": address,
            "saved_as": next((one for one in kept if one.address == address), None),
            "saved": [] if result else [saving.row_of(one) for one in kept],
            "terms_address": address,
            "selected": selected_documents(result, understood),
            "is_language": understood is not None and not is_question_with_quotations(asked.query),
            "terms": term_rows(sent, result, understood),
            "nearest_words": _nearest_words(sent, result),
        },
        status=400 if problem else 200,
    )


def _nearest_words(sent: QueryDict, result: SearchResult | None) -> list[tuple[str, str, str]]:
    """Words that stand nowhere, the nearest that does, and the address of the search with that one."""
    rows = []
    for word, nearest in result.spelling if result else ():
        mended = sent.copy()
        # Words of the vocabulary hold no backslash, so none is read as a reference.
        mended["q"] = re.sub(rf"\b{re.escape(word)}\b", nearest, sent.get("q", ""))
        rows.append((word, nearest, address_of_query(mended)))
    return rows
