"""Showing a trend, on record: who was shown counts over which labels."""

from donovan.audit import services as audit
from donovan.insight.trends.measures import Measure
from donovan.library.callers import Caller


def record_shown(caller: Caller, measure: Measure, labels: frozenset[str], *, what: str = "trend") -> None:
    """One record of a view. It holds the kind of measure and never the words that were followed."""
    detail: dict[str, object] = {"page": what, "measure": measure.what}
    if measure.table:
        detail["table"] = measure.table
    audit.record(caller.name, "view", source=caller.source, labels=labels, detail=detail)
