"""Similar: what is like a passage or a document, among what the caller may read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.library.addresses import asked_of
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.reading import address_at
from donovan.library.similar import read_like, similar_on_record
from donovan.library.snippets import snippet
from donovan.library.views.found import (
    choices,
    found_context,
    group_row,
    hit_row,
    limit_of,
    marking_of_found,
)


@entry()
@require_GET
def similar(request: SignedInRequest) -> HttpResponse:
    """The hits, what they were compared with, and the filters of a search."""
    caller = Caller.of(request)
    like = read_like(request.GET.get("like", ""))
    asked, problem = asked_of(request.GET)
    limit = limit_of(request.GET.get("k"))
    if not problem:
        try:
            asked.check_days()
        except LibraryError as error:
            problem = error.sentence
    found = similar_on_record(caller, like, asked.without_filters() if problem else asked, limit=limit)
    words = " ".join(found.similar.words)
    document, passage = found.document, found.passage
    result = None if problem else found.similar.result
    context, told = found_context(request.GET, result, caller, asked=asked, limit=limit)
    page, span = (passage.page.number, (passage.start, passage.end)) if passage else (1, (0, 0))
    return render(
        request,
        "library/similar.html",
        {
            **choices(caller),
            **context,
            "page_marking": marking_of_found(result, {*told, document.label}).canonical,
            "problem": problem,
            "like": str(like),
            "document": document,
            "marking": split_label(document.label)[1].canonical,
            "passage": passage,
            "pieces": snippet(passage.text, words) if passage else (),
            "address": address_at(document.pk, page, *span),
            "similar": found.similar,
            "copies": [hit_row(hit, words, None) for hit in found.copies] if result else [],
            "rows": [group_row(group, words, None) for group in found.groups] if result else [],
        },
        status=400 if problem else 200,
    )
