"""Ringing for the training worker once a transaction commits. A lost ring is made up for by the sweep."""

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)
BUILD = "feedback.build_dataset"
LABEL_ERRORS = "feedback.look_for_label_errors"


def ring(task: str, row_id: uuid.UUID) -> None:
    """Call a worker when the transaction at hand has committed."""
    transaction.on_commit(lambda: ring_now(task, row_id))


def ring_now(task: str, row_id: uuid.UUID) -> None:
    """Call a worker now."""
    try:
        current_app.send_task(task, args=[str(row_id)], retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("the queue cannot be reached (%s); the sweep will ring", type(error).__name__)
