"""What the queue may ask for: an id in, one call. Losing any of these messages loses nothing."""

import uuid

from celery import shared_task

from ingest import pipeline


@shared_task(name="ingest.process_document")
def process_document(document_id: str) -> None:
    """Take one document through the pipeline, if it still waits."""
    pipeline.work(uuid.UUID(document_id))


@shared_task(name="ingest.sweep")
def sweep() -> None:
    """Ring again for whatever waits."""
    pipeline.sweep()
