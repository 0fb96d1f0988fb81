"""The application as Django knows it."""

from django.apps import AppConfig

from donovan.ui.slots import Place, fill


class TrendsConfig(AppConfig):
    name = "donovan.insight.trends"
    label = "trends"

    def ready(self) -> None:
        fill(Place("Trends", "trends:trends", "y", order=80))
