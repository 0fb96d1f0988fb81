"""Who appears with whom: the graph with its table, and the sentences behind one tie."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.entities import selectors
from donovan.insight.entities.graph import Node, Tie, graph_svg
from donovan.insight.entities.kinds import ACTORS, Kind
from donovan.insight.entities.relations import MOST_EDGES, co_occurrences
from donovan.insight.entities.together import MOST_SHARED, shared_by
from donovan.insight.entities.views.shown import frame, identifiers, labels_of
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

SIZES = (15, 25, 40, 60)


@entry()
@require_GET
def graph(request: SignedInRequest) -> HttpResponse:
    """The most mentioned entities and their ties, or those around one entity."""
    caller = Caller.of(request)
    asked = request.GET
    collection = asked.get("collection", "") or None
    within = "page" if asked.get("within") == "page" else "sentence"
    kinds = [kind for kind in asked.getlist("kind") if kind in ACTORS] or list(ACTORS)
    size = int(asked["size"]) if asked.get("size", "").isdecimal() and int(asked["size"]) in SIZES else 25
    around = selectors.entity(caller.scope, asked["around"]).row if asked.get("around") else None
    network = co_occurrences(
        caller.scope,
        around.id if around else None,
        within=within,
        kinds=kinds,
        collection=collection,
        nodes=size,
    )
    tied = {end for edge in network.edges for end in (edge.one, edge.other)}
    names = {row.id: row for row in network.nodes}
    shown = [row for row in network.nodes if row.id in tied or (around and row.id == around.id)]
    kept = {"within": within, "collection": collection or ""}

    def together(one: UUID, other: UUID) -> str:
        query = urlencode({"one": one, "other": other, **{k: v for k, v in kept.items() if v}})
        return f"{reverse('entities:together')}?{query}"

    nodes = [
        Node(row.id, row.name, row.kind, row.mentions, reverse("entities:entity", args=[row.id]))
        for row in shown
    ]
    ties = [
        Tie(edge.one, edge.other, edge.count, together(edge.one, edge.other))
        for edge in network.edges
        if edge.one in names and edge.other in names
    ]
    centre = around.id if around else None
    pictures = [
        ("wide", graph_svg(nodes, ties, centre=centre, name="graph-wide")),
        ("narrow", graph_svg(nodes, ties, centre=centre, width=380, height=480, name="graph-narrow")),
    ]
    labels = labels_of(caller.scope, names, collection)
    context = frame(request, caller, "entities:graph", labels)
    return render(
        request,
        "entities/graph.html",
        context
        | {
            "around": around,
            "pictures": pictures if ties else [],
            "ties": [(names[tie.one], names[tie.other], tie) for tie in ties],
            "node_count": len(nodes),
            "lonely": len(network.nodes) - len(shown),
            "total": network.total,
            "left_out": max(network.total - len(network.nodes), 0),
            "within": within,
            "size": size,
            "sizes": SIZES,
            "kinds": [(kind, Kind(kind).label, kind in kinds) for kind in ACTORS],
            "most_ties": MOST_EDGES,
        },
    )


@entry()
@require_GET
def together(request: SignedInRequest) -> HttpResponse:
    """The sentences or pages in which two entities appear together."""
    caller = Caller.of(request)
    ends = identifiers([request.GET.get("one", ""), request.GET.get("other", "")])
    if len(ends) != 2:
        raise NotFoundHere
    within = "page" if request.GET.get("within") == "page" else "sentence"
    one, other = (selectors.entity(caller.scope, end) for end in ends)
    found, total = shared_by(
        caller.scope,
        one.row.id,
        other.row.id,
        within=within,
        collection=request.GET.get("collection") or None,
    )
    # The names of the two come from all their documents, so those count for the marking too.
    context = frame(request, caller, "entities:together", one.labels | other.labels)
    return render(
        request,
        "entities/together.html",
        context
        | {
            "one": one.row,
            "other": other.row,
            "mentions": [(row, split_label(row.label)[1].canonical) for row in found],
            "total": total,
            "within": within,
            "most_shared": MOST_SHARED,
        },
    )
