"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from donovan.reports import doorbell, jobs, scheduling


@shared_task(name="reports.run_report")
def run_report(report_id: str) -> None:
    """Make the sections of one report that still wait."""
    jobs.run_report(uuid.UUID(report_id))


@shared_task(name="reports.sweep")
def sweep() -> None:
    """Start standing reports that are due, and ring again for sections that wait and that nobody living
    makes.
    """
    scheduling.run_due()
    for report_id in jobs.reports_to_go_on_with():
        doorbell.ring_now(report_id)
