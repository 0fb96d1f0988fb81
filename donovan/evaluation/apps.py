from django.apps import AppConfig

from donovan.evaluation.work import SCHEDULES, SUITE
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register

LEARNING = frozenset({"model_owner", "reviewer"})


class EvaluationConfig(AppConfig):
    name = "donovan.evaluation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(SUITE, SCHEDULES)
        fill(
            Place(
                "Evaluation",
                "evaluation:suites",
                "v",
                order=150,
                roles=LEARNING,
                is_in_bar=False,
                group="learning",
            ),
            Fragment("assistant.answer.actions", "evaluation/_own_button.html", order=20),
        )
