"""The job queue. It only wakes: what has to be done stands in the database (`ingest.work`)."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

# By name, too: one that drops what is no message instead of ending the worker.
TRANSPORT_ALIASES["filesystem"] = "ingest.work.broker:Transport"
app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
# By name: the model's process, which sees this folder alone, imports this module too.
app.autodiscover_tasks(["ingest.work"])


@setup_logging.connect
def log_as_the_site_does(**_: object) -> None:
    """Celery by itself would write the words of an error into the log."""
    dictConfig(settings.LOGGING)
