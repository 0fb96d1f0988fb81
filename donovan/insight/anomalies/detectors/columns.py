"""A table made ready for detectors that measure distances: columns without information left out, holes
filled, each column on one scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from donovan.insight.anomalies.detectors.findings import Method
from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.errors import InsightError


@dataclass(frozen=True)
class Columns:
    """raw: the columns used, as given, NaN where missing. filled: the same with the median in the holes.
    scaled: `filled` with mean 0 and standard deviation 1.
    """

    names: list[str]
    raw: Floats
    filled: Floats
    scaled: Floats
    left_out: list[Method]


def read_columns(matrix: Sequence[Sequence[float | None]] | Floats, names: Sequence[str]) -> Columns:
    """Raises InsightError when rows and names do not fit together, or no column can be used."""
    table = _as_numbers(matrix, names)
    kept, left_out = [], []
    for place, name in enumerate(names):
        known = table[np.isfinite(table[:, place]), place]
        if not len(known):
            left_out.append(Method(name, "It is empty."))
        elif known.min() == known.max():
            left_out.append(Method(name, f"It holds {known[0]:g} throughout."))
        else:
            kept.append(place)
    if not kept:
        raise InsightError("No column holds different numbers, so no row can be unlike the others.")
    raw = table[:, kept]
    filled = np.where(np.isfinite(raw), raw, np.nanmedian(raw, axis=0))
    deviation = filled.std(axis=0)
    scaled = (filled - filled.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return Columns([names[place] for place in kept], raw, filled, scaled, left_out)


def _as_numbers(matrix: Sequence[Sequence[float | None]] | Floats, names: Sequence[str]) -> Floats:
    try:
        table = np.array(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise InsightError("Every row must hold one number, or nothing, for each column.") from None
    if not len(table):
        raise InsightError("The table has no rows.")
    if table.ndim != 2 or table.shape[1] != len(names):
        raise InsightError(f"Every row must hold one number, or nothing, for each of {len(names)} columns.")
    table[~np.isfinite(table)] = np.nan
    return table
