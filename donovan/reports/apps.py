"""The application as Django knows it."""

from django.apps import AppConfig

from donovan.reports.work import SCHEDULES, SECTION
from ingest.work.registry import register


class ReportsConfig(AppConfig):
    name = "donovan.reports"
    label = "reports"

    def ready(self) -> None:
        register(SECTION, SCHEDULES)
