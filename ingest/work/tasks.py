"""The two messages of the broker. Losing any of them loses nothing."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_init

from ingest.work import running, services, waking
from ingest.work.connections import UNREACHABLE
from ingest.work.registry import load_handlers

logger = logging.getLogger(__name__)


@shared_task(name=waking.RUN)
def run(queue: str) -> None:
    """Do what waits in a queue."""
    try:
        running.run_queue(queue)
    except UNREACHABLE:
        logger.warning("the database is busy; reconciling wakes the queue %s again", queue)


@shared_task(name="work.reconcile")
def reconcile() -> None:
    """Wake whoever should be working."""
    try:
        services.reconcile()
    except UNREACHABLE:
        logger.warning("the database is busy; the next reconciling makes good what is lost")


@worker_init.connect
def load_what_works(sender: Any, **_: object) -> None:
    """A worker loads the rooms whose work is in its queues, and no others: all of them cost a hundred
    megabytes more a process. It does so before it forks, so that its children share them.
    """
    load_handlers(sender.app.amqp.queues.consume_from)
