from django.apps import AppConfig

from donovan.feedback.projects.work import TEND
from ingest.work.registry import register


class ProjectsConfig(AppConfig):
    name = "donovan.feedback.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(TEND)
