"""Ringing for a worker. A bell that is not heard loses nothing: a sweep rings again for whatever waits in the
database. To ring is what the field calls to enqueue; the sweep will requeue what was dropped.
"""

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

PROCESS = "ingest.process_document"
INDEX = "retrieval.index_pending"


def ring(task: str, *arguments: str) -> None:
    """Send a task by name; a broker that does not answer is logged and otherwise ignored."""
    try:
        current_app.send_task(task, args=list(arguments), retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("The queue did not take %s (%s); the next sweep will ring again.", task, error)


def ring_for_document(document_id: uuid.UUID) -> None:
    """Ring for a document once the transaction at hand is committed."""
    transaction.on_commit(lambda: ring(PROCESS, str(document_id)))


def ring_for_index() -> None:
    """Ring for passages that wait to be embedded once the transaction at hand is committed."""
    transaction.on_commit(lambda: ring(INDEX))
