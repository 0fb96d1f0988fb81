"""The way in to the detectors: `run_subprocess("donovan.insight.anomalies.detectors.child", request, ...)`.

Request, for one or many series (give many at once: loading the engines takes seconds):

    {"series": [{"times": [...], "values": [...], "specification": {...}}, ...]}

  times: ISO 8601 texts or seconds since 1970, in any order, repeats allowed; values: numbers or null.
  specification: as SeriesSpecification.to_json gives it; absent or {}: the defaults.
  -> {"series": [SeriesAnomalies as a JSON object, or {"refused": sentence}, ...]} in the same order

Request, for one or many tables:

    {"tables": [{"names": [...], "matrix": [[...], ...], "specification": {...}}, ...]}

  names: one for each column; matrix: one list for each row, with numbers or null. Booleans count as 0 and 1,
  and categories go in as whole-number codes. Constant and empty columns and missing values are dealt with.
  -> {"tables": [TableOutliers as a JSON object, or {"refused": sentence}, ...]}

A request may hold both. The fields of the answers are told in findings.py. Positions (`first`, `last`,
`peak`, `row`) count from 0 in the order given. Allow 2000 megabytes, and 60 seconds for each 100,000 values.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from donovan.insight.anomalies.detectors.series import series_anomalies
from donovan.insight.anomalies.detectors.specification import SeriesSpecification, TableSpecification
from donovan.insight.anomalies.detectors.tables import table_outliers
from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import serve


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """See the module. A series or table that cannot be examined is refused alone. Raises InsightError when
    the request has neither.
    """
    if not request.keys() & {"series", "tables"}:
        raise InsightError("Nothing was given to examine.")
    return {
        kind: [_each(examine, item) for item in request[kind]]
        for kind, examine in (("series", _series), ("tables", _table))
        if kind in request
    }


def _each(examine: Callable[[Mapping[str, Any]], Any], item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return asdict(examine(item))
    except InsightError as error:
        return {"refused": error.sentence}


def _series(item: Mapping[str, Any]) -> Any:
    specification = SeriesSpecification.from_json(item.get("specification", {}))
    return series_anomalies(item["times"], item["values"], specification)


def _table(item: Mapping[str, Any]) -> Any:
    specification = TableSpecification.from_json(item.get("specification", {}))
    return table_outliers(item["matrix"], item["names"], specification)


if __name__ == "__main__":
    serve(answer)
