"""The kinds of events in a series: each function finds one kind and measures it in robust deviations.

Positions here are slots of the grid, both ends included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import ruptures

from donovan.insight.anomalies.detectors.baseline import Usual
from donovan.insight.anomalies.detectors.character import Character
from donovan.insight.anomalies.detectors.findings import AlarmKind, Baseline
from donovan.insight.anomalies.detectors.grid import Floats, Grid
from donovan.insight.anomalies.detectors.robust import spread, standardised

_LONGEST_SPIKE: Final = 6
_MOST_BLOCKS: Final = 400
_FEWEST_CYCLES: Final = 6
_MOST_ALIKE: Final = 2
_SHORTEST_SIDE: Final = 5


@dataclass(frozen=True)
class Event:
    """A stretch of slots with what is odd about it; `strength` in robust standard deviations."""

    first: int
    last: int
    peak: int
    kind: AlarmKind
    strength: float
    baseline: Baseline
    why: str
    method: str


def stretches(flags: np.ndarray) -> Iterator[tuple[int, int]]:
    """First and last place of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from ((int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True))


def _run_strengths(runs: list[tuple[int, int]], slots: int) -> Iterator[tuple[tuple[int, int], float]]:
    """How surprising the length of a run is when each slot goes on with the share of the other runs.

    It is the normal deviate of its chance anywhere in the series, sqrt(2 (length · -ln share - ln slots)).
    A length that recurs is usual: weekends, nights.
    """
    lengths = np.array([last - first + 1 for first, last in runs])
    for place, (run, length) in enumerate(zip(runs, lengths, strict=True)):
        others = np.delete(lengths, place)
        if (others >= length / 2).sum() > _MOST_ALIKE:
            continue
        share = (others.sum() + 1) / (slots + 1)
        exponent = length * -np.log(min(share, 0.999)) - np.log(slots)
        yield run, float(np.sqrt(2 * max(exponent, 0.0)))


def gaps(grid: Grid) -> Iterator[Event]:
    """Slots without a value, in runs longer than by chance; on an uneven grid, waits longer than usual."""
    if grid.is_even:
        for (first, last), strength in _run_strengths(list(stretches(~np.isfinite(grid.values))), len(grid)):
            missing = last - first + 1
            baseline = Baseline(f"a value every {_duration(grid.step)}")
            why = f"For {_duration(missing * grid.step)} there is no value ({missing} are missing)."
            yield Event(first, last, first, "gap", strength, baseline, why, "length of the gap")
        return
    waits = np.diff(grid.seconds)
    strengths = standardised(np.log(np.maximum(waits, 1e-9)))
    scale = max(float(np.percentile(np.abs(strengths), 99)) / 2.576, 1.0)
    for place, strength in enumerate(strengths / scale):
        baseline = Baseline(f"a value about every {_duration(grid.step)}")
        why = f"For {_duration(float(waits[place]))} there is no value."
        yield Event(place, place + 1, place, "gap", float(strength), baseline, why, "length of the wait")


def stale(grid: Grid) -> Iterator[Event]:
    """Runs of one and the same value, longer than by chance."""
    same = np.diff(grid.values) == 0
    runs = list(stretches(same))
    for (first, last), strength in _run_strengths(runs, len(grid)):
        value = float(grid.values[first])
        baseline = Baseline(f"{same.mean():.1%} of values equal the one before")
        why = f"The value stays at exactly {value:g} for {last - first + 2} measurements in a row."
        yield Event(first, last + 1, first, "stale", strength, baseline, why, "length of the flat run")


def spikes(known: Floats, usual: Usual, threshold: float) -> Iterator[Event]:
    """Few values far from what was expected there."""
    if usual.scale <= 0:
        return
    away = (known - usual.expected) / usual.scale
    for first, last in stretches(np.abs(away) > max(threshold, 3.0)):
        if last - first >= _LONGEST_SPIKE:
            continue
        peak = first + int(np.argmax(np.abs(away[first : last + 1])))
        baseline = _around(usual, peak, f"{usual.name}, and the spread of what it leaves")
        side = "above" if away[peak] > 0 else "below"
        why = (
            f"The value {known[peak]:g} lies {abs(away[peak]):.1f} standard deviations {side} "
            f"the {usual.expected[peak]:g} expected there."
        )
        yield Event(first, last, peak, "spike", float(abs(away[peak])), baseline, why, usual.name)


def levels(known: Floats, usual: Usual, character: Character) -> Iterator[Event]:
    """Where the level, or failing that the spread, changes and stays: PELT (Killick et al. 2012).

    PELT runs on block medians without the season. A change counts by how far the medians on its two sides lie
    apart, in units of how far such medians usually lie apart in this series.
    """
    block = max(-(-len(known) // _MOST_BLOCKS), 1)
    rest = known - usual.season
    count = len(rest) // block
    if count < 4 * _SHORTEST_SIDE:
        return
    shaped = rest[: count * block].reshape(count, block)
    medians = np.median(shaped, axis=1)
    noise = spread(np.diff(medians)) / np.sqrt(2)
    if noise <= 0:
        noise = float(np.std(medians)) / 10
    if noise > 0:
        yield from _level_shifts(usual, medians, block, noise, character)
    if block >= 4 or count >= 80:
        yield from _spread_changes(rest, usual, max(block, 4))


def _breaks(signal: Floats, noise: float) -> list[int]:
    """Change points of the mean. The penalty is that of the Bayesian information criterion, three times."""
    search = ruptures.Pelt(model="l2", min_size=_SHORTEST_SIDE, jump=1)
    penalty = 6.0 * np.log(len(signal)) * noise**2
    found: list[int] = search.fit(signal.reshape(-1, 1)).predict(pen=penalty)
    return found[:-1]


def _usual_difference(blocks: Floats, side: int) -> float:
    """How far the medians of two neighbouring stretches of `side` blocks usually lie apart."""
    medians = np.median(np.lib.stride_tricks.sliding_window_view(blocks, side), axis=1)
    apart = medians[side:] - medians[:-side]
    return max(spread(apart), float(np.percentile(np.abs(apart), 75)) / 1.15)


def _level_shifts(
    usual: Usual, medians: Floats, block: int, noise: float, character: Character
) -> Iterator[Event]:
    side = max(_SHORTEST_SIDE, len(medians) // 20)
    normal = max(_usual_difference(medians, side), noise * np.sqrt(2 / side))
    for place in _breaks(medians, noise):
        before = float(np.median(medians[max(place - side, 0) : place]))
        after = float(np.median(medians[place : place + side]))
        strength = abs(after - before) / normal
        change = max(place * block, 1)
        low, high = before - 3 * usual.scale, before + 3 * usual.scale
        baseline = Baseline("the level before", before, low, high)
        season = " (cycle taken out)" if character.period else ""
        why = f"The level goes from about {before:g} to about {after:g} and stays there{season}."
        yield Event(change, change, change, "level_shift", float(strength), baseline, why, "PELT")


def _spread_changes(rest: Floats, usual: Usual, block: int) -> Iterator[Event]:
    count = len(rest) // block
    jumps = np.abs(np.diff(rest, prepend=rest[0]))[: count * block].reshape(count, block).mean(axis=1)
    if count < 4 * _SHORTEST_SIDE or jumps.min() <= 0:
        return
    size = np.log(jumps)
    noise = spread(np.diff(size)) / np.sqrt(2)
    if noise <= 0:
        return
    side = max(_SHORTEST_SIDE, count // 20)
    normal = max(_usual_difference(size, side), noise * np.sqrt(2 / side))
    for place in _breaks(size, noise):
        one, two = size[max(place - side, 0) : place], size[place : place + side]
        ratio = float(np.exp(np.median(two) - np.median(one)))
        strength = abs(np.log(ratio)) / normal
        words = f"{ratio:.1f} times as much" if ratio > 1 else f"only {ratio:.0%} as much"
        baseline = Baseline("the movement from point to point before")
        why = f"From here on the values move {words} from one to the next as before."
        change = place * block
        yield Event(change, change, change, "change_point", float(strength), baseline, why, "PELT")


def season_breaks(known: Floats, usual: Usual, character: Character) -> Iterator[Event]:
    """Cycles unlike the usual cycle, each compared with the median of all at every place of the cycle."""
    period = character.period
    cycles = len(known) // period if period else 0
    if cycles < _FEWEST_CYCLES:
        return
    shaped = known[: cycles * period].reshape(cycles, period)
    shaped = shaped - np.median(shaped, axis=1, keepdims=True)
    typical = np.median(shaped, axis=0)
    distance = np.abs(shaped - typical).mean(axis=1)
    # With few cycles a tight group would make small differences look large.
    scale = max(spread(distance), 0.1 * float(np.median(distance)), 1e-12)
    for cycle, strength in enumerate((distance - np.median(distance)) / scale):
        correlation = _correlation(shaped[cycle], typical)
        first, last = cycle * period, (cycle + 1) * period - 1
        peak = first + int(np.argmax(np.abs(shaped[cycle] - typical)))
        baseline = _around(usual, peak, f"the usual cycle of {period} points")
        why = (
            f"This cycle of {period} points does not follow the usual one "
            f"(correlation with it {correlation:.2f})."
        )
        yield Event(
            first, last, peak, "season_broken", float(strength), baseline, why, "distance to the usual cycle"
        )


def _correlation(one: Floats, two: Floats) -> float:
    if one.std() <= 0 or two.std() <= 0:
        return 0.0
    return float(np.corrcoef(one, two)[0, 1])


def _around(usual: Usual, place: int, text: str) -> Baseline:
    middle = float(usual.expected[place])
    return Baseline(text, middle, middle - 3 * usual.scale, middle + 3 * usual.scale)


def _duration(seconds: float) -> str:
    for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {name}"
    return f"{seconds:.3g} seconds"
