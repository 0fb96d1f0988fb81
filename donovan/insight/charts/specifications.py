"""Chart specifications: rows of plain values in, a Vega-Lite dict with its data inside out.

Each carries in `description` a sentence that says in words what the picture shows, for those who do not see
it. Values are numbers (int, float or Decimal) or None for missing, which draws a gap and is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from donovan.insight.charts import theme
from donovan.insight.charts.words import Value, in_words, plain, span_in_words, told_number
from donovan.insight.first_use import OnFirstUse

if TYPE_CHECKING:
    import altair as alt
else:
    # Some thirty megabytes in every worker that may never draw.
    alt = OnFirstUse("altair")

Specification = dict[str, Any]
Place = date | datetime | Value | str

WIDTH, HEIGHT = 620, 280
BAR_STEP = 22
MOST_LABELLED_BARS = 40


@dataclass(frozen=True)
class Axis:
    """What an axis shows. `unit` is written in brackets after the title."""

    title: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True)
class BandPoint:
    """One moment of a series: what was measured, what was expected, and the band it was expected in."""

    at: Place
    value: Value | None
    expected: Value | None = None
    low: Value | None = None
    high: Value | None = None
    is_odd: bool = False
    why: str = ""


@dataclass(frozen=True)
class Event:
    """Something on a timeline; without `end` it is a moment."""

    name: str
    start: date | datetime
    end: date | datetime | None = None
    group: str = ""


def bar(
    values: Sequence[tuple[str, Value | None]], *, category: Axis, measure: Axis, title: str = ""
) -> Specification:
    """Bars that lie, one a category, in the order given."""
    rows = [{"category": str(name), "value": plain(value)} for name, value in values]
    base = _chart(rows).encode(
        y=alt.Y("category:N", sort=None, title=str(category)),
        x=alt.X("value:Q", title=str(measure), axis=alt.Axis(tickCount=6)),
    )
    bars = base.mark_bar(color=theme.light("--chart-1"), invalid="break-paths-show-domains")
    layers = [bars]
    if len(rows) <= MOST_LABELLED_BARS:
        # Text that is not encoded as quantity keeps the digits exact.
        for row, (_, value) in zip(rows, values, strict=True):
            row["told"] = told_number(value)
        layers.append(
            base.mark_text(align="left", dx=4, color=theme.light("--chart-ink"), fontSize=12).encode(
                text="told:N"
            )
        )
    said = f"{measure} by {category}: {in_words(values)}."
    return _finished(alt.layer(*layers), title, said, height=alt.Step(BAR_STEP))


def grouped_bar(
    values: Sequence[tuple[str, str, Value | None]],
    *,
    category: Axis,
    group: Axis,
    measure: Axis,
    title: str = "",
) -> Specification:
    """Bars side by side: (category, group, value)."""
    rows = [
        {"category": str(name), "group": str(part), "value": plain(value)} for name, part, value in values
    ]
    chart = (
        _chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("category:N", sort=None, title=str(category), axis=alt.Axis(labelAngle=_angle(rows))),
            xOffset=alt.XOffset("group:N", sort=None),
            y=alt.Y("value:Q", title=str(measure)),
            color=alt.Color("group:N", sort=None, title=str(group), scale=_colours()),
        )
    )
    said = f"{measure} by {category} and {group}: " + in_words(
        [(f"{name}, {part}", value) for name, part, value in values]
    )
    return _finished(chart, title, f"{said}.")


def line(
    points: Sequence[tuple[Place, Value | None, str]], *, x: Axis, y: Axis, group: str = "", title: str = ""
) -> Specification:
    """Lines of (place on the x axis, value, group); the group is empty where there is only one line."""
    rows = [{"x": plain(at), "y": plain(value), "group": part} for at, value, part in points]
    has_groups = len({part for _, _, part in points}) > 1
    chart = _chart(rows).mark_line(
        point=alt.OverlayMarkDef(size=24) if len(rows) <= 120 else False, color=theme.light("--chart-1")
    )
    encoding: dict[str, Any] = {
        "x": _along([at for at, _, _ in points], x),
        "y": alt.Y("y:Q", title=str(y), scale=alt.Scale(zero=False)),
    }
    if has_groups:
        encoding["color"] = alt.Color("group:N", sort=None, title=group or None, scale=_colours())
        encoding["strokeDash"] = alt.StrokeDash(
            "group:N", sort=None, title=group or None, scale=alt.Scale(range=[list(d) for d in theme.DASHES])
        )
    said = _line_in_words(points, x, y)
    return _finished(chart.encode(**encoding), title, said)


def line_with_band(points: Sequence[BandPoint], *, x: Axis, y: Axis, title: str = "") -> Specification:
    """A measured line over the band it was expected in; what lies outside is marked by shape and colour."""
    rows = [
        {
            "x": plain(point.at),
            "value": plain(point.value),
            "expected": plain(point.expected),
            "low": plain(point.low),
            "high": plain(point.high),
            "odd": plain(point.value) if point.is_odd else None,
            "why": point.why,
        }
        for point in points
    ]
    base = _chart(rows).encode(x=_along([point.at for point in points], x))
    scale = alt.Scale(zero=False)
    layers = [
        base.mark_area(color=theme.light("--chart-band"), opacity=0.55).encode(
            y=alt.Y("low:Q", title=str(y), scale=scale), y2="high:Q"
        ),
        base.mark_line(color=theme.light("--chart-ink-quiet"), strokeDash=[4, 3], strokeWidth=1).encode(
            y="expected:Q"
        ),
        base.mark_line(color=theme.light("--chart-1"), strokeWidth=2).encode(y="value:Q"),
        base.mark_point(
            shape="triangle-up",
            size=110,
            filled=True,
            color=theme.light("--chart-odd"),
            opacity=1,
            # Without an odd point the layer is empty, and an empty picture has no name to be read out.
            aria=bool([point for point in points if point.is_odd]),
        )
        .transform_filter("isValid(datum.odd)")
        .encode(y="odd:Q"),
    ]
    odd = [(span_in_words([point.at]), point.value) for point in points if point.is_odd]
    said = _line_in_words([(point.at, point.value, "") for point in points], x, y)
    said += f" Marked as odd: {in_words(odd)}." if odd else " Nothing is marked as odd."
    if any(point.low is not None for point in points):
        said += " The band is where values were expected; the dashed line is the expected value."
    return _finished(alt.layer(*layers), title, said)


def scatter(
    points: Sequence[tuple[Value | None, Value | None, str]],
    *,
    x: Axis,
    y: Axis,
    group: str = "",
    title: str = "",
) -> Specification:
    """Points of (x, y, group); those with a missing side are not drawn, and that is said."""
    whole = [(left, right, part) for left, right, part in points if left is not None and right is not None]
    rows = [{"x": plain(left), "y": plain(right), "group": part} for left, right, part in whole]
    encoding: dict[str, Any] = {
        "x": alt.X("x:Q", title=str(x), scale=alt.Scale(zero=False, nice=True, padding=8)),
        "y": alt.Y("y:Q", title=str(y), scale=alt.Scale(zero=False, nice=True, padding=8)),
    }
    if len({part for _, _, part in whole}) > 1:
        encoding["color"] = alt.Color("group:N", sort=None, title=group or None, scale=_colours())
        encoding["shape"] = alt.Shape(
            "group:N", sort=None, title=group or None, scale=alt.Scale(range=list(theme.SHAPES))
        )
    chart = _chart(rows).mark_point(filled=True, size=36, opacity=0.65, color=theme.light("--chart-1"))
    said = f"{y} against {x}: {len(whole)} points"
    if whole:
        said += (
            f", {x} from {told_number(min(p[0] for p in whole))} to {told_number(max(p[0] for p in whole))}"
            f" and {y} from {told_number(min(p[1] for p in whole))}"
            f" to {told_number(max(p[1] for p in whole))}"
        )
    missing = len(points) - len(whole)
    said += f"; {missing} with a missing value are left out." if missing else "."
    return _finished(chart.encode(**encoding), title, said)


def histogram(
    bins: Sequence[tuple[float | Decimal, float | Decimal, int]], *, x: Axis, title: str = ""
) -> Specification:
    """How many values lie in each bin: (from, to, count)."""
    rows = [{"from": plain(start), "to": plain(end), "count": count} for start, end, count in bins]
    chart = (
        _chart(rows)
        .mark_bar(color=theme.light("--chart-1"), stroke=theme.light("--chart-ground"), strokeWidth=1)
        .encode(
            x=alt.X("from:Q", title=str(x), bin="binned", scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("count:Q", title="Rows"),
        )
    )
    total = sum(count for _, _, count in bins)
    said = f"How the {total} values of {x} are spread"
    if bins:
        start, end, count = max(bins, key=lambda item: item[2])
        said += (
            f": from {told_number(bins[0][0])} to {told_number(bins[-1][1])}, "
            f"most often between {told_number(start)} and {told_number(end)} ({count})"
        )
    return _finished(chart, title, f"{said}.")


def timeline(events: Sequence[Event], *, title: str = "", group: str = "") -> Specification:
    """Moments and spans of time, one line each, in the order given."""
    rows = [
        {
            "name": event.name,
            "start": plain(event.start),
            "end": plain(event.end or event.start),
            "group": event.group,
        }
        for event in events
    ]
    encoding: dict[str, Any] = {
        "x": alt.X("start:T", title=None, axis=_dates([event.start for event in events])),
        "y": alt.Y("name:N", sort=None, title=None),
    }
    if len({event.group for event in events}) > 1:
        encoding["color"] = alt.Color("group:N", sort=None, title=group or None, scale=_colours())
    base = _chart(rows).encode(**encoding)
    chart = alt.layer(
        base.mark_bar(height=8, color=theme.light("--chart-1")).encode(x2="end:T"),
        base.mark_point(filled=True, size=60, opacity=1, color=theme.light("--chart-1")),
    )
    said = f"{len(events)} events"
    if events:
        said += f", {span_in_words([event.start for event in events])}: "
        said += "; ".join(f"{event.name} on {span_in_words([event.start])}" for event in events[:8])
        said += "; and more" if len(events) > 8 else ""
    return _finished(chart, title, f"{said}.", height=alt.Step(BAR_STEP))


def _chart(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=list(rows)))


def _colours() -> alt.Scale:
    return alt.Scale(range=list(theme.SERIES))


def _angle(rows: Sequence[dict[str, Any]]) -> int:
    """Names that are long or many stand aslant."""
    names = {row["category"] for row in rows}
    return -30 if sum(len(name) + 2 for name in names) > 80 else 0


def _along(places: Sequence[Place], axis: Axis) -> alt.X:
    kind = _kind(places)
    told = _dates(places) if kind == "T" else alt.Undefined
    return alt.X(f"x:{kind}", title=str(axis), axis=told)


def _dates(places: Sequence[Place]) -> alt.Axis:
    """Days as `6 Sep`, with the year where there are several, with the hour where there are hours."""
    moments = [place for place in places if isinstance(place, date)]
    years = {moment.year for moment in moments}
    form = "%-d %b %Y" if len(years) > 1 else "%-d %b"
    days = {(moment.year, moment.month, moment.day) for moment in moments}
    if any(isinstance(moment, datetime) for moment in moments) and len(days) <= 4:
        form += " %H:%M"
    return alt.Axis(format=form, labelOverlap=True, tickCount=min(max(len(days), 2), 8))


def _kind(places: Sequence[Place]) -> str:
    """T for moments, Q for numbers, O for anything else, which keeps its order."""
    known = [place for place in places if place is not None]
    if known and all(isinstance(place, date) for place in known):
        return "T"
    is_number = all(isinstance(place, int | float | Decimal) for place in known)
    return "Q" if known and is_number else "O"


def _line_in_words(points: Sequence[tuple[Place, Value | None, str]], x: Axis, y: Axis) -> str:
    groups = list(dict.fromkeys(part for _, _, part in points))
    told = []
    for part in groups[:8]:
        known = [(at, value) for at, value, of in points if of == part and value is not None]
        missing = sum(1 for _, value, of in points if of == part and value is None)
        head = f"{part}: " if part else ""
        if not known:
            told.append(f"{head}no values")
            continue
        low, high = min(known, key=lambda item: item[1]), max(known, key=lambda item: item[1])
        told.append(
            f"{head}{told_number(known[0][1])} at first, {told_number(known[-1][1])} at last, "
            f"lowest {told_number(low[1])} ({span_in_words([low[0]])}), "
            f"highest {told_number(high[1])} ({span_in_words([high[0]])})"
            + (f", {missing} missing" if missing else "")
        )
    where = span_in_words([at for at, _, _ in points]) if points else "no points"
    return f"{y} over {x}, {where}. {'; '.join(told)}." if told else f"{y} over {x}: {where}."


def _finished(chart: Any, title: str, said: str, height: Any = HEIGHT) -> Specification:
    """The chart with its sizes, its words and the look of the house, as a plain dict."""
    chart = chart.properties(width=WIDTH, height=height, description=said)
    if title:
        chart = chart.properties(title=title)
    made: Specification = chart.to_dict()
    made["config"] = theme.configuration()
    made["autosize"] = {"type": "pad", "contains": "padding"}
    made["padding"] = 8
    return made
