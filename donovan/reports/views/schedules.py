"""Scheduled reports: the list, a new one, and one with its last runs."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library.callers import Caller
from donovan.library.selectors import collections_of
from donovan.reports import schedule_services, selectors, services
from donovan.reports.errors import ReportError
from donovan.reports.listing import ReportRow, banner_over, rows_of
from donovan.reports.models import Report, Section
from donovan.reports.schedule_services import WEEKDAYS
from donovan.reports.schedules import Schedule, ScheduledRun
from donovan.reports.templates_library import TEMPLATES

RUNS_SHOWN = 30
_NO_REPORT = uuid.UUID(int=0)


@dataclass(frozen=True)
class RunRow:
    """One run. `row` is its report as its owner may read it now, None when they may not or there is none;
    `failures` are the sentences of sections that failed.
    """

    run: ScheduledRun
    row: ReportRow | None
    failures: list[str]


@entry()
@require_GET
def schedules(request: SignedInRequest) -> HttpResponse:
    """One's scheduled reports with the last run of each."""
    rows = []
    for each in schedule_services.own_schedules(request.user):
        runs = _runs(request, each, most=1)
        rows.append((each, runs[0] if runs else None))
    shown = [run.row for _, run in rows if run is not None and run.row is not None]
    return render(request, "reports/schedules.html", {"rows": rows, "page_marking": banner_over(shown)})


@entry()
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Choose a template, then say when and of what."""
    caller = Caller.of(request)
    told = request.POST if request.method == "POST" else request.GET
    key = told.get("template", "")
    error, template = "", None
    if key:
        try:
            template = services.template_named(caller, key)
        except ReportError as refusal:
            error = refusal.sentence
    values = {asked.name: told.get(asked.name, "") for asked in (template.parameters if template else ())}
    if request.method == "POST" and template is not None:
        try:
            begun = schedule_services.begin(
                caller,
                title=told.get("title", ""),
                template=key,
                when=told.get("when", ""),
                collection=told.get("collection", ""),
                at=told.get("at", ""),
                weekday=told.get("weekday", ""),
                quiet_minutes=told.get("quiet_minutes", ""),
                parameters=values,
            )
        except ReportError as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"“{begun.title}” is a scheduled report now.")
            return redirect("reports:schedule", begun.pk)
    context = {
        "template": template,
        "fields": [
            (asked, values[asked.name] or asked.default)
            for asked in (template.parameters if template else ())
        ],
        "templates": list(TEMPLATES.values()),
        "designs": selectors.own_designs(request.user),
        "collections": collections_of(request.user),
        "whens": Schedule.When.choices,
        "weekdays": list(enumerate(WEEKDAYS)),
        "told": told,
        "error": error,
    }
    return render(request, "reports/new_schedule.html", context, status=400 if error else 200)


@entry()
@require_http_methods(["GET", "POST"])
def schedule(request: SignedInRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """One scheduled report. A post does what its `action` says: run, pause, go-on or end."""
    shown = schedule_services.own_schedule(request.user, schedule_id)
    if request.method == "POST":
        return _done(request, shown)
    runs = _runs(request, shown, most=RUNS_SHOWN)
    context = {
        "schedule": shown,
        "words": when_in_words(shown),
        "runs": runs,
        "most": RUNS_SHOWN,
        "is_in_work": schedule_services.is_in_work(shown),
        "page_marking": banner_over([run.row for run in runs if run.row is not None]),
    }
    return render(request, "reports/schedule.html", context)


def when_in_words(schedule: Schedule) -> str:
    """When it is made: "every Monday at 0630 UTC"."""
    if schedule.when == Schedule.When.DAILY and schedule.at:
        return f"every day at {schedule.at:%H%M} UTC"
    if schedule.when == Schedule.When.WEEKLY and schedule.at:
        return f"every {WEEKDAYS[schedule.weekday or 0]} at {schedule.at:%H%M} UTC"
    if schedule.when == Schedule.When.REQUEST:
        return "on request"
    label = schedule.get_when_display()
    return f"{label}, at most once in {schedule.quiet_minutes:,} minutes"


def _done(request: SignedInRequest, shown: Schedule) -> HttpResponse:
    caller = Caller.of(request)
    action = request.POST.get("action", "")
    try:
        if action == "run":
            run = schedule_services.run_now(caller, shown)
            if run.report_id:
                return redirect("reports:report", run.report_id)
        elif action == "pause":
            schedule_services.pause(caller, shown)
        elif action == "go-on":
            schedule_services.go_on(caller, shown)
        elif action == "end":
            schedule_services.end(caller, shown)
            messages.success(request, f"“{shown.title}” was ended. The reports that it made stay.")
            return redirect("reports:schedules")
        else:
            messages.error(request, "That cannot be done to a scheduled report. Load the page again.")
    except ReportError as refusal:
        messages.error(request, refusal.sentence)
    return redirect("reports:schedule", shown.pk)


def _runs(request: SignedInRequest, shown: Schedule, *, most: int) -> list[RunRow]:
    runs = list(shown.runs.select_related("report")[:most])
    reports = Report.objects.filter(pk__in=[run.report_id for run in runs if run.report_id])
    readable = selectors.readable_reports(request.user, request.scope, reports)
    rows = {row.report.pk: row for row in rows_of(readable)}
    failures: dict[uuid.UUID, list[str]] = {key: [] for key in rows}
    failed = Section.objects.filter(report__in=rows, state=Section.State.FAILED)
    for report_id, heading, notice in failed.values_list("report_id", "heading", "notice"):
        failures[report_id].append(f"{heading}: {notice}")
    return [
        RunRow(run, rows.get(key), failures.get(key, []))
        for run in runs
        for key in [run.report_id or _NO_REPORT]
    ]
