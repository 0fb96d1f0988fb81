from django.apps import AppConfig

from donovan.training.work import EVALUATE, MOVE, TRAIN
from ingest.work.registry import register


class TrainingConfig(AppConfig):
    name = "donovan.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(MOVE, EVALUATE, TRAIN)
