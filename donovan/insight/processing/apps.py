"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from donovan.ui.slots import Fragment, fill
from ingest.work.registry import register


class ProcessingConfig(AppConfig):
    name = "donovan.insight.processing"
    label = "processing"

    def ready(self) -> None:
        register(*import_module("donovan.insight.processing.work").KINDS)
        import_module("donovan.insight.processing.in_lookup")
        fill(
            Fragment("library.home.top", "processing/_progress_of_all.html", order=20),
            Fragment("library.document.facts", "processing/_class_place.html", order=10),
            Fragment("library.document.below", "processing/_steps_panel.html", order=10),
        )
