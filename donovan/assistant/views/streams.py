"""The live side of an answer: its events as they happen (server-sent events), and stopping it."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from functools import partial

from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.models import User
from donovan.access.requests import SignedInRequest
from donovan.access.scope import scope_for
from donovan.assistant import selectors, services
from donovan.assistant.events import AskEvent
from donovan.assistant.jobs import events_of
from donovan.assistant.models import Answer
from donovan.assistant.runs import Run, registry

POLL_SECONDS = 0.04
KEEPALIVE_SECONDS = 10.0
WAIT_FOR_OTHER_PROCESS_SECONDS = 1.0


@entry(is_background=True)
@require_GET
def events(request: SignedInRequest, answer_id: uuid.UUID) -> StreamingHttpResponse:
    """Typed events of one answer, from the first or from the one after `Last-Event-ID`."""
    answer = selectors.readable_answer(request.scope, request.user, answer_id)
    last_seen = request.headers.get("Last-Event-ID", "")
    after = int(last_seen) + 1 if last_seen.isdigit() else 0
    response = StreamingHttpResponse(_follow(answer, request.user, after), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # A proxy that collects the stream would hold back the first words.
    response["X-Accel-Buffering"] = "no"
    return response


@entry()
@require_POST
def cancel(request: SignedInRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Stop an answer in the making. What was found so far is kept."""
    answer = selectors.readable_answer(request.scope, request.user, answer_id)
    run = registry.find(answer.pk)
    if run is not None and not run.has_ended:
        run.cancel()
        run.wait(5.0)
    else:
        services.cancel_unstarted(request.user, answer)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("assistant:answer", answer_id=answer.pk)


async def _follow(answer: Answer, user: User, after: int) -> AsyncIterator[bytes]:
    answer_id = answer.pk
    run = await asyncio.to_thread(_run_or_none, answer_id)
    while run is None:
        # Another process is at work on it, or it has ended: the saved answer decides.
        if await asyncio.to_thread(_is_settled, answer_id):
            yield _frame("done", {}, None)
            return
        yield b": waiting\n\n"
        await asyncio.sleep(WAIT_FOR_OTHER_PROCESS_SECONDS)
        run = await asyncio.to_thread(_run_or_none, answer_id)
    sent, quiet = after, 0.0
    # What is written after the evidence rests on it, whoever asks for the rest of the events alone.
    shown = {one for event in run.events[:after] for one in event.documents}
    if answer.document_id is not None:
        shown.add(answer.document_id)
    while True:
        if sent < len(run.events):
            event, number = run.events[sent], sent
            sent, quiet = sent + 1, 0.0
            shown |= event.documents
            frame = await asyncio.to_thread(_frame_if_readable, event, number, user, frozenset(shown))
            if frame is None:
                yield _frame("withdrawn", {}, None)
                run.cancel()
                return
            yield frame
        elif run.has_ended:
            yield _frame("done", {}, None)
            return
        else:
            await asyncio.sleep(POLL_SECONDS)
            quiet += POLL_SECONDS
            if quiet >= KEEPALIVE_SECONDS:
                quiet = 0.0
                yield b": still here\n\n"


def _run_or_none(answer_id: uuid.UUID) -> Run | None:
    try:
        return registry.start_unless_held(answer_id, partial(events_of, answer_id))
    finally:
        connection.close()


def _is_settled(answer_id: uuid.UUID) -> bool:
    try:
        open_states = (Answer.State.WAITING, Answer.State.RUNNING)
        return not Answer.objects.filter(pk=answer_id, state__in=open_states).exists()
    finally:
        connection.close()


def _frame_if_readable(
    event: AskEvent, number: int, user: User, documents: frozenset[uuid.UUID]
) -> bytes | None:
    """The event for the wire, or None when it rests on something that `user` may no longer read: a label of
    its own, or one of the `documents` shown so far as they are labelled at this moment.
    """
    try:
        scope = scope_for(user)
        if not all(scope.may_read(label) for label in event.labels):
            return None
        if selectors.readable_among_documents(scope, documents) != documents:
            return None
        data = dict(event.data)
        if event.kind == "evidence":
            data = {
                "html": render_to_string("assistant/_evidence.html", {"evidence": event.data["passages"]})
            }
        return _frame(event.kind, data, number)
    finally:
        connection.close()


def _frame(kind: str, data: dict[str, object], number: int | None) -> bytes:
    lines = [f"event: {kind}"]
    if number is not None:
        lines.insert(0, f"id: {number}")
    lines.append(f"data: {json.dumps(data, ensure_ascii=False)}")
    return ("\n".join(lines) + "\n\n").encode()
