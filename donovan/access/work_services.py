"""What an administrator does to jobs: permission, change and audit record in one transaction."""

import uuid
from collections.abc import Callable

from django.db import transaction

from donovan.access.models import Role, User
from donovan.access.people_services import NotAllowed
from donovan.audit import services as audit
from ingest.work import services
from ingest.work.models import Job


def cancel(by: User, job_id: uuid.UUID, *, source: str = "") -> bool:
    """Stop a job; False where it had ended. Raises NotAllowed, and Job.DoesNotExist."""
    return _done(by, job_id, "job cancelled", services.cancel, source)


def retry(by: User, job_id: uuid.UUID, *, source: str = "") -> bool:
    """Let a job that failed or was stopped be done again; False where it had done neither. Raises as
    `cancel`.
    """
    return _done(by, job_id, "job retried", services.retry, source)


def _done(by: User, job_id: uuid.UUID, what: str, change: Callable[[uuid.UUID], object], source: str) -> bool:
    if not by.is_active or by.role != Role.ADMINISTRATOR:
        raise NotAllowed("Only administrators look after the work of others.")
    with transaction.atomic():
        job = Job.objects.get(pk=job_id)
        is_done = bool(change(job.pk))
        audit.record(
            by.get_username(),
            "administer",
            "done" if is_done else "failed",
            source=source,
            detail={"what": what, "kind": job.kind, "job": str(job.pk)},
        )
    return is_done
