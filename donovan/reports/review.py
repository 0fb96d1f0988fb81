"""The way of a report to its release, and back.

    draft -> in review -> released -> release withdrawn
          <- taken back, or returned with a remark

A reviewer releases, never the author. What is released is frozen; a new version is a new draft with all
that the old one held.
"""

from django.db import transaction
from django.utils import timezone

from donovan.access.markings import Level, Marking
from donovan.access.models import Role
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports import declassifying
from donovan.reports.building import Built, build
from donovan.reports.changes import one_change, record_change
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, ReviewStep, Section
from donovan.reports.resting import labels_of
from donovan.reports.selectors import banner_of

LONGEST_REMARK = 4000
SECOND_PERSON = "A report is released by a second person, a reviewer, and never by its author."
_LEADS_TO = {
    ReviewStep.Step.SUBMITTED: Report.State.REVIEW,
    ReviewStep.Step.TAKEN_BACK: Report.State.DRAFT,
    ReviewStep.Step.RETURNED: Report.State.DRAFT,
    ReviewStep.Step.RELEASED: Report.State.RELEASED,
    ReviewStep.Step.WITHDRAWN: Report.State.WITHDRAWN,
}
NOT_IN_REVIEW = "This report is {state} and not in review. Load the page again."


def submit(caller: Caller, report: Report, *, remark: str = "") -> None:
    """Send one's draft to the reviewers. Its sections must have ended, and its classification block be
    filled.
    """
    with one_change(caller, report) as current:
        open_states = (Section.State.WAITING, Section.State.RUNNING)
        if current.sections.filter(state__in=open_states).exists():
            raise ReportError("Sections are still being made. Wait until they are done, then send it.")
        banner = banner_of(current, labels_of([current])[current.pk])
        missing = declassifying.missing_for(banner, current.declassification)
        if missing:
            raise ReportError(
                f"The block of a {_named(banner)} report still lacks: "
                f"{', '.join(missing)}. Fill it in below the report."
            )
        _step(caller, current, ReviewStep.Step.SUBMITTED, remark)


def _named(banner: Marking) -> str:
    return "CUI" if banner.level is Level.UNCLASSIFIED else banner.level.words


def take_back(caller: Caller, report: Report) -> None:
    """Fetch one's report back from review, to change it."""
    with transaction.atomic():
        current = _in_review(report)
        if current.author_id != caller.user.pk:
            raise ReportError("Only the author can take a report back. Return it with a remark instead.")
        _step(caller, current, ReviewStep.Step.TAKEN_BACK)


def give_back(caller: Caller, report: Report, *, remark: str) -> None:
    """Return a report to its author with what is to be done."""
    if not remark.strip():
        raise ReportError("Say what the author shall change, then return it.")
    with transaction.atomic():
        current = _in_review(report)
        _check_reviewer(caller, current)
        _step(caller, current, ReviewStep.Step.RETURNED, remark)


def release(caller: Caller, report: Report, *, remark: str = "", has_seen_warnings: bool = False) -> None:
    """Release a report in review, as its second person.

    Raises ReportError when the caller is its author or no reviewer, and when there are warnings that they
    do not say to have seen; NotFoundHere when they may not read all of it.
    """
    with transaction.atomic():
        current = _in_review(report)
        _check_reviewer(caller, current)
        warnings = built_for(caller, current).content.warnings
        if warnings and not has_seen_warnings:
            raise ReportError("This report has warnings. Read them, and say that you have seen them.")
        current.released_by, current.released_at = caller.user, timezone.now()
        current.save(update_fields=["released_by", "released_at"])
        _step(caller, current, ReviewStep.Step.RELEASED, remark, warnings=len(warnings))


def withdraw(caller: Caller, report: Report, *, remark: str) -> None:
    """Take a release back: by its author or any reviewer who may read it. The report stays, and says so."""
    if not remark.strip():
        raise ReportError("Say why the release is withdrawn. Readers are shown that sentence.")
    with transaction.atomic():
        current = Report.objects.select_for_update().get(pk=report.pk)
        if current.state != Report.State.RELEASED:
            raise ReportError("This report is not released. Load the page again.")
        if not (caller.is_reviewer or current.author_id == caller.user.pk):
            raise ReportError("Only the author or a reviewer can withdraw a release.")
        built_for(caller, current)
        _step(caller, current, ReviewStep.Step.WITHDRAWN, remark)


def set_declassification(caller: Caller, report: Report, values: dict[str, str]) -> None:
    """Fill in the classification authority block of one's draft. Raises ReportError for a value that
    cannot stand.
    """
    kept = declassifying.checked(values)
    with one_change(caller, report) as current:
        current.declassification = kept
        current.save(update_fields=["declassification"])
        record_change(caller, current, "classification block")


def _in_review(report: Report) -> Report:
    current = Report.objects.select_for_update().get(pk=report.pk)
    if current.state != Report.State.REVIEW:
        raise ReportError(NOT_IN_REVIEW.format(state=current.get_state_display()))
    return current


def _check_reviewer(caller: Caller, report: Report) -> None:
    if report.author_id == caller.user.pk or caller.user.role != Role.REVIEWER:
        raise ReportError(SECOND_PERSON)
    built_for(caller, report)


def built_for(caller: Caller, report: Report) -> Built:
    """The report as the caller sees it; NotFoundHere when they may not read all of it."""
    if not caller.user.is_active:
        raise NotFoundHere
    return build(report, caller.scope, caller.user)


def _step(
    caller: Caller, report: Report, step: ReviewStep.Step, remark: str = "", *, warnings: int = 0
) -> None:
    remark = remark.replace("\x00", " ").strip()
    if len(remark) > LONGEST_REMARK:
        raise ReportError(f"A remark has at most {LONGEST_REMARK:,} characters.")
    state = _LEADS_TO[step]
    Report.objects.filter(pk=report.pk).update(state=state, updated_at=timezone.now())
    report.state = state
    ReviewStep.objects.create(report=report, person=caller.user, step=step, remark=remark)
    record_change(caller, report, step.value, warnings=warnings)
