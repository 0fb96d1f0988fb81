from django.apps import AppConfig

from donovan.training.work import EVALUATE, MOVE, TRAIN
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register

LEARNING = frozenset({"model_owner", "reviewer"})


class TrainingConfig(AppConfig):
    name = "donovan.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(MOVE, EVALUATE, TRAIN)
        fill(
            Place("Models", "training:models", "i", order=160, roles=LEARNING, group="learning"),
            Fragment("library.home.top", "training/_waiting_at_home.html", order=30, roles=LEARNING),
            Fragment("datasets.version.actions", "training/_train_on_this.html", order=10),
        )
