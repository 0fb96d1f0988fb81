from django.apps import AppConfig

from donovan.feedback.projects.work import TEND
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register

LABELLERS = frozenset({"analyst", "reviewer", "model_owner"})


class ProjectsConfig(AppConfig):
    name = "donovan.feedback.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(TEND)
        fill(
            Place("Labelling", "projects:projects", "b", order=130, roles=LABELLERS),
            Fragment("library.home.top", "projects/_waiting_at_home.html", order=40, roles=LABELLERS),
        )
