"""One report: reading it, following it while it is made, and working on its sentences."""

import json
import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.reports import declassifying, services
from donovan.reports.models import Comment, Report
from donovan.reports.pages import ReportOnPage, present
from donovan.reports.views.common import number, report_here
from donovan.ui.templatetags.donovan_ui import marking_kind


@entry()
@require_GET
def report(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    """The report to read, or with `work=1` to work on, sentence by sentence."""
    found = services.open_report(Caller.of(request), report_id)
    return render(
        request, "reports/report.html", _context(request, found, present(found, request.scope, request.user))
    )


@entry(is_background=True)
@require_GET
def progress(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    """How far the sections are, and those that have changed since the page was made (`seen`)."""
    found = report_here(request, report_id)
    page = present(found, request.scope, request.user)
    context = _context(request, found, page)
    seen = set(request.GET.get("seen", "").split(","))
    context["fresh"] = [part for part in page.sections if part.signature not in seen]
    response = render(request, "reports/_progress.html", context)
    banner = page.content.banner
    response["HX-Trigger"] = json.dumps(
        {"donovan:marking": {"marking": banner, "kind": marking_kind(banner)}}
    )
    return response


def _context(request: SignedInRequest, found: Report, page: ReportOnPage) -> dict[str, object]:
    is_author = found.author_id == request.user.pk
    works = request.GET.get("work") == "1" and is_author and found.is_open
    comments = Comment.objects.filter(report=found).select_related(
        "author", "section", "statement", "settled_by"
    )
    return {
        "report": page,
        "row": found,
        "is_author": is_author,
        "may_change": is_author and found.is_open,
        "may_release": found.state == Report.State.REVIEW
        and not is_author
        and Caller.of(request).is_reviewer,
        "may_withdraw": found.state == Report.State.RELEASED
        and (is_author or Caller.of(request).is_reviewer),
        "works": works,
        "editing": number(request.GET.get("statement")) if works else 0,
        "adding": number(request.GET.get("add")) if works else 0,
        "comments": [comment for comment in comments if comment.settled_at is None],
        "settled": [comment for comment in comments if comment.settled_at is not None],
        "steps": found.review_steps.select_related("person"),
        "declassification": [
            (name, title, found.declassification.get(name, ""))
            for name, title in declassifying.FIELDS.items()
        ],
        "said_by_sources": declassifying.said_by_sources(found, page.content.banner)
        if is_author and found.is_open
        else "",
        "page_marking": page.content.banner,
    }
