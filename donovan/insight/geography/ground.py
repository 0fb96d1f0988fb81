"""The ground of a map: sea, land, lakes, rivers, borders, and an inset that says where in the world it is."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from donovan.insight.geography.bounds import Bounds
from donovan.insight.geography.clipping import BEYOND, line_paths, ring_path
from donovan.insight.geography.outlines import outlines
from donovan.insight.geography.pen import Pen
from donovan.insight.geography.projection import Projection

_FAR = 0.12
_RIVERS_FROM = 0.04
_INSET_DEGREES = 70.0
INSET_WIDTH, INSET_HEIGHT = 150, 100


def ground(projection: Projection, pen: Pen) -> str:
    """Everything below the places, as SVG."""
    return _ground(projection, pen.is_for_print)


@lru_cache(maxsize=32)
def _ground(projection: Projection, is_for_print: bool) -> str:
    pen = Pen(is_for_print=is_for_print)
    degrees_in_pixel = 1 / projection.pixels_per_degree
    detail = "l" if degrees_in_pixel > _FAR else "i"
    parts = [_land(projection, pen, detail)]
    lakes = "".join(ring for ring, _ in _rings("lakes", detail, projection))
    parts.append(_path(pen, "map-lake", lakes))
    if degrees_in_pixel < _RIVERS_FROM:
        parts.append(_path(pen, "map-river", _lines("rivers", detail, projection)))
    parts.append(_path(pen, "map-border", _lines("borders", detail, projection)))
    # Beyond the poles there is no sea either.
    top = max(projection.pixel(90, 0)[1], 0) if not projection.is_mercator else 0
    bottom = (
        min(projection.pixel(-90, 0)[1], projection.height)
        if not projection.is_mercator
        else projection.height
    )
    sea = pen.element("rect", "map-sea", x=0, y=top, width=projection.width, height=bottom - top)
    return f'{sea}<g transform="scale(0.1)">{"".join(parts)}</g>'


@lru_cache(maxsize=32)
def shows_land(projection: Projection) -> bool:
    """Whether any land of the data lies within the picture."""
    return any(True for _ in _rings("land", "i", projection, beyond=0))


def inset(projection: Projection, pen: Pen) -> str:
    """Where in the world the view lies, in the upper right corner; nothing when the view is wide itself."""
    if projection.bounds.width > _INSET_DEGREES / 2:
        return ""
    latitude, longitude = projection.bounds.centre
    around = Bounds(
        longitude - _INSET_DEGREES / 2,
        max(latitude - 25, -90),
        longitude + _INSET_DEGREES / 2,
        min(latitude + 25, 90),
    )
    small = Projection.fitting(around, INSET_WIDTH, INSET_HEIGHT)
    land = "".join(ring for ring, _ in _rings("land", "c", small, beyond=0))
    west, north = small.pixel(projection.bounds.north, projection.bounds.west)
    east, south = small.pixel(projection.bounds.south, projection.bounds.east)
    # A view of a few kilometres is still to be seen in a picture of half a continent.
    size = max(east - west, south - north, 7.0)
    middle_x, middle_y = (west + east) / 2, (north + south) / 2
    here = pen.element(
        "rect", "map-inset-here", x=middle_x - size / 2, y=middle_y - size / 2, width=size, height=size
    )
    frame = pen.element("rect", "map-inset", x=0, y=0, width=INSET_WIDTH, height=INSET_HEIGHT)
    shape = f'<g transform="scale(0.1)">{_path(pen, "map-inset-land", land)}</g>' if land else ""
    x = projection.width - INSET_WIDTH - 8
    return f'<g transform="translate({x} 8)">{frame}{shape}{here}</g>'


def _land(projection: Projection, pen: Pen, detail: str) -> str:
    """Land with its shore. Outlines cut at the antimeridian are filled and stroked apart: it is no shore."""
    whole, cut, coasts = [], [], []
    for ring, points in _rings("land", detail, projection):
        seam = _seam(points)
        if not seam.any():
            whole.append(ring)
            continue
        cut.append(ring)
        pixels = projection.pixels(points[:, 0], points[:, 1])
        coasts.append(line_paths(pixels, projection.width, projection.height, seam))
    return (
        _path(pen, "map-land-fill", "".join(cut))
        + _path(pen, "map-coast", "".join(coasts))
        + _path(pen, "map-land", "".join(whole))
    )


def _seam(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    first, second = points[:-1], points[1:]
    runs_along_meridian = (first[:, 0] == second[:, 0]) & (np.mod(first[:, 0], 180) == 0)
    is_at_the_pole = (first[:, 1] < -89.9) & (second[:, 1] < -89.9)
    return np.asarray(runs_along_meridian | is_at_the_pole, dtype=np.bool_)


def _rings(
    kind: str, detail: str, projection: Projection, beyond: float = BEYOND
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    seen = projection.bounds
    for points in outlines(kind, detail).within(seen.west, seen.south, seen.east, seen.north):
        pixels = projection.pixels(points[:, 0], points[:, 1])
        ring = ring_path(pixels, projection.width, projection.height, beyond)
        if ring:
            yield ring, points


def _lines(kind: str, detail: str, projection: Projection) -> str:
    seen = projection.bounds
    return "".join(
        line_paths(projection.pixels(points[:, 0], points[:, 1]), projection.width, projection.height)
        for points in outlines(kind, detail).within(seen.west, seen.south, seen.east, seen.north)
    )


def _path(pen: Pen, look: str, data: str) -> str:
    return pen.element("path", look, d=data) if data else ""
