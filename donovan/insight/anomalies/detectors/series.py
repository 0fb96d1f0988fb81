"""What is odd in a series over time."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.ndimage import median_filter

from donovan.insight.anomalies.detectors.findings import Alarm, Baseline, Method, SeriesAnomalies
from donovan.insight.anomalies.detectors.grid import lay_on_grid, read_seconds, read_values
from donovan.insight.anomalies.detectors.robust import standardised
from donovan.insight.anomalies.detectors.specification import SeriesSpecification
from donovan.insight.anomalies.detectors.versions import versions
from donovan.insight.errors import InsightError

FEWEST_POINTS: Final = 8


def series_anomalies(
    times: Sequence[str | float],
    values: Sequence[float | None],
    specification: SeriesSpecification | None = None,
) -> SeriesAnomalies:
    """Score every point and raise alarms. Raises InsightError for times or values that cannot be read, and
    for fewer than 8 values.
    """
    asked = specification or SeriesSpecification()
    if len(times) != len(values):
        raise InsightError("A series needs as many times as values.")
    numbers = read_values(values)
    if np.isfinite(numbers).sum() < FEWEST_POINTS:
        raise InsightError(f"A series needs at least {FEWEST_POINTS} values to say what is usual.")
    grid = lay_on_grid(read_seconds(times), numbers)
    known = np.interp(
        np.arange(len(grid)), np.flatnonzero(np.isfinite(grid.values)), grid.values[np.isfinite(grid.values)]
    )
    usual = median_filter(known, size=min(51, len(known)), mode="nearest")
    z = np.abs(standardised(known - usual))
    scores = z[grid.slot_of_point]
    alarms = []
    for slot in np.argsort(-z, kind="stable")[: asked.budget or 3]:
        if z[slot] <= asked.threshold or grid.point_of_slot[slot] < 0:
            continue
        point = int(grid.point_of_slot[slot])
        alarms.append(
            Alarm(
                point,
                point,
                point,
                times[point],
                times[point],
                "spike",
                float(z[slot]),
                float(known[slot]),
                Baseline("the median of the 51 points around it", float(usual[slot])),
                f"The value is {known[slot]:g}; around it {usual[slot]:g} is usual.",
                "rolling median",
            )
        )
    return SeriesAnomalies(
        alarms=alarms,
        scores=[float(s) if np.isfinite(v) else None for s, v in zip(scores, numbers, strict=True)],
        used=[Method("spikes", "Single values far from those around them.")],
        left_out=[],
        character={"points": len(values), "step": grid.step, "is_even": grid.is_even},
        notices=[],
        specification=asked.to_json(),
        versions=versions(),
    )
