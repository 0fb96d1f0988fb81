"""Outlines cut to the picture and thinned to what can be seen, as SVG path data in tenths of a pixel."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
BEYOND = 12.0
_FINEST = 0.9
_LEAST_SIZE = 1.5


def ring_path(points: Points, width: float, height: float, beyond: float = BEYOND) -> str:
    """A closed outline, cut by the algorithm of Sutherland and Hodgman (1974); empty when nothing is seen.

    It is cut `beyond` pixels outside the picture, so that the cut itself is not seen.
    """
    edges = ((0, -beyond, 1), (0, width + beyond, -1), (1, -beyond, 1), (1, height + beyond, -1))
    for axis, limit, sign in edges:
        points = _cut(points, axis, limit, sign)
        if len(points) < 3:
            return ""
    points = _thinned(points)
    if len(points) < 3 or float(np.ptp(points, axis=0).max()) < _LEAST_SIZE:
        return ""
    return _path(points) + "z"


def line_paths(points: Points, width: float, height: float, breaks: NDArray[np.bool_] | None = None) -> str:
    """An open outline as the runs of it that touch the picture; `breaks` marks stretches not to be drawn."""
    first, second = points[:-1], points[1:]
    low, high = np.minimum(first, second), np.maximum(first, second)
    is_seen = (
        (high[:, 0] >= -BEYOND)
        & (low[:, 0] <= width + BEYOND)
        & (high[:, 1] >= -BEYOND)
        & (low[:, 1] <= height + BEYOND)
    )
    if breaks is not None:
        is_seen &= ~breaks
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_seen, [False])).astype(np.int8)))
    parts = []
    for begin, end in edges.reshape(-1, 2):
        run = _thinned(points[begin : end + 1])
        if len(run) > 1 and float(np.ptp(run, axis=0).max()) >= _LEAST_SIZE:
            parts.append(_path(run))
    return "".join(parts)


def _cut(points: Points, axis: int, limit: float, sign: int) -> Points:
    """The part of a ring on one side of a line; crossings become points of their own."""
    inside = (points[:, axis] - limit) * sign >= 0
    if inside.all():
        return points
    if not inside.any():
        return points[:0]
    following = np.roll(points, -1, axis=0)
    crosses = inside != np.roll(inside, -1)
    run = following[:, axis] - points[:, axis]
    share = np.divide(limit - points[:, axis], run, out=np.zeros_like(run), where=run != 0)
    crossing = points + share[:, None] * (following - points)
    both = np.stack((points, crossing), axis=1).reshape(-1, 2)
    keep = np.stack((inside, crosses), axis=1).reshape(-1)
    return np.asarray(both[keep], dtype=np.float64)


def _thinned(points: Points) -> Points:
    """Without the points that fall on the same pixel as the one before; both ends stay."""
    cells = np.round(points / _FINEST)
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (np.diff(cells, axis=0) != 0).any(axis=1)
    keep[-1] = True
    return points[keep]


def _path(points: Points) -> str:
    tenths = np.round(points * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0).ravel().tolist()
    return f"M{tenths[0, 0]} {tenths[0, 1]}l{' '.join(map(str, steps))}"
