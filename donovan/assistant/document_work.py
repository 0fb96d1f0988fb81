"""What a summary and a translation have in common: one document, checked again while the work goes on."""

import time
import uuid
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from donovan.access.scope import scope_for
from donovan.assistant.events import AskEvent
from donovan.assistant.made_by import models_in_use
from donovan.assistant.models import Answer
from donovan.assistant.persistence import CheckedClaim, keep, marking_data
from ingest.models import Document, Page
from retrieval.scope import AccessScope

WITHDRAWN = "The document was withdrawn from you while this was written, so it was stopped."


class Withdrawn(Exception):
    """The document may no longer be read."""


class Cancelled(Exception):
    """The person who asked stopped it."""


class WorkFailed(Exception):
    """It cannot be done; `sentence` says why and what helps."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


@dataclass
class DocumentWork(ABC):
    """One summary or translation in the making. `run` tells its steps; `settle` fills in what was made."""

    stopped: ClassVar[str] = "You stopped this. What was made so far is kept."

    answer: Answer
    scope: AccessScope
    is_cancelled: Callable[[], bool]
    current_scope: Callable[[], AccessScope]
    began: float = field(default_factory=time.monotonic)
    notices: list[str] = field(default_factory=list)
    claims: list[CheckedClaim] = field(default_factory=list)

    @abstractmethod
    def run(self) -> Iterator[AskEvent]:
        """The steps of the work, each as it happens."""

    @abstractmethod
    def settle(self) -> None:
        """Fill the answer in with what was made."""

    def forget(self) -> None:
        """Drop everything that came from the document."""
        self.claims.clear()
        self.notices.clear()
        self.answer.evidence, self.answer.coverage, self.answer.result = [], {}, {}
        self.answer.text = self.answer.draft = ""

    @property
    def document(self) -> Document:
        if self.answer.document is None:
            raise Withdrawn
        return self.answer.document

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.document.label,)

    def check(self) -> None:
        """Stop when the reader stopped it, or may no longer read the document."""
        if self.is_cancelled():
            raise Cancelled
        # The label as it is now, not as it was read at the start: a document can be marked higher meanwhile.
        label = Document.objects.filter(pk=self.document.pk).values_list("label", flat=True).first()
        if (
            label != self.document.label
            or not self.scope.may_read(label)
            or not self.current_scope().may_read(label)
        ):
            raise Withdrawn

    def pages(self) -> list[Page]:
        return list(Page.objects.filter(document=self.document, document__label__in=self.scope.labels))

    def main_language(self, pages: list[Page]) -> str:
        """The language of most of the text, or nothing where none is known."""
        amounts: Counter[str] = Counter()
        for page in pages:
            if page.language:
                amounts[page.language] += len(page.text)
        return amounts.most_common(1)[0][0] if amounts else ""

    def notice(self, sentence: str) -> AskEvent:
        if sentence not in self.notices:
            self.notices.append(sentence)
        return self.event("notice", {"sentence": sentence})

    def progress(self, done: int, total: int, what: str) -> AskEvent:
        return self.event("progress", {"done": done, "total": total, "what": what})

    def event(self, kind: str, data: dict[str, Any]) -> AskEvent:
        return AskEvent(kind, data, self.labels)

    def end(self, state: Answer.State, outcome: str, *more: str) -> None:
        """Keep the answer as it is now, with its record, in one transaction."""
        answer = self.answer
        self.settle()
        if (now := models_in_use()) != answer.settings.get("models"):
            # A model was promoted while this was made, so it may have had a part in it too.
            answer.settings["models_at_end"] = now
        answer.state = state
        answer.notice = " ".join([*self.notices, *more])
        answer.marking = marking_data(answer.labels)["marking"]
        answer.seconds["total"] = round(time.monotonic() - self.began, 3)
        keep(answer, self.claims, outcome=outcome)


def events_of_work(
    kind: type[DocumentWork],
    answer_id: uuid.UUID,
    *,
    scope: AccessScope,
    is_cancelled: Callable[[], bool],
    current_scope: Callable[[], AccessScope] | None = None,
) -> Iterator[AskEvent]:
    """The events of one job on a document, the last of them "done". However it ends, the end is kept."""
    answer = Answer.objects.select_related("owner", "document").get(pk=answer_id)
    owner = answer.owner
    work = kind(answer, scope, is_cancelled, current_scope or (lambda: scope_for(owner)))
    waiting = Answer.objects.filter(pk=answer.pk, state=Answer.State.WAITING)
    waiting.update(state=Answer.State.RUNNING)
    answer.seconds = {"first_token": None, "total": 0.0}
    answer.settings = {**answer.settings, "models": models_in_use()}
    try:
        work.check()
        answer.labels = list(work.labels)
        yield from work.run()
    except Cancelled:
        work.end(Answer.State.CANCELLED, "cancelled", work.stopped)
        yield AskEvent("notice", {"sentence": answer.notice}, tuple(answer.labels))
    except Withdrawn:
        work.forget()
        work.end(Answer.State.FAILED, "failed", WITHDRAWN)
        yield AskEvent("failed", {"sentence": WITHDRAWN, "code": "withdrawn"})
    except WorkFailed as failure:
        work.end(Answer.State.FAILED, "failed", failure.sentence)
        yield AskEvent("failed", {"sentence": failure.sentence, "code": failure.code}, tuple(answer.labels))
    yield AskEvent("done", {"state": str(answer.state)})
