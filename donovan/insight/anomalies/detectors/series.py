"""What is odd in a series over time: alarms of every kind under one budget, and a score for each point.

Two views are joined. Novelty says where the series is unlike all before it, whatever the reason. The
kinds of events (events.py) say what happened. Where both see something the alarm takes the event's name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Final

import numpy as np

from donovan.insight.anomalies.detectors import events
from donovan.insight.anomalies.detectors.baseline import Usual, usual_of
from donovan.insight.anomalies.detectors.character import Character, character_of, known_values
from donovan.insight.anomalies.detectors.events import Event
from donovan.insight.anomalies.detectors.findings import Alarm, Baseline, Method, SeriesAnomalies
from donovan.insight.anomalies.detectors.grid import (
    MOST_POINTS,
    Floats,
    Grid,
    lay_on_grid,
    read_seconds,
    read_values,
)
from donovan.insight.anomalies.detectors.novelty import LENGTHS, novelty
from donovan.insight.anomalies.detectors.specification import SERIES_METHODS, SeriesSpecification
from donovan.insight.anomalies.detectors.versions import versions
from donovan.insight.errors import InsightError

FEWEST_POINTS: Final = 8
SEPARATION: Final = 0.05
_HIGHEST: Final = 1e6
_REACH: Final = LENGTHS[-1]


def series_anomalies(
    times: Sequence[str | float],
    values: Sequence[float | None],
    specification: SeriesSpecification | None = None,
) -> SeriesAnomalies:
    """Score every point and raise alarms, the strongest first.

    An alarm keeps a twentieth of the series to itself: what else happens there is the same alarm. Raises
    InsightError for times or values that cannot be read, fewer than 8 values, or more than a million points.
    """
    asked = specification or SeriesSpecification()
    grid = _read(times, values)
    known = known_values(grid)
    character = character_of(grid, _fitting(asked.period, len(grid)))
    usual = usual_of(known, character)
    found, used, left_out = [], [], []
    novel = None
    for method in SERIES_METHODS:
        reason = _why_not(method, asked, character)
        if reason:
            left_out.append(Method(method, reason))
        elif method == "discords":
            novel = novelty(known, ~np.isfinite(grid.values))
            if novel is None:
                left_out.append(Method(method, "The series is too short, or constant."))
            else:
                used.append(Method(method, _WHY[method]))
        else:
            seen = _events(method, grid, (known, usual, character), asked.threshold)
            found += [event for event in seen if event.kind == "gap" or np.isfinite(grid.values[event.peak])]
            used.append(Method(method, _WHY[method].format(name=usual.name, why=usual.why)))
    if novel is None:
        away = np.abs(known - usual.expected)
        novel = away / usual.scale if usual.scale > 0 else np.zeros(len(known))
        peaks: list[Event] = []
    else:
        peaks = list(_peaks(novel, known, found, usual, asked))
    chosen = _under_budget(peaks + found, asked, len(grid))
    scores = np.clip(novel, 0.0, _HIGHEST)[grid.slot_of_point]
    return SeriesAnomalies(
        alarms=[_alarm(event, grid, times, known) for event in chosen],
        scores=[
            None if value is None or not np.isfinite(value) else round(float(score), 4)
            for score, value in zip(scores, values, strict=True)
        ],
        used=used,
        left_out=left_out,
        character=asdict(character),
        notices=_notices(character),
        specification=asked.to_json(),
        versions=versions(),
    )


_WHY: Final = {
    "gaps": "It compares every wait for a value with the usual one.",
    "stale": "It compares every run of one and the same value with the usual runs.",
    "spikes": "It compares each value with what {name} expects there. {why}",
    "levels": "It looks for moments from which on the level, or the movement, is another (PELT).",
    "season": "It compares each cycle with the usual cycle, because the series repeats.",
    "discords": "It compares every stretch with all before it, by matrix profiles of several lengths.",
}


def _why_not(method: str, asked: SeriesSpecification, character: Character) -> str:
    if asked.methods and method not in asked.methods:
        return "The specification does not name it."
    if method == "season" and not character.period:
        return "No cycle was found."
    if method == "stale" and character.is_discrete:
        return "The series takes few different values, so repeats say nothing."
    return ""


def _events(
    method: str, grid: Grid, reading: tuple[Floats, Usual, Character], threshold: float
) -> Iterator[Event]:
    known, usual, character = reading
    match method:
        case "gaps":
            return events.gaps(grid)
        case "stale":
            return events.stale(grid)
        case "spikes":
            return events.spikes(known, usual, threshold)
        case "levels":
            return events.levels(known, usual, character)
        case _:
            return events.season_breaks(known, usual, character)


def _peaks(
    novel: Floats, known: Floats, found: list[Event], usual: Usual, asked: SeriesSpecification
) -> Iterator[Event]:
    """The highest peaks of novelty, each under the name of the strongest event near it."""
    left = novel.copy()
    reach = max(int(SEPARATION * len(novel)), 1)
    for _ in range(_budget(asked, len(novel))):
        peak = int(np.argmax(left))
        if left[peak] <= asked.threshold:
            return
        left[max(peak - reach, 0) : peak + reach + 1] = -np.inf
        strength = float(min(novel[peak], _HIGHEST))
        near = [
            event
            for event in found
            if event.strength > asked.threshold / 2
            and event.first <= peak + _REACH
            and event.last >= peak - _REACH
        ]
        if near:
            named = max(near, key=lambda event: event.strength)
            yield replace(named, strength=max(strength, min(named.strength, _HIGHEST)))
            continue
        first, last = _extent(novel, peak, asked.threshold / 2)
        low, high = (float(edge) for edge in np.percentile(known, [5, 95]))
        baseline = Baseline("the most similar stretch before", float(usual.expected[peak]), low, high)
        why = (
            f"No stretch before looks like this one: its distance to the nearest lies {strength:.1f} "
            "standard deviations above the usual distance."
        )
        yield Event(first, last, peak, "unusual_shape", strength, baseline, why, "matrix profile discord")


def _extent(novel: Floats, peak: int, floor: float) -> tuple[int, int]:
    first = last = peak
    while first > max(peak - _REACH, 0) and novel[first - 1] > floor:
        first -= 1
    while last < min(peak + _REACH, len(novel) - 1) and novel[last + 1] > floor:
        last += 1
    return first, last


def _under_budget(candidates: list[Event], asked: SeriesSpecification, slots: int) -> list[Event]:
    reach = max(int(SEPARATION * slots), 1)
    chosen: list[Event] = []
    for event in sorted(candidates, key=lambda event: (-event.strength, event.first)):
        if event.strength <= asked.threshold or len(chosen) == _budget(asked, slots):
            break
        if all(abs(event.peak - other.peak) > reach for other in chosen):
            chosen.append(event)
    return chosen


def _budget(asked: SeriesSpecification, slots: int) -> int:
    return asked.budget or min(max(slots // 1000, 5), 50)


def _alarm(event: Event, grid: Grid, times: Sequence[str | float], known: Floats) -> Alarm:
    first, last, peak = (_point(grid, slot) for slot in (event.first, event.last, event.peak))
    if event.kind == "gap":
        first, last = (
            _point(grid, max(event.first - 1, 0), -1),
            _point(grid, min(event.last + 1, len(grid) - 1)),
        )
        peak = first
    observed = None if event.kind == "gap" else float(known[event.peak])
    return Alarm(
        first=first,
        last=last,
        peak=peak,
        start=times[first],
        end=times[last],
        kind=event.kind,
        score=round(min(event.strength, _HIGHEST), 3),
        observed=observed,
        baseline=event.baseline,
        why=event.why,
        method=event.method,
    )


def _point(grid: Grid, slot: int, towards: int = 1) -> int:
    """The point given in a slot, or in the nearest slot that has one."""
    while 0 < slot < len(grid) - 1 and grid.point_of_slot[slot] < 0:
        slot += towards
    return int(grid.point_of_slot[slot])


def _read(times: Sequence[str | float], values: Sequence[float | None]) -> Grid:
    if len(times) != len(values):
        raise InsightError("A series needs as many times as values.")
    if len(values) > MOST_POINTS:
        raise InsightError(
            f"The series has {len(values):,} points; up to {MOST_POINTS:,} can be examined. "
            "Group it by a longer interval."
        )
    numbers = read_values(values)
    if np.isfinite(numbers).sum() < FEWEST_POINTS:
        raise InsightError(f"A series needs at least {FEWEST_POINTS} values to say what is usual.")
    return lay_on_grid(read_seconds(times), numbers)


def _fitting(period: int, slots: int) -> int:
    if period and not 2 <= period <= slots // 2:
        raise InsightError(f"A period of {period} points does not fit a series of {slots}.")
    return period


def _notices(character: Character) -> list[str]:
    notices = []
    if not character.is_even:
        notices.append("The times are uneven, so values were taken one after the other.")
    if character.missing > 0:
        notices.append(f"{character.missing:.1%} of the times have no value; short holes were bridged.")
    return notices
