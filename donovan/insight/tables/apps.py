"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from donovan.ui.slots import Place, fill


class TablesConfig(AppConfig):
    name = "donovan.insight.tables"
    label = "tables"

    def ready(self) -> None:
        """Questions of this room can be put where all questions are asked."""
        import_module("donovan.insight.tables.in_ask").register_kinds()
        fill(Place("Tables", "tables:tables", "t", order=60))
