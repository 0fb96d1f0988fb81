"""One run with its figures, slices and worst items; two runs side by side."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.evaluation import kept_items
from donovan.evaluation.catalogue import OWN, margins_of, metrics_of, target_of
from donovan.evaluation.comparison import FEWEST, Changed, compare
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.expected import left_in_words
from donovan.evaluation.models import ItemScore, SuiteRun
from donovan.evaluation.presentation import (
    ItemWords,
    difference_rows,
    figure_rows,
    slice_rows,
    title_of_suite,
)
from donovan.evaluation.run_access import (
    is_cleared_for,
    marking_of_page,
    readable_run,
    readable_runs,
    readable_scores,
)
from donovan.evaluation.runs import MAY_RUN, go_on, may_go_on, may_run, stop_run

ITEMS_A_PAGE = 25
CHANGES_SHOWN = 25


@entry()
@require_GET
def run(request: SignedInRequest, run_id: uuid.UUID) -> HttpResponse:
    """A run: while it is in work how far it is, then its figures, slices and items, the worst first."""
    shown = _run(request, run_id)
    metric = request.GET.get("metric", "") or target_of(shown.suite)
    scores = ItemScore.objects.filter(run=shown, metric=metric).order_by("score", "pk")
    words = ItemWords(request.user, request.scope, shown.suite)
    readable = readable_scores(request.user, request.scope, list(scores))
    page = Paginator(readable, ITEMS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": shown,
        "left": left_in_words(request.user, shown) if shown.is_open else "",
        "may_go_on": may_go_on(request.user, shown),
        "measured_already": kept_items.count(shown.pk),
        "fewest": FEWEST,
        "figures": figure_rows(shown),
        "slices": slice_rows(shown),
        "metrics": [(name, metrics_of(shown.suite)[name].title) for name in metrics_of(shown.suite)],
        "metric": metric,
        "page": page,
        "items": [words.of(score) for score in page],
        "others": [
            other
            for other in readable_runs(request.user, shown.suite)
            if other.pk != shown.pk
            and other.state == SuiteRun.State.DONE
            and other.material == shown.material
        ][:ITEMS_A_PAGE],
        "title": title_of_suite(shown.suite),
        "is_own": shown.suite.startswith(OWN),
        "is_whole": bool(shown.labels) or is_cleared_for(request.user, shown.marking),
        "page_marking": marking_of_page(request.user, [shown], readable),
    }
    return render(request, "evaluation/run.html", context)


@entry(is_background=True)
@require_GET
def progress(request: SignedInRequest, run_id: uuid.UUID) -> HttpResponse:
    """How far a run is; once it has ended, the page is loaded again."""
    shown = _run(request, run_id)
    context = {"run": shown, "left": left_in_words(request.user, shown), "is_poll": True}
    response = render(request, "evaluation/_progress.html", context)
    if not shown.is_open:
        response["HX-Refresh"] = "true"
    return response


@entry()
@require_POST
def stop(request: SignedInRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stop a run."""
    shown = _run(request, run_id)
    try:
        stop_run(shown, user=request.user)
        messages.success(request, "The run is being stopped.")
    except UnusableData as error:
        messages.error(request, error.sentence)
    return redirect("evaluation:run", shown.pk)


@entry()
@require_POST
def resume(request: SignedInRequest, run_id: uuid.UUID) -> HttpResponse:
    """Go on with a run that was stopped or that failed."""
    shown = _run(request, run_id)
    try:
        go_on(shown, user=request.user)
        messages.success(request, "The run goes on.")
    except UnusableData as error:
        messages.error(request, error.sentence)
    return redirect("evaluation:run", shown.pk)


@entry()
@require_GET
def comparison(request: SignedInRequest) -> HttpResponse:
    """Two runs side by side: differences with intervals, what got better and what got worse."""
    a, b = (_run(request, request.GET.get(name, "")) for name in ("a", "b"))
    try:
        found = compare(a, b)
    except UnusableData as error:
        messages.error(request, error.sentence)
        return redirect("evaluation:run", b.pk)
    metric = request.GET.get("metric", "")
    metric = metric if metric in found.metrics else target_of(a.suite)
    metric = metric if metric in found.metrics else next(iter(found.metrics), "")
    margins = margins_of(a.suite)
    worse, worse_scores = _changes(request, a, b, found.worse_items(metric))
    better, better_scores = _changes(request, a, b, found.better_items(metric))
    rows = difference_rows(found)
    context = {
        "a": a,
        "b": b,
        "title": title_of_suite(a.suite),
        "is_own": a.suite.startswith(OWN),
        "rows": [row for row in rows if row.is_told],
        "unchanged": [row for row in rows if not row.is_told],
        "reasons": found.reasons_refused(margins),
        "better_metrics": [metrics_of(a.suite)[m].title for m in found.metrics if found.is_better(m)],
        "metrics": [(name, metrics_of(a.suite)[name].title) for name in found.metrics],
        "metric": metric,
        "worse": worse,
        "better": better,
        "most": CHANGES_SHOWN,
        "page_marking": marking_of_page(request.user, [a, b], worse_scores + better_scores),
    }
    return render(request, "evaluation/comparison.html", context)


def _changes(
    request: SignedInRequest, a: SuiteRun, b: SuiteRun, changed: list[Changed]
) -> tuple[list[dict[str, object]], list[ItemScore]]:
    """The changed items that may be read, with the words of both runs; and the scores they come from."""
    names = [each.item for each in changed]
    metric = changed[0].metric if changed else ""
    words = ItemWords(request.user, request.scope, a.suite)
    sides = []
    readable: list[ItemScore] = []
    for shown in (a, b):
        rows = list(ItemScore.objects.filter(run=shown, metric=metric, item__in=names))
        found = readable_scores(request.user, request.scope, rows)
        readable += found
        sides.append({row.item: words.of(row) for row in found})
    told = [
        {"changed": each, "a": sides[0][each.item], "b": sides[1][each.item]}
        for each in changed
        if each.item in sides[0] and each.item in sides[1]
    ]
    return told[:CHANGES_SHOWN], readable


def _run(request: SignedInRequest, run_id: uuid.UUID | str) -> SuiteRun:
    try:
        found = readable_run(request.user, uuid.UUID(str(run_id)))
    except (SuiteRun.DoesNotExist, ValueError):
        raise Http404 from None
    # Runs of the fixed suites are for who runs them; analysts see those of their own questions.
    if request.user.role not in MAY_RUN and not may_run(request.user, found.suite):
        raise Http404
    return found
