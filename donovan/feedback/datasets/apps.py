from django.apps import AppConfig

from donovan.feedback.datasets.work import BUILD, LABEL_ERRORS
from ingest.work.registry import register


class DatasetsConfig(AppConfig):
    name = "donovan.feedback.datasets"
    label = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(BUILD, LABEL_ERRORS)
