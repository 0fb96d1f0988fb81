"""The list of data sets, and one of them with its versions."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.feedback.datasets import permissions
from donovan.feedback.datasets.models import DatasetBuild
from donovan.feedback.shapes import TASKS
from donovan.library.callers import Caller

UNMARKED = "UNCLASSIFIED"
BUILDS_SHOWN = 5


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def datasets(request: SignedInRequest) -> HttpResponse:
    """Every data set that the caller may read whole, by name, and their own builds that are not over."""
    caller = Caller.of(request)
    task = request.GET.get("task", "")
    rows = permissions.datasets_of(caller)
    shown = [row for row in rows if not task or row.task == task]
    # The newest version stands first: the order of the model.
    listed = [(row, versions[0], len(versions)) for row in shown if (versions := list(row.versions.all()))]
    builds = DatasetBuild.objects.filter(person=caller.user, version=None)[:BUILDS_SHOWN]
    labels = {label for row in shown for label in row.labels}
    context = {
        "rows": listed,
        "tasks": [(key, TASKS[key]) for key in sorted({row.task for row in rows})],
        "task": task,
        "builds": builds,
        "may_make": permissions.may_make_datasets(caller),
        "page_marking": marking_of(labels).canonical if labels else UNMARKED,
    }
    return render(request, "datasets/datasets.html", context)


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def dataset(request: SignedInRequest, dataset_id: UUID) -> HttpResponse:
    """One data set with all its versions, the newest first."""
    caller = Caller.of(request)
    found = permissions.dataset_of(caller, dataset_id)
    context = {
        "dataset": found,
        "versions": list(found.versions.select_related("created_by")),
        "may_make": permissions.may_make_datasets(caller),
        "page_marking": found.marking,
    }
    return render(request, "datasets/dataset.html", context)
