from django.apps import AppConfig

from donovan.evaluation.work import STANDING, SUITE
from ingest.work.registry import register


class EvaluationConfig(AppConfig):
    name = "donovan.evaluation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(SUITE, STANDING)
