"""Places on the map."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.insight.entities.relations import MOST_PLACES, PlacedEntity, places_with_coordinates
from donovan.insight.entities.views.shown import frame, labels_of
from donovan.insight.errors import InsightError
from donovan.insight.geography.bounds import Bounds
from donovan.insight.geography.drawing import map_svg, seen_in
from donovan.insight.geography.labels import MapPlace
from donovan.library.callers import Caller
from ingest.values.positions import NoPosition, Position, position

WIDE = (880, 560)
NARROW = (380, 440)
MOST_LISTED = 300
_NEAR_DEGREES = 0.25


@entry()
@require_GET
def places(request: SignedInRequest) -> HttpResponse:
    """The places of the documents, or of one collection, within the edges that the address gives."""
    caller = Caller.of(request)
    asked = request.GET
    collection = asked.get("collection", "") or None
    problems: list[str] = []
    known = places_with_coordinates(caller.scope, collection=collection)
    points = [_point(place) for place in known]
    bounds, is_all = _bounds(asked.get("bounds", ""), asked.get("at", ""), points, problems)

    def address(edges: Bounds | None) -> str:
        query = {"bounds": edges.text if edges else "", "collection": collection or ""}
        return f"{reverse('entities:map')}?{urlencode({k: v for k, v in query.items() if v})}"

    seen = {(point.address, point.latitude) for point in seen_in(points, bounds, *WIDE)}
    listed = [
        place for place, point in zip(known, points, strict=True) if (point.address, point.latitude) in seen
    ]
    labels = labels_of(caller.scope, (place.id for place in known), collection)
    context = frame(request, caller, "entities:map", labels)
    return render(
        request,
        "entities/map.html",
        context
        | {
            "pictures": [
                (
                    name,
                    map_svg(
                        points,
                        bounds,
                        *size,
                        title="Places named in the documents",
                        name=f"map-{name}",
                        group_address=address,
                    ),
                )
                for name, size in (("wide", WIDE), ("narrow", NARROW))
            ],
            "moves": _moves(bounds, address),
            "all_address": "" if is_all else address(None),
            "listed": [
                (place, Position(place.latitude, place.longitude).mgrs()) for place in listed[:MOST_LISTED]
            ],
            "listed_total": len(listed),
            "total": len(known),
            "most_places": MOST_PLACES,
            "most_listed": MOST_LISTED,
            "at": asked.get("at", ""),
            "bounds": "" if is_all else bounds.text,
            "problems": problems,
        },
    )


def _point(place: PlacedEntity) -> MapPlace:
    return MapPlace(
        place.name,
        place.latitude,
        place.longitude,
        place.mentions,
        reverse("entities:entity", args=[place.id]),
        note=f"in {place.documents} document{'s' if place.documents != 1 else ''}",
    )


def _bounds(edges: str, at: str, points: list[MapPlace], problems: list[str]) -> tuple[Bounds, bool]:
    """The edges asked for, or those around a coordinate, or those around all places (True)."""
    everything = Bounds.around((point.latitude, point.longitude) for point in points)
    try:
        if at.strip():
            there = position(at)
            return (
                Bounds.around([(there.latitude, there.longitude)]).zoomed(_NEAR_DEGREES),
                False,
            )
        if edges:
            return Bounds.from_text(edges), False
    except (InsightError, NoPosition) as error:
        problems.append(error.sentence)
    return everything, True


def _moves(bounds: Bounds, address: Callable[[Bounds], str]) -> list[tuple[str, str, str, str]]:
    """The steps from here: id, sign, words and address of each."""
    return [
        ("nearer", "+", "Nearer", address(bounds.zoomed(0.5))),
        ("farther", "−", "Farther", address(bounds.zoomed(2))),
        ("west", "←", "West", address(bounds.moved(-0.4, 0))),
        ("north", "↑", "North", address(bounds.moved(0, 0.4))),
        ("south", "↓", "South", address(bounds.moved(0, -0.4))),
        ("east", "→", "East", address(bounds.moved(0.4, 0))),
    ]
