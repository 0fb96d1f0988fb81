"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from donovan.training import (
    doorbell,
    evaluating,
    jobs,
    leases,
    moving,
    prelabelling,  # noqa: F401 - label work in this worker asks the trained models
)


@shared_task(name="training.run_job")
def run_job(job_id: str) -> None:
    """Work on one training until it is settled."""
    jobs.run_job(uuid.UUID(job_id))


@shared_task(name="training.evaluate")
def evaluate(candidate_id: str) -> None:
    """Measure one candidate for its gate."""
    evaluating.carry_out(uuid.UUID(candidate_id))


@shared_task(name="training.carry_out_move")
def carry_out_move(asked_id: str) -> None:
    """Promote or roll back where that takes minutes."""
    moving.carry_out_apart(uuid.UUID(asked_id))


@shared_task(name="training.sweep")
def sweep() -> None:
    """Ring again for whatever nobody living works on. Moves first: somebody waits to go back."""
    for asked_id in moving.waiting().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.MOVE, asked_id)
    for candidate_id in evaluating.waiting().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.EVALUATE, candidate_id)
    for job_id in leases.unfinished().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.RUN_JOB, job_id)
