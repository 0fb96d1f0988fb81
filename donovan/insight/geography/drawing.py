"""Maps as SVG, drawn here and without a network.

    map_svg(places)                               for a page: classes, links, keyboard
    map_svg(places, is_for_print=True)            for a report: stands alone, may become a PNG

The same places belong in a table beside the map: not everybody sees it, and labels that find no room are left
out.
"""

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from donovan.insight.geography.bounds import Bounds
from donovan.insight.geography.graticule import graticule, scale_bar
from donovan.insight.geography.ground import INSET_HEIGHT, INSET_WIDTH, ground, inset, shows_land
from donovan.insight.geography.labels import Box, MapPlace, Spot, labels_for, spots_of
from donovan.insight.geography.pen import Pen
from donovan.insight.geography.projection import Projection

WIDTH, HEIGHT = 880, 560
MOST_POINTS = 2000


def map_svg(
    places: Sequence[MapPlace],
    bounds: Bounds | None = None,
    width: int = WIDTH,
    height: int = HEIGHT,
    *,
    title: str = "Map",
    name: str = "map",
    group_address: Callable[[Bounds], str] | None = None,
    is_for_print: bool = False,
) -> str:
    """An SVG element that shows `places` within `bounds` (none: all of them), `width` by `height` pixels.

    `name` tells the elements of several maps on one page apart. `group_address` makes the link of a group of
    places that lie too close to be told apart, from the bounds in which they are. Only the MOST_POINTS most
    often named are drawn.
    """
    pen = Pen(is_for_print=is_for_print)
    projection = Projection.fitting(
        bounds or Bounds.around((place.latitude, place.longitude) for place in places), width, height
    )
    seen = [place for place in places if projection.bounds.holds(place.latitude, place.longitude)]
    drawn = sorted(seen, key=lambda place: (-place.count, place.name))[:MOST_POINTS]
    spots = spots_of([(place, *projection.pixel(place.latitude, place.longitude)) for place in drawn])
    lines, taken = graticule(projection, pen)
    bar, bar_box = scale_bar(projection, pen)
    small = inset(projection, pen)
    if small:
        taken.append(Box(width - INSET_WIDTH - 10, 0, width, INSET_HEIGHT + 10))
    points = _points(spots, projection, [*taken, bar_box], pen, group_address)
    frame = pen.element("rect", "map-frame", x=0.5, y=0.5, width=width - 1, height=height - 1)
    head = _head(name, title, _description(projection, seen, len(places)))
    role = "img" if is_for_print else "group"
    size = f' width="{width}" height="{height}"' if is_for_print else ' class="map"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"{size} role="{role}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-words">{head}'
        f"{ground(projection, pen)}{lines}{small}{points}{bar}{frame}</svg>"
    )


def seen_in(
    places: Sequence[MapPlace], bounds: Bounds, width: int = WIDTH, height: int = HEIGHT
) -> list[MapPlace]:
    """Those of `places` that a map of these bounds and size shows, in their order."""
    seen = Projection.fitting(bounds, width, height).bounds
    return [place for place in places if seen.holds(place.latitude, place.longitude)]


def _points(
    spots: list[Spot],
    projection: Projection,
    taken: list[Box],
    pen: Pen,
    group_address: Callable[[Bounds], str] | None,
) -> str:
    labels = labels_for(spots, projection.width, projection.height, taken)
    # The rarest first, so that keys go through the points from the most often named, and those lie on top.
    parts = []
    for number, spot in enumerate(spots):
        circle = pen.element(
            "circle", "map-group" if spot.is_group else "map-point", cx=spot.x, cy=spot.y, r=spot.radius
        )
        if spot.is_group:
            circle += pen.text("map-group-count", str(len(spot.places)), spot.x, spot.y + 3.7)
        label = labels.get(number)
        if label is not None:
            circle += pen.text("map-label", label.words, label.x, label.y, text_anchor=label.anchor)
        told = _told(spot)
        circle = f"<title>{escape(told)}</title>{circle}"
        parts.append(pen.link(_address(spot, group_address), circle, told))
    return "".join(parts)


def _address(spot: Spot, group_address: Callable[[Bounds], str] | None) -> str:
    if not spot.is_group:
        return spot.places[0].address
    where = [(place.latitude, place.longitude) for place in spot.places]
    if group_address is None or len(set(where)) == 1:
        return spot.places[0].address
    return group_address(Bounds.around(where))


def _told(spot: Spot) -> str:
    if spot.is_group:
        names = ", ".join(place.name for place in spot.places[:6])
        more = f" and {len(spot.places) - 6} more" if len(spot.places) > 6 else ""
        return f"{len(spot.places)} places close together: {names}{more}"
    (place,) = spot.places
    times = "1 mention" if place.count == 1 else f"{place.count} mentions"
    return f"{place.name}, {times}" + (f", {place.note}" if place.note else "")


def _head(name: str, title: str, words: str) -> str:
    return f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(words)}</desc>'


def _description(projection: Projection, seen: list[MapPlace], total: int) -> str:
    bounds = projection.bounds
    latitude, longitude = bounds.centre
    words = [
        f"A map {projection.width * projection.kilometres_per_pixel:,.0f} kilometres wide around "
        f"{abs(latitude):.1f} degrees {'north' if latitude >= 0 else 'south'}, "
        f"{abs((longitude + 180) % 360 - 180):.1f} degrees "
        f"{'east' if (longitude + 180) % 360 >= 180 else 'west'}."
    ]
    words.append(f"{len(seen)} of {total} places lie in it." if total else "No place is placed on it.")
    if seen:
        often = sorted(seen, key=lambda place: (-place.count, place.name))[:5]
        words.append(
            "Most often named: " + ", ".join(f"{place.name} ({place.count})" for place in often) + "."
        )
    if not shows_land(projection):
        words.append("The data of coasts show no land here.")
    return " ".join(words)
