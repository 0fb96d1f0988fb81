"""The list of entities."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers import model_notice
from donovan.insight.entities.selectors import entities_in, kinds_in
from donovan.insight.entities.views.shown import frame, labels_of, number
from donovan.library.callers import Caller

ON_A_PAGE = 50
MOST_LISTED = 5000
LONGEST_QUERY = 200
# Dates outnumber everything else, and say more on the timeline.
THINGS = [one for one in Kind.values if one not in (Kind.DATE, Kind.MONEY, Kind.QUANTITY)]
ORDERS = {
    "mentions": "most mentioned",
    "documents": "in most documents",
    "last": "last seen",
    "name": "name",
}


@entry()
@require_GET
def entities(request: SignedInRequest) -> HttpResponse:
    """Entities by kind, part of a name and collection, with counts and when they were seen."""
    caller = Caller.of(request)
    asked = request.GET
    collection = asked.get("collection", "") or None
    kind = asked.get("kind", "") if asked.get("kind") in Kind.values else ""
    query = asked.get("q", "").strip()[:LONGEST_QUERY]
    order = asked.get("order", "") if asked.get("order") in ORDERS else "mentions"
    start = min(number(asked.get("start")), MOST_LISTED - ON_A_PAGE)
    found = entities_in(
        caller.scope,
        [kind] if kind else [] if query else THINGS,
        collection=collection,
        query=query,
        start=start,
        limit=ON_A_PAGE,
        order=order,
    )
    kept = {"kind": kind, "q": query, "collection": collection or "", "order": order}

    def address(**changes: object) -> str:
        return urlencode({name: value for name, value in {**kept, **changes}.items() if value})

    labels = labels_of(caller.scope, (row.id for row in found.rows), collection)
    context = frame(request, caller, "entities:entities", labels)
    counts = kinds_in(caller.scope, collection=collection)
    return render(
        request,
        "entities/entities.html",
        context
        | {
            "found": found,
            "last": start + len(found.rows),
            "first": start + 1,
            "kind": kind,
            "model_notice": model_notice(),
            "query": query,
            "order": order,
            "orders": ORDERS.items(),
            "kinds": [
                (one, Kind(one).label, count, address(kind="" if one == kind else one), one == kind)
                for one, count in counts
            ],
            "narrows": bool(kind or query),
            "most_listed": MOST_LISTED,
            "previous": address(start=start - ON_A_PAGE or None) if start >= ON_A_PAGE else None,
            "following": address(start=start + ON_A_PAGE)
            if start + ON_A_PAGE < min(found.total, MOST_LISTED)
            else None,
        },
    )
