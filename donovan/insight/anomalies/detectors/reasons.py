"""Which columns make a row unusual, in words."""

from typing import Final

import numpy as np

from donovan.insight.anomalies.detectors.columns import Columns
from donovan.insight.anomalies.detectors.findings import ColumnReason
from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.robust import standardised

MOST_REASONS: Final = 3


def column_surprise(columns: Columns) -> Floats:
    """For each cell, how far it lies in the tail of its column: minus the natural logarithm of the share of
    values at least as far out on the same side (the tail probability of ECOD; Li et al. 2022), plus its
    robust distance. 0 for missing cells.
    """
    raw = columns.raw
    surprise = np.zeros_like(raw)
    for place in range(raw.shape[1]):
        has = np.isfinite(raw[:, place])
        values = raw[has, place]
        order = np.sort(values)
        above = 1.0 - np.searchsorted(order, values, side="left") / len(values)
        below = np.searchsorted(order, values, side="right") / len(values)
        surprise[has, place] = -np.log(np.minimum(above, below)) + np.log1p(np.abs(standardised(values)))
    return surprise


def row_reasons(columns: Columns, surprise: Floats, row: int) -> list[ColumnReason]:
    """The columns that stand out most in a row, first the strongest."""
    total = float(surprise[row].sum())
    places = np.argsort(-surprise[row], kind="stable")[:MOST_REASONS]
    reasons = []
    for place in places:
        share = float(surprise[row, place]) / total if total > 0 else 0.0
        values = columns.raw[:, place]
        low, median, high = np.nanpercentile(values, [5, 50, 95])
        value = values[row]
        told = float(value) if np.isfinite(value) else None
        reasons.append(
            ColumnReason(columns.names[place], share, told, float(low), float(high), float(median))
        )
    return reasons


def in_words(reasons: list[ColumnReason]) -> str:
    """One sentence: "price is 900 (nine in ten lie between 10 and 40)"."""
    parts = [
        f"{reason.name} is {reason.value:g} (nine in ten lie between {reason.low:g} and {reason.high:g})"
        for reason in reasons
        if reason.value is not None and not reason.low <= reason.value <= reason.high
    ]
    if parts:
        return "; ".join(parts) + "."
    names = ", ".join(reason.name for reason in reasons)
    return f"No single value is unusual, but together they are; most in {names}."
