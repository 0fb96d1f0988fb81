"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from donovan.evaluation import doorbell, leases, runs, standing


@shared_task(name="evaluation.run_suite")
def run_suite(run_id: str) -> None:
    """Measure one run that waits."""
    runs.perform(uuid.UUID(run_id))


@shared_task(name="evaluation.sweep")
def sweep() -> None:
    """Ask for standing suites that are due, and ring again for runs that wait and that nobody living does."""
    standing.run_due()
    for run_id in leases.unfinished():
        doorbell.ring_now(run_id)
