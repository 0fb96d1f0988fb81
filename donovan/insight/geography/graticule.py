"""Meridians and parallels at round values, and the scale bar."""

import math
from collections.abc import Iterator

from donovan.insight.geography.labels import Box
from donovan.insight.geography.pen import Pen
from donovan.insight.geography.projection import Projection

# Degrees between lines: from 30 down to a tenth of a minute.
_STEPS = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 1 / 2, 1 / 4, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 600)
_PIXELS_APART = 120
_NAUTICAL_MILE = 1.852
SCALE_BOX_HEIGHT = 44


def graticule(projection: Projection, pen: Pen) -> tuple[str, list[Box]]:
    """The lines with their values along the left and lower edge, and the boxes that the values take."""
    width, height = projection.width, projection.height
    parts: list[str] = []
    boxes: list[Box] = []
    for longitude in _round_values(projection.bounds.west, projection.bounds.east, projection):
        x = (longitude - projection.bounds.west) * projection.pixels_per_degree
        parts.append(pen.element("line", "map-grid", x1=x, y1=0, x2=x, y2=height))
        if 30 < x < width - 40:
            words = degrees_in_words(_turned(longitude), "E", "W", _minutes(projection))
            parts.append(pen.text("map-grid-label", words, x + 3, height - 5))
            boxes.append(Box(x, height - 18, x + 6 * len(words) + 4, height))
    for latitude in _round_values(projection.bounds.south, projection.bounds.north, projection):
        y = projection.pixel(latitude, projection.bounds.centre[1])[1]
        parts.append(pen.element("line", "map-grid", x1=0, y1=y, x2=width, y2=y))
        if 16 < y < height - 24:
            words = degrees_in_words(latitude, "N", "S", _minutes(projection))
            parts.append(pen.text("map-grid-label", words, 4, y - 3))
            boxes.append(Box(0, y - 14, 6 * len(words) + 8, y))
    return "".join(parts), boxes


def scale_bar(projection: Projection, pen: Pen) -> tuple[str, Box]:
    """A bar of round kilometres, true along the middle of the map, also told in nautical miles."""
    length = _round_down(projection.kilometres_per_pixel * min(projection.width * 0.28, 220))
    pixels = length / projection.kilometres_per_pixel
    right, y = projection.width - 14.0, projection.height - 26.0
    left = right - pixels
    bar = pen.element("path", "map-scale", d=f"M{left:.1f} {y - 5:.1f}v5h{pixels:.1f}v-5")
    words = f"{_plain(length)} km, {_plain(length / _NAUTICAL_MILE)} nmi"
    label = pen.text("map-scale-label", words, right, y - 9, text_anchor="end")
    wide = max(pixels, 6.2 * len(words))
    return bar + label, Box(right - wide - 6, y - 24, projection.width, y + 8)


def degrees_in_words(value: float, positive: str, negative: str, is_minutes: bool) -> str:
    """`37° N`, or `37°12′ N` where minutes are wanted."""
    side = positive if value > 0 else negative if value < 0 else ""
    size = abs(value)
    if not is_minutes:
        return f"{size:.0f}° {side}".strip()
    minutes = round(size * 60, 1)
    whole, rest = divmod(minutes, 60)
    return f"{whole:.0f}°{f'{rest:04.1f}'.removesuffix('.0')}′ {side}".strip()


def _step(projection: Projection) -> float:
    wanted = _PIXELS_APART / projection.pixels_per_degree
    return min(_STEPS, key=lambda step: abs(math.log(step / wanted)))


def _minutes(projection: Projection) -> bool:
    return _step(projection) < 1


def _round_values(low: float, high: float, projection: Projection) -> Iterator[float]:
    step = _step(projection)
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield number * step


def _turned(longitude: float) -> float:
    turned = (longitude + 180) % 360 - 180
    return 180.0 if turned == -180 else turned


def _round_down(value: float) -> float:
    power = 10 ** math.floor(math.log10(value))
    return float(max(step for step in (1, 2, 5) if step * power <= value * (1 + 1e-9)) * power)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
