"""Shared reads of threads and answers. A saved answer is re-checked against what its reader may read now."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.library.errors import NotFoundHere
from retrieval.scope import AccessScope


def is_readable(scope: AccessScope, answer: Answer) -> bool:
    """Whether everything this answer was made from lies in `scope`."""
    return all(scope.may_read(label) for label in answer.labels)


def own_thread(user: User, thread_id: UUID | str) -> Thread:
    """The thread, if it belongs to `user`; NotFoundHere in every other case."""
    try:
        return Thread.objects.get(pk=thread_id, owner=user)
    except (Thread.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None


def readable_answer(scope: AccessScope, user: User, answer_id: UUID | str) -> Answer:
    """The answer, if it belongs to `user` and all it was made from may still be read; else NotFoundHere."""
    try:
        answer = Answer.objects.select_related("thread").get(pk=answer_id, owner=user)
    except (Answer.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    if not is_readable(scope, answer):
        raise NotFoundHere
    return answer


def thread_answers(scope: AccessScope, user: User, thread: Thread) -> list[Answer]:
    """The answers of a thread that its owner may still read, oldest first."""
    answers: QuerySet[Answer] = Answer.objects.filter(thread=thread, owner=user).order_by("created_at")
    return [answer for answer in answers if is_readable(scope, answer)]
