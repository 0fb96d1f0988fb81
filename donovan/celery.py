"""The job queue. It is only a doorbell: what has to be done stands in the database; a sweep rings again."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
