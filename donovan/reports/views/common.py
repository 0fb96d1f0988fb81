"""What the views of reports share: the report that is meant, and a refusal as a sentence on the page."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from donovan.access.requests import SignedInRequest
from donovan.reports.errors import ReportError
from donovan.reports.models import Report
from donovan.reports.selectors import readable_report


def report_here(request: SignedInRequest, report_id: uuid.UUID) -> Report:
    """The report, if the signed-in person may open it now; else the page for what is not there."""
    return readable_report(request.user, request.scope, report_id)


@contextmanager
def refusals_shown(request: SignedInRequest) -> Iterator[None]:
    """Turn a refusal into a message on the page that is shown next."""
    try:
        yield
    except ReportError as refusal:
        messages.error(request, refusal.sentence)


def back_to(report: Report, anchor: str = "", *, works: bool = False) -> HttpResponse:
    """Back to the page of a report, in the mode one was in and at the place one was at."""
    mode = "?work=1" if works else ""
    place = f"#{anchor}" if anchor else ""
    return redirect(f"{reverse('reports:report', args=[report.pk])}{mode}{place}")


def number(text: str | None) -> int:
    """A row id from a form; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0
