"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from ingest.work.registry import register


class ProcessingConfig(AppConfig):
    name = "donovan.insight.processing"
    label = "processing"

    def ready(self) -> None:
        register(*import_module("donovan.insight.processing.work").KINDS)
