"""From degrees to the pixels of one picture.

Near views use the Mercator projection, which keeps directions and shapes; views of more than a third of the
globe from south to north use the equidistant cylindrical one, which does not swell the north. Both after
Snyder, "Map Projections: A Working Manual", USGS Professional Paper 1395 (1987), chapters 7 and 12.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from donovan.insight.geography.bounds import Bounds

_FAR_DEGREES = 60.0
_MERCATOR_LIMIT = 85.0
_KILOMETRES_IN_DEGREE = 111.195


@dataclass(frozen=True)
class Projection:
    """How one picture of `width` times `height` pixels shows what lies within `bounds`."""

    bounds: Bounds
    width: int
    height: int
    is_mercator: bool
    pixels_per_degree: float
    top: float

    @classmethod
    def fitting(cls, bounds: Bounds, width: int, height: int) -> "Projection":
        """The nearest view of that shape in which all of `bounds` is seen."""
        is_mercator = bounds.height <= _FAR_DEGREES and max(abs(bounds.south), abs(bounds.north)) < 84
        low, high = _rise(bounds.south, is_mercator), _rise(bounds.north, is_mercator)
        scale = min(width / bounds.width, height / max(high - low, 1e-6))
        scale = max(scale, width / 360)
        half = width / scale / 2
        longitude = bounds.centre[1]
        limit = _rise(_MERCATOR_LIMIT if is_mercator else 90.0, is_mercator)
        reach = height / scale / 2
        middle = (low + high) / 2
        if reach < limit:
            middle = min(max(middle, reach - limit), limit - reach)
        top = middle + reach
        seen = Bounds(
            west=(longitude - half + 180) % 360 - 180,
            south=max(_fall(middle - reach, is_mercator), -90.0),
            east=(longitude - half + 180) % 360 - 180 + 2 * half,
            north=min(_fall(top, is_mercator), 90.0),
        )
        return cls(seen, width, height, is_mercator, scale, top)

    def pixels(self, longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of x and y. Longitudes are taken as they are; see `nearest_turn`."""
        if self.is_mercator:
            limited = np.clip(latitudes, -_MERCATOR_LIMIT, _MERCATOR_LIMIT)
            rises = np.degrees(np.arcsinh(np.tan(np.radians(limited))))
        else:
            rises = latitudes
        return np.column_stack(
            (
                (longitudes - self.bounds.west) * self.pixels_per_degree,
                (self.top - rises) * self.pixels_per_degree,
            )
        )

    def pixel(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where one position is drawn, on the side of the globe that is seen."""
        x, y = self.pixels(np.array([self.nearest_turn(longitude)]), np.array([latitude]))[0]
        return float(x), float(y)

    def nearest_turn(self, longitude: float) -> float:
        """The same longitude, turned by whole circles to where it is nearest to the middle of the view."""
        middle = self.bounds.centre[1]
        return middle + (longitude - middle + 180) % 360 - 180

    @property
    def kilometres_per_pixel(self) -> float:
        """Along the parallel through the middle of the picture; elsewhere the scale differs."""
        latitude = self.bounds.centre[0]
        return _KILOMETRES_IN_DEGREE * math.cos(math.radians(latitude)) / self.pixels_per_degree


def _rise(latitude: float, is_mercator: bool) -> float:
    if not is_mercator:
        return latitude
    limited = min(max(latitude, -_MERCATOR_LIMIT), _MERCATOR_LIMIT)
    return math.degrees(math.asinh(math.tan(math.radians(limited))))


def _fall(rise: float, is_mercator: bool) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(rise)))) if is_mercator else rise
