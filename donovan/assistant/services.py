"""Everything that changes threads and answers: permission, change and record in one transaction."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.assistant.work import ANSWER
from donovan.audit.services import record
from ingest.work.services import cancel, job_of

LONGEST_QUESTION = 4000
PLACE = ("collection", "document")
"""The filters that say where a question is asked; a thread keeps them for its next question."""
_FILTER_NAMES = frozenset({"collection", "document", "language", "media_type", "date_from", "date_to"})


class QuestionRefused(Exception):
    """A question that cannot be taken; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def digest_of(question: str) -> str:
    """What the record keeps of a question: enough to recognise it, nothing to read."""
    return hashlib.sha256(question.encode()).hexdigest()


def start_question(
    user: User,
    question: str,
    *,
    thread: Thread | None = None,
    filters: Mapping[str, Any] | None = None,
    is_literal: bool = False,
) -> Answer:
    """Keep a question as a waiting answer in `thread`, or in a new one.

    `filters` may hold collection, document, language, media_type, date_from and date_to (ISO dates); they
    narrow what is searched and never widen it. Where none are given (None), a question is asked where the one
    before it in its thread was. It is read with the help of that thread unless `is_literal`. Raises
    QuestionRefused for a question that is empty, too long or has a filter that cannot be read, and for a
    thread of somebody else.
    """
    question = _checked_question(question)
    if filters is None:
        filters = thread.filters if thread is not None else {}
    kept_filters = _checked_filters(filters)
    place = {name: kept_filters[name] for name in PLACE if name in kept_filters}
    if not user.is_active:
        raise QuestionRefused("This account is closed, so it cannot ask questions.")
    if thread is not None and thread.owner_id != user.pk:
        raise QuestionRefused("This thread does not exist. Start a new one.")
    with transaction.atomic():
        if thread is None:
            thread = Thread.objects.create(owner=user, title=_title_of(question), filters=place)
        else:
            Thread.objects.filter(pk=thread.pk).update(
                updated_at=timezone.now(), is_archived=False, filters=place
            )
        answer = Answer.objects.create(
            thread=thread,
            owner=user,
            question=question,
            filters=kept_filters,
            kind=Answer.Kind.ASK,
            is_literal=is_literal,
        )
        record(
            user.get_username(),
            "ask",
            "started",
            detail={"answer": str(answer.pk), "question_sha256": digest_of(question)},
        )
    return answer


def ask_again(user: User, earlier: Answer, *, is_literal: bool = False) -> Answer:
    """Put the question of `earlier` once more, in the same thread; the earlier answer stays.

    With `is_literal` it is taken word for word, whatever was asked before it.
    """
    if earlier.owner_id != user.pk:
        raise QuestionRefused("This answer does not exist. Ask the question yourself.")
    return start_question(
        user,
        earlier.question,
        thread=earlier.thread,
        filters=earlier.filters,
        is_literal=is_literal or earlier.is_literal,
    )


def cancel_unstarted(user: User, answer: Answer) -> None:
    """Stop an answer that nobody works on yet. One that has already ended stays as it is."""
    if answer.owner_id != user.pk:
        raise QuestionRefused("This answer does not exist.")
    with transaction.atomic():
        stopped = Answer.objects.filter(
            pk=answer.pk, state__in=(Answer.State.WAITING, Answer.State.RUNNING)
        ).update(
            state=Answer.State.CANCELLED,
            notice="You stopped this before it began.",
            finished_at=timezone.now(),
        )
        if stopped:
            record(user.get_username(), "ask", "cancelled", detail={"answer": str(answer.pk)})
        job = job_of(ANSWER, answer.pk)
        if job is not None:
            cancel(job.pk)


def set_thread_archived(user: User, thread: Thread, *, is_archived: bool) -> None:
    """Put a thread away or bring it back. Nothing is deleted."""
    if thread.owner_id != user.pk:
        raise QuestionRefused("This thread does not exist.")
    Thread.objects.filter(pk=thread.pk).update(is_archived=is_archived, updated_at=timezone.now())


def _checked_question(question: str) -> str:
    question = " ".join(question.replace("\x00", " ").split())
    if not question:
        raise QuestionRefused("There is no question. Type one and ask again.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionRefused(
            f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} is the most that is taken. "
            "Ask for one thing at a time, or upload the text as a document and ask about it."
        )
    if not any(character.isalnum() for character in question):
        raise QuestionRefused("The question holds no words. Type what you want to know.")
    return question


def _checked_filters(filters: Mapping[str, Any]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in filters.items():
        if name not in _FILTER_NAMES:
            raise QuestionRefused(
                f"There is no filter named {name!r}. Use {', '.join(sorted(_FILTER_NAMES))}."
            )
        text = str(value).strip()
        if not text:
            continue
        try:
            if name.startswith("date_"):
                date.fromisoformat(text)
            if name == "document":
                UUID(text)
        except ValueError:
            wanted = "a date like 2026-03-31" if name.startswith("date_") else "the id of a document"
            raise QuestionRefused(f"The filter {name} must be {wanted}, not {text[:40]!r}.") from None
        kept[name] = text
    return kept


def _title_of(question: str) -> str:
    return question if len(question) <= 120 else question[:117].rsplit(" ", 1)[0] + " …"
