"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from donovan.insight.entities import checks


class EntitiesConfig(AppConfig):
    name = "donovan.insight.entities"
    label = "entities"
    # Imported so that Django knows the checks; named here so that the import is seen to be used.
    system_checks = (checks.model_folder_can_be_used,)

    def ready(self) -> None:
        """Let follow-up questions be read with the names that were recognised on cited pages."""
        import_module("donovan.insight.entities.naming")
