"""The job queue. It is only a doorbell: what has to be done stands in the database; a sweep rings again."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")

app = Celery("donovan")
app.config_from_object("django.conf:settings", namespace="CELERY")
# A worker loads only the rooms whose tasks it does: all of them cost a hundred megabytes more a process.
_rooms = os.environ.get("DONOVAN_TASKS", "")
app.autodiscover_tasks(_rooms.split(",") if _rooms else None)
