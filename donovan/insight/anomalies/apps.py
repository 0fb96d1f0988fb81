"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from donovan.insight.anomalies.work import EXAMINE
from donovan.ui.slots import Place, fill
from ingest.work.registry import register


class AnomaliesConfig(AppConfig):
    name = "donovan.insight.anomalies"
    label = "anomalies"

    def ready(self) -> None:
        """Questions of this room can be put where all questions are asked."""
        import_module("donovan.insight.anomalies.in_ask").register_kinds()
        register(EXAMINE)
        fill(Place("Anomalies", "anomalies:anomalies", "n", order=70))
