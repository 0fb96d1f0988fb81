"""The list of tables."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.tables.listing import MOST_ROWS, SORTS, Wanted, list_tables
from donovan.library.callers import Caller
from donovan.library.selectors import collections_of


@entry()
@require_GET
def tables(request: SignedInRequest) -> HttpResponse:
    """The tables that the caller may read, with search and paging."""
    caller = Caller.of(request)
    wanted = Wanted.from_address(request.GET)
    listing = list_tables(caller.scope, wanted)
    rows = [(table, split_label(table.document.label)[1].canonical) for table in listing.tables]
    return render(
        request,
        "tables/tables.html",
        {
            "page_marking": marking_of(table.document.label for table in listing.tables).canonical,
            "wanted": wanted,
            "listing": listing,
            "rows": rows,
            "collections": collections_of(caller.user),
            "sorts": [(key, title) for key, (title, _) in SORTS.items()],
            "most_rows": MOST_ROWS,
            "previous_address": wanted.address(listing.page - 1) if listing.page > 1 else "",
            "next_address": wanted.address(listing.page + 1) if listing.page < listing.pages else "",
        },
    )
