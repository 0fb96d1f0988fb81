"""What stands out: the words of a document or a collection that the rest of the scope hardly holds."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.standing_out import StandingOut, standing_out_on_record
from donovan.library.views.found import asked_word


@entry()
@require_GET
def standing_out(request: SignedInRequest) -> HttpResponse:
    """Of a document (`document`) or a collection (`collection`), each word with a link to where it stands."""
    given = request.GET.get("document", "")
    try:
        document = UUID(given) if given else None
    except ValueError:
        raise NotFoundHere from None
    found = standing_out_on_record(
        Caller.of(request), document=document, collection=request.GET.get("collection", "")[:200]
    )
    labels = {*found.terms.labels, *([found.document.label] if found.document else [])}
    return render(
        request,
        "library/standing_out.html",
        {
            "page_marking": marking_of(labels).canonical,
            "found": found,
            "rows": [(term, _address(found, term.word)) for term in found.terms.terms],
        },
    )


def _address(found: StandingOut, word: str) -> str:
    if found.document is not None:
        address = reverse("library:document", args=[found.document.pk])
        return f"{address}?{urlencode({'find': word})}"
    slug = found.collection.slug if found.collection else ""
    asked = {"q": f"{asked_word(word)} collection:{slug}", "collection": slug}
    return f"{reverse('library:search')}?{urlencode(asked)}"
