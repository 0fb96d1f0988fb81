"""The job queue. It is only a doorbell: what has to be done stands in the database; a sweep rings again."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from ingest.work.registry import load_handlers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
# A worker loads only the rooms whose tasks it does: all of them cost a hundred megabytes more a process.
_rooms = os.environ.get("DONOVAN_TASKS", "")
app.autodiscover_tasks(_rooms.split(",") if _rooms else None)


@worker_init.connect
def load_what_works(sender: Any, **_: object) -> None:
    """Before a worker forks, so that its children share what the rooms of its queues load."""
    load_handlers(sender.app.amqp.queues.consume_from)
