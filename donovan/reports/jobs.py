"""Making reports: section after section, whoever is at hand. The database says what is left to do.

    start_report -> a job for each section -> make it -> keep it -> ... -> none is left: coverage is counted

A section that fails is named with its sentence and the rest is delivered. A worker that is killed loses the
section it was at, and not what it had finished inside it (`Section.work`).
"""

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from donovan.access.scope import scope_for
from donovan.assistant.reading import scope_and_filters
from donovan.audit.services import record
from donovan.reports import persistence
from donovan.reports.covering import coverage_by_label
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, Section
from donovan.reports.sections import kind_named
from donovan.reports.sections.contract import SectionWork
from donovan.reports.work import SECTION
from ingest.work import running
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held, acquirable
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler
from retrieval.scope import AccessScope

CLOSED = "The account of the author is closed, so nothing can be read on its behalf."
_LOOK_AGAIN_SECONDS = 1.0

OnProgress = Callable[[Section], None]


def run_report(report_id: uuid.UUID, *, waits: bool = False, on_section: OnProgress | None = None) -> Report:
    """Make every unfinished section of a report that no living worker has; the report as it stands then.

    With `waits` it stays until sections that others have are settled too, or until their workers are gone and
    it can take them over. `on_section` is called with each section that was settled here.
    """
    while True:
        free = _free(report_id)
        if free is not None:
            job = running.run_job(free.pk)
            if job is not None and not job.is_open and on_section is not None:
                on_section(Section.objects.get(pk=job.subject))
            continue
        in_work = Section.objects.filter(
            report_id=report_id, report__state=Report.State.DRAFT, state=Section.State.RUNNING
        )
        if not waits or not in_work.exists():
            break
        time.sleep(_LOOK_AGAIN_SECONDS)
    return Report.objects.get(pk=report_id)


def _free(report_id: uuid.UUID) -> Job | None:
    """The job of the first section of a draft that nobody living makes."""
    sections = Section.objects.filter(report_id=report_id, report__state=Report.State.DRAFT)
    keys = [str(key) for key in sections.order_by("ordinal").values_list("pk", flat=True)]
    jobs = Job.objects.filter(acquirable(timezone.now()), kind=SECTION.name, subject__in=keys)
    return min(jobs, key=lambda job: keys.index(job.subject), default=None)


def scope_of(report: Report) -> AccessScope:
    """What may be read for a report now: what its author may read, within the report's collection."""
    scope, _filters = scope_and_filters(scope_for(report.author), {"collection": report.collection})
    return scope


class _Sections(Handler):
    """Makes one section from its settings to its end. What it had finished when it was killed is kept, and is
    a checkpoint.
    """

    refusals = (ReportError,)

    def run(self, held: Held) -> str:
        section = Section.objects.select_related("report", "report__author").filter(pk=held.subject).first()
        if section is None or section.report.state != Report.State.DRAFT:
            raise SubjectGone
        _make_and_keep(held, section)
        return ""

    def follow(self, job: Job) -> None:
        """A section that was stopped is one that failed: both can be tried again."""
        is_failed = job.state in (Job.State.FAILED, Job.State.STOPPED)
        sections = Section.objects.filter(pk=job.subject)
        sections.update(
            state=Section.State.FAILED if is_failed else job.state,
            notice=job.notice,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )
        if is_failed:
            for section in sections.select_related("report__author"):
                _record(section, "failed", section.labels)


SECTIONS = _Sections()


def _make_and_keep(held: Held, section: Section) -> None:
    report = section.report
    if not report.author.is_active:
        raise ReportError(CLOSED)
    kind = kind_named(section.kind)
    scope = scope_of(report)
    settings = kind.checked(section.settings)
    made = kind.make(
        SectionWork(
            settings=settings,
            author=report.author,
            scope=scope,
            collection=report.collection,
            report_title=report.title,
            on_progress=_teller(held),
            kept=dict(section.work),
            keep=_keeper(held, section),
        )
    )
    # What was withdrawn from the author meanwhile must not be kept.
    now = scope_of(report)
    if not all(now.may_read(label) for label in made.labels):
        raise ReportError("Something this section rests on was withdrawn from its author. Make it again.")
    with held.finishing(made.notice):
        persistence.keep_making(section, made)
        Report.objects.filter(pk=report.pk).update(coverage=coverage_by_label(now), updated_at=timezone.now())
        _record(section, "done", made.labels, documents=[str(key) for key in made.used])


def _teller(held: Held) -> Callable[[int, int, str], None]:
    def on_progress(done: int, total: int, words: str) -> None:
        held.check()
        held.on_progress(Progress(done, total, words))

    return on_progress


def _keeper(held: Held, section: Section) -> Callable[[str, Any], None]:
    def keep(key: str, value: Any) -> None:
        section.work = {**section.work, key: value}
        with held.writing():
            held.checkpoint()
            Section.objects.filter(pk=section.pk).update(work=section.work)

    return keep


def _record(section: Section, outcome: str, labels: object, documents: list[str] | None = None) -> None:
    record(
        section.report.author.get_username(),
        "report",
        outcome,
        labels=labels if isinstance(labels, list | frozenset) else [],
        documents=documents or [],
        detail={"change": "section", "report": str(section.report_id), "section": section.key},
    )
