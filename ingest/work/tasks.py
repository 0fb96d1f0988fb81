"""The two messages of the broker. Losing any of them loses nothing."""

import logging

from celery import shared_task
from django.db import OperationalError

from ingest.work import running, services, waking

logger = logging.getLogger(__name__)


@shared_task(name=waking.RUN)
def run(queue: str) -> None:
    """Do what waits in a queue."""
    try:
        running.run_queue(queue)
    except OperationalError:
        logger.warning("the database is busy; reconciling wakes the queue %s again", queue)


@shared_task(name="work.reconcile")
def reconcile() -> None:
    """Wake whoever should be working."""
    try:
        services.reconcile()
    except OperationalError:
        logger.warning("the database is busy; the next reconciling makes good what is lost")
