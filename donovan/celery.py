"""The job queue. It only wakes: what has to be done stands in the database (`ingest.work`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from ingest.work.registry import load_handlers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ingest.work"])


@worker_init.connect
def load_what_works(sender: Any, **_: object) -> None:
    """A worker loads the rooms whose work is in its queues, and no others: all of them cost a hundred
    megabytes more a process. It does so before it forks, so that its children share them.
    """
    load_handlers(sender.app.amqp.queues.consume_from)
