"""Watches and what changed: parse, call, render."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.errors import InsightError
from donovan.insight.watch import selectors, services
from donovan.insight.watch.from_search import watch_of
from donovan.insight.watch.matching import trouble_of
from donovan.insight.watch.models import Watch
from donovan.insight.watch.selectors import WatchChanges
from donovan.library.callers import Caller
from donovan.library.saving import asked_by, saved_search
from donovan.library.selectors import collections_of

MATCHES_ON_LIST = 3
MATCHES_ON_HOME = 2


@entry()
@require_GET
def watches(request: SignedInRequest) -> HttpResponse:
    """Every watch of this person, each with what changed since the last look."""
    found = [
        selectors.changes_of(watch, request.scope, only_new=True, most=MATCHES_ON_LIST)
        for watch in selectors.watches_of(request.user)
    ]
    context = {
        "rows": found,
        "new_count": sum(row.new_count for row in found),
        "page_marking": _marking(found),
        **_form_context(request),
        "values": {
            "kind": request.GET.get("kind", Watch.Kind.QUESTION),
            "text": request.GET.get("text", "")[:2000],
            "subject": request.GET.get("subject", "")[:64],
            "title": request.GET.get("title", "")[:200],
        },
    }
    return render(request, "watch/watches.html", context)


@entry(is_background=True)
@require_GET
def changes(request: SignedInRequest) -> HttpResponse:
    """What changed, as a part of the home page."""
    found = selectors.changes_since_last_look(request.user, request.scope, most=MATCHES_ON_HOME)
    context = {
        "rows": found,
        "has_watches": selectors.watches_of(request.user).exists(),
        "part_marking": _marking(found),
    }
    return render(request, "watch/_changes.html", context)


@entry()
@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    values = {name: request.POST.get(name, "") for name in ("kind", "text", "subject", "title", "collection")}
    try:
        watch_made = services.create_watch(Caller.of(request), **values)
    except InsightError as error:
        context = {"error": error.sentence, "values": values, **_form_context(request)}
        return render(request, "watch/new.html", context, status=422)
    messages.success(request, "From now on every new document that you may read is matched against it.")
    return redirect("watch:watch", watch_made.pk)


@entry()
@require_POST
def from_search(request: SignedInRequest) -> HttpResponse:
    """A watch that looks for what one of this person's saved searches asks for."""
    saved = saved_search(request.user, request.POST.get("search", ""))
    wanted = watch_of(asked_by(saved))
    try:
        made = services.create_watch(
            Caller.of(request),
            kind=wanted.kind,
            text=wanted.text,
            title=saved.name,
            collection=wanted.collection,
        )
    except InsightError as error:
        messages.error(request, error.sentence)
        return redirect("library:saved")
    messages.success(request, "From now on every new document that you may read is matched against it.")
    if wanted.dropped:
        messages.warning(
            request,
            f"A watch on a question keeps its collection only, not the {' and '.join(wanted.dropped)}.",
        )
    return redirect("watch:watch", made.pk)


@entry()
@require_GET
def watch(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    found = selectors.changes_of(_mine(request, watch_id), request.scope)
    context = {
        "row": found,
        "trouble": trouble_of(found.watch, request.scope),
        "most": selectors.MATCHES_SHOWN,
        "page_marking": _marking([found]),
        "collections": collections_of(request.user),
    }
    return render(request, "watch/watch.html", context)


@entry()
@require_POST
def change(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    found = _mine(request, watch_id)
    values = {name: request.POST.get(name, "") for name in ("title", "text", "collection")}
    try:
        services.change_watch(Caller.of(request), found, **values)
    except InsightError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Changed. It counts for documents from now on.")
    return redirect("watch:watch", watch_id)


@entry()
@require_POST
def pause(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    services.set_paused(
        Caller.of(request), _mine(request, watch_id), is_paused=request.POST.get("paused") == "yes"
    )
    return redirect("watch:watch", watch_id)


@entry()
@require_POST
def remove(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    is_removed = request.POST.get("removed") == "yes"
    services.set_removed(Caller.of(request), _mine(request, watch_id), is_removed=is_removed)
    return redirect("watch:watch", watch_id)


@entry()
@require_POST
def look(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    caller, found = Caller.of(request), _mine(request, watch_id)
    if request.POST.get("undo") == "yes":
        services.undo_look(caller, found)
    else:
        services.look(caller, [found])
    return redirect("watch:watch", watch_id)


@entry()
@require_POST
def look_at_all(request: SignedInRequest) -> HttpResponse:
    services.look(Caller.of(request), list(selectors.watches_of(request.user)))
    return redirect("watch:watches")


def _mine(request: SignedInRequest, watch_id: UUID) -> Watch:
    return selectors.watch_of(request.user, watch_id)


def _marking(found: Iterable[WatchChanges]) -> str:
    matches = [change for row in found for change in row.changes]
    labels = {change.match.document.label for change in matches}
    labels |= {change.contrary.document.label for change in matches if change.contrary}
    return marking_of(labels).canonical if labels else ""


def _form_context(request: SignedInRequest) -> dict[str, object]:
    return {
        "kinds": [
            (Watch.Kind.QUESTION, "a question"),
            (Watch.Kind.WORDS, "words, one phrase a line"),
            (Watch.Kind.QUERY, "a query of the search language"),
            (Watch.Kind.ANOMALIES, "anomalies in new tables"),
        ],
        "collections": collections_of(request.user),
    }
