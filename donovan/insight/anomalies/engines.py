"""What the detectors say, which load heavy libraries and therefore run in a process of their own.

A table is asked about its rows when it has enough of them and several measures, and about time when its rows
follow each other in time. All questions of one document go in one request, because the libraries take seconds
to load.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.duplicates import names_things
from donovan.insight.anomalies.checks.moments import check_moments
from donovan.insight.anomalies.checks.numbers import is_number_of_a_thing
from donovan.insight.anomalies.checks.phrases import figure
from donovan.insight.anomalies.checks.references import MANY_ZEROS, scale_of
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet
from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import run_subprocess

CHILD = "donovan.insight.anomalies.detectors.child"
MEGABYTES = 2000
SECONDS = 300.0
LEAST_POINTS = 60
LEAST_ROWS = 100
LEAST_MEASURES = 3
MOST_SERIES = 24
MOST_GROUPS = 8
LEAST_DISTINCT = 0.95
MOST_VALUES = 60_000
LEAST_SPIKE = 8.0
LEAST_ROW_SCORE = 9.0
STANDS_APART = 1.5
LARGEST_SHARE = 0.6
_KINDS = {
    "spike": "spike",
    "level_shift": "level shift",
    "change_point": "level shift",
    "gap": "gap",
    "stale": "stale value",
    "season_broken": "broken season",
    "unusual_shape": "broken season",
}


@dataclass(frozen=True)
class _Series:
    """A measure along time, of one group where `group` says so. `places` are those of its points."""

    sheet: Sheet
    column: Column
    group: str
    places: list[int]
    times: list[str]

    @property
    def request(self) -> dict[str, Any]:
        return {"times": self.times, "values": [self.column.numbers[place] for place in self.places]}


@dataclass(frozen=True)
class _Matrix:
    sheet: Sheet
    columns: list[Column]
    places: list[int]

    @property
    def request(self) -> dict[str, Any]:
        return {
            "names": [column.title for column in self.columns],
            "matrix": [list(row) for row in zip(*map(self._along, self.columns), strict=True)],
        }

    def _along(self, column: Column) -> list[float | None]:
        """The numbers of a column, as logarithms where it is skewed, so that a long tail is no surprise."""
        numbers = [column.numbers[place] for place in self.places]
        known = [number for number in numbers if number is not None]
        if len(known) < LEAST_POINTS or not scale_of(known).is_ratio:
            return numbers
        return [math.log(number) if number is not None else None for number in numbers]

    def plain(self, column_name: str, number: float) -> float:
        """A number of the answer in units of its column."""
        column = next(column for column in self.columns if column.title == column_name)
        is_log = self._along(column) != [column.numbers[place] for place in self.places]
        return math.exp(number) if is_log else number


def found_by_engines(sheets: Sequence[Sheet], settings_of: Mapping[str, Settings]) -> Iterator[Detection]:
    """Unusual rows and events in time. What cannot be computed stands in the notes of the sheets."""
    series: list[_Series] = []
    matrices: list[_Matrix] = []
    for sheet in sheets:
        settings = settings_of.get(sheet.key, Settings())
        if "over_time" in settings.checks:
            series += _series_of(sheet, settings)
        if "many_columns" in settings.checks:
            matrices += _matrix_of(sheet, settings)
    series = series[:MOST_SERIES]
    if not series and not matrices:
        return
    request = {
        "series": [one.request for one in series],
        "tables": [one.request for one in matrices],
    }
    try:
        answer = run_subprocess(CHILD, request, seconds=SECONDS, megabytes=MEGABYTES)
    except InsightError as error:
        asked_about = {one.sheet.key: one.sheet for one in series}
        asked_about |= {matrix.sheet.key: matrix.sheet for matrix in matrices}
        for sheet in asked_about.values():
            sheet.notes.append(f"Events in time and unusual rows could not be computed. {error.sentence}")
        return
    gaps: set[tuple[str, str, tuple[int, ...]]] = set()
    for asked, told in zip(series, answer["series"], strict=True):
        for event in _events(asked, told):
            # A time without rows is missing for every measure, and said once.
            hole = (asked.sheet.key, asked.group, event.rows)
            if event.kind != "gap" or hole not in gaps:
                yield event
            if event.kind == "gap":
                gaps.add(hole)
    for asked_rows, told in zip(matrices, answer["tables"], strict=True):
        yield from _rows(asked_rows, told)


def _measures(sheet: Sheet, settings: Settings) -> list[Column]:
    return [
        column
        for column in sheet.numeric
        if column.title not in settings.left_out and not is_number_of_a_thing(sheet, column)
    ]


def _series_of(sheet: Sheet, settings: Settings) -> list[_Series]:
    """The measures of a sheet along its time, or along time within the groups of a column."""
    times = _times(sheet)
    # A wrong date would tear a hole into the series.
    wrong = {row for detection in check_moments(sheet, settings) for row in detection.rows}
    places = [
        place for place in sheet.body if times.get(place) is not None and sheet.rows[place] not in wrong
    ]
    measures = _measures(sheet, settings)
    if len(places) < LEAST_POINTS or not measures:
        return []
    names = next((column for column in sheet.texts if _is_different_each_time(sheet, column)), None)
    if names is not None:
        sheet.notes.append(f"Events in time were not looked for: each row is about another {names.title}.")
        return []
    if _distinct(times, places):
        runs = [("", places)]
    else:
        runs = next((runs for column in sheet.texts if (runs := _groups(column, times, places))), [])
        if not runs:
            sheet.notes.append("Events in time were not looked for: several rows share one time.")
    return [
        _Series(sheet, column, group, run, [times[place] or "" for place in run])
        for group, run in runs
        for column in measures
        if len(run) * len(measures) <= MOST_VALUES
    ]


def _is_different_each_time(sheet: Sheet, column: Column) -> bool:
    return names_things(sheet, column) and len(column.counts) >= LEAST_DISTINCT * len(sheet.body)


def _times(sheet: Sheet) -> dict[int, str | None]:
    """The time of each row as ISO 8601, from the first column of days and the time of day beside it."""
    days = next((column for column in sheet.moments if column.type != "time"), None)
    if days is None:
        return {}
    hours = next((column for column in sheet.moments if column.type == "time"), None)
    found: dict[int, str | None] = {}
    for place in sheet.body:
        day, hour = days.values[place], hours.values[place] if hours is not None else None
        if isinstance(day, date) and not isinstance(day, datetime) and hours is not None:
            day = datetime.combine(day, hour) if isinstance(hour, time) else None
        found[place] = day.isoformat() if isinstance(day, date) else None
    return found


def _distinct(times: Mapping[int, str | None], places: Sequence[int]) -> bool:
    return len({times[place] for place in places}) >= LEAST_DISTINCT * len(places)


def _groups(
    column: Column, times: Mapping[int, str | None], places: Sequence[int]
) -> list[tuple[str, list[int]]]:
    """The places by the text of a column, where each group has its own line of times."""
    groups: dict[str, list[int]] = {}
    for place in places:
        groups.setdefault(column.raws[place].strip(), []).append(place)
    large = [(f"{column.title} {name}", run) for name, run in groups.items() if len(run) >= LEAST_POINTS]
    is_split = 1 < len(groups) <= MOST_GROUPS and all(_distinct(times, run) for _, run in large)
    return large if is_split else []


def _events(asked: _Series, told: Mapping[str, Any]) -> Iterator[Detection]:
    name = asked.column.title + (f", {asked.group}" if asked.group else "")
    if "refused" in told:
        asked.sheet.notes.append(f"Events in time of {name}: {told['refused']}")
        return
    choices = {method["name"]: method["why"] for method in told["used"]}
    for alarm in told["alarms"]:
        if not _counts(asked, alarm):
            continue
        at = alarm["peak"] if alarm["kind"] == "spike" else alarm["first"]
        first, last = (at, at) if alarm["kind"] == "level_shift" else (alarm["first"], alarm["last"])
        last = max(first, last)
        rows = tuple(sorted({asked.sheet.rows[place] for place in asked.places[first : last + 1]}))
        yield Detection(
            _KINDS[alarm["kind"]],
            asked.sheet.key,
            rows,
            asked.column.title,
            asked.column.raws[asked.places[at]],
            f"{f'{asked.group}: ' if asked.group else ''}{alarm['why']}",
            alarm["method"],
            choices.get(alarm["method"], "Chosen by the length, step and rhythm of the series."),
            alarm["baseline"]["text"],
            round(min(0.75, 0.5 + 0.01 * alarm["score"]), 3),
            expected="" if alarm["baseline"]["expected"] is None else figure(alarm["baseline"]["expected"]),
        )


def _counts(asked: _Series, alarm: Mapping[str, Any]) -> bool:
    """Whether an alarm says more than the checks of single cells, and what it says is no matter of course."""
    numbers = [number for place in asked.places if (number := asked.column.numbers[place]) is not None]
    if alarm["kind"] == "spike":
        # High values of a skewed column are compared as ratios, which the checks of numbers do.
        return bool(alarm["score"] >= LEAST_SPIKE and not scale_of(numbers).is_ratio)
    # A count may stay at zero for long; a sensor hardly does.
    return not (alarm["kind"] == "stale" and asked.column.type == "integer" and not alarm["observed"])


def _matrix_of(sheet: Sheet, settings: Settings) -> list[_Matrix]:
    measures = [column for column in _measures(sheet, settings) if not _has_many_zeros(sheet, column)]
    if len(sheet.body) < LEAST_ROWS or len(measures) < LEAST_MEASURES:
        return []
    return [_Matrix(sheet, measures, sheet.body[: MOST_VALUES // len(measures)])]


def _has_many_zeros(sheet: Sheet, column: Column) -> bool:
    return sum(column.numbers[place] == 0 for place in sheet.body) > MANY_ZEROS * len(sheet.body)


def _rows(asked: _Matrix, told: Mapping[str, Any]) -> Iterator[Detection]:
    if "refused" in told:
        asked.sheet.notes.append(f"Unusual rows: {told['refused']}")
        return
    choices = "; ".join(f"{method['name']}: {method['why']}" for method in told["used"])
    scores = sorted(told["scores"], reverse=True)
    for rank, outlier in enumerate(told["rows"]):
        following = scores[rank + 1] if rank + 1 < len(scores) else 0.0
        if outlier["score"] < max(LEAST_ROW_SCORE, STANDS_APART * following):
            break
        # What one column alone makes unusual was judged by the checks of numbers.
        reasons = [reason for reason in outlier["columns"][:4] if reason["value"] is not None]
        if len(reasons) < 2 or reasons[0]["share"] > LARGEST_SHARE:
            continue
        place = asked.places[outlier["row"]]
        told_values, usual = [], []
        for reason in reasons:
            value, low, high = (
                figure(float(f"{asked.plain(reason['name'], reason[what]):.4g}"))
                for what in ("value", "low", "high")
            )
            told_values.append(f"{reason['name']} {value}")
            usual.append(f"{reason['name']} {low} to {high}")
        yield Detection(
            "unusual row",
            asked.sheet.key,
            (asked.sheet.rows[place],),
            "",
            "; ".join(told_values),
            f"The combination of {', '.join(told_values)} is unlike all other rows.",
            outlier["method"],
            choices,
            f"Nine in ten rows have {', '.join(usual)}.",
            round(min(0.7, 0.45 + 0.01 * outlier["score"]), 3),
        )
