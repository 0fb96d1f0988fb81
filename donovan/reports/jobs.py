"""Making reports: section after section, whoever is at hand. The database says what is left to do.

    start_report -> sections wait -> take one -> make it -> keep it -> ... -> none is left: coverage is
    counted

A section that fails is named with its sentence and the rest is delivered. A worker that is killed loses the
section it was at, and not what it had finished inside it (`Section.work`).
"""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from donovan.access.scope import scope_for
from donovan.assistant.reading import scope_and_filters
from donovan.audit.services import record
from donovan.reports import keeping, leases
from donovan.reports.covering import coverage_by_label
from donovan.reports.errors import LeaseLost, ReportError
from donovan.reports.models import Report, Section
from donovan.reports.sections import kind_named
from donovan.reports.sections.contract import SectionWork
from retrieval.scope import AccessScope

logger = logging.getLogger(__name__)
UNEXPECTED = "Something went wrong while this section was made; the others are not affected. Make it again."
CLOSED = "The account of the author is closed, so nothing can be read on its behalf."
TRIES = 2
_LOOK_AGAIN_SECONDS = 1.0
_TELL_SECONDS = 0.4

Told = Callable[[Section], None]


def run_report(report_id: uuid.UUID, *, waits: bool = False, on_section: Told | None = None) -> Report:
    """Make every unfinished section of a report that no living worker has; the report as it stands then.

    With `waits` it stays until sections that others have are settled too, or until their workers are gone and
    it can take them over. `on_section` is called with each section that was settled here.
    """
    while True:
        section_id = leases.unfinished(report_id).values_list("pk", flat=True).first()
        if section_id is not None:
            section = leases.take(section_id)
            if section is not None:
                _make(section)
                if on_section is not None:
                    section.refresh_from_db()
                    on_section(section)
            continue
        in_work = Section.objects.filter(
            report_id=report_id, report__state=Report.State.DRAFT, state=Section.State.RUNNING
        )
        if not waits or not in_work.exists():
            break
        time.sleep(_LOOK_AGAIN_SECONDS)
    return Report.objects.get(pk=report_id)


def reports_to_go_on_with() -> list[uuid.UUID]:
    """Reports with sections that wait and that nobody living makes, oldest first."""
    return list(dict.fromkeys(leases.unfinished().values_list("report_id", flat=True)))


def scope_of(report: Report) -> AccessScope:
    """What may be read for a report now: what its author may read, within the report's collection."""
    scope, _filters = scope_and_filters(scope_for(report.author), {"collection": report.collection})
    return scope


def _make(section: Section) -> None:
    """One section from its settings to its end, whatever that is."""
    try:
        with leases.renewed(section):
            _make_and_keep(section)
    except LeaseLost:
        logger.info("section %s was taken over or stopped", section.pk)
    except ReportError as error:
        _fail(section, error.sentence)
    except Exception as error:  # one section must never keep the others from being delivered
        logger.error("section %s failed: %s", section.pk, type(error).__name__)
        if section.attempts < TRIES:
            _end(section, Section.State.WAITING, f"{UNEXPECTED} ({type(error).__name__})")
        else:
            _fail(section, f"{UNEXPECTED} ({type(error).__name__})")


def _make_and_keep(section: Section) -> None:
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
            tell=_teller(section),
            kept=dict(section.work),
            keep=_keeper(section),
        )
    )
    # What was withdrawn from the author meanwhile must not be kept.
    now = scope_of(report)
    if not all(now.may_read(label) for label in made.labels):
        raise ReportError("Something this section rests on was withdrawn from its author. Make it again.")
    with transaction.atomic():
        leases.change(section, state=Section.State.RUNNING)
        keeping.keep_making(section, made)
        Report.objects.filter(pk=report.pk).update(coverage=coverage_by_label(now), updated_at=timezone.now())
        _record(section, "done", made.labels, documents=[str(key) for key in made.used])


def _teller(section: Section) -> Callable[[int, int, str], None]:
    told = ""
    at = 0.0

    def tell(done: int, total: int, words: str) -> None:
        nonlocal told, at
        now = f"{done}/{total} {words}"
        if now == told and time.monotonic() - at < _TELL_SECONDS:
            return
        told, at = now, time.monotonic()
        leases.change(section, progress_done=done, progress_total=total, progress_words=words[:200])

    return tell


def _keeper(section: Section) -> Callable[[str, Any], None]:
    def keep(key: str, value: Any) -> None:
        section.work = {**section.work, key: value}
        leases.change(section, work=section.work)

    return keep


def _fail(section: Section, sentence: str) -> None:
    _end(section, Section.State.FAILED, sentence)


def _end(section: Section, state: Section.State, sentence: str) -> None:
    try:
        with transaction.atomic():
            leases.change(section, state=state, notice=sentence, finished_at=timezone.now(), lease_until=None)
            if state == Section.State.FAILED:
                _record(section, "failed", section.labels)
    except LeaseLost:
        logger.info("section %s was taken over or stopped", section.pk)


def _record(section: Section, outcome: str, labels: object, documents: list[str] | None = None) -> None:
    record(
        section.report.author.get_username(),
        "report",
        outcome,
        labels=labels if isinstance(labels, list | frozenset) else [],
        documents=documents or [],
        detail={"change": "section", "report": str(section.report_id), "section": section.key},
    )
