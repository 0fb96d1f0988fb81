"""What was done with a version, on record."""

from collections.abc import Iterable

from donovan.audit import services as audit
from donovan.feedback.datasets.models import DatasetVersion
from donovan.library.callers import Caller


def note(
    caller: Caller,
    action: str,
    version: DatasetVersion,
    detail: dict[str, object],
    *,
    labels: Iterable[str] | None = None,
) -> None:
    """One record that names the version, with its access labels or those of what was touched. Raises
    AuditUnavailable.
    """
    audit.record(
        caller.name,
        action,
        source=caller.source,
        labels=version.labels if labels is None else labels,
        detail={"dataset": version.dataset.name, "version": version.number, **detail},
    )
