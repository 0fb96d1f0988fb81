"""The application as Django knows it."""

from django.apps import AppConfig

from donovan.ui.slots import Place, fill


class GlossaryConfig(AppConfig):
    name = "donovan.assistant.glossary"
    label = "glossary"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        fill(Place("Glossary", "glossary:terms", "f", order=25, is_in_bar=False))
