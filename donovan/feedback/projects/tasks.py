"""The worker's part in label projects."""

from celery import shared_task

from donovan.feedback.projects import tending


@shared_task(name="feedback.tend_projects")
def tend_projects() -> int:
    """Look after projects that rang; how many were looked after."""
    return tending.tend_all()
