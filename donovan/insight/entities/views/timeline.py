"""Dates in documents, in order of time."""

from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.entities import selectors
from donovan.insight.entities.relations import Event, timeline_of
from donovan.insight.entities.views.shown import frame, number
from donovan.library.callers import Caller

ON_A_PAGE = 60


@entry()
@require_GET
def timeline(request: SignedInRequest) -> HttpResponse:
    """Sentences that name a day, a month or a year, between two days and about one entity where asked."""
    caller = Caller.of(request)
    asked = request.GET
    problems: list[str] = []
    since, until = (_day(asked.get(name, ""), problems) for name in ("from", "to"))
    if since and until and since > until:
        problems.append("The first day lies after the last one. Swap them.")
    about = selectors.entity(caller.scope, asked["entity"]) if asked.get("entity") else None
    start = number(asked.get("start"))
    events, total = timeline_of(
        caller.scope,
        entity_id=about.row.id if about else None,
        collection=asked.get("collection") or None,
        since=since,
        until=until,
        start=start,
        limit=ON_A_PAGE,
    )
    labels = {event.mention.label for event in events} | (about.labels if about else frozenset())
    context = frame(request, caller, "entities:timeline", labels)
    kept = {name: asked.get(name, "") for name in ("from", "to", "entity", "collection")}

    def address(at: int) -> str:
        return urlencode({name: value for name, value in {**kept, "start": at}.items() if value})

    return render(
        request,
        "entities/timeline.html",
        context
        | {
            "days": [
                (when, [(event, split_label(event.mention.label)[1].canonical) for event in those])
                for when, those in groupby(events, key=in_words)
            ],
            "total": total,
            "first": start + 1,
            "last": start + len(events),
            "previous": address(max(start - ON_A_PAGE, 0)) if start else None,
            "following": address(start + ON_A_PAGE) if start + len(events) < total else None,
            "about": about.row if about else None,
            "since": since,
            "until": until,
            "problems": problems,
            "narrows": bool(since or until or about),
        },
    )


def in_words(event: Event) -> str:
    """`6 September 2026`, `September 2026`, `2026`, or from one day to another."""
    start, end = event.start, event.end
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"{start:%Y}"
    is_month = start.day == 1 and (start.year, start.month) == (end.year, end.month) and (end.day >= 28)
    if is_month:
        return f"{start:%B %Y}"
    return f"{start.day} {start:%B %Y} to {end.day} {end:%B %Y}"


def _day(text: str, problems: list[str]) -> date | None:
    try:
        found = parse_date(text.strip()) if text.strip() else None
    except ValueError:
        found = None
    if text.strip() and found is None:
        problems.append(f"“{text[:40]}” is not a date. Write it as 2026-05-31.")
    return found
