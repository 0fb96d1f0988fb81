"""What a person does to a report. Each leads back to its page, with a sentence when it was refused."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.reports import commenting, declassifying, editing, review, services, versions
from donovan.reports.views.common import back_to, number, refusals_shown, report_here


@entry()
@require_POST
def make_again(request: SignedInRequest, report_id: uuid.UUID, section_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        section = services.make_again(Caller.of(request), report, section_id)
        return back_to(report, f"section-{section.key}")
    return back_to(report)


@entry()
@require_POST
def try_again(request: SignedInRequest, report_id: uuid.UUID, section_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        section = services.try_again(Caller.of(request), report, section_id)
        return back_to(report, f"section-{section.key}")
    return back_to(report)


@entry()
@require_POST
def change_settings(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    """Title, banner and classification block, in one form."""
    report = report_here(request, report_id)
    caller = Caller.of(request)
    with refusals_shown(request):
        services.rename(caller, report, title=request.POST.get("title", ""))
        services.raise_banner(caller, report, request.POST.get("banner", ""))
        values = {name: request.POST.get(name, "") for name in declassifying.FIELDS}
        review.set_declassification(caller, report, values)
        messages.success(request, "The title and the markings are saved.")
    return back_to(report, "settings")


@entry()
@require_POST
def edit(request: SignedInRequest, report_id: uuid.UUID, statement_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        kept = editing.edit_statement(
            Caller.of(request),
            report,
            statement_id,
            text=request.POST.get("text", ""),
            source_ids=[number(value) for value in request.POST.getlist("sources")],
            addresses=request.POST.get("addresses", "").splitlines(),
        )
        _say_how_it_stands(request, kept.state, kept.reason)
    return back_to(report, f"statement-{statement_id}", works=True)


@entry()
@require_POST
def add(request: SignedInRequest, report_id: uuid.UUID, section_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    anchor = ""
    with refusals_shown(request):
        kept = editing.add_statement(
            Caller.of(request),
            report,
            section_id,
            text=request.POST.get("text", ""),
            addresses=request.POST.get("addresses", "").splitlines(),
        )
        anchor = f"statement-{kept.statement_id}"
        _say_how_it_stands(request, kept.state, kept.reason)
    return back_to(report, anchor, works=True)


@entry()
@require_POST
def take_out(request: SignedInRequest, report_id: uuid.UUID, statement_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        editing.remove_statement(Caller.of(request), report, statement_id)
    return back_to(report, f"statement-{statement_id}", works=True)


@entry()
@require_POST
def bring_back(request: SignedInRequest, report_id: uuid.UUID, statement_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        editing.bring_back(Caller.of(request), report, statement_id)
    return back_to(report, f"statement-{statement_id}", works=True)


@entry()
@require_POST
def comment(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        commenting.comment(
            Caller.of(request),
            report,
            request.POST.get("text", ""),
            section_id=number(request.POST.get("section")),
            statement_id=number(request.POST.get("statement")),
        )
    return back_to(report, "comments")


@entry()
@require_POST
def settle(request: SignedInRequest, report_id: uuid.UUID, comment_id: int) -> HttpResponse:
    report = report_here(request, report_id)
    with refusals_shown(request):
        commenting.settle_comment(Caller.of(request), report, comment_id)
    return back_to(report, "comments")


@entry()
@require_POST
def step(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    """A step of the review: submit, take-back, return, release or withdraw."""
    report = report_here(request, report_id)
    caller, remark = Caller.of(request), request.POST.get("remark", "")
    asked = request.POST.get("step", "")
    with refusals_shown(request):
        if asked == "submit":
            review.submit(caller, report, remark=remark)
        elif asked == "take-back":
            review.take_back(caller, report)
        elif asked == "return":
            review.give_back(caller, report, remark=remark)
            messages.success(request, f"“{report.title}” went back to {report.author}.")
            return redirect("reports:reports")
        elif asked == "release":
            has_seen = request.POST.get("has_seen_warnings") == "1"
            review.release(caller, report, remark=remark, has_seen_warnings=has_seen)
        elif asked == "withdraw":
            review.withdraw(caller, report, remark=remark)
        elif asked == "new-version":
            report = versions.new_version(caller, report)
        else:
            messages.error(request, "That is no step of the review. Load the page again.")
    return back_to(report)


def _say_how_it_stands(request: SignedInRequest, state: str, reason: str) -> None:
    if state == "supported":
        messages.success(request, "The sentence is supported by what it cites.")
    elif state == "not supported":
        messages.warning(request, f"The sentence is kept, and shown as not supported: {reason}")
    else:
        messages.warning(request, "The sentence is kept, and shown as not checked, because it cites nothing.")
