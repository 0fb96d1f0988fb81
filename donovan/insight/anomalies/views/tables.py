"""The examination of one table: its findings, its specification, and doing it again."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.anomalies import selectors, services
from donovan.insight.anomalies.checks.settings import BOUNDS, CHECK_TITLES, CHECKS, SETTING_TITLES
from donovan.insight.anomalies.views.findings import VERDICTS
from donovan.insight.errors import InsightError
from donovan.insight.tables.selectors import readable_table
from donovan.library.callers import Caller
from donovan.library.services import open_document


@entry()
@require_GET
def table(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    return _page(request, table_id)


def _page(request: SignedInRequest, table_id: UUID, problem: str = "") -> HttpResponse:
    found = readable_table(request.scope, table_id)
    open_document(Caller.of(request), found.document_id, detail={"anomalies_of_table": str(found.pk)})
    shown = selectors.findings(request.scope, table=found.pk)
    examination = selectors.latest_examination(request.scope, found.document_id)
    settings, saved = services.settings_in_force(found)
    context = {
        "table": found,
        "rows": shown,
        "examination": examination,
        "notes": examination.notes.get(found.name, []) if examination is not None else [],
        "specification": saved,
        "settings_text": json.dumps(settings.as_json(), indent=1, ensure_ascii=False),
        "numbers": [
            {
                "name": name,
                "title": SETTING_TITLES[name],
                "low": low,
                "high": high,
                "value": getattr(settings, name),
            }
            for name, (low, high) in BOUNDS.items()
        ],
        "checks": [(name, CHECK_TITLES[name], name in settings.checks) for name in CHECKS],
        "columns": [
            (column["title"], column["title"] in settings.left_out) for column in found.columns[:120]
        ],
        "versions": selectors.specifications_of(found),
        "problem": problem,
        "verdicts": VERDICTS,
        "return_address": request.get_full_path(),
        "page_marking": marking_of(selectors.labels_of(shown) | {found.document.label}).canonical,
    }
    return render(request, "anomalies/table.html", context, status=400 if problem else 200)


@entry()
@require_POST
def examine(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    """Save the specification if it was changed, and ask for the examination."""
    caller = Caller.of(request)
    before, _ = services.settings_in_force(readable_table(caller.scope, table_id))
    try:
        given = before.as_json() | _given(request.POST)
        services.examine(caller, table_id, given)
    except (InsightError, ValueError) as error:
        return _page(request, table_id, str(error) or "A number cannot be read.")
    messages.success(request, "The table is being examined; what is found appears here.")
    return redirect("anomalies:table", table_id=table_id)


def _given(posted: QueryDict) -> dict[str, Any]:
    """The settings of the form. Raises InsightError for what is no number."""
    given: dict[str, Any] = {}
    for name in BOUNDS:
        if name not in posted:
            continue
        written = posted.get(name, "")
        try:
            given[name] = float(written.replace(",", "."))
        except ValueError:
            raise InsightError(f"“{written[:40]}” is no number ({SETTING_TITLES[name]}).") from None
    if posted.get("has_lists"):
        given["checks"] = posted.getlist("checks")
        given["left_out"] = posted.getlist("left_out")
    return given


@entry(is_background=True)
@require_GET
def progress(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    """How far the examination is, as a fragment that asks again until it is done and then loads the page."""
    found = readable_table(request.scope, table_id)
    examination = selectors.latest_examination(request.scope, found.document_id)
    response = render(request, "anomalies/_progress.html", {"table": found, "examination": examination})
    if examination is None or not examination.is_open:
        response["HX-Refresh"] = "true"
    return response
