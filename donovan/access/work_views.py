"""The work of the whole installation, for administrators: kinds, persons, times and states.

Never what it is about: an administrator is a member of nothing. So neither subjects nor notices nor the words
of progress, which may quote documents, are shown.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from donovan.access import work_services
from donovan.access.entry import entry
from donovan.access.middleware import source_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from ingest.work.models import Job
from ingest.work.registry import HERE, kind_named
from ingest.work.selectors import counts, jobs_in

PAGE_SIZE = 100
STATES = (
    ("running", "in work"),
    ("waiting", "waiting"),
    ("failed", "failed"),
    ("stopped", "stopped"),
    ("done", "done"),
)


@dataclass(frozen=True)
class Row:
    """One job as the page shows it. `why` is a sentence of the kind, never one of a document."""

    job: Job
    title: str
    queue: str
    seconds: float | None
    why: str
    is_silent: bool


@entry(Role.ADMINISTRATOR)
@require_GET
def work(request: SignedInRequest) -> HttpResponse:
    state = request.GET.get("state", "running")
    if state not in dict(STATES):
        state = "running"
    page = Paginator(jobs_in(state), PAGE_SIZE).get_page(request.GET.get("page"))
    number = counts()
    now = timezone.now()
    context = {
        "rows": [_row(job, now) for job in page],
        "page": page,
        "state": state,
        "states": [(name, words, number.get(name, 0)) for name, words in STATES],
    }
    return render(request, "access/work.html", context)


def _row(job: Job, now: datetime) -> Row:
    kind = kind_named(job.kind)
    began = job.created_at if job.state == Job.State.WAITING else job.started_at
    return Row(
        job=job,
        title=kind.title if kind is not None else job.kind,
        queue="this page" if job.queue == HERE else job.queue,
        seconds=((job.finished_at or now) - began).total_seconds() if began is not None else None,
        why=_why(job),
        is_silent=job.lease_until is not None and job.lease_until < now,
    )


def _why(job: Job) -> str:
    kind = kind_named(job.kind)
    if job.state != Job.State.FAILED or kind is None:
        return ""
    if job.notice == kind.given_up:
        return "its workers ended each time"
    before, _, after = kind.unexpected.partition("{name}")
    is_defect = job.notice.startswith(before) and job.notice.endswith(after)
    return "a defect; the log names it" if is_defect else "it was refused; whoever asked reads why"


@entry(Role.ADMINISTRATOR)
@require_POST
def cancel(request: SignedInRequest, job_id: uuid.UUID) -> HttpResponse:
    return _changed(request, job_id, work_services.cancel, "It is being stopped.", "It had ended already.")


@entry(Role.ADMINISTRATOR)
@require_POST
def retry(request: SignedInRequest, job_id: uuid.UUID) -> HttpResponse:
    return _changed(request, job_id, work_services.retry, "It waits again.", "It did not fail.")


def _changed(
    request: SignedInRequest, job_id: uuid.UUID, change: Callable[..., bool], done: str, not_done: str
) -> HttpResponse:
    try:
        is_done = change(request.user, job_id, source=source_of(request))
    except Job.DoesNotExist:
        raise Http404 from None
    (messages.success if is_done else messages.warning)(request, done if is_done else not_done)
    state = request.POST.get("state", "")
    query = urlencode({"state": state}) if state in dict(STATES) else ""
    return redirect(f"{reverse('work:work')}?{query}")
