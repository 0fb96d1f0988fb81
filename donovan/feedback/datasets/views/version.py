"""One version: its statistics, its rows by slice, labels that may be wrong, and giving it out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.feedback.datasets import label_errors, permissions, presenting
from donovan.feedback.datasets.advice import warnings_of
from donovan.feedback.datasets.collecting import usable_projects
from donovan.feedback.datasets.errors import DatasetError, DatasetTampered
from donovan.feedback.datasets.exporting import archive_name, export_archive
from donovan.feedback.datasets.formats import formats_for
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.places import addresses_of
from donovan.feedback.datasets.reading import read_all, verify_version
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.rows import SPLITS
from donovan.feedback.datasets.slices import FIELDS, ErrorSlice, errors_by_slice, read_slice
from donovan.feedback.datasets.undecided import undecided_items
from donovan.library.callers import Caller

ROWS_A_PAGE = 25
SLICES_SHOWN = 12
READERS = (Role.REVIEWER, Role.MODEL_OWNER)


@entry(*READERS)
@require_GET
def version(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """Statistics, how it was made, whether its files are whole and its splits clean, and giving it out."""
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    problem = ""
    try:
        verify_version(found)
    except DatasetTampered as error:
        problem = error.sentence
    context = {
        **_frame(caller, found, "statistics"),
        "facets": presenting.facets_of(found.statistics),
        "statistics": found.statistics,
        "splits": [(split, found.counts.get(split, 0)) for split in SPLITS],
        "recipe": presenting.recipe_lines(found.recipe, _titles(caller)),
        "warnings": warnings_of(found.counts, found.statistics),
        "undecided": _undecided(caller, found),
        "problem": problem,
        "formats": formats_for(found.task),
    }
    return render(request, "datasets/version.html", context)


@entry(*READERS)
@require_GET
def rows(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """The rows of a slice, page by page."""
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    query, problem, shown = request.GET.get("q", ""), "", []
    try:
        chosen = read_slice(query)
        shown = [row for row in read_all(found) if chosen.matches(row)]
    except DatasetError as error:
        problem = error.sentence
    page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page"))
    addresses = addresses_of(list(page.object_list), caller.scope)
    context = {
        **_frame(caller, found, "rows"),
        "query": query,
        "problem": problem,
        "page": page,
        "rows": [presenting.row_view(row, addresses.get(str(row["id"]), "")) for row in page.object_list],
        "counts": [(split, sum(row["split"] == split for row in shown)) for split in SPLITS],
        "fields": FIELDS,
        "formats": formats_for(found.task),
    }
    return render(request, "datasets/rows.html", context, status=400 if problem else 200)


@entry(*READERS)
@require_GET
def suspects(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """Labels that may be wrong, the likeliest first, and where they gather."""
    return render(request, "datasets/suspects.html", _found(request, dataset_id, number))


@entry(*READERS, is_background=True)
@require_GET
def looked(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """The part of that page which waits for what is found."""
    return render(request, "datasets/_suspects.html", _found(request, dataset_id, number))


def _found(request: SignedInRequest, dataset_id: UUID, number: int) -> dict[str, Any]:
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    page = Paginator(label_errors.suspects_of(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    state = found.suspects or {}
    slices, problem = _slices(found, state)
    return {
        **_frame(caller, found, "suspects"),
        "state": state,
        "unjudged": found.total - int(state.get("looked", found.total)),
        "is_possible": found.task in label_errors.TASKS and found.total <= label_errors.MOST_ROWS,
        "page": page,
        "slices": slices,
        "problem": problem,
    }


@entry(*READERS)
@require_POST
def look(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """Have it looked through for label errors."""
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    try:
        label_errors.ask_for_label_errors(caller, found)
    except DatasetError as error:
        messages.error(request, error.sentence)
    return redirect("datasets:suspects", dataset_id, number)


@entry(*READERS)
@require_POST
def send(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponse:
    """Send suspicious items into the review queues of their projects."""
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    count = label_errors.send_to_review(caller, found, request.POST.getlist("row"))
    if count:
        messages.success(request, f"{count} sent to review: they stand first in the queue of their project.")
    else:
        messages.warning(request, "Nothing was sent. Only decided items of label projects have a review.")
    return redirect("datasets:suspects", dataset_id, number)


@entry(*READERS)
@require_http_methods(["POST"])
def export(request: SignedInRequest, dataset_id: UUID, number: int) -> HttpResponseBase:
    """The version, or a slice of it, as a marked archive."""
    caller = Caller.of(request)
    found = permissions.version_of(caller, dataset_id, number)
    form = request.POST.get("form", "")
    try:
        exported, stream = export_archive(caller, found, form, query=request.POST.get("q", ""))
    except DatasetError as error:
        messages.error(request, error.sentence)
        return redirect("datasets:version", dataset_id, number)
    name = archive_name(found, exported.marking, form)
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")


def _titles(caller: Caller) -> dict[str, str]:
    return {str(project.pk): project.title for project in usable_projects(caller.scope)}


def _undecided(caller: Caller, found: DatasetVersion) -> int:
    is_built = "origins" in found.recipe
    return undecided_items(caller, Recipe.of_data(found.recipe)) if is_built else 0


def _slices(found: DatasetVersion, state: dict[str, Any]) -> tuple[list[ErrorSlice], str]:
    wrong = {each["row"] for each in state.get("found", [])}
    if not wrong:
        return [], ""
    try:
        slices = errors_by_slice(read_all(found), lambda row: str(row["id"]) in wrong, least=5)
    except DatasetTampered as error:
        return [], error.sentence
    usual = len(wrong) / max(1, found.total)
    return [each for each in slices if each.share > usual][:SLICES_SHOWN], ""


def _frame(caller: Caller, found: DatasetVersion, here: str) -> dict[str, Any]:
    """What all pages of a version share."""
    return {
        "dataset": found.dataset,
        "version": found,
        "here": here,
        "may_make": permissions.may_make_datasets(caller),
        "page_marking": found.marking,
    }
