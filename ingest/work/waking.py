"""Waking workers. A message says only that there is work in a queue; losing it loses nothing."""

import logging

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import KombuError

from ingest.work.connections import UNREACHABLE
from ingest.work.models import Job
from ingest.work.registry import HERE

logger = logging.getLogger(__name__)
RUN = "work.run"
MOST_MESSAGES = 8
"""A worker goes on by itself while work waits, so more messages than workers are messages for nothing."""


def wake_on_commit(queue: str) -> None:
    """Wake a worker of a queue once the transaction at hand is committed."""
    if queue == HERE:
        return
    transaction.on_commit(lambda: _wake_unless_busy(queue))


def wake(queue: str) -> None:
    """Send one message now; a broker that does not answer is logged and otherwise ignored."""
    try:
        current_app.send_task(RUN, args=[queue], queue=queue, retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("the queue cannot be reached (%s); reconciling wakes again", type(error).__name__)


def _wake_unless_busy(queue: str) -> None:
    waiting = Job.objects.filter(queue=queue, state=Job.State.WAITING, due_at__lte=timezone.now())
    try:
        if len(waiting.values_list("pk", flat=True)[: MOST_MESSAGES + 1]) <= MOST_MESSAGES:
            wake(queue)
    except UNREACHABLE as error:
        # What was to be done is committed; it must not look failed because nobody was woken for it.
        logger.warning("nobody was woken for %s (%s); reconciling does it", queue, type(error).__name__)
