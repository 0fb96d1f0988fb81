"""Threads of questions: the list, one thread, asking, asking again."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.assistant import selectors, services
from donovan.assistant.models import Answer, Thread
from donovan.assistant.presentation import AnswerOnPage, present_answer, present_answers
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_document, readable_documents
from donovan.ui.shown import announce

RECENT = 8
THREADS_LISTED = 60


def _own_threads(request: SignedInRequest) -> Any:
    return (
        Thread.objects.filter(owner=request.user, is_archived=False)
        .annotate(answer_count=Count("answers"))
        .order_by("-updated_at")
    )


@entry()
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    place = {name: request.GET[name] for name in services.PLACE if request.GET.get(name)}
    return _ask_page(request, thread=None, place=place, question=request.GET.get("question", ""))


@entry()
@require_GET
def thread(request: SignedInRequest, thread_id: uuid.UUID) -> HttpResponse:
    """A thread and the form for its next question, which is asked where the last one was.

    With `?everywhere=1` the form asks everything that may be read.
    """
    found = selectors.own_thread(request.user, thread_id)
    return _ask_page(request, thread=found, place={} if request.GET.get("everywhere") else found.filters)


@entry()
@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Keep the question and go to its thread, where the answer is streamed."""
    question = request.POST.get("question", "")
    thread = None
    if request.POST.get("thread"):
        thread = selectors.own_thread(request.user, request.POST["thread"])
    filters: dict[str, Any] = {}
    for name in ("collection", "document", "language", "date_from", "date_to"):
        value = request.POST.get(name, "").strip()
        if value:
            filters[name] = value
    try:
        started = services.start_question(request.user, question, thread=thread, filters=filters)
    except services.QuestionRefused as refusal:
        return _ask_page(
            request, thread=thread, place=filters, question=question, error=refusal.sentence, status=400
        )
    return redirect(f"{_thread_address(started)}#answer-{started.pk}")


@entry()
@require_GET
def answer(request: SignedInRequest, answer_id: uuid.UUID) -> HttpResponse:
    """One answer: a fragment for the page that streams it, a page of its own for everything else."""
    found = selectors.readable_answer(request.scope, request.user, answer_id)
    shown = present_answer(found)
    _announce(request, [shown])
    if request.GET.get("fragment"):
        others: list[AnswerOnPage] = []
        if found.thread is not None:
            others = present_answers(selectors.thread_answers(request.scope, request.user, found.thread))
        context = {"answer": shown, "page_marking": _page_marking(request, [shown, *others])}
        return render(request, "assistant/_answer_fragment.html", context)
    context = {"answer": shown, "page_marking": _page_marking(request, [shown])}
    return render(request, "assistant/answer.html", context)


@entry()
@require_POST
def again(request: SignedInRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Put the same question once more, in the same thread; the earlier answer stays.

    With `literal` it is taken word for word.
    """
    earlier = selectors.readable_answer(request.scope, request.user, answer_id)
    is_literal = request.POST.get("literal") == "1"
    started = services.ask_again(request.user, earlier, is_literal=is_literal)
    return redirect(f"{_thread_address(started)}#answer-{started.pk}")


@entry()
@require_POST
def archive(request: SignedInRequest, thread_id: uuid.UUID) -> HttpResponse:
    """Put a thread away, or bring it back: nothing is deleted."""
    found = selectors.own_thread(request.user, thread_id)
    is_archived = request.POST.get("undo") != "1"
    services.set_thread_archived(request.user, found, is_archived=is_archived)
    if is_archived:
        (named,) = selectors.name_threads(request.scope, [found])
        messages.info(request, f"“{named.shown_title}” was put away.", extra_tags=f"undo-archive {found.pk}")
        return redirect("assistant:home")
    return redirect("assistant:thread", thread_id=found.pk)


@entry()
@require_GET
def recent(request: SignedInRequest) -> HttpResponse:
    """The last threads, as a fragment for the home page."""
    return render(
        request,
        "assistant/_recent.html",
        {"threads": selectors.name_threads(request.scope, _own_threads(request)[:RECENT])},
    )


def _thread_address(answer: Answer) -> str:
    if answer.thread is None:
        return redirect("assistant:answer", answer_id=answer.pk).url
    return redirect("assistant:thread", thread_id=answer.thread_id).url


def _ask_page(
    request: SignedInRequest,
    *,
    thread: Thread | None,
    place: Mapping[str, str],
    question: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The thread with its answers, and the form that asks in `place` (collection, document)."""
    answers: list[AnswerOnPage] = []
    threads = list(_own_threads(request)[:THREADS_LISTED])
    selectors.name_threads(request.scope, [*([thread] if thread is not None else []), *threads])
    if thread is not None:
        answers = present_answers(selectors.thread_answers(request.scope, request.user, thread))
        _announce(request, answers)
    document, is_closed = None, False
    if place.get("document"):
        try:
            document = readable_document(request.scope, place["document"])
        except NotFoundHere:
            if thread is None and not error:
                raise
            # What a thread asked of may be withdrawn later: the thread stays, and says so.
            is_closed = True
    context = {
        "thread": thread,
        "threads": threads,
        "answers": answers,
        "is_title_below": _is_title_below(thread, answers),
        "document": document,
        "is_closed": is_closed,
        "collection": place.get("collection", ""),
        "question": question,
        "error": error,
        "longest_question": services.LONGEST_QUESTION,
        "collections": request.user.collections.order_by("title"),
        "document_count": readable_documents(request.scope).count(),
        "page_marking": _page_marking(request, answers, [document.label] if document else []),
    }
    return render(request, "assistant/ask.html", context, status=status)


def _announce(request: SignedInRequest, answers: Sequence[AnswerOnPage]) -> None:
    """What the page shows, for the buttons beside it."""
    announce(request, "answer", (one.id for one in answers))
    announce(request, "claim", (claim.id for one in answers for claim in one.claims))


def _is_title_below(thread: Thread | None, answers: list[AnswerOnPage]) -> bool:
    """Whether the first answer is headed by the very words that the thread is named by."""
    if thread is None or not answers:
        return False
    return answers[0].row.question.startswith(thread.shown_title.removesuffix(" …"))


def _page_marking(request: SignedInRequest, answers: list[AnswerOnPage], others: Iterable[str] = ()) -> str:
    """The banner over these answers, and over what else is shown of the labels `others`.

    One in the making may show anything its reader may read before its own marking is known, so until it
    ends the page carries the marking of all of that.
    """
    labels = {label for shown in answers for label in shown.labels} | set(others)
    if any(shown.is_open for shown in answers):
        labels |= request.scope.labels
    return marking_of(labels).canonical if labels else ""
