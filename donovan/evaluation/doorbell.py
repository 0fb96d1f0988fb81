"""Ringing for the training worker once a transaction commits. A ring that is lost is made up for by the
sweep.
"""

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)


def ring(run_id: uuid.UUID) -> None:
    """Call a worker for a run when the transaction at hand has committed."""
    transaction.on_commit(lambda: ring_now(run_id))


def ring_now(run_id: uuid.UUID) -> None:
    """Call a worker for a run now."""
    try:
        current_app.send_task("evaluation.run_suite", args=[str(run_id)], retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("the queue cannot be reached (%s); the sweep will ring", type(error).__name__)
