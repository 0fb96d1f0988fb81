"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from donovan.feedback.datasets import builds, doorbell, label_errors


@shared_task(name=doorbell.BUILD)
def build_dataset(build_id: str) -> None:
    """Build one version that somebody asked for."""
    builds.run_build(uuid.UUID(build_id))


@shared_task(name=doorbell.LABEL_ERRORS)
def look_for_label_errors(version_id: str) -> None:
    """Look one version through."""
    label_errors.look_for_label_errors(uuid.UUID(version_id))


@shared_task(name="feedback.tend_datasets")
def tend_datasets() -> None:
    """Ring again for what waits and nobody living works on."""
    for build_id in builds.waiting().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.BUILD, build_id)
    for version_id in label_errors.waiting().values_list("pk", flat=True):
        doorbell.ring_now(doorbell.LABEL_ERRORS, version_id)
