"""A chart of the rows of a query: which column goes where, and whether they fit the kind of chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from donovan.insight.charts import specifications
from donovan.insight.charts.specifications import Axis, Specification
from donovan.insight.errors import InsightError
from donovan.insight.tables.grid import cell_text

KINDS = {"bar": "Bars", "line": "Line", "scatter": "Points", "histogram": "Spread of values"}
MOST_BARS = 60
MOST_POINTS = 2000
_BINS = 16


@dataclass(frozen=True)
class Picture:
    """What the form asks for: a kind, and the columns of the result for its axes."""

    kind: str
    x: str
    y: str
    group: str = ""


def chart_of(
    picture: Picture, columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str
) -> Specification:
    """The chart. Raises InsightError with a sentence when columns are missing or hold no numbers."""
    if picture.kind not in KINDS:
        raise InsightError("Choose one of the kinds of chart that are offered.")
    measured = picture.x if picture.kind == "histogram" else picture.y
    for name in (picture.x, measured, *([picture.group] if picture.group else [])):
        if name not in columns:
            raise InsightError("Choose columns of the result for the chart.")
    place = {name: list(columns).index(name) for name in columns}
    values = [row[place[measured]] for row in rows]
    if not any(_is_number(value) for value in values):
        raise InsightError(f"“{measured}” holds no numbers to draw. Choose another column.")
    xs = [row[place[picture.x]] for row in rows]
    groups = [cell_text(row[place[picture.group]]) if picture.group else "" for row in rows]
    numbers = [value if _is_number(value) else None for value in values]
    x, y = Axis(picture.x.replace("_", " ")), Axis(measured.replace("_", " "))
    if picture.kind == "histogram":
        return specifications.histogram(
            _bins([float(value) for value in numbers if value is not None]), x=x, title=title
        )
    if picture.kind == "bar":
        if len(rows) > MOST_BARS:
            raise InsightError(
                f"{len(rows):,} bars cannot be read; at most {MOST_BARS} can. Group or narrow them."
            )
        bars = [(cell_text(at) or "no value", value) for at, value in zip(xs, numbers, strict=True)]
        if picture.group:
            grouped = [(name, part, value) for (name, value), part in zip(bars, groups, strict=True)]
            return specifications.grouped_bar(
                grouped, category=x, group=Axis(picture.group.replace("_", " ")), measure=y, title=title
            )
        return specifications.bar(bars, category=x, measure=y, title=title)
    if len(rows) > MOST_POINTS:
        raise InsightError(
            f"{len(rows):,} points are too many for one chart; at most {MOST_POINTS} can be drawn."
        )
    if picture.kind == "line":
        points = [
            (at if isinstance(at, date) or _is_number(at) else cell_text(at), value, part)
            for at, value, part in zip(xs, numbers, groups, strict=True)
            if at is not None
        ]
        return specifications.line(points, x=x, y=y, group=picture.group, title=title)
    pairs = [
        (at if _is_number(at) else None, value, part)
        for at, value, part in zip(xs, numbers, groups, strict=True)
    ]
    return specifications.scatter(pairs, x=x, y=y, group=picture.group, title=title)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _bins(values: Sequence[float]) -> list[tuple[float, float, int]]:
    low, high = min(values), max(values)
    width = (high - low) / _BINS or 1.0
    counts = [0] * _BINS
    for value in values:
        counts[min(int((value - low) / width), _BINS - 1)] += 1
    return [(low + width * place, low + width * (place + 1), count) for place, count in enumerate(counts)]
