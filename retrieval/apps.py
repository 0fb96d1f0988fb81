from importlib import import_module

from django.apps import AppConfig

from ingest.work.registry import register


class RetrievalConfig(AppConfig):
    name = "retrieval"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        kinds = import_module("retrieval.work")
        register(kinds.INDEX, kinds.SWEEP, kinds.EMBED_ANEW)
