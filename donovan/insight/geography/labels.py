"""Points that would cover each other drawn as one, and names set where they cover nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

LABEL_SIZE = 12.0
_WIDTH_OF_LETTER = 0.56
_LEAST_RADIUS, _MOST_RADIUS = 4.0, 13.0
_GROUP_RADIUS = 8.0
_LONGEST_LABEL = 34


@dataclass(frozen=True)
class MapPlace:
    """One place: where it is, how often it is named, and the address of its page.

    `latitude` and `longitude` are degrees (WGS 84). `note` is said with the name to who hears the page.
    """

    name: str
    latitude: float
    longitude: float
    count: int = 1
    address: str = ""
    note: str = ""


@dataclass
class Spot:
    """What is drawn at one point: a place, or several that lie too close to be told apart."""

    x: float
    y: float
    radius: float
    places: list[MapPlace] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return len(self.places) > 1

    @property
    def count(self) -> int:
        return sum(place.count for place in self.places)

    @property
    def words(self) -> str:
        first = self.places[0].name
        words = first if len(first) <= _LONGEST_LABEL else f"{first[: _LONGEST_LABEL - 1]}…"
        return f"{words} and {len(self.places) - 1} more" if self.is_group else words


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Label:
    """A name, where its text is tied to (`y` is the base line), and by which end ("start", "end")."""

    words: str
    x: float
    y: float
    anchor: str = "start"


def spots_of(placed: Sequence[tuple[MapPlace, float, float]]) -> list[Spot]:
    """Spots for places at pixels (x, y): those most often named first; near ones are drawn together."""
    most = max((place.count for place, _, _ in placed), default=1)
    spots: list[Spot] = []
    for place, x, y in sorted(placed, key=lambda item: (-item[0].count, item[0].name, item[1])):
        radius = _radius(place.count, most)
        for spot in spots:
            if math.hypot(spot.x - x, spot.y - y) < max(spot.radius, radius, _GROUP_RADIUS) + 1:
                spot.places.append(place)
                spot.radius = max(spot.radius, _GROUP_RADIUS)
                break
        else:
            spots.append(Spot(x, y, radius, [place]))
    return spots


def _radius(count: int, most: int) -> float:
    """The area of a point grows with the count."""
    share = math.sqrt(count / most) if most else 0.0
    return _LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * share * min(math.log10(most + 1), 1.0)


def labels_for(spots: Sequence[Spot], width: float, height: float, taken: Sequence[Box]) -> dict[int, Label]:
    """A label for each spot, by its number, that finds a free place beside it; the others get none."""
    boxes = [
        *taken,
        *(Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots),
    ]
    found: dict[int, Label] = {}
    for number, spot in enumerate(spots):
        size = len(spot.words) * LABEL_SIZE * _WIDTH_OF_LETTER
        for label in _candidates(spot, size):
            left = label.x - size if label.anchor == "end" else label.x
            box = Box(left - 2, label.y - LABEL_SIZE, left + size + 2, label.y + 4)
            is_inside = box.left >= 2 and box.right <= width - 2 and box.top >= 2 and box.bottom <= height - 2
            if is_inside and not any(box.meets(other) for other in boxes):
                boxes.append(box)
                found[number] = label
                break
    return found


def _candidates(spot: Spot, size: float) -> list[Label]:
    """Right of the point is best, after the custom of cartographers (Imhof 1975); then round it."""
    gap = spot.radius + 4
    low = LABEL_SIZE * 0.35
    return [
        Label(spot.words, spot.x + dx, spot.y + dy, anchor)
        for dx, dy, anchor in (
            (gap, low, "start"),
            (gap * 0.8, -gap * 0.6, "start"),
            (gap * 0.8, gap * 0.6 + LABEL_SIZE * 0.7, "start"),
            (-gap, low, "end"),
            (-gap * 0.8, -gap * 0.6, "end"),
            (-gap * 0.8, gap * 0.6 + LABEL_SIZE * 0.7, "end"),
            (-size / 2, -gap, "start"),
            (-size / 2, gap + LABEL_SIZE * 0.8, "start"),
        )
    ]
