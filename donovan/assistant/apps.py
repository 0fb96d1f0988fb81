from django.apps import AppConfig

from donovan.assistant.work import ANSWER
from ingest.work.registry import register


class AssistantConfig(AppConfig):
    name = "donovan.assistant"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(ANSWER)
