"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from donovan.training import doorbell, jobs, leases


@shared_task(name="training.run_job")
def run_job(job_id: str) -> None:
    """Work on one training until it is settled."""
    jobs.run_job(uuid.UUID(job_id))


@shared_task(name="training.sweep")
def sweep() -> None:
    """Ring again for trainings that nobody living works on."""
    for job_id in leases.unfinished().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.RUN_JOB, job_id)
