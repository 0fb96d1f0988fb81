"""The pages of the glossary: parse, call, render."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.markings import Marking
from donovan.access.requests import SignedInRequest
from donovan.assistant.glossary import selectors, services
from donovan.assistant.glossary.models import Term
from donovan.assistant.glossary.services import GlossaryRefused
from donovan.assistant.glossary.tables import Row, csv_of
from donovan.library.callers import Caller
from donovan.library.offered_markings import known_markings
from donovan.library.selectors import collections_of, collections_open_for_upload
from donovan.llm.languages import NAMES, name_of

TERMS_A_PAGE = 100
LARGEST_TABLE = 4 * 1024 * 1024
_FIELDS = ("term", "rendering", "source", "target", "note", "collection", "marking")


@dataclass(frozen=True)
class TermOnPage:
    row: Term
    collection: str
    marking: Marking
    languages: str
    may_change: bool


@entry()
@require_GET
def terms(request: SignedInRequest) -> HttpResponse:
    """The entries that this person may read, and the form for a new one."""
    values = {name: request.GET.get(name, "")[:200] for name in _FIELDS}
    return _page(request, values)


@entry()
@require_POST
def add(request: SignedInRequest) -> HttpResponse:
    values = {name: request.POST.get(name, "") for name in _FIELDS}
    row = Row(*(values[name] for name in ("term", "rendering", "source", "target", "note")))
    try:
        services.add_term(
            Caller.of(request), collection=values["collection"], marking=values["marking"], row=row
        )
    except GlossaryRefused as refusal:
        return _page(request, values, error=refusal.sentence)
    messages.success(request, "Kept. Translations from now on obey it.")
    return redirect("glossary:terms")


@entry()
@require_POST
def change(request: SignedInRequest, term_id: UUID) -> HttpResponse:
    term = selectors.readable_term(request.scope, term_id)
    try:
        services.change_term(
            Caller.of(request),
            term,
            rendering=request.POST.get("rendering", ""),
            note=request.POST.get("note", ""),
        )
    except GlossaryRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Changed. Translations from now on obey it.")
    return redirect("glossary:terms")


@entry()
@require_POST
def delete(request: SignedInRequest, term_id: UUID) -> HttpResponse:
    term = selectors.readable_term(request.scope, term_id)
    try:
        services.delete_term(Caller.of(request), term)
    except GlossaryRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"“{term.term}” is no longer in the glossary.")
    return redirect("glossary:terms")


@entry(body_megabytes=6)
@require_POST
def take_in(request: SignedInRequest) -> HttpResponse:
    table = request.FILES.get("table")
    try:
        if table is None or table.size is None or table.size > LARGEST_TABLE:
            raise GlossaryRefused("Choose a CSV file of at most 4 MB.")
        try:
            text = table.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise GlossaryRefused("The file is not in UTF-8. Save it as “CSV UTF-8”.") from None
        added, changed = services.import_terms(
            Caller.of(request),
            collection=request.POST.get("collection", ""),
            marking=request.POST.get("marking", ""),
            text=text,
        )
    except GlossaryRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"{added} entries are new, {changed} were changed.")
    return redirect("glossary:terms")


@entry()
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """The entries that this person may read, as CSV."""
    found = selectors.terms_in(request.scope, request.GET.get("collection", ""))
    response = HttpResponse(csv_of(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="donovan-glossary.csv"'
    return response


def _page(request: SignedInRequest, values: dict[str, str], error: str = "") -> HttpResponse:
    caller = Caller.of(request)
    chosen = request.GET.get("in", "")
    found = selectors.terms_in(request.scope, chosen)
    page = Paginator(found, TERMS_A_PAGE).get_page(request.GET.get("page"))
    shown = [_on_page(term, caller) for term in page]
    context = {
        "terms": shown,
        "page": page,
        "total": len(found),
        "chosen": chosen,
        "values": values,
        "error": error,
        "collections": collections_of(request.user),
        "open_collections": collections_open_for_upload(request.user),
        "markings": known_markings(caller),
        "languages": sorted(NAMES.items(), key=lambda pair: pair[1]),
        "page_marking": marking_of(selectors.labels_of(page)).canonical if shown else "",
    }
    return render(request, "glossary/terms.html", context, status=422 if error else 200)


def _on_page(term: Term, caller: Caller) -> TermOnPage:
    collection, marking = split_label(term.label)
    languages = f"{name_of(term.source_language)} to {name_of(term.target_language)}"
    return TermOnPage(term, collection, marking, languages, caller.may_add_to(collection))
