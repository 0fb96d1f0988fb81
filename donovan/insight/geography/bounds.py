"""The part of the world that a map shows."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from donovan.insight.errors import InsightError

LEAST_DEGREES = 0.02
MARGIN = 0.15
_ALONE_DEGREES = 3.0


@dataclass(frozen=True)
class Bounds:
    """West, south, east, north in degrees. `west` lies in -180..180; `east` is greater, and may pass 180."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """Latitude and longitude of the middle; the longitude may pass 180."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    @property
    def text(self) -> str:
        """As it stands in an address: `west,south,east,north`."""
        return ",".join(f"{value:.4f}" for value in (self.west, self.south, self.east, self.north))

    @classmethod
    def from_text(cls, text: str) -> "Bounds":
        """Reads what `text` writes. Raises InsightError with a sentence for anything else."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            west = south = east = north = math.nan
        if not all(math.isfinite(value) for value in (west, south, east, north)):
            raise InsightError(
                "The edges of the map must be four numbers: west,south,east,north. All places are shown."
            )
        is_possible = -90 <= south < north <= 90 and west < east and abs(west) <= 720 and abs(east) <= 720
        if not is_possible:
            raise InsightError(
                "The edges of the map do not lie on the globe, or are swapped. All places are shown."
            )
        return _within_the_globe(west, south, east, north)

    @classmethod
    def around(cls, positions: Iterable[tuple[float, float]]) -> "Bounds":
        """The narrowest part that holds all `positions` (latitude, longitude), with a margin; or the world.

        Of the two ways round the globe the shorter is taken: the widest gap between neighbours stays outside.
        """
        known = sorted((longitude, latitude) for latitude, longitude in positions)
        if not known:
            return WORLD
        longitudes = [longitude for longitude, _ in known]
        latitudes = [latitude for _, latitude in known]
        following = [*longitudes[1:], longitudes[0] + 360]
        gaps = [after - before for before, after in zip(longitudes, following, strict=True)]
        widest = max(range(len(gaps)), key=gaps.__getitem__)
        west = following[widest]
        east = west + 360 - gaps[widest]
        south, north = min(latitudes), max(latitudes)
        extent = max(east - west, north - south)
        margin = extent * MARGIN + LEAST_DEGREES / 4 if extent > 1e-5 else _ALONE_DEGREES
        return _within_the_globe(
            west - margin, max(south - margin, -89.0), east + margin, min(north + margin, 89.0)
        )

    def zoomed(self, factor: float) -> "Bounds":
        """As seen from nearer (factor below 1) or farther, around the same middle."""
        latitude, longitude = self.centre
        half_width = max(self.width * factor / 2, LEAST_DEGREES)
        half_height = max(self.height * factor / 2, LEAST_DEGREES)
        return _within_the_globe(
            longitude - half_width, latitude - half_height, longitude + half_width, latitude + half_height
        )

    def moved(self, east: float, north: float) -> "Bounds":
        """Moved by shares of its width and height, and never over a pole."""
        rise = north * self.height
        rise = min(rise, 90 - self.north) if rise > 0 else max(rise, -90 - self.south)
        turn = east * self.width
        return _within_the_globe(self.west + turn, self.south + rise, self.east + turn, self.north + rise)

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a position lies inside."""
        return self.south <= latitude <= self.north and (longitude - self.west) % 360 <= self.width


def _within_the_globe(west: float, south: float, east: float, north: float) -> Bounds:
    if east - west >= 360:
        west, east = -180.0, 180.0
    width = east - west
    west = (west + 180) % 360 - 180
    return Bounds(west, max(south, -90.0), west + width, min(north, 90.0))


WORLD = Bounds(-180.0, -60.0, 180.0, 80.0)
