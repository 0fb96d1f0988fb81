"""The way in for the comparison with single detectors; no label ever comes in here.

    {"series": [{"times": seconds, "values": [...]}, ...], "seed": 0,
     "rule": {"budget", "separation", "learning", "most_learning"}}
    -> {"series": [{"ours": [positions], "ours, budget alone": [positions], NAME: [positions], ...}, ...]}
    {"tables": [[[...], ...], ...], "seed": 0} -> {"tables": [{"ours": [scores], NAME: [scores], ...}, ...]}

A detector that fails on an item has null there. Columns are scaled to mean 0 and deviation 1 for all.
"""

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from donovan.insight.anomalies.detectors.columns import read_columns
from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.series import series_anomalies
from donovan.insight.anomalies.detectors.single import (
    SERIES_DETECTORS,
    TABLE_DETECTORS,
    series_scores,
    table_scores,
)
from donovan.insight.anomalies.detectors.specification import SeriesSpecification, TableSpecification
from donovan.insight.anomalies.detectors.tables import table_outliers
from donovan.insight.anomalies.detectors.threads import one_thread
from donovan.insight.subprocesses import serve

OURS = "ours"
OURS_BUDGET_ALONE = "ours, budget alone"


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """See the module."""
    seed = int(request.get("seed", 0))
    with one_thread(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if "series" in request:
            return {"series": [_of_series(item, request["rule"], seed) for item in request["series"]]}
        return {"tables": [_of_table(np.array(rows, dtype=np.float64), seed) for rows in request["tables"]]}


def strongest(scores: Floats, threshold: float, rule: Mapping[str, Any]) -> list[int]:
    """The one rule by which scores become alarms: the highest score above the threshold raises one.

    It keeps `separation` points on either side to itself; then the next is raised, up to `budget`. Nothing is
    raised in the part for learning. Of equal scores the middle of the first run counts.
    """
    left = scores.copy()
    left[: int(rule["learning"])] = -np.inf
    reach = int(rule["separation"])
    found: list[int] = []
    while len(found) < rule["budget"]:
        first = int(np.argmax(left))
        if not np.isfinite(left[first]) or left[first] <= threshold:
            break
        last = first
        while last + 1 < len(left) and left[last + 1] == left[first]:
            last += 1
        peak = first + min(last - first, reach) // 2
        found.append(peak)
        left[max(peak - reach, 0) : peak + reach + 1] = -np.inf
    return found


def _of_series(item: Mapping[str, Any], rules: Mapping[str, Any], seed: int) -> dict[str, Any]:
    seconds = np.array(item["times"], dtype=np.float64)
    values = np.array(item["values"], dtype=np.float64)
    rule = {
        "budget": int(rules["budget"]),
        "separation": max(int(rules["separation"] * len(values)), 1),
        "learning": min(int(rules["learning"] * len(values)), int(rules["most_learning"])),
    }
    asked = SeriesSpecification(seed=seed)
    found = series_anomalies(item["times"], item["values"], asked)
    scores = np.array([-np.inf if score is None else score for score in found.scores])
    told: dict[str, Any] = {
        OURS: strongest(scores, asked.threshold, rule),
        OURS_BUDGET_ALONE: strongest(scores, -np.inf, rule),
    }
    for name in SERIES_DETECTORS:
        outcome = _tried(series_scores, name, seconds, values, seed)
        told[name] = None if outcome is None else strongest(outcome[0], outcome[1], rule)
    return told


def _of_table(matrix: Floats, seed: int) -> dict[str, Any]:
    names = [str(place) for place in range(matrix.shape[1])]
    asked = TableSpecification(seed=seed)
    told: dict[str, Any] = {OURS: table_outliers(matrix, names, asked).scores}
    scaled = read_columns(matrix, names).scaled
    for name in TABLE_DETECTORS:
        scores = _tried(table_scores, name, scaled, seed)
        told[name] = None if scores is None else scores.tolist()
    return told


def _tried(score: Callable[..., Any], name: str, *given: Any) -> Any:
    """What the detector says, or None where it fails: a library's refusal is a result of the comparison."""
    try:
        return score(name, *given)
    except Exception as error:
        print(f"{name} failed: {error}", file=sys.stderr)
        return None


if __name__ == "__main__":
    serve(answer)
