from django.apps import AppConfig

from donovan.feedback.work import COLLECT
from ingest.work.registry import register


class FeedbackConfig(AppConfig):
    name = "donovan.feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(COLLECT)
