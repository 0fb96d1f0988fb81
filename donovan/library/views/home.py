"""The first page of the day: what is new, what did not work, where the threads are, what there is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.rows import rows_of
from donovan.library.saving import saved_searches
from donovan.library.selectors import (
    IN_WORK,
    UNREAD,
    became_ready_after,
    collection_profiles,
    handed_in_by,
    held_for_review,
    held_from,
)
from donovan.library.services import note_visit

NEW_SHOWN = 8
MINE_SHOWN = 6
SAVED_SHOWN = 8


@entry()
def home(request: SignedInRequest) -> HttpResponse:
    """What concerns this person now, and nothing else."""
    caller = Caller.of(request)
    since = note_visit(caller, timezone.now())
    new = became_ready_after(caller.scope, since)
    mine = handed_in_by(caller.user, caller.scope)
    new_rows = rows_of(caller, new[:NEW_SHOWN])
    unreadable = rows_of(caller, mine.filter(UNREAD)[:MINE_SHOWN])
    in_work = rows_of(caller, mine.filter(status__in=IN_WORK)[:MINE_SHOWN])
    saved = saved_searches(caller.user)
    shown = [row.document.label for row in (*new_rows, *unreadable, *in_work)]
    return render(
        request,
        "library/home.html",
        {
            "page_marking": marking_of(shown).canonical,
            "since": since,
            "new_count": new.count(),
            "new_rows": new_rows,
            "unreadable": unreadable,
            "unreadable_count": mine.filter(UNREAD).count(),
            "in_work": in_work,
            "in_work_count": mine.filter(status__in=IN_WORK).count(),
            "held_from_me": held_from(caller.user, caller.scope),
            "held_count": held_for_review(caller.scope).count() if caller.is_reviewer else 0,
            "saved": saved[:SAVED_SHOWN],
            "saved_count": saved.count(),
            "profiles": collection_profiles(caller.user, caller.scope),
        },
    )
