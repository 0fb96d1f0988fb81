"""All suites with their last figures and trends, starting a run, and scheduled suites."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.evaluation import schedules
from donovan.evaluation.catalogue import (
    NO_TRIAGE_SUITE,
    QUICK_MINUTES,
    SUITES,
    TRIAGE,
    metrics_of,
    target_of,
)
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.expected import Expected, expected
from donovan.evaluation.measuring import FULL, QUICK
from donovan.evaluation.models import ScheduledSuite, SuiteRun
from donovan.evaluation.own_questions import OwnRow, readable_suites
from donovan.evaluation.presentation import FigureRow, Trend, figure_rows, trend_of
from donovan.evaluation.run_access import bound_of, readable_runs
from donovan.evaluation.runs import request_run
from donovan.evaluation.subjects import CURRENT, subject_of
from retrieval.model_folders import ROLES, ModelTampered

RUNS_SHOWN = 20


@dataclass(frozen=True)
class SuiteRow:
    """One suite as the first page shows it: its last finished run with its target figure, and the trend."""

    name: str
    title: str
    explanation: str
    last: SuiteRun | None
    figure: FigureRow | None
    trend: Trend
    schedule: ScheduledSuite | None
    quick: Expected
    full: Expected


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def suites(request: SignedInRequest) -> HttpResponse:
    """Every suite, and the last runs of all."""
    runs = readable_runs(request.user)
    named = [(suite.name, suite.title, suite.explanation, 0) for suite in SUITES.values()]
    own = [
        (row.suite.suite, row.suite.title, f"{_counted(row)} of {row.suite.owner}", len(row.questions))
        for row in readable_suites(request.user, request.scope)
        if row.questions
    ]
    rows = [_row(*row, runs) for row in [*named, *own]]
    context = {
        "rows": rows,
        "runs": runs[:RUNS_SHOWN],
        "most": RUNS_SHOWN,
        "subjects": [(role, names) for role, names in models_on_disk() if role != TRIAGE],
        "no_triage": NO_TRIAGE_SUITE,
        "quick_minutes": QUICK_MINUTES,
        # No item is shown here, so the page is marked as the figures are.
        "page_marking": bound_of(
            run.figures_marking for run in runs[:RUNS_SHOWN] + [row.last for row in rows if row.last]
        ),
    }
    return render(request, "evaluation/suites.html", context)


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Ask for a run, or let a suite run regularly (`every_days`)."""
    suite, size = request.POST.get("suite", ""), request.POST.get("size", "quick")
    days = request.POST.get("every_days", "").strip()
    try:
        if days:
            if not days.isdigit():
                raise UnusableData("Say after how many days it runs again as a whole number.")
            schedules.keep_schedule(suite, user=request.user, size=size, every_days=int(days))
            messages.success(request, f"The suite runs every {int(days)} days from now on, on what serves.")
            return redirect("evaluation:suites")
        subject = subject_of(request.POST.get("subject", CURRENT).split() or [CURRENT])
        run = request_run(suite, subject, user=request.user, size=size)
    except (UnusableData, ModelTampered) as error:
        messages.error(request, error.sentence)
        return redirect("evaluation:suites")
    return redirect("evaluation:run", run.pk)


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_POST
def end_schedule(request: SignedInRequest, schedule_id: int) -> HttpResponse:
    """Let a suite run by itself no more."""
    schedules.end_schedule(get_object_or_404(ScheduledSuite, pk=schedule_id), user=request.user)
    messages.success(request, "The suite runs by itself no more. Its runs stay.")
    return redirect("evaluation:suites")


def models_on_disk() -> list[tuple[str, list[str]]]:
    """The trained models of this installation, role by role, as role/name."""
    root = Path(settings.MODELS_DIR)
    found = [
        (
            role,
            [
                f"{role}/{folder.name}"
                for folder in sorted((root / role).glob("*/"))
                if not folder.name.startswith(".") and (folder / "manifest.json").is_file()
            ],
        )
        for role in ROLES
    ]
    return [(role, names) for role, names in found if names]


def _counted(row: OwnRow) -> str:
    count = len(row.questions)
    return "1 own question" if count == 1 else f"{count} own questions"


def _row(name: str, title: str, explanation: str, questions: int, runs: list[SuiteRun]) -> SuiteRow:
    finished = [run for run in runs if run.suite == name and run.state == SuiteRun.State.DONE]
    last = finished[0] if finished else None
    figure = None
    if last is not None:
        figure = next((row for row in figure_rows(last) if row.metric == target_of(name)), None)
        # One line shows one thing: what served, in the size of the last run.
        same = [run for run in finished if run.size == last.size and run.subject.get("words") == CURRENT]
    else:
        same = []
    regular = ScheduledSuite.objects.filter(suite=name, is_active=True).first()
    title = title if metrics_of(name) else name
    quick, full = (expected(name, size, runs, questions=questions) for size in (QUICK, FULL))
    return SuiteRow(name, title, explanation, last, figure, trend_of(same, name), regular, quick, full)
