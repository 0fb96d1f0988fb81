"""The page that offers a report in every form, and the file itself."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.reports.building import content_of
from donovan.reports.errors import ReportError
from donovan.reports.export import data_csv
from donovan.reports.export.forms import FORMS
from donovan.reports.export.printed import printed
from donovan.reports.exporting import export_report
from donovan.reports.selectors import readable_report
from ingest.work.errors import Refused


@entry()
@require_GET
def export(request: SignedInRequest, report_id: uuid.UUID) -> HttpResponse:
    """Without `form` the choice of forms; with it the file, always as an attachment."""
    caller = Caller.of(request)
    key = request.GET.get("form", "")
    if key:
        try:
            return _attachment(caller, report_id, key)
        except (ReportError, Refused) as refusal:
            messages.error(request, refusal.sentence)
            return redirect("reports:export", report_id)
    report = readable_report(caller.user, caller.scope, report_id)
    shown = content_of(report, caller.scope, caller.user)
    has_data = bool(data_csv.tables_of(shown))
    context = {
        "report": report,
        "printed": printed(shown),
        "forms": [form for form in FORMS.values() if form.key != "csv" or has_data],
        "page_marking": shown.banner,
    }
    return render(request, "reports/export.html", context)


def _attachment(caller: Caller, report_id: uuid.UUID, key: str) -> HttpResponse:
    exported = export_report(caller, report_id, key)
    return HttpResponse(
        exported.data,
        content_type=exported.media_type,
        headers={
            # RFC 6266: a name may hold letters of every script.
            "Content-Disposition": content_disposition_header(True, exported.name) or "attachment",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
