"""The table of documents and what can be done from it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.requests import SignedInRequest
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.ids import id_of
from donovan.library.listing import MOST_ROWS, SORT_TITLES, Wanted, list_documents
from donovan.library.offered_markings import known_markings
from donovan.library.rows import rows_of
from donovan.library.selectors import is_held, readable_documents

MOST_POLLED = 50


@entry()
@require_GET
def documents(request: SignedInRequest) -> HttpResponse:
    """The table, its facets and its paging."""
    caller = Caller.of(request)
    wanted = Wanted.from_address(request.GET)
    listing = list_documents(caller.scope, wanted, username=caller.name)
    rows = rows_of(caller, listing.rows)
    return render(
        request,
        "library/documents.html",
        {
            "page_marking": marking_of(row.document.label for row in rows).canonical,
            "wanted": wanted,
            "listing": listing,
            "rows": rows,
            "in_work": [row for row in rows if row.is_in_work],
            "sorts": SORT_TITLES.items(),
            "most_rows": MOST_ROWS,
            "may_upload": bool(caller.adds_to),
            "return_address": request.get_full_path(),
            "previous_address": wanted.address(page=str(listing.page - 1)) if listing.page > 1 else "",
            "next_address": wanted.address(page=str(listing.page + 1))
            if listing.page < listing.pages
            else "",
        },
    )


@entry(is_background=True)
@require_GET
def ledger(request: SignedInRequest) -> HttpResponse:
    """Fresh lines for the documents that were in work a moment ago, as a fragment."""
    caller = Caller.of(request)
    asked = [value for value in request.GET.get("ids", "").split(",") if id_of(value)][:MOST_POLLED]
    found = readable_documents(caller.scope).filter(pk__in=asked).select_related("blob", "parent")
    rows = rows_of(caller, found)
    return render(
        request,
        "library/_ledger.html",
        {
            "rows": rows,
            "in_work": [row for row in rows if row.is_in_work],
            "is_refresh": True,
            "return_address": request.htmx.current_url_abs_path or "",
        },
    )


def _back(request: SignedInRequest) -> HttpResponse:
    """Back to the page that the button stood on, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("library:documents")
    return redirect(target)


@entry()
@require_POST
def retry(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """Try a failed document again."""
    try:
        document = services.retry(Caller.of(request), document_id)
    except LibraryError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"“{document}” is being tried again.")
    return _back(request)


@entry()
@require_http_methods(["GET", "POST"])
def remove(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """Ask whether a document is to be removed; then remove it."""
    caller = Caller.of(request)
    if request.method == "POST":
        try:
            services.remove(caller, document_id)
        except LibraryError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, "The document is removed, and no search finds it any more.")
        return redirect("library:documents")
    return _ask(request, caller, document_id, "library/remove.html")


@entry()
@require_http_methods(["GET", "POST"])
def relabel(request: SignedInRequest, document_id: UUID) -> HttpResponse:
    """Ask for another marking; then give it."""
    caller = Caller.of(request)
    problem = ""
    if request.method == "POST":
        try:
            document = services.relabel(
                caller,
                document_id,
                marking=request.POST.get("marking", ""),
                reason=request.POST.get("reason", ""),
            )
        except LibraryError as error:
            problem = error.sentence
        else:
            marking = split_label(document.label)[1].canonical
            messages.success(request, f"“{document}” is now marked {marking}.")
            return redirect("library:document", document_id=document.pk)
    return _ask(request, caller, document_id, "library/relabel.html", problem)


def _ask(
    request: SignedInRequest, caller: Caller, document_id: UUID, template: str, problem: str = ""
) -> HttpResponse:
    document = services.open_document(caller, document_id, detail={"form": template})
    (row,) = rows_of(caller, [document])
    return render(
        request,
        template,
        {
            "page_marking": row.marking,
            "row": row,
            "problem": problem,
            "asked": request.POST.get("marking", ""),
            "child_count": readable_documents(caller.scope).filter(parent=document).count(),
            "is_held": is_held(document),
            "reason": request.POST.get("reason", ""),
            "markings": known_markings(caller),
        },
        status=400 if problem else 200,
    )
