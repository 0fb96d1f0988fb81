"""Trends: the form, the chart with its table, and what stands behind each point."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.charts.drawing import inline_svg
from donovan.insight.charts.specifications import Axis, BandPoint, line, line_with_band
from donovan.insight.errors import InsightError
from donovan.insight.trends import services, wording
from donovan.insight.trends.asking import MOST_TABLES, Asked, offered
from donovan.insight.trends.behind import MOST_DOCUMENTS, behind
from donovan.insight.trends.columns import MOST_ROWS_BEHIND
from donovan.insight.trends.counting import GROUPS
from donovan.insight.trends.measures import HOW_TITLES, WHAT_TITLES
from donovan.insight.trends.periods import INTERVALS, in_words
from donovan.insight.trends.points import TrendPoint
from donovan.insight.trends.series import Trend, series_of
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import collections_of

MOST_LINES = 400


@entry()
@require_GET
def trends(request: SignedInRequest) -> HttpResponse:
    """The form, and under it the trend that the address asks for."""
    caller = Caller.of(request)
    asked = Asked.from_address(request.GET.dict())
    offer = offered(caller.scope, asked)
    problems = list(asked.problems)
    trend = None
    if asked.measure is not None:
        trend = _trend(caller, asked, problems)
    labels = offer.labels | (trend.labels if trend else frozenset())
    if trend is not None and asked.measure is not None:
        services.record_shown(caller, asked.measure, trend.labels)
    return render(
        request,
        "trends/trends.html",
        {
            "page_marking": marking_of(labels).canonical,
            "asked": asked,
            "offered": offer,
            "problems": problems,
            "trend": trend,
            "lines": _lines(trend, asked) if trend else [],
            "most_lines": MOST_LINES,
            "chart_address": f"{reverse('trends:chart')}?{asked.address()}",
            "kinds": [(key, title, f"?what={key}") for key, title in WHAT_TITLES.items()],
            "intervals": INTERVALS,
            "hows": HOW_TITLES.items(),
            "most_tables": MOST_TABLES,
            "collections": collections_of(caller.user),
        },
    )


@entry()
@require_GET
def chart(request: SignedInRequest) -> HttpResponse:
    """The picture of a trend as a fragment, drawn apart and therefore after the page."""
    caller = Caller.of(request)
    asked = Asked.from_address(request.GET.dict())
    problems = list(asked.problems)
    trend = _trend(caller, asked, problems) if asked.measure is not None else None
    picture = said = ""
    if trend is not None and trend.points:
        drawn = specification(trend)
        said = str(drawn.get("description", ""))
        try:
            picture = inline_svg(drawn)
        except InsightError as error:
            problems.append(f"The picture could not be drawn. {error.sentence} The table holds the same.")
    return render(request, "trends/_chart.html", {"picture": picture, "said": said, "problems": problems})


@entry()
@require_GET
def point(request: SignedInRequest) -> HttpResponse:
    """The documents or rows behind one point."""
    caller = Caller.of(request)
    asked = Asked.from_address(request.GET.dict())
    at = _day(request.GET.get("at", ""))
    if asked.measure is None or at is None:
        raise NotFoundHere
    part = request.GET.get("part", "")
    try:
        found = behind(
            caller.scope,
            asked.measure,
            at,
            part=part,
            group=asked.group or None,
            interval=asked.interval,
            collection=asked.collection or None,
            start=asked.start,
            end=asked.end,
        )
    except InsightError as error:
        return render(
            request,
            "trends/point.html",
            {"problem": error.sentence, "page_marking": "", "asked": asked},
            status=400,
        )
    services.record_shown(caller, asked.measure, found.labels, what="trend point")
    return render(
        request,
        "trends/point.html",
        {
            "page_marking": marking_of(found.labels).canonical,
            "asked": asked,
            "part": part,
            "when": in_words(at, asked.interval),
            "behind": found,
            "documents": [(one, split_label(one.label)[1].canonical) for one in found.documents],
            "shown": len(found.documents) or len(found.rows),
            "most_documents": MOST_DOCUMENTS,
            "most_rows": MOST_ROWS_BEHIND,
            "back": f"{reverse('trends:trends')}?{asked.address()}",
        },
    )


def _trend(caller: Caller, asked: Asked, problems: list[str]) -> Trend | None:
    if asked.measure is None:
        return None
    group = asked.group
    if asked.measure.what != "column" and group and group not in GROUPS:
        group = ""
    try:
        return series_of(
            caller.scope,
            asked.measure,
            group=group or None,
            interval=asked.interval,
            collection=asked.collection or None,
            start=asked.start,
            end=asked.end,
        )
    except InsightError as error:
        problems.append(error.sentence)
        return None


def specification(trend: Trend) -> dict[str, object]:
    """The chart of a trend: a line with its band for one group, lines side by side for several."""
    along = Axis(trend.interval.capitalize())
    up = Axis(trend.unit.capitalize() or "Value")
    if len(trend.groups) == 1:
        band = [
            BandPoint(
                at=point.start,
                value=point.value,
                expected=point.expected,
                low=point.low,
                high=point.high,
                is_odd=point.is_odd,
                why=f"by chance {wording.chance(point.probability)}" if point.is_odd else "",
            )
            for point in trend.points
        ]
        return line_with_band(band, x=along, y=up)
    return line([(one.start, one.value, one.group) for one in trend.points], x=along, y=up)


def _lines(trend: Trend, asked: Asked) -> list[dict[str, object]]:
    """The rows of the table, newest first; periods in which nothing lies behind have no link."""
    lines = []
    for one in sorted(
        trend.points, key=lambda point: (-point.start.toordinal(), trend.groups.index(point.group))
    ):
        address = asked.address(at=one.start.isoformat(), part=one.group)
        lines.append(_line(one, trend, f"{reverse('trends:point')}?{address}" if one.items else ""))
    return lines[:MOST_LINES]


def _line(one: TrendPoint, trend: Trend, address: str) -> dict[str, object]:
    band = "" if one.low is None else f"{wording.number(one.low)} to {wording.number(one.high)}"
    return {
        "when": in_words(one.start, trend.interval),
        "group": one.group,
        "value": wording.number(one.value),
        "is_gap": one.value is None,
        "expected": "" if one.expected is None else wording.number(round(one.expected, 2)),
        "band": band,
        "chance": wording.chance(one.probability) if one.probability is not None or one.is_odd else "",
        "is_odd": one.is_odd,
        "is_more": one.is_odd and (one.value or 0) > (one.expected or 0),
        "is_open": one.is_open,
        "items": one.items,
        "address": address,
    }


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
