"""Folders on their way in: how far each is, and what became of every file of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of, split_label
from donovan.access.middleware import source_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.library import watching
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.intake_ends import (
    ENDS,
    GOOD,
    counts,
    counts_of,
    of_end,
    outcomes,
    sentence_of,
    visible_intake,
    visible_intakes,
    with_ends,
)

MOST_INTAKES = 100
ROWS_ON_A_PAGE = 100
LONGEST_FILTER = 200


@entry()
@require_GET
def intakes(request: SignedInRequest) -> HttpResponse:
    """The newest intakes that the caller may see."""
    caller = Caller.of(request)
    found = visible_intakes(caller)
    newest = list(found[:MOST_INTAKES])
    by_intake = counts_of(newest, caller)
    shown = [(each, *split_label(each.label), _summary(by_intake[each.pk])) for each in newest]
    return render(
        request,
        "library/intakes.html",
        {
            "page_marking": marking_of(intake.label for intake, *_ in shown).canonical,
            "rows": shown,
            "total": found.count(),
        },
    )


def _summary(found: dict[str, int]) -> dict[str, int]:
    waiting = found.get("waiting", 0) + found.get("growing", 0)
    good = sum(number for end, number in found.items() if end in GOOD)
    total = sum(found.values())
    return {"total": total, "waiting": waiting, "good": good, "bad": total - good - waiting}


@entry()
@require_GET
def intake(request: SignedInRequest, intake_id: UUID) -> HttpResponse:
    """Every file of one intake with its end; `end` and `text` narrow them."""
    caller = Caller.of(request)
    shown = visible_intake(caller, intake_id)
    slug, marking = split_label(shown.label)
    rows = with_ends(shown, caller)
    found = counts(shown, caller)
    end, text = request.GET.get("end", ""), request.GET.get("text", "").strip()[:LONGEST_FILTER]
    narrowed = rows.filter(path__icontains=text) if text else rows
    narrowed = of_end(narrowed, *([end] if end in ENDS else ENDS))
    page = Paginator(narrowed, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "library/intake.html",
        {
            "page_marking": marking.canonical,
            "intake": shown,
            "collection": slug,
            "marking": marking.canonical,
            "is_mine": shown.owner == caller.name,
            "ends": [(key, ENDS[key], number, key in GOOD) for key, number in found.items()],
            "summary": _summary(found),
            "end": end if end in ENDS else "",
            "text": text,
            "page": page,
            "rows": [_row(row) for row in page.object_list],
        },
    )


def _row(row: Any) -> tuple[Any, str, bool, str]:
    """`row` is one of `with_ends`: with its end in words, whether nothing is left to do, and why."""
    return row, ENDS[row.end], row.end in GOOD, sentence_of(row)


@entry(Role.ADMINISTRATOR)
@require_GET
def watched(request: SignedInRequest) -> HttpResponse:
    """The watched folders for who looks after the machine: never the names of files, nor what became of what
    lies in them.
    """
    found = list(watching.watched())
    numbers = outcomes(found)
    rows = [(each, *split_label(each.label), numbers[each.pk]) for each in found]
    return render(request, "library/watched.html", {"page_marking": "UNCLASSIFIED", "rows": rows})


@entry(Role.ADMINISTRATOR)
@require_POST
def stop(request: SignedInRequest, intake_id: UUID) -> HttpResponse:
    try:
        stopped = watching.stop_watching(request.user.get_username(), intake_id, source=source_of(request))
    except LibraryError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"“{stopped}” is watched no longer. What was taken in stays.")
    return redirect("library:watched")
