"""Sheets for the checks, typed as extraction types them."""

import datetime
from collections.abc import Sequence
from typing import Any

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.examination import examine
from donovan.insight.anomalies.checks.sheets import Column, Sheet

_READERS = {
    "integer": int,
    "decimal": float,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "text": str,
}


def column(title: str, kind: str, cells: Sequence[Any]) -> Column:
    """A column whose cells are read as their kind; what does not fit has no value."""
    raws = ["" if cell is None else str(cell) for cell in cells]
    return Column(title, title, kind, "", [_value(kind, raw) for raw in raws], raws)


def _value(kind: str, raw: str) -> Any:
    if not raw:
        return None
    try:
        return _READERS[kind](raw)
    except ValueError:
        return None


def sheet(*columns: Column, name: str = "t") -> Sheet:
    return Sheet(name, name, list(columns), [row + 2 for row in range(len(columns[0].raws))])


def found(*sheets: Sheet) -> list[Detection]:
    return examine(list(sheets), {})


def places(detections: Sequence[Detection]) -> list[tuple[str, tuple[int, ...], str]]:
    """(kind, rows, column) of each, in order of rows."""
    return sorted((one.kind, one.rows, one.column) for one in detections)
