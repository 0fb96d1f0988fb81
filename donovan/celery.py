"""The job queue. It only wakes: what has to be done stands in the database (`ingest.work`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
# By name: the model's process, which sees this folder alone, imports this module too.
app.autodiscover_tasks(["ingest.work"])
