"""What tests of every room do with jobs: let leases run out, without waiting for them."""

from datetime import timedelta

from django.utils import timezone

from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.registry import Kind
from ingest.work.running import run_job
from ingest.work.services import job_of


def let_lease_run_out(job: Job) -> None:
    """As if the worker of this job had not been heard of for its whole lease."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def run_job_after_its_lease(job: Job) -> Job:
    """The next worker does what the one that has it has left."""
    let_lease_run_out(job)
    done = run_job(job.pk)
    assert done is not None
    return done


def held_by_a_worker(kind: Kind, subject: object) -> Held:
    """The job of this subject, acquired as a worker does that then says nothing more for an hour."""
    job = job_of(kind, subject)
    assert job is not None
    held = acquire(job.pk)
    assert held is not None
    # However slow the machine is: it is lost when a test says so, and not before.
    held.renew(now=timezone.now() + timedelta(hours=1))
    return held


def let_leases_run_out() -> None:
    """As if no worker had been heard of for a whole lease."""
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))


def let_them_be_due() -> None:
    """As if the time had come for whatever waits for another attempt."""
    Job.objects.filter(state=Job.State.WAITING).update(due_at=timezone.now())
