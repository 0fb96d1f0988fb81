from django.apps import AppConfig

from ingest.kinds import CLEAR, READ
from ingest.work.registry import register


class IngestConfig(AppConfig):
    name = "ingest"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(READ, CLEAR)
