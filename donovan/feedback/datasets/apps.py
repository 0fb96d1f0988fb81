from django.apps import AppConfig

from donovan.feedback.datasets.work import BUILD, LABEL_ERRORS
from donovan.ui.slots import Place, fill
from ingest.work.registry import register

LEARNING = frozenset({"model_owner", "reviewer"})


class DatasetsConfig(AppConfig):
    name = "donovan.feedback.datasets"
    label = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(BUILD, LABEL_ERRORS)
        fill(
            Place(
                "Data sets",
                "datasets:datasets",
                "x",
                order=140,
                roles=LEARNING,
                is_in_bar=False,
                group="learning",
            )
        )
