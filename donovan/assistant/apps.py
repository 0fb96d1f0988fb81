from django.apps import AppConfig

from donovan.assistant.work import ANSWER
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register


class AssistantConfig(AppConfig):
    name = "donovan.assistant"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(ANSWER)
        fill(
            Place("Ask", "assistant:home", "a", order=20),
            Fragment("library.home.top", "assistant/_ask_box.html", order=10),
            Fragment("library.home.side", "assistant/_recent_panel.html", order=10),
            Fragment("library.document.actions", "assistant/_document_actions.html", order=10),
            Fragment("library.passages.passage", "assistant/_translate_passage.html", order=10),
        )
