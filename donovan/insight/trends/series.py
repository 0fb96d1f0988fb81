"""Trends: any count or measure by day, week or month, each point beside what its own past led one to expect.

    series_of(scope, Measure("documents"), interval="week")  ->  Trend

Nothing that lies after a point is used for what was expected of it, so a point looks the same whether it is
judged on its day or a year later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from donovan.insight.errors import InsightError
from donovan.insight.trends import wording
from donovan.insight.trends.baseline import (
    ODD_BELOW,
    WINDOW,
    Direction,
    Expectation,
    direction,
    expect_count,
    expect_measure,
)
from donovan.insight.trends.columns import tally_column
from donovan.insight.trends.counting import tally_documents
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.periods import Interval, count_between, last_day, periods
from donovan.insight.trends.points import TrendPoint
from donovan.insight.trends.tally import ALL, Tally
from retrieval.scope import AccessScope

MOST_POINTS = 1500


@dataclass(frozen=True)
class Trend:
    """A measure over time. `now` has a sentence a group on its last point, `baseline` what was compared.

    `labels` are those of all documents that were counted: what shows the trend is marked by them.
    """

    measure: Measure
    interval: Interval
    title: str
    unit: str
    groups: list[str]
    points: list[TrendPoint]
    baseline: str
    now: list[str]
    notices: list[str]
    labels: frozenset[str]
    directions: dict[str, Direction] = field(default_factory=dict)

    def of(self, group: str) -> list[TrendPoint]:
        return [point for point in self.points if point.group == group]


def series_of(
    scope: AccessScope,
    measure: Measure,
    *,
    group: str | None = None,
    interval: Interval = "day",
    collection: str | None = None,
    start: date | None = None,
    end: date | None = None,
    today: date | None = None,
) -> Trend:
    """The measure over the documents or rows of the scope, by `group` where given.

    `group` is a key of counting.GROUPS, or for a column the name of another column of its table. Raises
    InsightError with a sentence for what cannot be followed, and NotFoundHere for an entity or table that is
    not there for this reader.
    """
    measure.check()
    if start and end and start > end:
        raise InsightError("The first day lies after the last one. Swap them.")
    if measure.what == "column":
        tally = tally_column(scope, measure, interval, group=group, start=start, end=end)
    else:
        tally = tally_documents(
            scope, measure, interval, group=group, collection=collection, start=start, end=end
        )
    groups = tally.largest_groups()
    span = _span(tally, interval, start, end, today or datetime.now(UTC).date()) if groups else None
    points: list[TrendPoint] = []
    directions: dict[str, Direction] = {}
    expectations: list[Expectation] = []
    for name in groups:
        judged = list(_judged(tally, name, measure, interval, span))
        points += [point for point, _ in judged]
        expectations += [expectation for _, expectation in judged if expectation is not None]
        over = direction([point.value for point, _ in judged if not point.is_open])
        if over is not None:
            directions[name] = over
    return Trend(
        measure=measure,
        interval=interval,
        title=tally.title,
        unit=tally.unit,
        groups=groups,
        points=points,
        baseline=wording.baseline(measure, interval, expectations),
        now=[
            wording.now(
                name, [p for p in points if p.group == name], interval, tally.unit, directions.get(name)
            )
            for name in groups
        ],
        notices=_notices(tally, groups, measure),
        labels=frozenset(tally.labels),
        directions=directions,
    )


@dataclass(frozen=True)
class _Span:
    """The first and last day that are shown, and the day on which one looks."""

    first: date
    last: date
    today: date


def _span(tally: Tally, interval: Interval, start: date | None, end: date | None, today: date) -> _Span:
    first, last = start or min(tally.periods), end or max(tally.periods)
    number = count_between(first, last, interval)
    if number > MOST_POINTS:
        raise InsightError(
            f"From {first:%Y} to {last:%Y} there are {number:,} periods, more than can be drawn. "
            "Choose longer periods, or the first and last day."
        )
    return _Span(first, last, today)


def _judged(
    tally: Tally, group: str, measure: Measure, interval: Interval, span: _Span | None
) -> Iterator[tuple[TrendPoint, Expectation | None]]:
    """Each period of one group, judged by the periods before it."""
    if span is None:
        return
    expect = expect_count if measure.is_count else expect_measure
    found, items = tally.values.get(group, {}), tally.items.get(group, {})
    past: list[tuple[date, float]] = []
    for period in periods(span.first, span.last, interval):
        value = found.get(period, 0.0 if measure.is_count else None)
        end = last_day(period, interval)
        is_open = end >= span.today
        window = past[-WINDOW[interval] :]
        judged = expect(value, [v for _, v in window], [d for d, _ in window], period, interval)
        is_judged = judged is not None and value is not None and not is_open
        probability = judged.probability if judged is not None and is_judged else None
        yield (
            TrendPoint(
                group=group,
                start=period,
                end=end,
                value=value,
                expected=judged.expected if judged else None,
                low=judged.low if judged else None,
                high=judged.high if judged else None,
                probability=probability,
                items=items.get(period, 0),
                # Without a probability the past never varied, and this value is another.
                is_odd=is_judged and (probability is None or probability < ODD_BELOW),
                is_open=is_open,
            ),
            judged,
        )
        if value is not None and not is_open:
            past.append((period, value))


def _notices(tally: Tally, groups: Sequence[str], measure: Measure) -> list[str]:
    notices = list(tally.notices)
    if tally.undated:
        things = "rows" if measure.what == "column" else "documents"
        notices.append(f"{tally.undated:,} {things} have no date and are not counted here.")
    left = len(tally.values) - len(groups)
    if left > 0:
        notices.append(f"The {len(groups)} largest of {len(tally.values)} groups are shown.")
    return notices


__all__ = ["ALL", "Trend", "TrendPoint", "series_of"]
