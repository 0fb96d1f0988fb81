"""Saved searches of one person: parse, call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.library import saving
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError


@entry()
@require_GET
def saved(request: SignedInRequest) -> HttpResponse:
    """What this person keeps, and what they removed lately."""
    return render(
        request,
        "library/saved.html",
        {
            "page_marking": marking_of(()).canonical,
            "rows": [saving.row_of(one) for one in saving.saved_searches(request.user)],
            "removed": [saving.row_of(one) for one in saving.removed_searches(request.user)],
            "longest_name": saving.LONGEST_NAME,
        },
    )


@entry()
@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    sent = QueryDict(request.POST.get("address", "")[:20_000])
    try:
        kept = saving.save_search(Caller.of(request), name=request.POST.get("name", ""), sent=sent)
    except LibraryError as error:
        messages.error(request, error.sentence)
        return redirect("library:search")
    messages.success(request, f"Saved as “{kept.name}”. Search and the home page list it.")
    return redirect(f"{reverse('library:search')}?{kept.address}")


@entry()
@require_POST
def rename(request: SignedInRequest, search_id: UUID) -> HttpResponse:
    found = saving.saved_search(request.user, search_id)
    try:
        saving.rename_search(Caller.of(request), found, name=request.POST.get("name", ""))
    except LibraryError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"Its name is now “{found.name}”.")
    return redirect("library:saved")


@entry()
@require_POST
def remove(request: SignedInRequest, search_id: UUID) -> HttpResponse:
    found = saving.saved_search(request.user, search_id)
    is_removed = request.POST.get("removed") == "yes"
    try:
        saving.set_search_removed(Caller.of(request), found, is_removed=is_removed)
    except LibraryError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request,
            f"“{found.name}” was removed. It stands below, to be brought back."
            if is_removed
            else f"“{found.name}” is back.",
        )
    return redirect("library:saved")
