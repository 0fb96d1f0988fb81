"""Who appears with whom, laid out and drawn as SVG on the server.

The layout is that of Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991), from a
fixed start, so that the same graph always looks the same. Kinds differ by shape and not only by colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from donovan.insight.entities.kinds import Kind
from donovan.insight.geography.labels import MapPlace, Spot, labels_for

WIDTH, HEIGHT = 900, 620
_STEPS = 220
_MARGIN = 46.0
_LEAST_RADIUS, _MOST_RADIUS = 5.0, 14.0
_GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Node:
    """One entity: `count` is how often it is mentioned, `address` where it leads."""

    id: UUID
    name: str
    kind: str
    count: int
    address: str


@dataclass(frozen=True)
class Tie:
    """Two entities that appear together `count` times; `address` shows where."""

    one: UUID
    other: UUID
    count: int
    address: str


def layout(
    count: int, ties: Sequence[tuple[int, int, float]], centre: int | None = None
) -> NDArray[np.float64]:
    """Positions in the unit square for nodes 0 to count-1, drawn together by `ties` (one, other, weight).

    `centre` stays in the middle. Nodes begin on a spiral in their order, so equal input gives equal output.
    """
    if count == 0:
        return np.zeros((0, 2))
    turns = np.arange(count) * _GOLDEN
    radii = np.sqrt((np.arange(count) + 0.5) / count)
    places = np.column_stack((radii * np.cos(turns), radii * np.sin(turns)))
    if centre is not None:
        places[[0, centre]] = places[[centre, 0]]
        places[centre] = 0
    weights = np.zeros((count, count))
    for one, other, weight in ties:
        weights[one, other] = weights[other, one] = weight
    ideal = 1.1 / math.sqrt(count)
    for step in range(_STEPS):
        apart = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3)
        push = ideal**2 / distance
        pull = weights * distance**2 / ideal
        moves = (apart / distance[:, :, None] * (push - pull)[:, :, None]).sum(axis=1)
        # A weak pull to the middle keeps parts that hang together with nothing in the picture.
        moves -= places * 0.35 * ideal
        length = np.maximum(np.sqrt((moves**2).sum(axis=1)), 1e-9)
        heat = 0.18 * (1 - step / _STEPS)
        places += moves / length[:, None] * np.minimum(length, heat)[:, None]
        if centre is not None:
            places -= places[centre]
    places = _gathered(places)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9), dtype=np.float64)


def _gathered(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those far outside brought nearer, so that one loose end does not make all others small."""
    middle = np.median(places, axis=0)
    radii = np.sqrt(((places - middle) ** 2).sum(axis=1))
    usual = float(np.quantile(radii, 0.75))
    nearer = np.where(radii > usual, usual + (radii - usual) * 0.4, radii)
    return np.asarray(
        middle + (places - middle) * (nearer / np.maximum(radii, 1e-9))[:, None], dtype=np.float64
    )


def graph_svg(
    nodes: Sequence[Node],
    ties: Sequence[Tie],
    *,
    centre: UUID | None = None,
    width: int = WIDTH,
    height: int = HEIGHT,
    title: str = "Who appears with whom",
    name: str = "graph",
) -> str:
    """The graph as an SVG element with classes. Nodes and ties are links; keys go through the nodes.

    The same ties belong in a table beside it.
    """
    number = {node.id: place for place, node in enumerate(nodes)}
    pairs = [tie for tie in ties if tie.one in number and tie.other in number]
    most_tie = max((tie.count for tie in pairs), default=1)
    weighted = [
        (number[tie.one], number[tie.other], 0.4 + 0.6 * math.sqrt(tie.count / most_tie)) for tie in pairs
    ]
    places = layout(len(nodes), weighted, number.get(centre) if centre else None)
    if len(nodes) == 1:
        places = np.array([[0.5, 0.5]])
    inner = np.array([width - 2 * _MARGIN - 60, height - 2 * _MARGIN])
    pixels = places * inner + _MARGIN
    most = max((node.count for node in nodes), default=1)
    spots = [
        Spot(float(x), float(y), _radius(node.count, most), [MapPlace(node.name, 0, 0, node.count)])
        for node, (x, y) in zip(nodes, pixels, strict=True)
    ]
    labels = labels_for(spots, width, height, [])
    lines = "".join(
        _line(
            tie,
            (spots[number[tie.one]], spots[number[tie.other]]),
            most_tie,
            nodes[number[tie.one]].name,
            nodes[number[tie.other]].name,
        )
        for tie in pairs
    )
    points = "".join(_point(node, spot, node.id == centre) for node, spot in zip(nodes, spots, strict=True))
    names = "".join(
        f'<text class="graph-label" x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">'
        f"{escape(label.words)}</text>"
        for label in labels.values()
    )
    words = f"{len(nodes)} entities, {len(pairs)} pairs that appear together. The table below says the same."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {width} {height}" role="group" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-words">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-words">{escape(words)}</desc>{lines}{points}{names}</svg>'
    )


def _radius(count: int, most: int) -> float:
    return _LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * math.sqrt(count / max(most, 1))


def _line(tie: Tie, ends: tuple[Spot, Spot], most: int, one: str, other: str) -> str:
    weight = min(1 + int(3 * math.sqrt(tie.count / most)), 4)
    times = "once" if tie.count == 1 else f"{tie.count} times"
    told = f"{one} and {other}: together {times}"
    first, second = ends
    line = f'x1="{first.x:.1f}" y1="{first.y:.1f}" x2="{second.x:.1f}" y2="{second.y:.1f}"'
    # Out of the way of the keyboard: four hundred lines are gone through in the table.
    return (
        f'<a href={quoteattr(tie.address)} tabindex="-1" aria-label={quoteattr(told)}>'
        f"<title>{escape(told)}</title>"
        f'<line class="graph-reach" {line}/><line class="graph-tie graph-tie--{weight}" {line}/></a>'
    )


def _point(node: Node, spot: Spot, is_centre: bool) -> str:
    times = "1 mention" if node.count == 1 else f"{node.count} mentions"
    told = f"{node.name}, {Kind(node.kind).label}, {times}"
    look = f'class="graph-node graph-node--{node.kind}{" graph-node--centre" if is_centre else ""}"'
    return (
        f"<a href={quoteattr(node.address)} aria-label={quoteattr(told)}><title>{escape(told)}</title>"
        f"{_shape(node.kind, spot.x, spot.y, spot.radius, look)}</a>"
    )


def _shape(kind: str, x: float, y: float, radius: float, look: str) -> str:
    """A circle for people, a square for organisations, a diamond for places, a triangle for equipment."""
    if kind == Kind.ORGANISATION:
        half = radius * 0.88
        return _polygon(
            look, [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
        )
    if kind == Kind.PLACE:
        reach = radius * 1.25
        return _polygon(look, [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)])
    if kind == Kind.EQUIPMENT:
        reach = radius * 1.2
        return _polygon(look, [(x, y - reach), (x + reach, y + 0.8 * reach), (x - reach, y + 0.8 * reach)])
    return f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'


def _polygon(look: str, corners: Sequence[tuple[float, float]]) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon {look} points="{points}"/>'
