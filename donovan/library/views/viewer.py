"""The viewer: a page with the cited words marked on its image and in its text."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.highlights import span_within
from donovan.library.originals import outgoing_name
from donovan.library.reading import (
    LONGEST_FIND,
    MOST_FINDS,
    MOST_PASSAGES,
    MOST_PLACES,
    address_at,
    facts_of,
    finds_in,
    page_of,
    page_view,
    places_of,
    sources_of,
    stages_of,
    surroundings,
)
from donovan.library.rows import rows_of
from donovan.library.selectors import is_held, readable_documents
from ingest.blobs import blob_path
from ingest.models import Passage
from ingest.pages import image_path


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else 1


@entry()
@require_GET
def document(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """One page of one document; `start` and `end` say which of its words are cited."""
    caller = Caller.of(request)
    number = _number(request.GET.get("page"))
    shown = services.open_document(caller, document_id, detail={"page": number})
    wanted = request.GET.get("find", "").strip()[:LONGEST_FIND]
    (row,) = rows_of(caller, [shown])
    parent = readable_documents(caller.scope).filter(pk=shown.parent_id).first() if shown.parent_id else None
    found_as = places_of(shown)
    context: dict[str, object] = {
        "page_marking": row.marking,
        "row": row,
        "document": shown,
        "parent": parent,
        "children": rows_of(
            caller, readable_documents(caller.scope).filter(parent=shown).order_by("received_at")
        ),
        "stages": stages_of(shown),
        "facts": facts_of(shown),
        "sources": sources_of(shown),
        "places": found_as[:MOST_PLACES] if found_as != [shown.name] else [],
        "more_places": max(0, len(found_as) - MOST_PLACES),
        "is_held": is_held(shown),
        "wanted": wanted,
        "finds": finds_in(shown, wanted),
        "most_finds": MOST_FINDS,
    }
    page = page_of(shown, number)
    if page is not None:
        cited = span_within(page.text, request.GET.get("start"), request.GET.get("end"))
        context |= {
            "view": page_view(page, cited=cited if page.number == number else None, wanted=wanted),
            "around": surroundings(shown, page),
            "is_other_page": page.number != number,
        }
    return render(request, "library/document.html", context)


@entry()
@require_GET
def page_image(request: SignedInRequest, document_id: UUID, number: int) -> HttpResponseBase:
    """The image of one page, never kept by a browser or anything between."""
    shown = services.open_document(Caller.of(request), document_id, detail={"page": number, "image": True})
    page = shown.pages.filter(number=number).exclude(image="").first()
    try:
        path = image_path(page) if page is not None else None
    except FileNotFoundError:
        path = None
    if path is None:
        raise NotFoundHere
    response = FileResponse(path.open("rb"), filename=f"page-{number}{path.suffix}")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@entry()
@require_GET
def original(request: SignedInRequest, document_id: UUID) -> HttpResponseBase:
    """The original file, to be kept elsewhere: always an attachment, never opened by the browser as ours."""
    shown = services.open_document(Caller.of(request), document_id, action="export")
    path = blob_path(shown.blob_id)
    if not path.is_file():
        raise NotFoundHere
    marking = split_label(shown.label)[1]
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=outgoing_name(shown.name, marking.portion),
        content_type="application/octet-stream",
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Marking"] = marking.canonical
    return response


@entry()
@require_GET
def passages(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """The passages that a document was cut into, as search and the assistant see them."""
    caller = Caller.of(request)
    shown = services.open_document(caller, document_id, detail={"passages": True})
    (row,) = rows_of(caller, [shown])
    cut = Passage.objects.filter(document=shown, label__in=caller.scope.labels)
    # The text of a page can be long, and many passages share one: only its number is fetched.
    listed = [
        (passage, address_at(shown.pk, passage.page.number, passage.start, passage.end))
        for passage in cut.select_related("page").defer("page__text").order_by("ordinal")[:MOST_PASSAGES]
    ]
    return render(
        request,
        "library/passages.html",
        {
            "page_marking": row.marking,
            "row": row,
            "document": shown,
            "passages": listed,
            "total": cut.count(),
        },
    )
