"""Known in a text: a text is pasted, and what the scope knows of it is marked and counted."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.lookup import LONGEST_TEXT, look_up_on_record, pieces_of


@entry()
@require_http_methods(["GET", "POST"])
def lookup(request: SignedInRequest) -> HttpResponse:
    """The form, and what was found. A text is sent as POST only, so that no address holds it."""
    text = request.POST.get("text", "")
    # A form sends line ends as two signs; they count as one, as they were typed.
    text = text.replace("\r\n", "\n")
    found, problem = None, ""
    if request.method == "POST":
        try:
            found = look_up_on_record(Caller.of(request), text)
        except LibraryError as error:
            problem = error.sentence
    return render(
        request,
        "library/lookup.html",
        {
            "page_marking": marking_of(found.labels if found else ()).canonical,
            "text": text[:LONGEST_TEXT] if not found else text,
            "longest": f"{LONGEST_TEXT:,}",
            "problem": problem,
            "found": found,
            "pieces": pieces_of(text, found.known) if found else (),
        },
        status=400 if problem else 200,
    )
