"""What every change to a report has in common: it is a draft, it is one's own, and the change is on
record.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.reports.errors import ReportError
from donovan.reports.models import Report
from donovan.reports.resting import labels_of

FROZEN = "This report is {state}, so it cannot be changed. {remedy}"
NOT_YOURS = "Only the author can change this report. Leave a comment instead."
_REMEDIES = {
    Report.State.REVIEW: "Take it back first.",
    Report.State.RELEASED: "Make a new version of it.",
    Report.State.WITHDRAWN: "Make a new version of it.",
}


@contextmanager
def one_change(caller: Caller, report: Report) -> Iterator[Report]:
    """One transaction with the report as it stands now, locked. Raises ReportError unless it is the
    caller's draft.
    """
    with transaction.atomic():
        current = Report.objects.select_for_update().get(pk=report.pk)
        if current.author_id != caller.user.pk:
            raise ReportError(NOT_YOURS)
        if not current.is_open:
            remedy = _REMEDIES[Report.State(current.state)]
            raise ReportError(FROZEN.format(state=current.get_state_display(), remedy=remedy))
        current.updated_at = timezone.now()
        Report.objects.filter(pk=current.pk).update(updated_at=current.updated_at)
        yield current


def record_change(
    caller: Caller, report: Report, change: str, outcome: str = "done", **detail: object
) -> None:
    """Put a change to a report on record, within the caller's transaction. `detail` holds no words of it."""
    audit.record(
        caller.name,
        "report",
        outcome,
        source=caller.source,
        labels=labels_of([report])[report.pk],
        detail={"change": change, "report": str(report.pk), **detail},
    )
