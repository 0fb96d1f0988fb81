from django.apps import AppConfig

from donovan.feedback.work import COLLECT
from donovan.ui.slots import Fragment, fill
from ingest.work.registry import register


class FeedbackConfig(AppConfig):
    name = "donovan.feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(COLLECT)
        fill(
            Fragment("library.search.hit", "feedback/_passage_buttons.html", order=10),
            Fragment("library.document.page", "feedback/_page_fix.html", order=10),
            Fragment("assistant.answer.claim", "feedback/_claim_buttons.html", order=10),
            Fragment("assistant.answer.judgement", "feedback/_answer_buttons.html", order=10),
            Fragment("assistant.answer.more", "feedback/_correct_answer.html", order=10),
            Fragment("assistant.answer.passage", "feedback/_passage_buttons.html", order=10),
            Fragment("assistant.nearest.row", "feedback/_nearest_button.html", order=10),
            Fragment("assistant.translation.segment", "feedback/_translation_fix.html", order=10),
        )
