"""Shared reads of threads and answers. What was made of documents is held against what may be read now: the
labels of that time, and the labels that its documents have today; one that was removed closes it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects

from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_documents
from retrieval.scope import AccessScope

_AT_ONCE = 500


def is_readable(scope: AccessScope, answer: Answer) -> bool:
    """Whether everything this answer was made from lies in `scope`, as it is labelled today."""
    return bool(readable_among(scope, [answer]))


def readable_among(scope: AccessScope, answers: Sequence[Answer]) -> list[Answer]:
    """Those of the answers that `scope` may read, in their order."""
    prefetch_related_objects(list(answers), "sources")
    rests_on = {answer.pk: _documents_of(answer) for answer in answers}
    open_now = readable_among_documents(scope, {one for them in rests_on.values() for one in them})
    return [
        answer
        for answer in answers
        if all(scope.may_read(label) for label in answer.labels) and rests_on[answer.pk] <= open_now
    ]


def readable_among_documents(scope: AccessScope, documents: Iterable[UUID]) -> set[UUID]:
    """Those of the documents that are there and that `scope` may read."""
    wanted = sorted(set(documents))
    found: set[UUID] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = readable_documents(scope).filter(pk__in=wanted[start : start + _AT_ONCE])
        found.update(some.values_list("pk", flat=True))
    return found


def _documents_of(answer: Answer) -> set[UUID]:
    found = {source.document_id for source in answer.sources.all()}
    return found | {answer.document_id} if answer.document_id is not None else found


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
    answers = Answer.objects.filter(thread=thread, owner=user).order_by("created_at")
    return readable_among(scope, list(answers))


def name_threads(scope: AccessScope, threads: Iterable[Thread]) -> list[Thread]:
    """The threads, each with `shown_title`: its title, or the day alone where its first answer rests on what
    may not be read now, because a question often says what its papers say.
    """
    kept = list(threads)
    first: dict[UUID, Answer] = {}
    for answer in Answer.objects.filter(thread__in=kept).order_by("-created_at"):
        if answer.thread_id is not None:
            first[answer.thread_id] = answer
    open_ones = {answer.pk for answer in readable_among(scope, list(first.values()))}
    for thread in kept:
        is_open = thread.pk not in first or first[thread.pk].pk in open_ones
        thread.shown_title = thread.title if is_open else closed_title(thread)
    return kept


def closed_title(thread: Thread) -> str:
    """What a thread is called whose title may not be read any more."""
    return f"Questions of {thread.created_at:%-d %B %Y}, resting on what you may not read now"
