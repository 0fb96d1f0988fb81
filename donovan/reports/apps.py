"""The application as Django knows it."""

from django.apps import AppConfig

from donovan.reports.work import SCHEDULES, SECTION
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register


class ReportsConfig(AppConfig):
    name = "donovan.reports"
    label = "reports"

    def ready(self) -> None:
        register(SECTION, SCHEDULES)
        fill(
            Place("Reports", "reports:reports", "r", order=120),
            Fragment("library.home.main", "reports/_waiting_panel.html", order=20),
            Fragment("assistant.answer.actions", "reports/_from_answer.html", order=10),
        )
