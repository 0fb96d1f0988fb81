"""The application as Django knows it."""

from django.apps import AppConfig

from donovan.ui.slots import Fragment, Place, fill


class WatchConfig(AppConfig):
    name = "donovan.insight.watch"
    label = "watch"

    def ready(self) -> None:
        fill(
            Place("Watch", "watch:watches", "w", order=110),
            Fragment("library.search.reading", "watch/_watch_query.html", order=10),
            Fragment("library.saved.actions", "watch/_watch_saved.html", order=10),
            Fragment("library.home.main", "watch/_changes_panel.html", order=10),
        )
