"""Which pipeline an answer goes through: a question, a summary or a translation."""

import uuid
from collections.abc import Callable, Iterator

from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer
from donovan.assistant.summaries import summary_events
from donovan.assistant.translations import translation_events

_PIPELINES = {
    Answer.Kind.ASK: answer_events,
    Answer.Kind.SUMMARY: summary_events,
    Answer.Kind.TRANSLATION: translation_events,
}


def events_of(answer_id: uuid.UUID, is_cancelled: Callable[[], bool]) -> Iterator[AskEvent]:
    """The events of this answer, made within what its owner may read at this moment."""
    answer = Answer.objects.select_related("owner").get(pk=answer_id)
    pipeline = _PIPELINES[Answer.Kind(answer.kind)]
    yield from pipeline(answer_id, scope=scope_for(answer.owner), is_cancelled=is_cancelled)
